"""Status lists that were judged, and what they are judged by."""

from dataclasses import InitVar, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.report import Facts, FactValue, Reason
from idwallet.trust.anchors import TrustStore
from idwallet.trust.freshness import FreshnessRule
from idwallet.trust.policy import Policy
from idwallet.trust.signer import SignerFound, SignerRefused
from idwallet.trust.status_list.values import STATUS_VALUES, StatusValue


class _Seal:
    """What only the evaluation of a list holds."""


SEAL: Final = _Seal()


class ListFault(StrEnum):
    """Why a status list is refused; the comments name the facts that go with it."""

    MALFORMED = "malformed"  # what, at
    LIMIT_EXCEEDED = "limit_exceeded"  # what, at
    UNSUPPORTED = "unsupported"  # what, at
    TYP_MISMATCH = "typ_mismatch"  # found
    URI_MISMATCH = "uri_mismatch"
    AUDIENCE = "audience"
    ALGORITHM_NOT_ALLOWED = "algorithm_not_allowed"  # found, as for the next two, but
    # for a list that was read under another policy
    KEY_UNUSABLE = "key_unusable"
    SIGNATURE_INVALID = "signature_invalid"
    SIGNER_NOT_TRUSTED = "signer_not_trusted"  # those of `ListRefused.cause`
    SIGNER_NOT_ENTITLED = "signer_not_entitled"
    SIGNER_REVOKED = "signer_revoked"
    SIGNER_REVOCATION_UNKNOWN = "signer_revocation_unknown"
    EXPIRED = "expired"  # until
    NOT_YET_VALID = "not_yet_valid"  # since
    FROM_THE_FUTURE = "from_the_future"  # signed
    STALE = "stale"  # signed, window


@dataclass(frozen=True, slots=True)
class ListRefused:
    """A status list that counts as absent, and why.

    `as_of` is when it says that it was issued, where it could be read so far. `cause`
    is why the trust store refused the signer, where that is the fault.
    """

    fault: ListFault
    facts: Facts
    as_of: datetime | None = None
    cause: Reason | None = None


def refused(
    fault: ListFault, *, as_of: datetime | None = None, **facts: FactValue
) -> ListRefused:
    """Return a refusal with these facts."""
    return ListRefused(fault, MappingProxyType(facts), as_of)


def unread(error: LimitError | MalformedError | UnsupportedError) -> ListRefused:
    """Return the refusal of a list that could not be read, or not within its bounds."""
    fault = ListFault.MALFORMED
    if isinstance(error, LimitError):
        fault = ListFault.LIMIT_EXCEEDED
    elif isinstance(error, UnsupportedError):
        fault = ListFault.UNSUPPORTED
    return refused(fault, what=error.what, at=error.at)


def distrusted(signer: SignerRefused, *, as_of: datetime | None = None) -> ListRefused:
    """Return the refusal of a list whose signer the trust store refused."""
    fault = ListFault.SIGNER_NOT_TRUSTED
    return ListRefused(fault, signer.facts, as_of, signer.reason)


@dataclass(frozen=True, slots=True)
class ListSource:
    """Where a list was got.

    `uri` is the address that a credential names. `issuer` is who issued the credential
    that named it, if one did: its keys are looked at, where the list names no
    certificate. `taken` is when the list was fetched, if that is known from somebody
    believed; else its life counts from when it was issued.
    """

    uri: str
    issuer: SignerFound | None = None
    taken: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListContext:
    """What status lists are judged by, and when."""

    trust: TrustStore
    policy: Policy
    freshness: FreshnessRule
    at: datetime

    def __post_init__(self) -> None:
        """Refuse a moment that cannot be compared.

        Raises:
            UsageError: `at` has no zone.
        """
        if self.at.utcoffset() is None:
            raise UsageError("the moment judged needs a zone")


@dataclass(frozen=True, slots=True)
class ListTimes:
    """When a list was issued, may be used, and was fetched."""

    issued: datetime
    not_before: datetime | None = None
    expires: datetime | None = None
    ttl: timedelta | None = None
    taken: datetime | None = None


class AuthenticList(Protocol):
    """A list of any kind whose signature stands, to be judged for one credential."""

    @property
    def uri(self) -> str:
        """The address it says that it has."""
        ...

    @property
    def times(self) -> ListTimes:
        """When it was issued, may be used, and was fetched."""
        ...

    @property
    def issued(self) -> datetime:
        """The moment that it is as of."""
        ...

    @property
    def key(self) -> PublicKey:
        """What signed it."""
        ...

    @property
    def x5c(self) -> tuple[bytes, ...]:
        """What it says about that key (DER, leaf first)."""
        ...

    @property
    def octets(self) -> int:
        """How much memory its entries take."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class StatusList:
    """A list whose signature stands; only `evaluate_status_list` can make one.

    `size` counts its entries, padding included. `key` signed it and `x5c` is what it
    says about that key: whose lists the signer may sign is judged for each credential.
    It is safe to share between threads, and holds one bitmap and no object for an
    entry.
    """

    uri: str
    bits: int
    times: ListTimes
    aggregation_uri: str | None
    key: PublicKey = field(repr=False)
    x5c: tuple[bytes, ...] = field(repr=False)
    bitmap: memoryview = field(repr=False)
    size: int = field(init=False)
    seal: InitVar[object] = field(kw_only=True)

    def __post_init__(self, seal: object) -> None:
        """Refuse a list that nobody judged.

        Raises:
            UsageError: it was not made by `evaluate_status_list`.
        """
        if seal is not SEAL:
            raise UsageError("a StatusList comes from evaluate_status_list alone")
        object.__setattr__(self, "size", len(self.bitmap) * 8 // self.bits)

    @property
    def issued(self) -> datetime:
        """The moment that its statuses are as of."""
        return self.times.issued

    @property
    def expires(self) -> datetime | None:
        """When it may no longer be used, if it says so."""
        return self.times.expires

    @property
    def ttl(self) -> timedelta | None:
        """How long it may be kept before a fresh one is wanted, if it says so."""
        return self.times.ttl

    @property
    def octets(self) -> int:
        """How much memory its entries take."""
        return len(self.bitmap)

    def holds(self, index: int) -> bool:
        """Whether the list has an entry of that index."""
        return type(index) is int and 0 <= index < self.size

    def status(self, index: int) -> StatusValue:
        """Return what the list says about an index.

        Raises:
            MalformedError: there is no such entry; `holds` tells beforehand.
        """
        if type(index) is not int or not 0 <= index < self.size:
            raise MalformedError(
                "an index outside the list", at="idx", clause="Token Status List §8.3"
            )
        place = index * self.bits
        entry = self.bitmap[place >> 3] >> (place & 7)
        return STATUS_VALUES[entry & ((1 << self.bits) - 1)]
