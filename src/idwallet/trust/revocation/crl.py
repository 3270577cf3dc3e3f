"""Certificate revocation lists, read once (RFC 5280 section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeVar

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from idwallet import limits
from idwallet.codec.der import (
    GENERALIZED_TIME,
    INTEGER,
    SEQUENCE,
    UTC_TIME,
    Element,
    inside,
    read_time,
    whole,
)
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.trust.revocation.der import Signed, only_time, read_signed
from idwallet.trust.revocation.entries import Entries
from idwallet.trust.revocation.signatures import signature_fault
from idwallet.trust.revocation.structures import Unsettled

_EXPIRED_CERTS: Final = x509.ObjectIdentifier("2.5.29.60")  # expiredCertsOnCRL, X.509

# Read here, so a critical mark on them is honoured (RFC 5280 5.2). Where else a CRL
# or its issuer may be found changes nothing for who fetches nothing.
_UNDERSTOOD: Final = frozenset(
    {
        ExtensionOID.CRL_NUMBER,
        ExtensionOID.DELTA_CRL_INDICATOR,
        ExtensionOID.ISSUING_DISTRIBUTION_POINT,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
        _EXPIRED_CERTS,
    }
)
_TIMES: Final = frozenset({UTC_TIME, GENERALIZED_TIME})
_VERSION_2: Final = b"\x02\x01\x01"
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
_Extensions = Mapping[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]]


@dataclass(slots=True)
class _Work:
    """What follows from the bytes alone, worked out once and then kept."""

    entries: Entries | None = None
    signer: bytes = b""


@dataclass(frozen=True, slots=True)
class Crl:
    """A version 2 CRL. Nothing says yet who signed it.

    `issuer_der` is its issuer's name, `base_number` the number of the CRL that it
    changes when it is a delta CRL, `covers_expired_since` from which end of validity
    on expired certificates stay on it. Two CRLs are equal when their bytes are.
    """

    der: bytes = field(repr=False)
    issuer_der: bytes = field(repr=False, compare=False)
    this_update: datetime = field(compare=False)
    next_update: datetime | None = field(compare=False)
    number: int | None = field(compare=False)
    base_number: int | None = field(compare=False)
    scope: x509.IssuingDistributionPoint | None = field(repr=False, compare=False)
    authority_key_id: bytes | None = field(repr=False, compare=False)
    covers_expired_since: datetime | None = field(repr=False, compare=False)
    _part: Element | None = field(repr=False, compare=False)
    _work: _Work = field(repr=False, compare=False)

    @staticmethod
    def from_der(der: bytes, *, at: str) -> "Crl":
        """Read a DER CRL; its entries are looked at when it was found authentic.

        Raises:
            LimitError: it is larger than `limits.CRL_BYTES`, or has more than
                `limits.CRL_ENTRIES` entries.
            MalformedError: it is no CRL, or breaks RFC 5280 section 5.
            UnsupportedError: it is of version 1, or has a critical extension that is
                not understood here.
        """
        if len(der) > limits.CRL_BYTES:
            raise LimitError("CRL too long", at=at, clause="idwallet limits")
        kept = bytes(der)
        try:
            native = x509.load_der_x509_crl(kept)
            count, found = len(native), {each.oid: each for each in native.extensions}
            parts = _Parts.read(kept)
        except (ValueError, TypeError, Warning, x509.InvalidVersion) as error:
            raise MalformedError("not a DER CRL", at=at, clause="RFC 5280 §5.1") from (
                error
            )
        except x509.DuplicateExtension as error:
            raise MalformedError(
                "an extension twice", at=at, clause="RFC 5280 §5.2"
            ) from error
        except x509.UnsupportedGeneralNameType as error:
            raise UnsupportedError(
                "a name of unread kind", at=at, clause="RFC 5280 §5.2.5"
            ) from error
        if count > limits.CRL_ENTRIES:
            raise LimitError("too many entries", at=at, clause="idwallet limits")
        _require_understood(parts, found, at=at)
        return _crl(kept, parts, found=MappingProxyType(found), at=at)

    @property
    def is_delta(self) -> bool:
        """Whether it only says what changed since another (RFC 5280 5.2.4)."""
        return self.base_number is not None

    def entries(self) -> Entries:
        """Return the index of its entries, built the first time.

        Raises:
            ValueError: entries that no one may use (RFC 5280 5.3).
        """
        if self._work.entries is None:
            indirect = self.scope is not None and self.scope.indirect_crl
            self._work.entries = Entries(
                self.der, self._part, issuer=self.issuer_der, indirect=indirect
            )
        return self._work.entries

    def is_known_from(self, key: PublicKey) -> bool:
        """Whether this key's signature verified here before."""
        return bool(self._work.signer) and self._work.signer == key.spki

    def signature_fault(
        self, *, key: PublicKey, allowed: frozenset[Algorithm]
    ) -> Unsettled | None:
        """Return what is wrong with the signature, or None.

        A good one is remembered: a large CRL is hashed once, not for each certificate.
        """
        signed = read_signed(self.der)
        if self.is_known_from(key):
            signed = Signed(memoryview(b""), signed.algorithm, b"", signed.body)
            return _only_algorithm(signed, key=key, allowed=allowed)
        fault = signature_fault(signed, key=key, allowed=allowed)
        if fault is None:
            self._work.signer = key.spki
        return fault


def _only_algorithm(
    signed: Signed, *, key: PublicKey, allowed: frozenset[Algorithm]
) -> Unsettled | None:
    """Hold the algorithm against the rules of today, the signature being known."""
    fault = signature_fault(signed, key=key, allowed=allowed)
    return fault if fault is Unsettled.ALGORITHM_NOT_ALLOWED else None


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a CRL that are taken from its bytes as received."""

    version_2: bool
    issuer: bytes
    this_update: datetime
    next_update: datetime | None
    entries: Element | None

    @staticmethod
    def read(der: bytes) -> "_Parts":
        """Cut it (RFC 5280 5.1).

        Raises:
            ValueError: a time is not to the second, or the parts are not in place.
        """
        body = inside(der, read_signed(der).body)
        version_2 = whole(der, body[0]) == _VERSION_2
        _, issuer, this, *rest = body[1:] if body[0].tag == INTEGER else body
        until = read_time(der, rest.pop(0)) if _is(rest, _TIMES) else None
        since = read_time(der, this)
        if until is not None and until < since:
            raise ValueError("the next update lies before this one")
        entries = rest[0] if _is(rest, frozenset({SEQUENCE})) else None
        return _Parts(version_2, whole(der, issuer), since, until, entries)


def crl_issuer(der: bytes, *, at: str) -> bytes:
    """Return the DER of a CRL's issuer's name, without reading the rest of it.

    Raises:
        MalformedError: it is no CRL.
    """
    try:
        return _Parts.read(der).issuer
    except (ValueError, IndexError) as error:
        raise MalformedError("not a DER CRL", at=at, clause="RFC 5280 §5.1") from error


def _is(rest: list[Element], tags: frozenset[int]) -> bool:
    return bool(rest) and rest[0].tag in tags


def _require_understood(parts: _Parts, found: _Extensions, *, at: str) -> None:
    if not parts.version_2:
        raise UnsupportedError("not version 2", at=at, clause="RFC 5280 §5.1.2.1")
    if any(each.critical and oid not in _UNDERSTOOD for oid, each in found.items()):
        raise UnsupportedError(
            "a critical extension is not understood", at=at, clause="RFC 5280 §5.2"
        )


def _crl(der: bytes, parts: _Parts, *, found: _Extensions, at: str) -> Crl:
    number = _value(found, x509.CRLNumber)
    delta = _value(found, x509.DeltaCRLIndicator)
    authority = _value(found, x509.AuthorityKeyIdentifier)
    return Crl(
        der=der,
        issuer_der=parts.issuer,
        this_update=parts.this_update,
        next_update=parts.next_update,
        number=None if number is None else number.crl_number,
        base_number=None if delta is None else delta.crl_number,
        scope=_value(found, x509.IssuingDistributionPoint),
        authority_key_id=None if authority is None else authority.key_identifier,
        covers_expired_since=_covers_expired(found, at=at),
        _part=parts.entries,
        _work=_Work(),
    )


def _value(extensions: _Extensions, kind: type[_Extension]) -> _Extension | None:
    found = extensions.get(kind.oid)
    value = None if found is None else found.value
    return value if isinstance(value, kind) else None


def _covers_expired(found: _Extensions, *, at: str) -> datetime | None:
    value = found.get(_EXPIRED_CERTS)
    if value is None or not isinstance(value.value, x509.UnrecognizedExtension):
        return None
    try:
        return only_time(value.value.value)
    except ValueError as error:
        raise MalformedError(
            "a malformed extension", at=at, clause="X.509 §9.5.2.9"
        ) from error
