"""CMS messages of signed data cut in their parts (RFC 5652 sections 3 and 5)."""

from typing import Final, Literal

from idwallet import limits
from idwallet.codec import ber
from idwallet.codec.der import (
    INTEGER,
    OCTETS,
    OID,
    SEQUENCE,
    SET,
    DerError,
    Element,
    Fields,
    NotDerError,
    inside,
    only,
    read_integer,
    require,
    sequence,
    tlv,
    value,
    whole,
)
from idwallet.envelope.cms import names
from idwallet.envelope.cms.algorithms import read_digest
from idwallet.envelope.cms.signer_info import read_signer_info
from idwallet.envelope.cms.structures import Parts, SignedData, SignerInfo
from idwallet.errors import LimitError, MalformedError, UnsupportedError

_CERTIFICATES: Final = 0xA0
_REVOCATIONS: Final = 0xA1
_OTHER_REVOCATION: Final = 0xA1
_EXPLICIT: Final = 0xA0
_SUCCESSFUL: Final = b"\x0a\x01\x00"  # RFC 6960 4.2.1
_VERSIONS: Final = frozenset({1, 3, 4, 5})


def read_signed_data(message: bytes, *, at: str) -> SignedData:
    """Read a ContentInfo that holds SignedData; nothing of it is judged.

    BER is taken, as RFC 5652 allows it, and made DER. What signatures cover must have
    come as DER (section 5.4; RFC 5280 4.1.2): it is compared with what came, and is
    never written anew.

    Raises:
        LimitError: the message is longer than `limits.CMS_BYTES`, or has more of
            anything than `limits` says.
        MalformedError: it breaks RFC 5652.
        UnsupportedError: it is a CMS message of another kind.
    """
    if len(message) > limits.CMS_BYTES:
        raise LimitError("message is too long", at=at, clause="idwallet limits")
    try:
        try:
            return _message(message, at=at)
        except NotDerError:
            found = _message(ber.to_der(message, at=at), at=at)
            _require_as_received(found, message)
            return found
    except DerError as error:
        raise MalformedError(str(error), at=at, clause="RFC 5652 §5") from error


def _require_as_received(found: SignedData, message: bytes) -> None:
    """Require that what was signed stands in the message as it is kept."""
    for each in found.signers:
        # Under [0] it came; under the tag of a SET it is signed (RFC 5652 5.4).
        if each.signed[1:] not in message:
            raise DerError("signed attributes that are not DER")
    held = (only(each) for each in found.parts.revocations)
    evidence = (
        value(each, outer)
        for each, outer in zip(found.parts.revocations, held, strict=True)
    )
    for der in (*found.certificates, *evidence):
        if der not in message:
            raise DerError("a certificate or revocation that is not DER")


def _message(der: bytes, *, at: str) -> SignedData:
    fields = Fields(der)
    kind = fields.value(OID)
    if kind != names.SIGNED_DATA:
        raise UnsupportedError("not signed data", at=at, clause="RFC 5652 §3")
    holder = fields.one(_EXPLICIT)
    fields.done()
    held = Fields(der, holder)
    signed = held.one(SEQUENCE)
    held.done()
    return _signed_data(der, signed, at=at)


def _signed_data(der: bytes, found: Element, *, at: str) -> SignedData:
    fields = Fields(der, found)
    version = read_integer(fields.value(INTEGER))
    if version not in _VERSIONS:
        raise UnsupportedError("version of signed data", at=at, clause="RFC 5652 §5.1")
    digests = inside(der, fields.one(SET))
    encapsulated = fields.one(SEQUENCE)
    certificates = _listed(der, fields.maybe(_CERTIFICATES))
    revocations = _listed(der, fields.maybe(_REVOCATIONS))
    infos = inside(der, fields.one(SET))
    fields.done()
    _require_few(at, digests=digests, certificates=certificates, signers=infos)
    if len(revocations) > limits.CMS_REVOCATIONS:
        raise LimitError("too many revocations", at=at, clause="idwallet limits")
    content_type, content = _content(der, encapsulated)
    known = {read_digest(der, each) for each in digests} - {None}
    evidence = [revocation_of(whole(der, each)) for each in revocations]
    return SignedData(
        content_type=content_type,
        content=content,
        certificates=tuple(
            whole(der, each) for each in certificates if each.tag == SEQUENCE
        ),
        crls=tuple(each for kind, each in evidence if kind == "crl"),
        responses=tuple(each for kind, each in evidence if kind == "ocsp"),
        signers=tuple(
            _signer(der, each, at=f"{at}/{n}") for n, each in enumerate(infos)
        ),
        digests=frozenset(each for each in known if each is not None),
        parts=Parts(
            version,
            tuple(whole(der, each) for each in digests),
            whole(der, encapsulated),
            tuple(whole(der, each) for each in certificates),
            tuple(whole(der, each) for each in revocations),
        ),
    )


def _signer(der: bytes, found: Element, *, at: str) -> SignerInfo:
    return read_signer_info(whole(der, require(found, SEQUENCE)), at=at)


def _listed(der: bytes, holder: Element | None) -> tuple[Element, ...]:
    return () if holder is None else inside(der, holder)


def _require_few(at: str, **found: tuple[Element, ...]) -> None:
    for name, each in found.items():
        if len(each) > _MOST[name]:
            raise LimitError(f"too many {name}", at=at, clause="idwallet limits")


_MOST: Final = {
    "digests": limits.CMS_DIGESTS,
    "certificates": limits.CMS_CERTIFICATES,
    "signers": limits.CMS_SIGNERS,
}


def _content(der: bytes, found: Element) -> tuple[bytes, bytes | None]:
    """Return the content's type, and the content if it is inside (RFC 5652 5.2)."""
    fields = Fields(der, found)
    kind, holder = fields.value(OID), fields.maybe(_EXPLICIT)
    fields.done()
    if holder is None:
        return kind, None
    held = Fields(der, holder)
    content = held.value(OCTETS)
    held.done()
    return kind, content


Revocation = tuple[Literal["crl", "ocsp", ""], bytes]


def revocation_of(der: bytes) -> Revocation:
    """Return what a RevocationInfoChoice holds (RFC 5652 10.2.1): a CRL or a response.

    It is a whole OCSPResponse (RFC 5940 2.1), also where a basic one stands there
    alone (EN 319 122-1 5.4.2.1). Other kinds are kept in the message and not read.

    Raises:
        DerError: it is no such choice.
    """
    outer = only(der)
    if outer.tag == SEQUENCE:
        return "crl", der
    if outer.tag != _OTHER_REVOCATION:
        return "", der
    fields = Fields(der, outer)
    kind, held = fields.value(OID), fields.rest()
    if len(held) == 1 and kind == names.OCSP_RESPONSE:
        return "ocsp", whole(der, held[0])
    if len(held) == 1 and kind == names.OCSP_BASIC:
        basic = sequence(tlv(OID, kind), tlv(OCTETS, whole(der, held[0])))
        return "ocsp", sequence(_SUCCESSFUL, tlv(_EXPLICIT, basic))
    return "", der


def read_counter_signatures(signer: SignerInfo) -> tuple[SignerInfo, ...]:
    """Read the counter-signatures on a signature (RFC 5652 11.4), from any attribute.

    Raises:
        LimitError: there are more than `limits.CMS_SIGNERS`.
        MalformedError: one breaks RFC 5652.
    """
    values = [
        each
        for attribute in signer.unsigned
        if attribute.oid == names.COUNTER_SIGNATURE
        for each in attribute.values
    ]
    if len(values) > limits.CMS_SIGNERS:
        raise LimitError("too many signers", at=signer.at, clause="idwallet limits")
    try:
        return tuple(
            read_signer_info(each, at=f"{signer.at}/counter/{n}")
            for n, each in enumerate(values)
        )
    except DerError as error:
        raise MalformedError(
            str(error), at=signer.at, clause="RFC 5652 §11.4"
        ) from error
