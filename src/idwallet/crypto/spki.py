"""Public keys as DER SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7)."""

from typing import Final, TypeAlias, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PublicKey,
    MLDSA65PublicKey,
    MLDSA87PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPublicKey,
    RSAPublicNumbers,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from idwallet import limits
from idwallet.crypto import kinds
from idwallet.crypto.kinds import KeyKind
from idwallet.errors import LimitError, MalformedError, UnsupportedError

NativePublicKey: TypeAlias = (
    EllipticCurvePublicKey
    | Ed25519PublicKey
    | RSAPublicKey
    | MLDSA44PublicKey
    | MLDSA65PublicKey
    | MLDSA87PublicKey
)
KeyParts: TypeAlias = tuple[KeyKind, bytes, NativePublicKey]
"""A kind, the canonical SubjectPublicKeyInfo, the key object."""

_NATIVE: Final = (
    EllipticCurvePublicKey,
    Ed25519PublicKey,
    RSAPublicKey,
    MLDSA44PublicKey,
    MLDSA65PublicKey,
    MLDSA87PublicKey,
)
_ED25519_PRIME: Final = 2**255 - 19
# The y coordinates of the eight points whose order divides 8. Under such a key a
# signature can be made that fits any message, so it proves nothing.
_SMALL_ORDER: Final = frozenset(
    {
        0,
        1,
        _ED25519_PRIME - 1,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    }
)


def from_raw(kind: KeyKind, raw: bytes, *, at: str, clause: str) -> KeyParts:
    """Load a key of a kind with a fixed head; `raw` has the right length already.

    An EC point off its curve or with a coordinate outside the field is refused here
    by the loader (SEC 1 3.2.2.1), which also cannot express the point at infinity.
    """
    spki = kind.head + raw
    try:
        native = load_der_public_key(spki)
    except ValueError as error:
        raise MalformedError(
            "not a point of the key's curve", at=at, clause=clause
        ) from error
    except UnsupportedAlgorithm as error:
        raise UnsupportedError(
            f"{kind.name} is missing from this cryptography build",
            at=at,
            clause=clause,
        ) from error
    if kind is kinds.ED25519:
        _require_full_order(raw, at=at)
    return kind, spki, cast("NativePublicKey", native)


def from_rsa_numbers(modulus: int, exponent: int, *, at: str) -> KeyParts:
    """Load an RSA key once its numbers are within bounds."""
    _require_rsa(modulus, exponent, at=at)
    native = RSAPublicNumbers(exponent, modulus).public_key()
    return kinds.RSA, written(native), native


def from_der(der: bytes, *, at: str) -> KeyParts:
    """Load a key from DER; the second part is DER of our own making.

    So two keys are equal exactly when these bytes are, whatever spelling they came in.
    """
    if len(der) > limits.SPKI_BYTES:
        raise LimitError("public key is too long", at=at, clause="RFC 5280 §4.1.2.7")
    try:
        native = load_der_public_key(der)
        kind = _COMMON.get(der[: len(kinds.P256.head)])
        if kind is not None and len(der) == kind.spki_bytes:
            # The spelling that we would give it ourselves, as nearly all have it.
            return kind, der, cast("NativePublicKey", native)
    except ValueError as error:
        raise MalformedError(
            "not a SubjectPublicKeyInfo", at=at, clause="RFC 5280 §4.1.2.7"
        ) from error
    except UnsupportedAlgorithm as error:
        raise UnsupportedError(
            "unknown kind of public key", at=at, clause="RFC 5280 §4.1.2.7"
        ) from error
    return from_native(native, at=at)


_COMMON: Final = {kinds.P256.head: kinds.P256}


def from_native(native: object, *, at: str) -> KeyParts:
    """Sort a key object into its kind and apply that kind's bounds."""
    if isinstance(native, RSAPublicKey):
        numbers = native.public_numbers()
        _require_rsa(numbers.n, numbers.e, at=at)
        return kinds.RSA, written(native), native
    if isinstance(native, _NATIVE):
        spki = written(native)
        for kind in kinds.KINDS:
            if len(spki) == kind.spki_bytes and spki.startswith(kind.head):
                if kind is kinds.ED25519:
                    _require_full_order(spki[len(kind.head) :], at=at)
                return kind, spki, native
    raise UnsupportedError("unknown kind of public key", at=at, clause="RFC 7518 §6")


def rsa_numbers(native: NativePublicKey) -> tuple[int, int]:
    """Return modulus and exponent of an RSA key."""
    numbers = cast("RSAPublicKey", native).public_numbers()
    return numbers.n, numbers.e


def shortest(number: int) -> bytes:
    """Return the shortest big-endian octets of a positive number."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def written(native: NativePublicKey) -> bytes:
    """Return the one DER of a key."""
    return native.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _require_rsa(modulus: int, exponent: int, *, at: str) -> None:
    bits = modulus.bit_length()
    if bits < limits.RSA_BITS_MINIMUM:
        raise MalformedError("RSA key is too short", at=at, clause="RFC 7518 §3.3")
    if bits > limits.RSA_BITS or exponent.bit_length() > limits.RSA_EXPONENT_BITS:
        raise LimitError("RSA key is too long", at=at, clause="idwallet limits")
    # An even modulus or exponent, or an exponent of 1 (every message is its own
    # signature), is no RSA key (RFC 8017 §3.1).
    if not (modulus & 1 and exponent & 1 and exponent > 1):
        raise MalformedError("not an RSA public key", at=at, clause="RFC 8017 §3.1")


def _require_full_order(raw: bytes, *, at: str) -> None:
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _ED25519_PRIME:
        raise MalformedError(
            "Ed25519 key is not canonical", at=at, clause="RFC 8032 §5.1.3"
        )
    if y in _SMALL_ORDER:
        raise MalformedError(
            "Ed25519 key has a small order", at=at, clause="RFC 8032 §8.3"
        )
