"""XML signatures (XMLDSig 1.1, XAdES EN 319 132-1): made, read and judged strictly.

References are to the document itself, to one element of it, or to octets that the
caller holds; nothing is fetched. Transforms, digests and schemes come from closed
lists: no XPath, no XSLT, no SHA-1, no shared secret. What a valid signature covers
comes back as octets, so that nothing else can be read for it.
"""

from idwallet.envelope.xmldsig.apart import Apart, Hasher
from idwallet.envelope.xmldsig.judge import (
    CertificateRule,
    judge_reference,
    judge_references,
    judge_signature,
    judge_value,
    transformed,
)
from idwallet.envelope.xmldsig.names import COUNTERSIGNED, EXC_C14N, SIGNED_PROPERTIES
from idwallet.envelope.xmldsig.properties import (
    CertificateReference,
    SignedProperties,
    names_certificate,
    properties_of,
    read_moment,
)
from idwallet.envelope.xmldsig.read import (
    find_signatures,
    read_signature,
    read_signatures,
)
from idwallet.envelope.xmldsig.references import Place
from idwallet.envelope.xmldsig.signed_info import read_form
from idwallet.envelope.xmldsig.structures import (
    Coverage,
    Covered,
    Reference,
    Removal,
    XmlJudgement,
    XmlSignature,
)
from idwallet.envelope.xmldsig.write import (
    ALONE,
    AS_IT_IS,
    PART,
    SIDE_BY_SIDE,
    SPELLED,
    NewReference,
    Transforms,
    XmlWriter,
    address,
    digest_method,
    signature_value,
    value_id,
)

__all__ = [
    "ALONE",
    "AS_IT_IS",
    "COUNTERSIGNED",
    "EXC_C14N",
    "PART",
    "SIDE_BY_SIDE",
    "SIGNED_PROPERTIES",
    "SPELLED",
    "Apart",
    "CertificateReference",
    "CertificateRule",
    "Coverage",
    "Covered",
    "Hasher",
    "NewReference",
    "Place",
    "Reference",
    "Removal",
    "SignedProperties",
    "Transforms",
    "XmlJudgement",
    "XmlSignature",
    "XmlWriter",
    "address",
    "digest_method",
    "find_signatures",
    "judge_reference",
    "judge_references",
    "judge_signature",
    "judge_value",
    "names_certificate",
    "properties_of",
    "read_form",
    "read_moment",
    "read_signature",
    "read_signatures",
    "signature_value",
    "transformed",
    "value_id",
]
