"""Lists of trust: what they say, whichever form they came in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.errors import UsageError
from idwallet.report import Reason
from idwallet.trust.anchors import TrustStore
from idwallet.trust.freshness import FreshnessRule
from idwallet.trust.policy import Policy


class ListForm(StrEnum):
    """Which standard a list of trust keeps."""

    TRUSTED_LIST = "trusted_list"
    """ETSI TS 119 612: XML, signed by XAdES."""

    LOTE = "lote"
    """ETSI TS 119 602: JSON, signed by JAdES in the compact form of a JWS."""

    VICAL = "vical"
    """ISO/IEC 18013-5 Annex C: CBOR, signed by COSE."""


class StatusPeriod(NamedTuple):
    """What a service was, and its status, from a moment on until the next period.

    `status` and `since` are None in lists that give none: to be listed is to be
    granted there.
    """

    type: str
    status: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ListedService:
    """One entry of a list: who does what, with which certificates, and since when.

    `operator` and `name` come from the list as they are: pass them through
    `idwallet.codec.text.show` before anybody sees them. `periods` has the newest
    first. `certificates` are DER, not read yet. `credential_types` are those that may
    be issued under them, where the list says so. `key_id` is the subject key identifier
    that the certificates must have, where it does. `flaw` says what makes the entry
    unusable, "" when nothing does.
    """

    operator: str
    name: str
    periods: tuple[StatusPeriod, ...]
    certificates: tuple[bytes, ...] = field(repr=False)
    jurisdiction: str | None = None
    credential_types: frozenset[str] = frozenset()
    key_id: bytes | None = None
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class ListPointer:
    """Where another list is said to be, and who signs it (certificates, DER).

    Nobody fetches it here. See `idwallet.trust.lists.pointers` for what is believed of
    it.
    """

    location: str
    territory: str | None
    type: str | None
    certificates: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ListContent:
    """What a list says of itself and of others.

    `type` is the list's own (a URI, ``"vical"``); `next_update` is None where the list
    promises no other; `sequence` is None where it has no number.
    """

    form: ListForm
    operator: str
    territory: str | None
    type: str | None
    sequence: int | None
    issued: datetime
    next_update: datetime | None
    services: tuple[ListedService, ...]
    pointers: tuple[ListPointer, ...] = ()


class Judged(NamedTuple):
    """What became of a list's signature: `payload` is what it covers, if VALID."""

    reason: Reason
    payload: bytes = b""
    what: str = ""


class Candidate(NamedTuple):
    """The key that may have signed, the certificate it comes from, what is allowed."""

    key: PublicKey
    certificate: bytes | None
    allowed: frozenset[Algorithm]


class OpenedList(NamedTuple):
    """A list whose envelope was read; nothing that it says was.

    `judge` says whether a candidate signed; `read` reads what is then known to be
    covered.
    """

    form: ListForm
    x5c: tuple[bytes, ...]
    algorithm: str
    judge: Callable[[Candidate], Judged]
    read: Callable[[bytes], ListContent]


@dataclass(frozen=True, slots=True)
class ListSeen:
    """The newest list of this operator that was believed before."""

    issued: datetime
    sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedList:
    """Which list is expected, and who may sign it.

    `signers` are anchors for `Purpose.SIGN_TRUSTED_LISTS`, of this list and no other:
    whoever signs the list of one country must not be believed about another's. A `type`
    or `territory` of None is not asked. `seen` is what anti-rollback is measured by; by
    None any number is the first. Each None must be said: it takes a check away.
    """

    signers: TrustStore
    type: str | None
    territory: str | None
    seen: ListSeen | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRules:
    """What a list is judged by, and when.

    `policy` bounds algorithms (RSA must be named in it: most national lists are signed
    with RSA) and clocks. `freshness` bounds the age of a list that promises no next
    update, and says what becomes of one past it.

    Raises:
        UsageError: `at` has no zone.
    """

    policy: Policy
    freshness: FreshnessRule
    at: datetime

    def __post_init__(self) -> None:
        """Refuse a moment that cannot be compared."""
        if self.at.utcoffset() is None:
            raise UsageError("the moment judged needs a zone")


_CODES: Final[Mapping[str, str]] = MappingProxyType({"EL": "GR", "UK": "GB"})


def jurisdiction(territory: str | None) -> str | None:
    """Return the ISO 3166 code of a territory of ETSI's (TS 119 612 section 5.3.10).

    Two countries have another code there; ``EU`` stays as it is.
    """
    return None if territory is None else _CODES.get(territory, territory)
