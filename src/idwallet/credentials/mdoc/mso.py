"""The mobile security object: what an issuer signs (ISO/IEC 18013-5 9.1.2.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple, cast

from idwallet import limits
from idwallet.codec.cbor import CborValue
from idwallet.credentials.mdoc.members import (
    CborMap,
    a_list,
    a_map,
    map_in,
    member,
    moment,
    moment_of,
    read_map,
    typed,
    unwrapped,
)
from idwallet.credentials.mdoc.regular import parts_of
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.kinds import P256
from idwallet.errors import LimitError, MalformedError, UnsupportedError

CLAUSE: Final = "ISO/IEC 18013-5 §9.1.2.4"
DIGESTS: Final = "ISO/IEC 18013-5 §9.1.2.5"

HASHES: Final[Mapping[str, str]] = MappingProxyType(
    {"SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
)
"""Digest algorithms by their names in an MSO, as hashlib calls them (table 21)."""

_SIZES: Final = {"sha256": 32, "sha384": 48, "sha512": 64}

DIGEST_IDS: Final = 1 << 31
"""Digest identifiers are below this (9.1.2.4)."""


@dataclass(frozen=True, slots=True)
class Authorizations:
    """What the device key may sign by itself (``keyAuthorizations``).

    Whole namespaces, and single elements of others.
    """

    namespaces: frozenset[str] = frozenset()
    elements: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def allows(self, namespace: str, element: str) -> bool:
        """Say whether the device may sign that element."""
        if namespace in self.namespaces:
            return True
        return element in self.elements.get(namespace, frozenset())


NOTHING_AUTHORIZED: Final = Authorizations()


class Validity(NamedTuple):
    """Moments, each UTC; `expected_update` is what the issuer plans, no end."""

    signed: datetime
    valid_from: datetime
    valid_until: datetime
    expected_update: datetime | None = None


class MobileSecurityObject(NamedTuple):
    """What the issuer says of a document; nothing of it is believed yet.

    `digests` are by namespace and digest identifier. `hashed` is a name of hashlib.
    `status` is the member of that name as received, None where there is none.
    """

    version: str
    doc_type: str
    hashed: str
    digests: Mapping[str, Mapping[int, bytes]]
    device_key: PublicKey
    authorizations: Authorizations
    validity: Validity
    status: CborMap | None

    def __repr__(self) -> str:
        """Show the type only: digests can be held against guesses."""
        return f"MobileSecurityObject({self.doc_type!r})"


def read_mso(payload: bytes, *, at: str) -> MobileSecurityObject:
    """Read the payload of ``issuerAuth``: MobileSecurityObjectBytes.

    Raises:
        MalformedError: it breaks 9.1.2.4.
        UnsupportedError: a version, digest algorithm or key that is not known here.
        LimitError: more namespaces or digests than `limits` has.
    """
    inside = unwrapped(payload, at=at, clause=CLAUSE)
    return _regular(inside, at=at) or _read(inside, at=at)


def _regular(inside: bytes, *, at: str) -> MobileSecurityObject | None:
    """Read one of the usual shape; what is wrong with another, `_read` says."""
    parts = parts_of(inside)
    if parts is None:
        return None
    first, second, third = parts.moments
    signed, end = moment_of(first), moment_of(third)
    start = signed if second == first else moment_of(second)
    if signed is None or start is None or end is None:
        return None
    key = PublicKey.from_point(P256, parts.point, at=f"{at}/deviceKeyInfo/deviceKey")
    if not signed <= start < end:
        return None
    return _made(
        (
            "1.0",
            parts.doc_type,
            parts.hashed,
            parts.digests,
            key,
            NOTHING_AUTHORIZED,
            _valid((signed, start, end, None)),
            None,
        )
    )


# As the types themselves, in half of the time: no Python code runs.
_made: Final = partial(tuple.__new__, MobileSecurityObject)
_valid: Final = partial(tuple.__new__, Validity)


def _read(inside: bytes, *, at: str) -> MobileSecurityObject:
    held = read_map(inside, at=at, clause=CLAUSE)
    version = member(held, "version", kind=str, at=at, clause=CLAUSE)
    require_version(version, at=f"{at}/version", clause=CLAUSE)
    named = member(held, "digestAlgorithm", kind=str, at=at, clause=CLAUSE)
    hashed = HASHES.get(named)
    if hashed is None:
        raise UnsupportedError(
            "a digest algorithm that is not of the standard",
            at=f"{at}/digestAlgorithm",
            clause=DIGESTS,
        )
    key, authorizations = _device_key(
        map_in(held, "deviceKeyInfo", at=at, clause=CLAUSE), at=at
    )
    status = held.get("status")
    return MobileSecurityObject(
        version=version,
        doc_type=member(held, "docType", kind=str, at=at, clause=CLAUSE),
        hashed=hashed,
        digests=_digests(held, size=_SIZES[hashed], at=at),
        device_key=key,
        authorizations=authorizations,
        validity=_validity(map_in(held, "validityInfo", at=at, clause=CLAUSE), at=at),
        status=None
        if "status" not in held
        else a_map(status, at=f"{at}/status", clause=CLAUSE),
    )


def require_version(version: str, *, at: str, clause: str) -> None:
    """Return only for a version 1: later minor ones add members, and change none.

    Raises:
        MalformedError: it is no version.
        UnsupportedError: it is another one.
    """
    if version == "1.0":
        return
    major, dot, minor = version.partition(".")
    if not (dot and major.isascii() and major.isdigit()):
        raise MalformedError("no version", at=at, clause=clause)
    if not (minor.isascii() and minor.isdigit()):
        raise MalformedError("no version", at=at, clause=clause)
    if major != "1":
        raise UnsupportedError("another version", at=at, clause=clause)


def _digests(held: CborMap, *, size: int, at: str) -> Mapping[str, Mapping[int, bytes]]:
    at = f"{at}/valueDigests"
    given = map_in(held, "valueDigests", at=at, clause=CLAUSE)
    if not given:
        raise MalformedError("no digests", at=at, clause=CLAUSE)
    if len(given) > limits.MDOC_NAMESPACES:
        raise LimitError("too many namespaces", at=at, clause="idwallet limits")
    found: dict[str, Mapping[int, bytes]] = {}
    for namespace, values in given.items():
        name = typed(namespace, str, at=at, clause=CLAUSE)
        found[name] = _of_namespace(values, size=size, at=at)
    return MappingProxyType(found)


def _of_namespace(values: CborValue, *, size: int, at: str) -> Mapping[int, bytes]:
    held = a_map(values, at=at, clause=CLAUSE)
    if len(held) > limits.MDOC_DIGESTS:
        raise LimitError("too many digests", at=at, clause="idwallet limits")
    digests = cast("dict[int, bytes]", held)  # as is looked at here
    if not (_NUMBERS.issuperset(map(type, held)) and _are_identifiers(digests)):
        raise MalformedError("no digest identifier", at=at, clause=CLAUSE)
    if not (
        _OCTETS.issuperset(map(type, held.values()))
        and {size}.issuperset(map(len, digests.values()))
    ):
        raise MalformedError("a digest of another length", at=at, clause=DIGESTS)
    return MappingProxyType(digests)


_NUMBERS: Final = frozenset({int})
_OCTETS: Final = frozenset({bytes})


def _are_identifiers(numbers: Iterable[int]) -> bool:
    return min(numbers, default=0) >= 0 and max(numbers, default=0) < DIGEST_IDS


def _device_key(held: CborMap, *, at: str) -> tuple[PublicKey, Authorizations]:
    at = f"{at}/deviceKeyInfo"
    given = map_in(held, "deviceKey", at=at, clause=CLAUSE)
    key = PublicKey.from_cose(given, at=f"{at}/deviceKey")
    if "keyAuthorizations" not in held:
        return key, NOTHING_AUTHORIZED
    at = f"{at}/keyAuthorizations"
    allowed = a_map(held["keyAuthorizations"], at=at, clause=CLAUSE)
    return key, _authorizations(allowed, at=at)


def _authorizations(held: CborMap, *, at: str) -> Authorizations:
    """Read what the device may sign; a namespace is whole or by element (9.1.2.4)."""
    whole = a_list(held.get("nameSpaces", []), at=at, clause=CLAUSE)
    single = a_map(held.get("dataElements", {}), at=at, clause=CLAUSE)
    namespaces = _names(whole, at=at)
    elements = {
        typed(name, str, at=at, clause=CLAUSE): _names(
            a_list(each, at=at, clause=CLAUSE), at=at
        )
        for name, each in single.items()
    }
    if namespaces & elements.keys():
        raise MalformedError(
            "a namespace allowed whole and in part", at=at, clause=CLAUSE
        )
    return Authorizations(namespaces, MappingProxyType(elements))


def _names(values: list[CborValue], *, at: str) -> frozenset[str]:
    return frozenset(typed(each, str, at=at, clause=CLAUSE) for each in values)


def _validity(held: CborMap, *, at: str) -> Validity:
    at = f"{at}/validityInfo"
    signed, start, end = (
        moment(held.get(name), at=f"{at}/{name}", clause=CLAUSE)
        for name in ("signed", "validFrom", "validUntil")
    )
    update = None
    if "expectedUpdate" in held:
        name = "expectedUpdate"
        update = moment(held[name], at=f"{at}/{name}", clause=CLAUSE)
    return _in_order(Validity(signed, start, end, update), at=at)


def _in_order(validity: Validity, *, at: str) -> Validity:
    start = validity.valid_from
    if start < validity.signed or validity.valid_until <= start:
        # 9.1.2.4: validFrom not before signed, validUntil after validFrom.
        raise MalformedError("moments out of order", at=at, clause=CLAUSE)
    return validity
