"""OCSP responses, read once, and the request that asks for one (RFC 6960)."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from idwallet import limits
from idwallet.codec.der import Element, elements, inside, value, whole
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.trust.certificate import Certificate
from idwallet.trust.revocation.der import (
    Extension,
    Signed,
    only_time,
    read_extensions,
    read_signed,
)

_INVALIDITY: Final = b"\x55\x1d\x18"  # 2.5.29.24
_PKIX: Final = bytes.fromhex("2b06010505073001")  # 1.3.6.1.5.5.7.48.1
_ARCHIVE_CUTOFF: Final = _PKIX + b"\x06"
_UNDERSTOOD: Final = frozenset({_INVALIDITY, _ARCHIVE_CUTOFF})
# What a certificate identifier is hashed with (RFC 6960 4.1.1, RFC 5019 2.1.1); it is
# no protection, so SHA-1 may stand. Another hash matches nothing.
_HASHES: Final = frozenset({"sha1", "sha256"})
_EXPLICIT_1: Final = 0xA1
_SEQUENCE: Final = 0x30


@dataclass(frozen=True, slots=True)
class SingleResponse:
    """What a response says of one certificate (RFC 6960 4.2.1).

    `algorithm`, a hashlib name, made the two hashes. `since` and `reason` are None
    unless it is revoked; `since` is the invalidity date where that is earlier.
    """

    algorithm: str
    issuer_name_hash: bytes = field(repr=False)
    issuer_key_hash: bytes = field(repr=False)
    serial: int = field(repr=False)
    status: ocsp.OCSPCertStatus
    this_update: datetime
    next_update: datetime | None
    since: datetime | None
    reason: x509.ReasonFlags | None
    archive_cutoff: datetime | None

    def concerns(self, certificate: Certificate, *, issuer: Certificate) -> bool:
        """Whether it speaks of that certificate by that issuer."""
        return (
            self.algorithm in _HASHES
            and self.serial == certificate.native.serial_number
            and self.issuer_name_hash == _hash(self.algorithm, certificate.issuer_der)
            and self.issuer_key_hash == _hash(self.algorithm, key_bits(issuer))
        )


@dataclass(frozen=True, slots=True)
class BasicResponse:
    """What a responder signed (RFC 6960 4.2.1).

    `responder` is the DER of a name, or the SHA-1 of a key.
    """

    signed: Signed = field(repr=False)
    produced_at: datetime
    responder: bytes = field(repr=False)
    nonce: bytes | None = field(repr=False)
    singles: tuple[SingleResponse, ...]
    certificates: tuple[bytes, ...] = field(repr=False)

    def is_from(self, certificate: Certificate) -> bool:
        """Whether the responder's identifier is this certificate's, by name or key."""
        return self.responder in {
            certificate.subject_der,
            _hash("sha1", key_bits(certificate)),
        }

    def answers(self, asked: bytes | None) -> bool:
        """Whether it has the nonce that was asked with, when there was one."""
        if asked is None:
            return True
        return self.nonce is not None and hmac.compare_digest(asked, self.nonce)


@dataclass(frozen=True, slots=True)
class OcspResponse:
    """An OCSP response of the basic type. Nothing says yet who signed it.

    `basic` is None when the responder gave no answer (RFC 6960 2.3). `asked` is the
    nonce of the question, when it had one.
    """

    der: bytes = field(repr=False)
    asked: bytes | None = field(repr=False)
    basic: BasicResponse | None = field(compare=False)

    @staticmethod
    def from_der(der: bytes, *, at: str, asked: bytes | None = None) -> "OcspResponse":
        """Read a DER response; `asked` is the nonce that the question had.

        Raises:
            LimitError: it is larger than `limits.OCSP_BYTES`, or holds more answers
                or certificates than a bound.
            MalformedError: it is no response, or breaks RFC 6960 section 4.2.
            UnsupportedError: it is of another type, or has a critical extension that
                is not understood here.
        """
        if len(der) > limits.OCSP_BYTES:
            raise LimitError("response too long", at=at, clause="idwallet limits")
        kept = bytes(der)
        try:
            native = ocsp.load_der_ocsp_response(kept)
            if native.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
                return OcspResponse(kept, asked, None)
            return OcspResponse(kept, asked, _read(_basic(kept), native, at=at))
        except x509.DuplicateExtension as error:
            raise MalformedError(
                "an extension twice", at=at, clause="RFC 6960 §4.4"
            ) from error
        except UnsupportedAlgorithm as error:
            raise UnsupportedError(
                "a hash of unread kind", at=at, clause="RFC 6960 §4.1.1"
            ) from error
        except (ValueError, TypeError, Warning) as error:
            raise MalformedError(
                "not a DER OCSP response", at=at, clause="RFC 6960 §4.2"
            ) from error


def _read(basic: bytes, native: ocsp.OCSPResponse, *, at: str) -> BasicResponse:
    signed = read_signed(basic)
    found = _Tbs.read(basic, signed.body)
    if len(found.singles) > limits.OCSP_ANSWERS:
        raise LimitError("too many answers", at=at, clause="idwallet limits")
    if len(native.certificates) > limits.REVOCATION_CERTIFICATES:
        raise LimitError("too many certificates", at=at, clause="idwallet limits")
    answers = zip(native.responses, found.singles, strict=True)
    return BasicResponse(
        signed=signed,
        produced_at=native.produced_at_utc,
        responder=found.responder,
        nonce=_nonce(native, at=at),
        singles=tuple(_single(one, marks, at=at) for one, marks in answers),
        certificates=tuple(
            each.public_bytes(serialization.Encoding.DER)
            for each in native.certificates
        ),
    )


def _basic(der: bytes) -> bytes:
    """Return the BasicOCSPResponse within (RFC 6960 4.2.1)."""
    _, explicit = inside(der)
    (response,) = inside(der, explicit)
    _, octets = inside(der, response)
    return value(der, octets)


@dataclass(frozen=True, slots=True)
class _Tbs:
    """Parts of what is signed, from the bytes as received."""

    responder: bytes
    singles: tuple[Mapping[bytes, Extension], ...]

    @staticmethod
    def read(der: bytes, body: Element) -> "_Tbs":
        # The one version there is goes unsaid in DER, so a responder comes first.
        parts = inside(der, body)
        (responder,) = inside(der, parts[0])
        by_name = parts[0].tag == _EXPLICIT_1
        (answers,) = (part for part in parts if part.tag == _SEQUENCE)
        return _Tbs(
            whole(der, responder) if by_name else value(der, responder),
            tuple(_marks(der, each) for each in inside(der, answers)),
        )


def _marks(der: bytes, single: Element) -> Mapping[bytes, Extension]:
    last = inside(der, single)[-1]
    if last.tag != _EXPLICIT_1:
        return MappingProxyType({})
    (extensions,) = elements(der, start=last.value, end=last.end)
    return read_extensions(der, extensions)


def _nonce(native: ocsp.OCSPResponse, *, at: str) -> bytes | None:
    found: bytes | None = None
    for each in native.extensions:
        if isinstance(each.value, x509.OCSPNonce):
            found = each.value.nonce
        elif each.critical:
            raise UnsupportedError(
                "a critical extension is not understood", at=at, clause="RFC 6960 §4.4"
            )
    return found


def _single(
    native: ocsp.OCSPSingleResponse, marks: Mapping[bytes, Extension], *, at: str
) -> SingleResponse:
    if any(each.critical and oid not in _UNDERSTOOD for oid, each in marks.items()):
        raise UnsupportedError(
            "a critical extension is not understood", at=at, clause="RFC 6960 §4.4"
        )
    until = native.next_update_utc
    if until is not None and until < native.this_update_utc:
        raise MalformedError(
            "the next update lies before this one", at=at, clause="RFC 6960 §4.2.2.1"
        )
    return SingleResponse(
        algorithm=native.hash_algorithm.name,
        issuer_name_hash=native.issuer_name_hash,
        issuer_key_hash=native.issuer_key_hash,
        serial=native.serial_number,
        status=native.certificate_status,
        this_update=native.this_update_utc,
        next_update=until,
        since=_earliest(native.revocation_time_utc, marks.get(_INVALIDITY)),
        reason=native.revocation_reason,
        archive_cutoff=_time(marks.get(_ARCHIVE_CUTOFF)),
    )


def _time(found: Extension | None) -> datetime | None:
    return None if found is None else only_time(found.value)


def _earliest(revoked: datetime | None, invalid: Extension | None) -> datetime | None:
    """RFC 5280 5.3.2, which RFC 6960 4.4.5 lets a response carry too."""
    if revoked is None or invalid is None:
        return revoked
    return min(revoked, only_time(invalid.value))


def key_bits(certificate: Certificate) -> bytes:
    """Return the public key as RFC 6960 4.1.1 has it hashed: the bits alone."""
    spki = certificate.public_key.spki
    _, bits = inside(spki)
    return value(spki, bits)[1:]


def _hash(algorithm: str, data: bytes) -> bytes:
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def ocsp_request(
    certificate: Certificate, *, issuer: Certificate, nonce: bytes | None = None
) -> bytes:
    """Return the DER request that asks for the status of a certificate.

    The identifier is hashed with SHA-1, which every responder reads (RFC 5019 2.1.1).

    Raises:
        UsageError: a nonce that is not 1 to 128 octets long (RFC 9654 2.1).
    """
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        certificate.native,
        issuer.native,
        hashes.SHA1(),  # noqa: S303 - an identifier, as every responder reads it
    )
    if nonce is not None:
        if not 1 <= len(nonce) <= limits.OCSP_NONCE_BYTES:
            raise UsageError("a nonce has 1 to limits.OCSP_NONCE_BYTES octets")
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(serialization.Encoding.DER)
