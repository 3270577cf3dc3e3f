"""Signatures on CRLs, OCSP responses and the certificates of who signs them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from idwallet.crypto.algorithms import ECDSA, Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.trust.certificate import Certificate
from idwallet.trust.revocation.der import Signed, read_signed
from idwallet.trust.revocation.structures import Unsettled

_Hash = hashes.SHA256 | hashes.SHA384 | hashes.SHA512


@dataclass(frozen=True, slots=True)
class _Scheme:
    """Which of our algorithms a key must be allowed for, and what it hashes with.

    Keys that hash by themselves make nothing of `hash`.
    """

    algorithms: frozenset[Algorithm]
    hash: _Hash = field(default_factory=hashes.SHA256)
    pss: bool = False


_SHA2: Final[Mapping[int, _Hash]] = {
    1: hashes.SHA256(),
    2: hashes.SHA384(),
    3: hashes.SHA512(),
}


def _pss(hashed: int) -> str:
    """The parameters of RFC 4055 3.1 with one hash throughout and its length of salt.

    It is the one form that an honest signer writes; all others are refused.
    """
    algorithm = f"300d06096086480165030402{hashed:02x}0500"
    salt = {1: 32, 2: 48, 3: 64}[hashed]
    return (
        "304106092a864886f70d01010a3034"
        f"a00f{algorithm}a11c301a06092a864886f70d010108{algorithm}a2030201{salt:02x}"
    )


# AlgorithmIdentifiers as they must be encoded (RFC 5758 3.2, RFC 4055 3.1 and 5,
# RFC 8410 3, RFC 9881 2). A hash under 256 bits has no place.
_SCHEMES: Final = {
    **{
        bytes.fromhex(f"300a06082a8648ce3d04030{n + 1}"): _Scheme(ECDSA, each)
        for n, each in _SHA2.items()
    },
    **{
        bytes.fromhex(f"300d06092a864886f70d01010{n + 10:x}0500"): _Scheme(
            frozenset({Algorithm.RS256}), each
        )
        for n, each in _SHA2.items()
    },
    **{
        bytes.fromhex(_pss(n)): _Scheme(frozenset({Algorithm.PS256}), each, pss=True)
        for n, each in _SHA2.items()
    },
    bytes.fromhex("300506032b6570"): _Scheme(frozenset({Algorithm.EDDSA})),
    **{
        bytes.fromhex(f"300b06096086480165030403{n:02x}"): _Scheme(frozenset({each}))
        for n, each in (
            (0x11, Algorithm.ML_DSA_44),
            (0x12, Algorithm.ML_DSA_65),
            (0x13, Algorithm.ML_DSA_87),
        )
    },
}


def signature_fault(
    signed: Signed, *, key: PublicKey, allowed: frozenset[Algorithm]
) -> Unsettled | None:
    """Return what is wrong with a signature, or None.

    The algorithm comes from key and rules; what was signed may only agree.
    """
    scheme = _SCHEMES.get(signed.algorithm)
    if scheme is None or not scheme.algorithms & key.algorithms & allowed:
        return Unsettled.ALGORITHM_NOT_ALLOWED
    try:
        _verify(signed, scheme=scheme, key=key)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return Unsettled.SIGNATURE_INVALID
    return None


def _verify(signed: Signed, *, scheme: _Scheme, key: PublicKey) -> None:
    native, signature = key.native, signed.signature
    if isinstance(native, ec.EllipticCurvePublicKey):
        native.verify(signature, signed.message, ec.ECDSA(scheme.hash))
    elif isinstance(native, rsa.RSAPublicKey):
        pad = _pss_padding(scheme.hash) if scheme.pss else padding.PKCS1v15()
        native.verify(signature, bytes(signed.message), pad, scheme.hash)
    else:
        native.verify(signature, signed.message)


def _pss_padding(hashed: _Hash) -> padding.PSS:
    return padding.PSS(mgf=padding.MGF1(hashed), salt_length=hashed.digest_size)


def issued_fault(
    lower: Certificate, *, upper: Certificate, allowed: frozenset[Algorithm]
) -> Unsettled | None:
    """Return why `upper` did not issue `lower`, or None (RFC 5280 6.1.3 (a)(1))."""
    fault = signature_fault(
        read_signed(lower.der), key=upper.public_key, allowed=allowed
    )
    if fault is not None:
        return fault
    try:
        # It also holds the two algorithm fields of the certificate against each other.
        lower.native.verify_directly_issued_by(upper.native)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return Unsettled.SIGNATURE_INVALID
    return None
