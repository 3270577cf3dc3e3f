"""Compact credentials in a wallet (docs/reference/compact.md)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.credentials.compact.evaluate import all_of, evaluate_issued, unreadable
from idwallet.credentials.compact.present import (
    Acting,
    Addressed,
    claims_at,
    proof_bytes,
    shown_places,
)
from idwallet.credentials.compact.structures import (
    CLAUSE,
    IssuedCompact,
    read_issued,
)
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.presence import AMR, read_amr
from idwallet.credentials.required import STORED_MDOC, Context, HeldBy
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.credentials.sdjwt.present import leaf_places
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import Signer
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.ports import KeyStore
from idwallet.report import CheckId, StatusListNeeded
from idwallet.roles.held.format import Conversation, Judged, Kept, held_key, place_of


@dataclass(frozen=True, slots=True, repr=False)
class CompactChosen:
    """Claims chosen of one credential, by their places.

    `acting` is by what somebody else than its holder shows them.
    """

    issued: IssuedCompact
    places: tuple[int, ...]
    acting: Acting | None = None

    def __repr__(self) -> str:
        """Show how many claims were chosen."""
        return f"CompactChosen(<{len(self.places)} claims>)"

    @property
    def reveals(self) -> tuple[ClaimPath, ...]:
        """Where every claim stands that would be seen: all of a single-purpose one."""
        return tuple(leaf_places(claims_at(self.issued, self.places)))

    def show(self, signer: Signer, conversation: Conversation, *, at: datetime) -> str:
        """Return a proof for OpenID4VP: base64url, certificates of its issuer in it."""
        person = read_amr(conversation.said.get(AMR))
        to = Addressed(conversation.client_id, conversation.nonce, person=person)
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
            self.issued,
            self.places,
            signer=signer,
            to=replace(to, acting=self.acting),
            at=at,
            with_chain=with_chain,
        )


@dataclass(frozen=True, slots=True, repr=False)
class CompactOpened:
    """A compact credential with every claim that the issuer gave.

    `acting` is by what somebody else than its holder shows it.
    """

    issued: IssuedCompact
    acting: Acting | None = None

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
        places = shown_places(self.issued, paths)
        return CompactChosen(self.issued, places, self.acting)


def numbers_of(key: PublicKey) -> frozenset[int]:
    """Return the COSE numbers of what a key signs with (RFC 9053)."""
    return frozenset(each.cose for each in key.algorithms)


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
            issued = issued_of(raw, at=subject)
        except (MalformedError, UnsupportedError) as error:
            return Judged((unreadable(error, subject=subject),))
        credential = issued.credential
        thumbprint = credential.key.thumbprint
        verdict = evaluate_issued(
            credential,
            all_of(issued),
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
        return CompactOpened(issued_of(raw, at="credential"))


def issued_of(raw: str, *, at: str) -> IssuedCompact:
    """Take apart a compact credential as a wallet has it, in base64url.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none.
    """
    return read_issued(b64.decode(raw, at=at, clause=CLAUSE), at=at)
