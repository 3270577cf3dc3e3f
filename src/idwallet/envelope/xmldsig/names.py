"""The closed lists of an XML signature: what each algorithm and transform is called.

What is not named here is not done: no SHA-1, no HMAC, no XPath, no XSLT.
"""

from typing import Final

from idwallet.codec.xml import Canonicalization
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.schemes import SignatureScheme

DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
XADES: Final = "{http://uri.etsi.org/01903/v1.3.2#}"
EXC: Final = "{http://www.w3.org/2001/10/xml-exc-c14n#}"
MORE_2007: Final = "{http://www.w3.org/2007/05/xmldsig-more#}"

SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
COUNTERSIGNED: Final = "http://uri.etsi.org/01903#CountersignedSignature"
MANIFEST: Final = "http://www.w3.org/2000/09/xmldsig#Manifest"
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
BASE64: Final = "http://www.w3.org/2000/09/xmldsig#base64"
XSLT: Final = "http://www.w3.org/TR/1999/REC-xslt-19991116"
XPATH: Final = "http://www.w3.org/TR/1999/REC-xpath-19991116"
FILTER2: Final = "http://www.w3.org/2002/06/xmldsig-filter2"
RSA_PSS: Final = "http://www.w3.org/2007/05/xmldsig-more#rsa-pss"
MGF1: Final = "http://www.w3.org/2007/05/xmldsig-more#MGF1"

C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_C14N_11: Final = "http://www.w3.org/2006/12/xml-c14n11"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_DSIG_2001: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_DSIG_2007: Final = "http://www.w3.org/2007/05/xmldsig-more#"
_DSIG_2021: Final = "http://www.w3.org/2021/04/xmldsig-more#"
_XMLENC: Final = "http://www.w3.org/2001/04/xmlenc#"

CANONICALIZATIONS: Final = {
    C14N: Canonicalization.INCLUSIVE,
    f"{C14N}#WithComments": Canonicalization.INCLUSIVE_WITH_COMMENTS,
    _C14N_11: Canonicalization.INCLUSIVE,
    f"{_C14N_11}#WithComments": Canonicalization.INCLUSIVE_WITH_COMMENTS,
    EXC_C14N: Canonicalization.EXCLUSIVE,
    f"{EXC_C14N}WithComments": Canonicalization.EXCLUSIVE_WITH_COMMENTS,
}
"""XMLDSig 1.1 section 6.5."""

DIGESTS: Final = {
    f"{_XMLENC}sha256": "sha256",
    f"{_DSIG_2001}sha384": "sha384",
    f"{_XMLENC}sha512": "sha512",
}
"""XMLDSig 1.1 section 6.2, by the names of hashlib."""

SCHEMES: Final = {
    f"{_DSIG_2001}rsa-sha256": SignatureScheme.RSA_SHA256,
    f"{_DSIG_2001}rsa-sha384": SignatureScheme.RSA_SHA384,
    f"{_DSIG_2001}rsa-sha512": SignatureScheme.RSA_SHA512,
    f"{_DSIG_2007}sha256-rsa-MGF1": SignatureScheme.RSA_PSS_SHA256,
    f"{_DSIG_2007}sha384-rsa-MGF1": SignatureScheme.RSA_PSS_SHA384,
    f"{_DSIG_2007}sha512-rsa-MGF1": SignatureScheme.RSA_PSS_SHA512,
    f"{_DSIG_2001}ecdsa-sha256": SignatureScheme.ECDSA_SHA256,
    f"{_DSIG_2001}ecdsa-sha384": SignatureScheme.ECDSA_SHA384,
    f"{_DSIG_2001}ecdsa-sha512": SignatureScheme.ECDSA_SHA512,
    f"{_DSIG_2021}eddsa-ed25519": SignatureScheme.ED25519,
}
"""XMLDSig 1.1 section 6.4 and RFC 9231 sections 2.3."""

PSS: Final = {
    "sha256": SignatureScheme.RSA_PSS_SHA256,
    "sha384": SignatureScheme.RSA_PSS_SHA384,
    "sha512": SignatureScheme.RSA_PSS_SHA512,
}
"""What ``rsa-pss`` is with one hash throughout (RFC 9231 section 2.3.9)."""

SIGNS: Final = {
    Algorithm.ES256: (f"{_DSIG_2001}ecdsa-sha256", "sha256"),
    Algorithm.ES384: (f"{_DSIG_2001}ecdsa-sha384", "sha384"),
    Algorithm.ES512: (f"{_DSIG_2001}ecdsa-sha512", "sha512"),
    Algorithm.ESB256: (f"{_DSIG_2001}ecdsa-sha256", "sha256"),
    Algorithm.ESB384: (f"{_DSIG_2001}ecdsa-sha384", "sha384"),
    Algorithm.ESB512: (f"{_DSIG_2001}ecdsa-sha512", "sha512"),
    Algorithm.EDDSA: (f"{_DSIG_2021}eddsa-ed25519", "sha512"),
    Algorithm.RS256: (f"{_DSIG_2001}rsa-sha256", "sha256"),
    Algorithm.PS256: (f"{_DSIG_2007}sha256-rsa-MGF1", "sha256"),
}
"""What each algorithm that signs here is called, and the digest that goes with it.

ML-DSA has no identifier that is registered for XML signatures (RFC 9231).
"""

DIGEST_METHODS: Final = {name: uri for uri, name in DIGESTS.items()}
"""What each digest is called, by its name in hashlib."""
