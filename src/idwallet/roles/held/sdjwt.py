"""SD-JWT VCs in a wallet (RFC 9901 sections 7.2 and 7.3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from idwallet.codec.json import JsonObject
from idwallet.codec.numeric_date import numeric_date
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.required import STORED, Context, HeldBy
from idwallet.credentials.sdjwt.evaluate import evaluate
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.credentials.sdjwt.present import (
    Held,
    bind_to_key,
    choose_disclosures,
    holder_thumbprint,
    read_held,
    revealed_places,
    show_claims,
)
from idwallet.credentials.sdjwt.structures import Serialisation, serialise
from idwallet.credentials.sdjwt.unpack import DisclosureFault
from idwallet.crypto.signer import Signer
from idwallet.errors import MalformedError
from idwallet.ports import KeyStore
from idwallet.report import CheckId, StatusListNeeded
from idwallet.roles.held.format import Conversation, Judged, Kept, held_key, place_of


@dataclass(frozen=True, slots=True, repr=False)
class SdJwtChosen:
    """Disclosures chosen, by their position."""

    held: Held
    positions: tuple[int, ...]

    def __repr__(self) -> str:
        """Show how many disclosures were chosen."""
        return f"SdJwtChosen(<{len(self.positions)} disclosures>)"

    @property
    def reveals(self) -> tuple[ClaimPath, ...]:
        """Where every claim stands that would be seen."""
        return revealed_places(self.held, self.positions)

    def show(self, signer: Signer, conversation: Conversation, *, at: datetime) -> str:
        """Return the SD-JWT with a key binding JWT for this conversation."""
        shown = bind_to_key(
            show_claims(self.held, self.positions),
            signer=signer,
            nonce=conversation.nonce,
            audience=conversation.client_id,
            algorithm=self.held.algorithm,
            at=at,
            said=conversation.said,
        )
        if conversation.serialisation is Serialisation.COMPACT:
            return shown
        return serialise(shown, conversation.serialisation)


@dataclass(frozen=True, slots=True, repr=False)
class SdJwtOpened:
    """An SD-JWT VC with every disclosure that the issuer gave."""

    held: Held

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "SdJwtOpened(<...>)"

    @property
    def claims(self) -> JsonObject:
        """Every claim, disclosed."""
        return self.held.unpacked.claims

    @property
    def positioned(self) -> JsonObject:
        """The same as queries count them (`unpack.Unpacked`)."""
        return self.held.unpacked.positioned

    @property
    def status(self) -> StatusListNeeded | None:
        """Its place in a status list."""
        return place_of(self.held.unpacked.claims.get("status"))

    def choose(self, paths: Iterable[ClaimPath]) -> SdJwtChosen:
        """Choose the disclosures that show the claims at `paths`."""
        return SdJwtChosen(self.held, choose_disclosures(self.held, paths))


class SdJwtFormat:
    """SD-JWT VC, as a wallet meets it."""

    __slots__ = ()

    @property
    def required(self) -> tuple[CheckId, ...]:
        """The checks that none is stored without."""
        return STORED

    def judge(
        self,
        raw: str,
        *,
        keys: KeyStore,
        types: TypeMetadataSet,
        context: Context,
        subject: str,
    ) -> Judged:
        """Judge one just issued (RFC 9901 section 7.2)."""
        thumbprint = holder_thumbprint(raw) or ""
        verdict = evaluate(
            raw,
            expected=HeldBy(held_key(thumbprint, keys)),
            context=context,
            subject=subject,
            types=types,
        )
        issuer, unpacked, sd_jwt = verdict.issuer, verdict.unpacked, verdict.sd_jwt
        if issuer is None or unpacked is None or sd_jwt is None or not verdict.types:
            return Judged(verdict.checks, verdict.evidence)
        kept = Kept(
            opened=self.read(raw),
            types=verdict.types,
            issuer=issuer,
            thumbprint=thumbprint,
            valid_from=numeric_date(unpacked.claims.get("nbf")),
            valid_until=verdict.valid_until,
        )
        return Judged(verdict.checks, verdict.evidence, kept)

    def read(self, raw: str) -> SdJwtOpened:
        """Read one that was verified before.

        Raises:
            MalformedError: it is no SD-JWT, or its disclosures break 7.1.
        """
        try:
            return SdJwtOpened(read_held(raw))
        except DisclosureFault as fault:
            raise MalformedError(
                "its disclosures broke", at="credential", clause="RFC 9901 §7.1"
            ) from fault
