"""XML signatures (XMLDSig 1.1, XAdES EN 319 132-1): read and judged strictly.

References are to the document itself, to one element of it, or to octets that the
caller holds; nothing is fetched. Transforms, digests and schemes come from closed
lists: no XPath, no XSLT, no SHA-1, no shared secret. What a valid signature covers
comes back as octets, so that nothing else can be read for it.
"""

from idwallet.envelope.xmldsig.judge import CertificateRule, judge_signature
from idwallet.envelope.xmldsig.properties import (
    CertificateReference,
    names_certificate,
    read_moment,
)
from idwallet.envelope.xmldsig.read import read_signatures
from idwallet.envelope.xmldsig.structures import (
    Coverage,
    Covered,
    XmlJudgement,
    XmlSignature,
)

__all__ = [
    "CertificateReference",
    "CertificateRule",
    "Coverage",
    "Covered",
    "XmlJudgement",
    "XmlSignature",
    "judge_signature",
    "names_certificate",
    "read_moment",
    "read_signatures",
]
