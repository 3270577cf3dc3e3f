"""Compact credentials in a wallet (docs/reference/compact.md)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.credentials.compact.evaluate import evaluate_issued, unreadable
from idwallet.credentials.compact.present import (
    Addressed,
    claims_at,
    proof_bytes,
    shown_places,
)
from idwallet.credentials.compact.structures import (
    CLAUSE,
    IssuedCompact,
    ShownClaims,
    read_issued,
)
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.required import STORED_MDOC, Context, HeldBy
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.credentials.sdjwt.present import leaf_places
from idwallet.crypto.signer import Signer
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.ports import KeyStore
from idwallet.report import CheckId, StatusListNeeded
from idwallet.roles.held.format import Conversation, Judged, Kept, held_key, place_of


@dataclass(frozen=True, slots=True, repr=False)
class CompactChosen:
    """Claims chosen of one credential, by their places."""

    issued: IssuedCompact
    places: tuple[int, ...]

    def __repr__(self) -> str:
        """Show how many claims were chosen."""
        return f"CompactChosen(<{len(self.places)} claims>)"

    @property
    def reveals(self) -> tuple[ClaimPath, ...]:
        """Where every claim stands that would be seen: all of a single-purpose one."""
        return tuple(leaf_places(claims_at(self.issued, self.places)))

    def show(self, signer: Signer, conversation: Conversation, *, at: datetime) -> str:
        """Return a proof for OpenID4VP: base64url, certificates of its issuer in it."""
        to = Addressed(conversation.client_id, conversation.nonce)
        return b64.encode(self.proof(signer, to, at=at, with_chain=True))

    def proof(
        self, signer: Signer, to: Addressed, *, at: datetime, with_chain: bool = False
    ) -> bytes:
        """Return a proof, for a QR code without the certificates.

        Raises:
            UsageError: nothing of a selective credential was chosen.
            SignerError: the key could not sign.
        """
        return proof_bytes(
            self.issued, self.places, signer=signer, to=to, at=at, with_chain=with_chain
        )


@dataclass(frozen=True, slots=True, repr=False)
class CompactOpened:
    """A compact credential with every claim that the issuer gave."""

    issued: IssuedCompact

    def __repr__(self) -> str:
        """Show its type only."""
        return f"CompactOpened({self.issued.credential.type!r})"

    @property
    def claims(self) -> JsonObject:
        """Every claim, by its neutral name."""
        return self.issued.claims

    @property
    def positioned(self) -> JsonObject:
        """The same: a claim is shown whole or not at all."""
        return self.issued.claims

    @property
    def status(self) -> StatusListNeeded | None:
        """Its place in a status list."""
        return place_of(self.issued.credential.status)

    def choose(self, paths: Iterable[ClaimPath]) -> CompactChosen:
        """Choose the claims at `paths`; what is not in the credential is left out."""
        return CompactChosen(self.issued, shown_places(self.issued, paths))


class CompactFormat:
    """Compact credentials, as a wallet meets them."""

    __slots__ = ()

    @property
    def required(self) -> tuple[CheckId, ...]:
        """The checks that none is stored without."""
        return STORED_MDOC

    def judge(
        self,
        raw: str,
        *,
        keys: KeyStore,
        types: TypeMetadataSet,  # noqa: ARG002 - its type is as it says
        context: Context,
        subject: str,
    ) -> Judged:
        """Judge one just issued: all that it could show has to lead to its root."""
        try:
            issued = _issued(raw, at=subject)
        except (MalformedError, UnsupportedError) as error:
            return Judged((unreadable(error, subject=subject),))
        credential = issued.credential
        thumbprint = credential.key.thumbprint
        verdict = evaluate_issued(
            credential,
            _all_of(issued),
            expected=HeldBy(held_key(thumbprint, keys)),
            context=context,
            subject=subject,
        )
        if verdict.issuer is None:
            return Judged(verdict.checks, verdict.evidence)
        kept = Kept(
            opened=CompactOpened(issued),
            types=(credential.type,),
            issuer=verdict.issuer,
            thumbprint=thumbprint,
            valid_from=credential.valid_from,
            valid_until=credential.valid_until,
        )
        return Judged(verdict.checks, verdict.evidence, kept)

    def read(self, raw: str) -> CompactOpened:
        """Read one that was verified before.

        Raises:
            MalformedError, LimitError, UnsupportedError: it is none.
        """
        return CompactOpened(_issued(raw, at="credential"))


def _all_of(issued: IssuedCompact) -> ShownClaims | None:
    """Return every claim as if it were shown: one seed proves them all."""
    if issued.credential.single is not None:
        return None
    places = (1 << len(issued.items)) - 1
    return ShownClaims(places, issued.seed, issued.items, issued.claims)


def _issued(raw: str, *, at: str) -> IssuedCompact:
    return read_issued(b64.decode(raw, at=at, clause=CLAUSE), at=at)
