"""What the attributes of a signature say (RFC 5652 section 11, RFC 5035, RFC 6211)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeVar

from idwallet import limits
from idwallet.codec.der import (
    INTEGER,
    OCTETS,
    OID,
    SEQUENCE,
    SET,
    DerError,
    Element,
    Fields,
    element,
    elements,
    inside,
    only,
    read_integer,
    read_time,
    require,
    value,
    whole,
)
from idwallet.envelope.cms import names
from idwallet.envelope.cms.algorithms import read_digest
from idwallet.envelope.cms.structures import (
    Attribute,
    CertificateReference,
    IssuerSerial,
    SignerInfo,
)
from idwallet.errors import LimitError, MalformedError

_NAME: Final = 0xA4
_VERSION: Final = 0xA0


def read_attributes(der: bytes, outer: Element, *, at: str) -> tuple[Attribute, ...]:
    """Read a SET OF Attribute (RFC 5652 5.3).

    Raises:
        LimitError: there are too many of them, or of values.
        DerError: one is none, or has no value.
    """
    found = inside(der, outer)
    if len(found) > limits.CMS_ATTRIBUTES:
        raise LimitError("too many attributes", at=at, clause="idwallet limits")
    return tuple(_attribute(der, each, at=at) for each in found)


def _attribute(der: bytes, found: Element, *, at: str) -> Attribute:
    fields = Fields(der, require(found, SEQUENCE))
    kind, holder = fields.value(OID), fields.one(SET)
    fields.done()
    values = inside(der, holder)
    if len(values) > limits.CMS_ATTRIBUTE_VALUES:
        raise LimitError("too many values", at=at, clause="idwallet limits")
    if not values:
        raise DerError("an attribute without a value")
    return Attribute(
        kind, tuple(whole(der, each) for each in values), whole(der, found)
    )


def by_type(found: tuple[Attribute, ...]) -> Mapping[bytes, Attribute]:
    """Return signed attributes by their type.

    Raises:
        DerError: one stands there twice: two readers would read two of them
            (RFC 5652 5.3, 11).
    """
    sorted_ = {each.oid: each for each in found}
    if len(sorted_) != len(found):
        raise DerError("a signed attribute twice")
    return MappingProxyType(sorted_)


_Read = TypeVar("_Read")


def _single(
    signer: SignerInfo, kind: bytes, *, read: Callable[[bytes], _Read], clause: str
) -> _Read | None:
    """Read the one value of a signed attribute, None where it is absent.

    Raises:
        MalformedError: it has several, or not the form that the clause says.
    """
    found = signer.attributes.get(kind)
    if found is None:
        return None
    try:
        if len(found.values) != 1:
            raise DerError("an attribute of several values")
        return read(found.values[0])
    except DerError as error:
        raise MalformedError(str(error), at=signer.at, clause=clause) from error


def message_digest(signer: SignerInfo) -> bytes | None:
    """Return the digest of the content that was signed (RFC 5652 11.2).

    Raises:
        MalformedError: the attribute is not what that clause says.
    """
    return _single(
        signer,
        names.MESSAGE_DIGEST,
        read=lambda der: _of(OCTETS, der),
        clause="RFC 5652 §11.2",
    )


def content_type(signer: SignerInfo) -> bytes | None:
    """Return the type of content that was signed (RFC 5652 11.1).

    Raises:
        MalformedError: the attribute is not what that clause says.
    """
    return _single(
        signer,
        names.CONTENT_TYPE,
        read=lambda der: _of(OID, der),
        clause="RFC 5652 §11.1",
    )


def _of(tag: int, der: bytes) -> bytes:
    return value(der, require(only(der), tag))


def signing_time(signer: SignerInfo) -> datetime | None:
    """Return when the signer says that it signed (RFC 5652 11.3).

    Raises:
        MalformedError: the attribute is not what that clause says.
    """
    return _single(
        signer,
        names.SIGNING_TIME,
        read=lambda der: read_time(der, only(der)),
        clause="RFC 5652 §11.3",
    )


def certificate_reference(signer: SignerInfo) -> CertificateReference | None:
    """Return which certificate the signature says that it was made with.

    The first one named is the signer's (RFC 5035 3).

    Raises:
        MalformedError: both versions of the attribute are there (EN 319 122-1 6.3), or
            it is not what RFC 5035 says.
    """
    clause = "RFC 5035 §3, EN 319 122-1 §6.3"
    second = _single(
        signer, names.SIGNING_CERTIFICATE_V2, read=_reference_v2, clause=clause
    )
    first = _single(
        signer, names.SIGNING_CERTIFICATE, read=_reference_v1, clause=clause
    )
    if first is not None and second is not None:
        raise MalformedError("two signing certificates", at=signer.at, clause=clause)
    return first or second


def _reference_v1(der: bytes) -> CertificateReference:
    return _reference(_first(der), hashed="sha1")


def _reference_v2(der: bytes) -> CertificateReference:
    fields = _first(der)
    algorithm = fields.maybe(SEQUENCE)
    hashed = "sha256" if algorithm is None else read_digest(der, algorithm)
    return _reference(fields, hashed=hashed)


def _first(der: bytes) -> Fields:
    """Return what the first of the certificates listed says."""
    listed = inside(der, Fields(der).one(SEQUENCE))
    if not listed:
        raise DerError("no certificate named")
    return Fields(der, require(listed[0], SEQUENCE))


def _reference(fields: Fields, *, hashed: str | None) -> CertificateReference:
    digest = fields.value(OCTETS)
    named = fields.maybe(SEQUENCE)
    fields.done()
    return CertificateReference(
        hashed, digest, None if named is None else _issuer_serial(fields.der, named)
    )


def _issuer_serial(der: bytes, found: Element) -> IssuerSerial:
    """Read an IssuerSerial (RFC 5035 5): general names, of which one is a name."""
    fields = Fields(der, found)
    issuer = inside(der, fields.one(SEQUENCE))
    serial = read_integer(fields.value(INTEGER))
    fields.done()
    if len(issuer) != 1 or issuer[0].tag != _NAME:
        raise DerError("an issuer that is no name")
    return IssuerSerial(value(der, issuer[0]), serial)


def protected_algorithms(signer: SignerInfo) -> tuple[bytes, bytes] | None:
    """Return the digest and signature algorithms that were signed (RFC 6211 2).

    Raises:
        MalformedError: the attribute is not what that clause says.
    """
    return _single(
        signer,
        names.ALGORITHM_PROTECTION,
        read=_protected,
        clause="RFC 6211 §2",
    )


def _protected(der: bytes) -> tuple[bytes, bytes]:
    fields = Fields(der)
    digest = whole(der, fields.one(SEQUENCE))
    signature = whole(der, fields.one(_SIGNATURE_ALGORITHM))
    fields.done()
    return digest, bytes((SEQUENCE,)) + signature[1:]


# CMSAlgorithmProtection tags the signature algorithm [1], implicitly.
_SIGNATURE_ALGORITHM: Final = 0xA1


def issuer_serial_of(certificate: bytes) -> IssuerSerial:
    """Return by which issuer and number a DER certificate is known.

    Raises:
        DerError: it is none.
    """
    # They stand at the front: what follows is not looked at.
    start, _, outer = element(certificate, 0)
    start, _, inner = element(certificate, start)
    number, after, tag = element(certificate, start)
    if tag == _VERSION:
        number, after, tag = element(certificate, after)
    _, issuer, algorithm = element(certificate, after)
    _, end, name = element(certificate, issuer)
    found = (outer, inner, tag, algorithm, name)
    if found != (SEQUENCE, SEQUENCE, INTEGER, SEQUENCE, SEQUENCE):
        raise DerError("no certificate")
    return IssuerSerial(
        certificate[issuer:end], read_integer(certificate[number:after])
    )


def key_identifier_of(certificate: bytes) -> bytes | None:
    """Return the subject key identifier of a DER certificate (RFC 5280 4.2.1.2).

    Raises:
        DerError: it is none.
    """
    body = Fields(certificate).one(SEQUENCE)
    holder = next((e for e in inside(certificate, body) if e.tag == 0xA3), None)
    if holder is None:
        return None
    listed = Fields(certificate, holder).one(SEQUENCE)
    for each in elements(certificate, start=listed.value, end=listed.end):
        parts = inside(certificate, each)
        if value(certificate, parts[0]) == names.SUBJECT_KEY_IDENTIFIER:
            octets = value(certificate, parts[-1])
            return value(octets, only(octets))
    return None
