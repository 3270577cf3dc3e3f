"""Signature schemes that name their hash apart from the key (XMLDSig, RFC 9231).

JOSE and COSE name curve and hash together, and `Algorithm` does so. XML signatures let
any SHA-2 go with any curve or RSA key; what a policy says about `Algorithm` bounds them
by the kind of key and the padding, as it does for certificates.
"""

from enum import Enum
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey

_Hash = hashes.SHA256 | hashes.SHA384 | hashes.SHA512


class _Row(NamedTuple):
    algorithms: frozenset[Algorithm]
    hash: _Hash
    is_pss: bool = False


_ECDSA: Final = frozenset({Algorithm.ES256, Algorithm.ES384, Algorithm.ES512})
_RS: Final = frozenset({Algorithm.RS256})
_PS: Final = frozenset({Algorithm.PS256})


class SignatureScheme(Enum):
    """A scheme; `algorithms` are those of which key and policy must allow one.

    There is none with SHA-1 or with a shared secret.
    """

    RSA_SHA256 = _Row(_RS, hashes.SHA256())
    RSA_SHA384 = _Row(_RS, hashes.SHA384())
    RSA_SHA512 = _Row(_RS, hashes.SHA512())
    RSA_PSS_SHA256 = _Row(_PS, hashes.SHA256(), is_pss=True)
    RSA_PSS_SHA384 = _Row(_PS, hashes.SHA384(), is_pss=True)
    RSA_PSS_SHA512 = _Row(_PS, hashes.SHA512(), is_pss=True)
    ECDSA_SHA256 = _Row(_ECDSA, hashes.SHA256())
    ECDSA_SHA384 = _Row(_ECDSA, hashes.SHA384())
    ECDSA_SHA512 = _Row(_ECDSA, hashes.SHA512())
    ED25519 = _Row(frozenset({Algorithm.EDDSA}), hashes.SHA512())

    @property
    def algorithms(self) -> frozenset[Algorithm]:
        """The algorithms of which key and policy must allow one."""
        return self.value.algorithms


def scheme_matches(
    key: PublicKey, scheme: SignatureScheme, *, signature: bytes, message: bytes
) -> bool:
    """Say whether the signature over the message was made with the key's other half.

    ECDSA signatures are r||s, each as long as the curve's order (XMLDSig 1.1 section
    6.4.3); any other length is False, as is a scheme that the key is not for.
    RSASSA-PSS has one hash throughout, and a salt of its length (RFC 9231 2.3.9).
    """
    if scheme.algorithms.isdisjoint(key.algorithms):
        return False
    try:
        return _verify(key, scheme, signature=signature, message=message)
    except InvalidSignature:
        return False


def _verify(
    key: PublicKey, scheme: SignatureScheme, *, signature: bytes, message: bytes
) -> bool:
    native, hashed = key.native, scheme.value.hash
    if isinstance(native, ec.EllipticCurvePublicKey):
        size = key.kind.size
        if len(signature) != 2 * size:
            return False
        der = encode_dss_signature(
            int.from_bytes(signature[:size]), int.from_bytes(signature[size:])
        )
        native.verify(der, message, ec.ECDSA(hashed))
        return True
    if isinstance(native, rsa.RSAPublicKey):
        pss = padding.PSS(padding.MGF1(hashed), hashed.digest_size)
        pad = pss if scheme.value.is_pss else padding.PKCS1v15()
        native.verify(signature, message, pad, hashed)
        return True
    if isinstance(native, Ed25519PublicKey):
        native.verify(signature, message)
        return True
    return False
