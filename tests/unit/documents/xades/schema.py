"""What the XML Schemas of XMLDSig and XAdES say of the elements that are written here.

Each element has an expression for the local names of its children, in order: content
models of XML Schema are regular. So a document is held against them without the files
of ETSI, which are not ours to ship.
"""

import re
from typing import Final

from lxml import etree

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
V132: Final = "http://uri.etsi.org/01903/v1.3.2#"
V141: Final = "http://uri.etsi.org/01903/v1.4.1#"

_UNSIGNED: Final = (
    "CounterSignature|SignatureTimeStamp|CertificateValues|RevocationValues"
    "|TimeStampValidationData|AnyValidationData|ArchiveTimeStamp"
)
_STAMP: Final = "(CanonicalizationMethod )?(EncapsulatedTimeStamp )+"
_VALUES: Final = "(CertificateValues )?(RevocationValues )?"

# XMLDSig 1.1, sections 4.1 to 4.5; EN 319 132-1, clauses 4.3 and 5.
MODELS: Final = {
    f"{{{DS}}}Signature": "SignedInfo SignatureValue (KeyInfo )?(Object )*",
    f"{{{DS}}}SignedInfo": "CanonicalizationMethod SignatureMethod (Reference )+",
    f"{{{DS}}}Reference": "(Transforms )?DigestMethod DigestValue ",
    f"{{{DS}}}Transforms": "(Transform )+",
    f"{{{DS}}}Transform": "(XPath )?",
    f"{{{DS}}}KeyInfo": "X509Data ",
    f"{{{DS}}}X509Data": "(X509Certificate )+",
    f"{{{DS}}}Object": "(QualifyingProperties )?",
    f"{{{V132}}}QualifyingProperties": "(SignedProperties )?(UnsignedProperties )?",
    f"{{{V132}}}SignedProperties": (
        "(SignedSignatureProperties )?(SignedDataObjectProperties )?"
    ),
    f"{{{V132}}}SignedSignatureProperties": (
        "(SigningTime )?(SigningCertificateV2 )?(SignatureProductionPlaceV2 )?"
        "(SignerRoleV2 )?"
    ),
    f"{{{V132}}}SigningCertificateV2": "(Cert )+",
    f"{{{V132}}}Cert": "CertDigest (IssuerSerialV2 )?",
    f"{{{V132}}}CertDigest": "DigestMethod DigestValue ",
    f"{{{V132}}}SignatureProductionPlaceV2": "(City )?(CountryName )?",
    f"{{{V132}}}SignerRoleV2": "(ClaimedRoles )?",
    f"{{{V132}}}ClaimedRoles": "(ClaimedRole )+",
    f"{{{V132}}}SignedDataObjectProperties": (
        "(DataObjectFormat )*(CommitmentTypeIndication )*"
    ),
    f"{{{V132}}}DataObjectFormat": "(Description )?(MimeType )?(Encoding )?",
    f"{{{V132}}}CommitmentTypeIndication": "CommitmentTypeId AllSignedDataObjects ",
    f"{{{V132}}}CommitmentTypeId": "Identifier ",
    f"{{{V132}}}UnsignedProperties": "UnsignedSignatureProperties ",
    f"{{{V132}}}UnsignedSignatureProperties": f"(({_UNSIGNED}) )+",
    f"{{{V132}}}CounterSignature": "Signature ",
    f"{{{V132}}}SignatureTimeStamp": _STAMP,
    f"{{{V141}}}ArchiveTimeStamp": _STAMP,
    f"{{{V132}}}CertificateValues": "(EncapsulatedX509Certificate )+",
    f"{{{V132}}}RevocationValues": "(CRLValues )?(OCSPValues )?",
    f"{{{V132}}}CRLValues": "(EncapsulatedCRLValue )+",
    f"{{{V132}}}OCSPValues": "(EncapsulatedOCSPValue )+",
    f"{{{V141}}}TimeStampValidationData": _VALUES,
    f"{{{V141}}}AnyValidationData": _VALUES,
}

_REQUIRED: Final = {
    f"{{{DS}}}Reference": {"URI"},
    f"{{{DS}}}Transform": {"Algorithm"},
    f"{{{DS}}}DigestMethod": {"Algorithm"},
    f"{{{V132}}}QualifyingProperties": {"Target"},
    f"{{{V132}}}DataObjectFormat": {"ObjectReference"},
}
_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*")


def faults(document: bytes) -> list[str]:
    """Return what of a document's signatures no schema allows."""
    root = etree.fromstring(document)
    found = []
    for each in root.iter(f"{{{DS}}}*", f"{{{V132}}}*", f"{{{V141}}}*"):
        name = str(each.tag)
        children = "".join(f"{etree.QName(child).localname} " for child in each)
        model = MODELS.get(name, "")
        if not re.fullmatch(model, children):
            found.append(f"{name}: {children}")
        if not _REQUIRED.get(name, set()) <= set(map(str, each.attrib)):
            found.append(f"{name}: {list(each.attrib)}")
    ids = [str(each) for each in root.xpath("//@Id")]
    found += [each for each in ids if not _NAME.fullmatch(each)]
    found += [each for each in set(ids) if ids.count(each) > 1]
    pointers = [str(each) for each in root.xpath("//@ObjectReference|//@Target")]
    found += [each for each in pointers if each[:1] != "#" or each[1:] not in ids]
    return found
