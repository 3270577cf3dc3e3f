"""What a wallet needs of a format: judged once, read again, chosen from, shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.mdoc.transcript import Handover
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.required import Context
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.credentials.sdjwt.present import NOTHING
from idwallet.credentials.sdjwt.structures import Serialisation
from idwallet.credentials.status import read_status
from idwallet.crypto.signer import Signer
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.ports import KeyStore
from idwallet.report import Check, CheckId, EvidenceUsed, StatusListNeeded
from idwallet.trust.signer import SignerFound


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a presentation is bound to: who asked, and where the answer goes.

    `thumbprint` is that of the key the answer is encrypted to (RFC 7638, SHA-256),
    None where it is not encrypted. `over` is the conversation as a mobile document is
    shown in it, None where it is that of these members (B.2.6.1). `serialisation` is
    how an SD-JWT VC is written, `said` what its key binding says beside.
    """

    client_id: str
    nonce: str = field(repr=False)
    response_uri: str
    thumbprint: bytes | None = field(default=None, repr=False)
    over: Handover | None = None
    serialisation: Serialisation = Serialisation.COMPACT
    said: Mapping[str, JsonValue] = field(default_factory=lambda: NOTHING, repr=False)


class Chosen(Protocol):
    """Claims chosen of one credential; nothing is signed yet."""

    @property
    def reveals(self) -> tuple[ClaimPath, ...]:
        """Where every claim stands that would be seen."""
        ...

    def show(self, signer: Signer, conversation: Conversation, *, at: datetime) -> str:
        """Return the presentation, bound to the key of `signer`; signs once.

        Raises:
            SignerError: the key could not sign.
        """
        ...


class Opened(Protocol):
    """A credential read again from bytes that were verified when it was added.

    `claims` are the holder's own data; `positioned` the same as queries count them.
    """

    @property
    def claims(self) -> JsonObject:
        """Every claim, by its name or namespace."""
        ...

    @property
    def positioned(self) -> JsonObject:
        """The same, each element of an array in the place that it was issued in."""
        ...

    @property
    def status(self) -> StatusListNeeded | None:
        """Its place in a status list, None where it has none that is known here."""
        ...

    def choose(self, paths: Iterable[ClaimPath]) -> Chosen:
        """Choose the claims at `paths`, and what cannot be kept back with them."""
        ...


class Kept(NamedTuple):
    """What a wallet keeps of a credential that passed, beside its bytes.

    `thumbprint` is that of the key it is bound to (RFC 7638, SHA-256).
    """

    opened: Opened
    types: tuple[str, ...]
    issuer: SignerFound
    thumbprint: str
    valid_from: datetime | None
    valid_until: datetime | None

    @property
    def authority_key_ids(self) -> tuple[bytes, ...]:
        """Those of its issuer's certificates, leaf first."""
        path = self.issuer.path
        return () if path is None else path.authority_key_ids()

    def __repr__(self) -> str:
        """Show the type only: the rest is personal data."""
        return f"Kept({self.types[:1]!r})"


class Judged(NamedTuple):
    """What judging a credential came to; `kept` is None where it cannot be held.

    That `kept` is there says nothing of the checks: one of them may have failed.
    """

    checks: tuple[Check, ...]
    evidence: tuple[EvidenceUsed, ...] = ()
    kept: Kept | None = None

    def __repr__(self) -> str:
        """Show the number of checks only."""
        return f"Judged(<{len(self.checks)} checks>)"


class HeldFormat(Protocol):
    """One format of credentials, as a wallet meets it."""

    @property
    def required(self) -> tuple[CheckId, ...]:
        """The checks that no credential of the format is stored without."""
        ...

    def judge(
        self,
        raw: str,
        *,
        keys: KeyStore,
        types: TypeMetadataSet,
        context: Context,
        subject: str,
    ) -> Judged:
        """Judge a credential just issued; it has to be bound to a key of `keys`."""
        ...

    def read(self, raw: str) -> Opened:
        """Read a credential that was verified before.

        Raises:
            MalformedError: it is none of the format.
        """
        ...


def place_of(status: object) -> StatusListNeeded | None:
    """Return the place in a status list that a credential names, if it does."""
    try:
        return None if status is None else read_status(status)
    except (MalformedError, UnsupportedError):
        return None


def held_key(thumbprint: str, keys: KeyStore) -> frozenset[str]:
    """Return the thumbprint, if it is that of a key held in `keys`."""
    if not thumbprint or keys.get(thumbprint) is None:
        return frozenset()
    return frozenset({thumbprint})
