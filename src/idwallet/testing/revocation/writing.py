"""DER for tests, written element by element, so that any of them can be wrong."""

from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from idwallet.testing.certificates import PrivateKey

SEQUENCE: Final = 0x30
OCTETS: Final = 0x04
TRUE: Final = b"\x01\x01\xff"

Extensions = tuple[tuple[x509.ExtensionType, bool], ...]
"""Extensions, each with its critical mark."""


def tlv(tag: int, *parts: bytes) -> bytes:
    """Return one element that holds these."""
    contents = b"".join(parts)
    size = len(contents)
    if size < 0x80:
        return bytes((tag, size)) + contents
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + contents


def sequence(*parts: bytes) -> bytes:
    """Return a SEQUENCE of these."""
    return tlv(SEQUENCE, *parts)


def integer(number: int) -> bytes:
    """Return an INTEGER."""
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, signed=True))


def enumerated(number: int) -> bytes:
    """Return an ENUMERATED of one octet."""
    return tlv(0x0A, bytes([number]))


def oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    first, second, *rest = map(int, dotted.split("."))
    return tlv(0x06, *map(_base_128, (40 * first + second, *rest)))


def _base_128(number: int) -> bytes:
    octets = [number & 0x7F]
    while number > 0x7F:
        number >>= 7
        octets.append(0x80 | number & 0x7F)
    return bytes(reversed(octets))


def utc_time(moment: datetime) -> bytes:
    """Return a UTCTime, for years up to 2049 (RFC 5280 4.1.2.5.1)."""
    return tlv(0x17, f"{moment:%y%m%d%H%M%SZ}".encode())


def generalized_time(moment: datetime) -> bytes:
    """Return a GeneralizedTime (RFC 5280 4.1.2.5.2)."""
    return tlv(0x18, f"{moment:%Y%m%d%H%M%SZ}".encode())


def bits(value: bytes) -> bytes:
    """Return a BIT STRING of whole octets."""
    return tlv(0x03, b"\0", value)


def extensions(found: Extensions) -> bytes:
    """Return the SEQUENCE of these extensions, or nothing for none."""
    if not found:
        return b""
    return sequence(
        *(
            sequence(
                oid(each.oid.dotted_string),
                TRUE if critical else b"",
                tlv(OCTETS, each.public_bytes()),
            )
            for each, critical in found
        )
    )


def unrecognised(
    dotted: str, value: bytes, *, critical: bool = False
) -> tuple[x509.ExtensionType, bool]:
    """Return an extension by its number and the DER of its value."""
    number = x509.ObjectIdentifier(dotted)
    return x509.UnrecognizedExtension(number, value), critical


_ECDSA: Final = {
    "secp256r1": ("300a06082a8648ce3d040302", hashes.SHA256()),
    "secp384r1": ("300a06082a8648ce3d040303", hashes.SHA384()),
    "secp521r1": ("300a06082a8648ce3d040304", hashes.SHA512()),
}
_RSA: Final = "300d06092a864886f70d01010b0500"
_PSS: Final = (
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500"
    "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120"
)
_EDDSA: Final = "300506032b6570"
_ML_DSA: Final = {
    1952: "300b0609608648016503040312",
    2592: "300b0609608648016503040313",
}


def algorithm_of(key: PrivateKey, *, pss: bool = False) -> bytes:
    """Return the AlgorithmIdentifier that this key signs with here."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return bytes.fromhex(_ECDSA[key.curve.name][0])
    if isinstance(key, rsa.RSAPrivateKey):
        return bytes.fromhex(_PSS if pss else _RSA)
    if isinstance(key, Ed25519PrivateKey):
        return bytes.fromhex(_EDDSA)
    size = len(key.public_key().public_bytes_raw())
    return bytes.fromhex(_ML_DSA.get(size, "300b0609608648016503040311"))


def signature(key: PrivateKey, message: bytes, *, pss: bool = False) -> bytes:
    """Sign; with the same key ECDSA, RSA and Ed25519 give the same bytes each time."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        hashed = _ECDSA[key.curve.name][1]
        return key.sign(message, ec.ECDSA(hashed, deterministic_signing=True))
    if isinstance(key, rsa.RSAPrivateKey):
        sha = hashes.SHA256()
        fill = padding.PSS(mgf=padding.MGF1(sha), salt_length=sha.digest_size)
        return key.sign(message, fill if pss else padding.PKCS1v15(), sha)
    return key.sign(message)
