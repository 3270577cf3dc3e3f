"""Signature schemes that name their hash apart from the key (XMLDSig, CMS).

JOSE and COSE name curve and hash together, and `Algorithm` does so. XML signatures and
CMS let any SHA-2 go with any curve or RSA key; what a policy says about `Algorithm`
bounds them by the kind of key and the padding, as it does for certificates.
"""

from enum import Enum
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from idwallet.codec.ecdsa import ecdsa_value
from idwallet.crypto.algorithms import ECDSA, Algorithm
from idwallet.crypto.keys import PublicKey

_Hash = hashes.SHA256 | hashes.SHA384 | hashes.SHA512


class _Row(NamedTuple):
    algorithms: frozenset[Algorithm]
    hash: _Hash
    is_pss: bool = False


_RS: Final = frozenset({Algorithm.RS256})
_PS: Final = frozenset({Algorithm.PS256})


class SignatureScheme(Enum):
    """A scheme; `algorithms` are those of which key and policy must allow one.

    There is none with SHA-1 or with a shared secret. Ed25519 and ML-DSA sign the
    message itself; the hash beside them is the one that goes with them elsewhere.
    """

    RSA_SHA256 = _Row(_RS, hashes.SHA256())
    RSA_SHA384 = _Row(_RS, hashes.SHA384())
    RSA_SHA512 = _Row(_RS, hashes.SHA512())
    RSA_PSS_SHA256 = _Row(_PS, hashes.SHA256(), is_pss=True)
    RSA_PSS_SHA384 = _Row(_PS, hashes.SHA384(), is_pss=True)
    RSA_PSS_SHA512 = _Row(_PS, hashes.SHA512(), is_pss=True)
    ECDSA_SHA256 = _Row(ECDSA, hashes.SHA256())
    ECDSA_SHA384 = _Row(ECDSA, hashes.SHA384())
    ECDSA_SHA512 = _Row(ECDSA, hashes.SHA512())
    ED25519 = _Row(frozenset({Algorithm.EDDSA}), hashes.SHA512())
    ML_DSA_44 = _Row(frozenset({Algorithm.ML_DSA_44}), hashes.SHA512())
    ML_DSA_65 = _Row(frozenset({Algorithm.ML_DSA_65}), hashes.SHA512())
    ML_DSA_87 = _Row(frozenset({Algorithm.ML_DSA_87}), hashes.SHA512())

    @property
    def algorithms(self) -> frozenset[Algorithm]:
        """The algorithms of which key and policy must allow one."""
        return self.value.algorithms


class EcdsaForm(Enum):
    """How the two numbers of an ECDSA signature are written."""

    NUMBERS = "r||s"
    """Each as long as the curve's order (XMLDSig 1.1 section 6.4.3).

    Read are also halves that are both shorter by the zeros that both would begin with:
    the common library of Java writes a quarter of all signatures on P-521 so.
    """

    DER = "DER"
    """As a DER sequence (RFC 5753 section 2.1.1)."""


def scheme_matches(
    key: PublicKey,
    scheme: SignatureScheme,
    *,
    signature: bytes,
    message: bytes,
    form: EcdsaForm = EcdsaForm.NUMBERS,
) -> bool:
    """Say whether the signature over the message was made with the key's other half.

    An ECDSA signature in another form than `form` is False, as is a scheme that the key
    is not for. RSASSA-PSS has one hash throughout, and a salt of its length (RFC 9231
    2.3.9, RFC 4056 section 3).
    """
    if scheme.algorithms.isdisjoint(key.algorithms):
        return False
    if isinstance(key.native, ec.EllipticCurvePublicKey) and form is EcdsaForm.NUMBERS:
        if not _are_numbers(signature, size=key.kind.size):
            return False
        signature = ecdsa_value(signature)
    try:
        return _verify(key, scheme, signature=signature, message=message)
    except InvalidSignature:
        return False


def _are_numbers(signature: bytes, *, size: int) -> bool:
    half, odd = divmod(len(signature), 2)
    if odd or not 0 < half <= size:
        return False
    # Shorter by all common zeros or by none: no third spelling of one signature.
    return half == size or bool(signature[0] or signature[half])


def _verify(
    key: PublicKey, scheme: SignatureScheme, *, signature: bytes, message: bytes
) -> bool:
    native, hashed = key.native, scheme.value.hash
    if isinstance(native, ec.EllipticCurvePublicKey):
        native.verify(signature, message, ec.ECDSA(hashed))
        return True
    if isinstance(native, rsa.RSAPublicKey):
        pss = padding.PSS(padding.MGF1(hashed), hashed.digest_size)
        pad = pss if scheme.value.is_pss else padding.PKCS1v15()
        native.verify(signature, message, pad, hashed)
        return True
    native.verify(signature, message)
    return True
