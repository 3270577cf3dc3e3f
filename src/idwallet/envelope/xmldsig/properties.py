"""The signed properties of XAdES: which certificate signed, and when it says so.

(EN 319 132-1 sections 5.2.1 and 5.2.2.)
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from cryptography import x509

from idwallet.codec.xml import XmlElement, XmlNode, read_element
from idwallet.envelope.xmldsig import names
from idwallet.envelope.xmldsig.signed_info import read_digest
from idwallet.errors import MalformedError, UnsupportedError

_XADES: Final = names.XADES
_V2: Final = "EN 319 132-1 §5.2.2"
_V1: Final = "EN 319 132-1 Annex D"
_TIME: Final = "EN 319 132-1 §5.2.1"


class CertificateReference(NamedTuple):
    """Which certificate a signature says that it was made with.

    `issuer_serial` is the DER of V2, `serial` the number of V1; either may be absent,
    the digest may not.
    """

    hashed: str
    digest: bytes
    issuer_serial: bytes | None
    serial: int | None


class SignedProperties(NamedTuple):
    """What of them is read here."""

    certificate: CertificateReference | None
    signing_time: datetime | None


def read_properties(octets: bytes, *, at: str) -> SignedProperties:
    """Read signed properties from the octets that were digested.

    Raises:
        MalformedError: they break EN 319 132-1, or name the certificate in both ways.
        UnsupportedError: the certificate is named by a digest of less than 256 bits.
    """
    return properties_of(read_element(octets, at=at), at=at)


def properties_of(root: XmlElement, *, at: str) -> SignedProperties:
    """Read signed properties that are elements already; raises as `read_properties`."""
    if root.name != f"{_XADES}SignedProperties":
        raise MalformedError("no SignedProperties", at=at, clause="EN 319 132-1 §4.3.2")
    holder = root.maybe(f"{_XADES}SignedSignatureProperties", clause=_V2)
    if holder is None:
        return SignedProperties(None, None)
    second = holder.maybe(f"{_XADES}SigningCertificateV2", clause=_V2)
    first = holder.maybe(f"{_XADES}SigningCertificate", clause=_V1)
    if first is not None and second is not None:
        raise MalformedError("two signing certificates", at=at, clause=_V2)
    time = holder.maybe(f"{_XADES}SigningTime", clause=_TIME)
    named = second if first is None else first
    return SignedProperties(
        None if named is None else _reference(named),
        None if time is None else read_moment(time, clause=_TIME),
    )


def _reference(named: XmlElement) -> CertificateReference:
    """Read the first certificate named, which is the signer's."""
    certificates = named.all(f"{_XADES}Cert")
    if not certificates:
        raise MalformedError("no certificate named", at=named.at, clause=_V2)
    cert = certificates[0]
    digest = cert.one(f"{_XADES}CertDigest", clause=_V2)
    old = cert.maybe(f"{_XADES}IssuerSerial", clause=_V1)
    new = cert.maybe(f"{_XADES}IssuerSerialV2", clause=_V2)
    return CertificateReference(
        read_digest(digest.one(f"{names.DS}DigestMethod", clause=_V2)),
        digest.one(f"{names.DS}DigestValue", clause=_V2).octets(clause=_V2),
        None if new is None else new.octets(clause=_V2),
        None if old is None else _serial(old),
    )


def _serial(old: XmlElement) -> int:
    text = old.one(f"{names.DS}X509SerialNumber", clause=_V1).value(clause=_V1)
    if not text.isascii() or not text.isdigit() or len(text) > _SERIAL_DIGITS:
        raise MalformedError("no serial number", at=old.at, clause=_V1)
    return int(text)


# RFC 5280 4.1.2.2: at most 20 octets.
_SERIAL_DIGITS: Final = 49


def read_moment(element: XmlElement, *, clause: str) -> datetime:
    """Return a moment of XML Schema (dateTime) that says its zone, in UTC.

    Raises:
        MalformedError: it is none.
    """
    text = element.value(clause=clause)
    try:
        moment = datetime.fromisoformat(text)
        if len(text) < _SHORTEST or moment.utcoffset() is None:
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise MalformedError("no moment", at=element.at, clause=clause) from None


_SHORTEST: Final = len("2026-11-24T12:00:00Z")


def names_certificate(reference: CertificateReference, der: bytes) -> bool:
    """Say whether the certificate is the one that the signature was made with.

    The digest decides; an issuer and serial number beside it may only agree.
    """
    if hashlib.new(reference.hashed, der).digest() != reference.digest:
        return False
    if reference.serial is None and reference.issuer_serial is None:
        return True
    native = x509.load_der_x509_certificate(der)
    if reference.serial is not None and reference.serial != native.serial_number:
        return False
    said = reference.issuer_serial
    return said is None or said == _issuer_serial(native)


def _issuer_serial(native: x509.Certificate) -> bytes:
    """Return IssuerSerial (RFC 5035 section 5) of a certificate, in DER."""
    issuer = native.issuer.public_bytes()
    serial = native.serial_number
    number = serial.to_bytes(serial.bit_length() // 8 + 1)
    names_ = _der(0x30, _der(0xA4, issuer))
    return _der(0x30, names_ + _der(0x02, number))


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size) + content


def named_first(
    certificates: tuple[bytes, ...], node: XmlNode, *, at: str
) -> tuple[bytes, ...]:
    """Return them with the one first that the signature names, if it names one.

    It is a hint like the certificates themselves, so nothing is refused here.
    """
    if len(certificates) < _SEVERAL:
        return certificates
    for each in _unverified(node):
        try:
            named = properties_of(each.read(), at=at).certificate
        except (MalformedError, UnsupportedError):
            continue
        for der in certificates:
            if named is not None and _digest_fits(named, der):
                return (der, *(other for other in certificates if other != der))
    return certificates


_SEVERAL: Final = 2


def _digest_fits(named: CertificateReference, der: bytes) -> bool:
    return hashlib.new(named.hashed, der).digest() == named.digest


def _unverified(node: XmlNode) -> Iterator[XmlNode]:
    for holder in node.children(f"{names.DS}Object"):
        for qualifying in holder.children(f"{_XADES}QualifyingProperties"):
            yield from qualifying.children(f"{_XADES}SignedProperties")
