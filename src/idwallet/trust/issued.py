"""Whether one certificate was signed with the key of another (RFC 5280 6.1.3)."""

from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from idwallet.trust.certificate import Certificate
from idwallet.trust.frame import Signed

# The AlgorithmIdentifiers of ECDSA with SHA-256, SHA-384 and SHA-512, which have no
# parameters (RFC 5758 3.2).
ECDSA_WITH_SHA_2: Final = {
    bytes.fromhex(f"300a06082a8648ce3d0403{n:02x}"): ec.ECDSA(hashed)
    for n, hashed in (
        (0x02, hashes.SHA256()),
        (0x03, hashes.SHA384()),
        (0x04, hashes.SHA512()),
    )
}
"""How a signature is verified, by the AlgorithmIdentifier it was made with."""

# RSASSA-PSS names its hash apart from its OID.
_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})


def is_signed_by(lower: Certificate, upper: Certificate) -> bool:
    """Say whether the signature of `lower` is one of the key of `upper`.

    Both fields of `lower` that name the algorithm have to name the same
    (RFC 5280 4.1.1.2), and one that goes with the key. Names are for the caller.
    """
    try:
        native = upper.public_key.native
        if isinstance(native, ec.EllipticCurvePublicKey):
            return _is_signed_with(native, lower.signed)
        hashed = lower.native.signature_hash_algorithm
        if hashed is not None and hashed.name not in _HASHES:
            return False
        lower.native.verify_directly_issued_by(upper.native)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _is_signed_with(key: ec.EllipticCurvePublicKey, signed: Signed) -> bool:
    """Verify over the octets received, with the key as it was loaded before.

    `verify_directly_issued_by` writes the certificate and loads the key anew each time,
    which takes longer than reading the certificate.

    Raises:
        InvalidSignature: it is of another key.
    """
    scheme = ECDSA_WITH_SHA_2.get(signed.algorithm)
    if scheme is None:
        return False
    key.verify(signed.signature, signed.covered, scheme)
    return True
