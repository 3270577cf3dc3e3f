"""The closed lists of CMS: what each type, attribute and algorithm is called.

Identifiers are values of OBJECT IDENTIFIERs, without tag and length. What is not named
here is not done: no SHA-1, no MD5, no DSA, no shared secret.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from idwallet.codec.der import oid, sequence, tlv
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.schemes import SignatureScheme


def _value(dotted: str) -> bytes:
    return oid(dotted)[2:]


# RFC 5652 sections 4, 5.1 and 11; RFC 3161 2.4.2.
DATA: Final = _value("1.2.840.113549.1.7.1")
SIGNED_DATA: Final = _value("1.2.840.113549.1.7.2")
TIMESTAMP_INFO: Final = _value("1.2.840.113549.1.9.16.1.4")
CONTENT_TYPE: Final = _value("1.2.840.113549.1.9.3")
MESSAGE_DIGEST: Final = _value("1.2.840.113549.1.9.4")
SIGNING_TIME: Final = _value("1.2.840.113549.1.9.5")
COUNTER_SIGNATURE: Final = _value("1.2.840.113549.1.9.6")
# RFC 5035 sections 3 and 4, RFC 6211 section 2, EN 319 122-1 section 5.3.
SIGNING_CERTIFICATE: Final = _value("1.2.840.113549.1.9.16.2.12")
SIGNING_CERTIFICATE_V2: Final = _value("1.2.840.113549.1.9.16.2.47")
ALGORITHM_PROTECTION: Final = _value("1.2.840.113549.1.9.52")
SIGNATURE_TIMESTAMP: Final = _value("1.2.840.113549.1.9.16.2.14")
# EN 319 122-1 sections 5.5.2 and 5.5.3, annex D.
ARCHIVE_TIMESTAMP: Final = _value("0.4.0.1733.2.4")
# TS 101 733 6.4: earlier forms, which forbid that anything is added beside them.
EARLIER_ARCHIVES: Final = frozenset(
    {
        _value("1.2.840.113549.1.9.16.2.27"),
        _value("1.2.840.113549.1.9.16.2.48"),
        _value("0.4.0.1733.2.2"),
    }
)
HASH_INDEX: Final = _value("0.4.0.19122.1.5")
# RFC 5940 section 2.1: an OCSP response beside the CRLs. Others write what is inside of
# it, by the name that RFC 6960 4.2.1 has for that (EN 319 122-1 5.4.2.1).
OCSP_RESPONSE: Final = _value("1.3.6.1.5.5.7.16.2")
OCSP_BASIC: Final = _value("1.3.6.1.5.5.7.48.1.1")

SUBJECT_KEY_IDENTIFIER: Final = _value("2.5.29.14")

DIGESTS: Final[Mapping[bytes, str]] = MappingProxyType(
    {
        _value("2.16.840.1.101.3.4.2.1"): "sha256",
        _value("2.16.840.1.101.3.4.2.2"): "sha384",
        _value("2.16.840.1.101.3.4.2.3"): "sha512",
    }
)
"""RFC 5754 section 2, by the names of hashlib."""

DIGEST_OIDS: Final[Mapping[str, bytes]] = MappingProxyType(
    {name: each for each, name in DIGESTS.items()}
)

RSA: Final = _value("1.2.840.113549.1.1.1")
PSS: Final = _value("1.2.840.113549.1.1.10")
MGF1: Final = _value("1.2.840.113549.1.1.8")

SCHEMES: Final[Mapping[bytes, SignatureScheme]] = MappingProxyType(
    {
        _value("1.2.840.113549.1.1.11"): SignatureScheme.RSA_SHA256,
        _value("1.2.840.113549.1.1.12"): SignatureScheme.RSA_SHA384,
        _value("1.2.840.113549.1.1.13"): SignatureScheme.RSA_SHA512,
        _value("1.2.840.10045.4.3.2"): SignatureScheme.ECDSA_SHA256,
        _value("1.2.840.10045.4.3.3"): SignatureScheme.ECDSA_SHA384,
        _value("1.2.840.10045.4.3.4"): SignatureScheme.ECDSA_SHA512,
        _value("1.3.101.112"): SignatureScheme.ED25519,
        _value("2.16.840.1.101.3.4.3.17"): SignatureScheme.ML_DSA_44,
        _value("2.16.840.1.101.3.4.3.18"): SignatureScheme.ML_DSA_65,
        _value("2.16.840.1.101.3.4.3.19"): SignatureScheme.ML_DSA_87,
    }
)
"""RFC 5754 section 3, RFC 5753 2.1.1, RFC 8419 section 2, RFC 9882 section 2."""

RSA_SCHEMES: Final[Mapping[str, SignatureScheme]] = MappingProxyType(
    {
        "sha256": SignatureScheme.RSA_SHA256,
        "sha384": SignatureScheme.RSA_SHA384,
        "sha512": SignatureScheme.RSA_SHA512,
    }
)
"""What ``rsaEncryption`` is beside a digest (RFC 3370 section 3.2)."""

PSS_SCHEMES: Final[Mapping[str, SignatureScheme]] = MappingProxyType(
    {
        "sha256": SignatureScheme.RSA_PSS_SHA256,
        "sha384": SignatureScheme.RSA_PSS_SHA384,
        "sha512": SignatureScheme.RSA_PSS_SHA512,
    }
)

_ANY: Final = frozenset({"sha256", "sha384", "sha512"})
BESIDE: Final[Mapping[SignatureScheme, frozenset[str]]] = MappingProxyType(
    {
        SignatureScheme.ED25519: frozenset({"sha512"}),
        SignatureScheme.ML_DSA_44: _ANY,
        SignatureScheme.ML_DSA_65: frozenset({"sha384", "sha512"}),
        SignatureScheme.ML_DSA_87: frozenset({"sha512"}),
    }
)
"""The digests that go with schemes that sign the message itself.

(RFC 8419 section 3.1, RFC 9882 section 3.3.) With any other scheme goes its own hash.
"""


def digest_identifier(name: str) -> bytes:
    """Return the AlgorithmIdentifier of a digest, without parameters (RFC 5754 2)."""
    return sequence(tlv(0x06, DIGEST_OIDS[name]))


def _pss(name: str) -> bytes:
    """Return RSASSA-PSS with one hash throughout and its length of salt (RFC 4056)."""
    hashed = sequence(tlv(0x06, DIGEST_OIDS[name]), b"\x05\x00")
    salt = {"sha256": 32, "sha384": 48, "sha512": 64}[name]
    return sequence(
        tlv(0x06, PSS),
        sequence(
            tlv(0xA0, hashed),
            tlv(0xA1, sequence(tlv(0x06, MGF1), hashed)),
            tlv(0xA2, bytes((0x02, 0x01, salt))),
        ),
    )


def _plain(scheme: SignatureScheme) -> bytes:
    (found,) = (each for each, own in SCHEMES.items() if own is scheme)
    return sequence(tlv(0x06, found))


def _rsa(scheme: SignatureScheme) -> bytes:
    """Return it with the NULL that RFC 5754 3.2 says must be there."""
    (found,) = (each for each, own in SCHEMES.items() if own is scheme)
    return sequence(tlv(0x06, found), b"\x05\x00")


SIGNS: Final[Mapping[Algorithm, tuple[str, bytes]]] = MappingProxyType(
    {
        Algorithm.ES256: ("sha256", _plain(SignatureScheme.ECDSA_SHA256)),
        Algorithm.ES384: ("sha384", _plain(SignatureScheme.ECDSA_SHA384)),
        Algorithm.ES512: ("sha512", _plain(SignatureScheme.ECDSA_SHA512)),
        Algorithm.EDDSA: ("sha512", _plain(SignatureScheme.ED25519)),
        Algorithm.PS256: ("sha256", _pss("sha256")),
        Algorithm.RS256: ("sha256", _rsa(SignatureScheme.RSA_SHA256)),
        Algorithm.ML_DSA_44: ("sha512", _plain(SignatureScheme.ML_DSA_44)),
        Algorithm.ML_DSA_65: ("sha512", _plain(SignatureScheme.ML_DSA_65)),
        Algorithm.ML_DSA_87: ("sha512", _plain(SignatureScheme.ML_DSA_87)),
        Algorithm.ESB256: ("sha256", _plain(SignatureScheme.ECDSA_SHA256)),
        Algorithm.ESB384: ("sha384", _plain(SignatureScheme.ECDSA_SHA384)),
        Algorithm.ESB512: ("sha512", _plain(SignatureScheme.ECDSA_SHA512)),
    }
)
"""What is written for an algorithm: the digest beside it, and its identifier."""
