"""The qualifying properties that are written, each in its exclusive canonical form.

(EN 319 132-1 V1.3.1, clauses 4.3 and 5.) So what is signed stands as it was signed.
"""

import hashlib
import secrets
from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from idwallet.documents.model import XAdES
from idwallet.documents.xades import names
from idwallet.envelope.xmldsig import EXC_C14N, digest_method
from idwallet.errors import UsageError

_DS_XMLNS: Final = f'xmlns:ds="{names.DS[1:-1]}"'


class Described(NamedTuple):
    """What a signed document is: the reference to it, and its type (5.2.4)."""

    reference_id: str
    media_type: str


class PropertyWriter:
    """Writes the signed properties of one signer; immutable and thread-safe."""

    __slots__ = ("_behind", "_commitment", "_head")

    def __init__(self, profile: XAdES, *, certificate: bytes, digest: str) -> None:
        """Write what stays the same; `digest` is a name of hashlib.

        Raises:
            UsageError: a text of the profile has characters that XML has not.
        """
        value = b64encode(hashlib.new(digest, certificate).digest()).decode()
        # 6.3 (j): no IssuerSerialV2; (i): no URI.
        self._head = (
            "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
            f'<ds:DigestMethod {_DS_XMLNS} Algorithm="{digest_method(digest)}">'
            "</ds:DigestMethod>"
            f"<ds:DigestValue {_DS_XMLNS}>{value}</ds:DigestValue>"
            "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
        )
        self._behind = _place(profile) + _roles(profile)
        self._commitment = _commitment(profile)

    def write(
        self,
        identifier: str,
        *,
        signing_time: datetime,
        described: Iterable[Described] = (),
    ) -> bytes:
        """Return SignedProperties of the signature of that identifier.

        Raises:
            UsageError: `signing_time` has no zone.
        """
        if signing_time.utcoffset() is None:
            raise UsageError("the time of signing needs a zone")
        moment = signing_time.astimezone(UTC)
        objects = "".join(
            f'<xades:DataObjectFormat ObjectReference="#{each.reference_id}">'
            f"<xades:MimeType>{escaped(each.media_type)}</xades:MimeType>"
            "</xades:DataObjectFormat>"
            for each in described
        )
        if objects:
            objects = (
                f"<xades:SignedDataObjectProperties>{objects}{self._commitment}"
                "</xades:SignedDataObjectProperties>"
            )
        return (
            f"<xades:SignedProperties {names.XADES_XMLNS}"
            f' Id="{signed_id(identifier)}"><xades:SignedSignatureProperties>'
            f"<xades:SigningTime>{moment:%Y-%m-%dT%H:%M:%SZ}</xades:SigningTime>"
            f"{self._head}{self._behind}</xades:SignedSignatureProperties>{objects}"
            "</xades:SignedProperties>"
        ).encode()


def new_identifier() -> str:
    """Return an identifier that no document has: 128 random bits."""
    return f"id-{secrets.token_hex(16)}"


def signed_id(identifier: str) -> str:
    """Return how the signed properties of a signature are called here."""
    return f"{identifier}-signed"


def _place(profile: XAdES) -> str:
    """Return SignatureProductionPlaceV2 (5.2.5), if it is said where."""
    parts = (("City", profile.city), ("CountryName", profile.country))
    held = "".join(
        f"<xades:{name}>{escaped(text)}</xades:{name}>" for name, text in parts if text
    )
    if not held:
        return ""
    element = "xades:SignatureProductionPlaceV2"
    return f"<{element}>{held}</{element}>"


def _roles(profile: XAdES) -> str:
    """Return SignerRoleV2 with the roles that the signer claims (5.2.6)."""
    held = "".join(
        f"<xades:ClaimedRole>{escaped(each)}</xades:ClaimedRole>"
        for each in profile.roles
    )
    if not held:
        return ""
    return (
        f"<xades:SignerRoleV2><xades:ClaimedRoles>{held}</xades:ClaimedRoles>"
        "</xades:SignerRoleV2>"
    )


def _commitment(profile: XAdES) -> str:
    """Return CommitmentTypeIndication for all that is signed (5.2.3)."""
    if profile.commitment is None:
        return ""
    return (
        "<xades:CommitmentTypeIndication><xades:CommitmentTypeId>"
        f"<xades:Identifier>{profile.commitment.value}</xades:Identifier>"
        "</xades:CommitmentTypeId>"
        "<xades:AllSignedDataObjects></xades:AllSignedDataObjects>"
        "</xades:CommitmentTypeIndication>"
    )


def escaped(text: str) -> str:
    """Return text as canonical XML has it (Canonical XML 1.0 §2.3).

    Raises:
        UsageError: it has characters that XML has not, or that nobody sees.
    """
    if not text.isprintable():
        raise UsageError("a text of a signature has characters that nobody sees")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def qualifying(identifier: str, signed: bytes, *, unsigned: bytes = b"") -> bytes:
    """Return the object that holds all properties of a signature (4.4.1)."""
    return b"".join(
        (
            f"<ds:Object><xades:QualifyingProperties {names.XADES_XMLNS}"
            f' Target="#{identifier}">'.encode("ascii"),
            signed,
            unsigned_properties(unsigned) if unsigned else b"",
            b"</xades:QualifyingProperties></ds:Object>",
        )
    )


def unsigned_properties(held: bytes) -> bytes:
    """Return properties in the container of those that are not signed (4.3.3)."""
    return unsigned_container(
        b"<xades:UnsignedSignatureProperties>"
        + held
        + b"</xades:UnsignedSignatureProperties>"
    )


def unsigned_container(held: bytes) -> bytes:
    """Return UnsignedProperties with what is in it."""
    head = f"<xades:UnsignedProperties {names.XADES_XMLNS}>".encode("ascii")
    return head + held + b"</xades:UnsignedProperties>"


def timestamp(token: bytes, *, identifier: str, is_archive: bool = False) -> bytes:
    """Return a timestamp in its property (5.3, 5.5.2), which names its canonical form.

    `identifier` is the property's own.
    """
    name, declared = "xades:SignatureTimeStamp", names.XADES_XMLNS
    if is_archive:
        name = "xades141:ArchiveTimeStamp"
        declared = f"{names.XADES_XMLNS} {names.XADES_141_XMLNS}"
    return (
        f'<{name} {declared} Id="{identifier}">'
        f'<ds:CanonicalizationMethod {_DS_XMLNS} Algorithm="{EXC_C14N}">'
        "</ds:CanonicalizationMethod>"
        f"<xades:EncapsulatedTimeStamp>{b64encode(token).decode()}"
        f"</xades:EncapsulatedTimeStamp></{name}>"
    ).encode("ascii")


def counter_signature(element: bytes) -> bytes:
    """Return a signature on one, in its property (5.2.7.2)."""
    head = f"<xades:CounterSignature {names.XADES_XMLNS}>".encode("ascii")
    return head + element + b"</xades:CounterSignature>"


def _values(name: str, parts: Iterable[bytes]) -> str:
    return "".join(
        f"<xades:{name}>{b64encode(each).decode()}</xades:{name}>" for each in parts
    )


def certificate_values(certificates: Iterable[bytes]) -> bytes:
    """Return CertificateValues (5.4.2), nothing where there is none."""
    held = _values("EncapsulatedX509Certificate", certificates)
    if not held:
        return b""
    name = "xades:CertificateValues"
    return f"<{name} {names.XADES_XMLNS}>{held}</{name}>".encode("ascii")


def revocation_values(crls: Iterable[bytes], responses: Iterable[bytes]) -> bytes:
    """Return RevocationValues (5.4.3), nothing where there is none."""
    lists, answers = (
        _values("EncapsulatedCRLValue", crls),
        _values("EncapsulatedOCSPValue", responses),
    )
    held = f"<xades:CRLValues>{lists}</xades:CRLValues>" if lists else ""
    held += f"<xades:OCSPValues>{answers}</xades:OCSPValues>" if answers else ""
    if not held:
        return b""
    name = "xades:RevocationValues"
    return f"<{name} {names.XADES_XMLNS}>{held}</{name}>".encode("ascii")


def validation_data(held: bytes, *, is_any: bool) -> bytes:
    """Return values in a property of their own (5.4.6, 5.5.1), if there are any.

    `is_any` makes it AnyValidationData, else TimeStampValidationData.
    """
    if not held:
        return b""
    name = "AnyValidationData" if is_any else "TimeStampValidationData"
    head = f"<xades141:{name} {names.XADES_141_XMLNS}>".encode("ascii")
    return head + held + f"</xades141:{name}>".encode("ascii")
