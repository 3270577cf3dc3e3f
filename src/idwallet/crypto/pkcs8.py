"""PKCS #8 private keys in PEM, encrypted by PBES2 (RFC 5958, RFC 8018)."""

from math import prod
from typing import Final, TypeGuard

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from idwallet import limits
from idwallet.codec.pem import read_pem, write_pem
from idwallet.crypto.private import NATIVE, NativePrivateKey
from idwallet.errors import (
    LimitError,
    MalformedError,
    SignerLocked,
    UnsupportedError,
    UsageError,
)
from idwallet.ports import AskSecret, Random

ROUNDS: Final = 600_000
"""PBKDF2 rounds of what is written; cryptography's own serializer uses 2048."""

_ENCRYPTED: Final = "ENCRYPTED PRIVATE KEY"
_LABELS: Final = ("PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", _ENCRYPTED)
_INTEGER: Final = 0x02
_CONSTRUCTED: Final = 0x20
_SCRYPT: Final = bytes.fromhex("06092b06010401da47040b")
_PROMPT: Final = "Passphrase of the private key"


def read(
    pem: bytes | str, *, at: str, ask_secret: AskSecret | None
) -> NativePrivateKey:
    """Read the one private key of a PEM text; other blocks beside it are left alone.

    Raises:
        MalformedError: no private key, more than one, or a broken one.
        LimitError: to try a passphrase would take more than a bound in `limits`.
        UnsupportedError: a kind of key that does not sign here.
        SignerLocked: the passphrase is missing or wrong.
    """
    blocks = [each for each in read_pem(pem, at=at) if each.label in _LABELS]
    if len(blocks) != 1:
        raise MalformedError("not one private key", at=at, clause="RFC 7468 §10")
    if blocks[0].label == _ENCRYPTED:
        _require_cheap(blocks[0].der, at=at)
        return from_der(blocks[0].der, at=at, passphrase=_ask(ask_secret))
    return from_der(blocks[0].der, at=at)


def _require_cheap(der: bytes, *, at: str) -> None:
    """Refuse a key whose file says to compute for hours, before anybody is asked."""
    numbers = _parameters(der, at=at)
    if _SCRYPT in der:
        # Cost, block size, parallelisation (RFC 7914 §7): time and memory grow with
        # their product.
        passed = prod(numbers[:3]) > limits.KEY_DERIVATION_SCRYPT
    else:
        passed = max(numbers, default=0) > limits.KEY_DERIVATION_ROUNDS
    if passed:
        raise LimitError(
            "the passphrase takes too long to try", at=at, clause="idwallet limits"
        )


def _parameters(der: bytes, *, at: str) -> list[int]:
    """Return the numbers in the encryption algorithm's parameters, in order."""
    numbers = []
    try:
        _, start, _ = _head(der, 0)
        _, place, size = _head(der, start)
        end = place + size
        while place < end:
            tag, place, size = _head(der, place)
            if tag & _CONSTRUCTED:
                continue  # what is inside comes next
            if tag == _INTEGER:
                numbers.append(int.from_bytes(der[place : place + size], "big"))
            place += size
    except IndexError:
        raise MalformedError(
            "not an encrypted private key", at=at, clause="RFC 5958 §3"
        ) from None
    return numbers


def _head(der: bytes, place: int) -> tuple[int, int, int]:
    """Return an element's tag, where its content begins and how long that is."""
    tag, size, place = der[place], der[place + 1], place + 2
    if size & 0x80:
        octets = size & 0x7F
        size = int.from_bytes(der[place : place + octets], "big")
        place += octets
    return tag, place, size


def from_der(
    der: bytes, *, at: str, passphrase: bytes | None = None
) -> NativePrivateKey:
    """Read PKCS #8, SEC 1 or PKCS #1; `passphrase` is for encrypted PKCS #8.

    Raises:
        MalformedError: not a private key.
        UnsupportedError: a kind of key that does not sign here.
        SignerLocked: the passphrase does not open it.
    """
    try:
        native = load_der_private_key(der, passphrase)
    except UnsupportedAlgorithm as error:
        raise UnsupportedError(
            "kind of private key", at=at, clause="RFC 5958 §2"
        ) from error
    except (ValueError, TypeError) as error:
        if passphrase is not None:
            raise SignerLocked("the passphrase does not open the key") from error
        raise MalformedError(
            "not a private key", at=at, clause="RFC 5958 §2"
        ) from error
    if not _signs(native):
        raise UnsupportedError("kind of private key", at=at, clause="RFC 5958 §2")
    return native


def _signs(native: object) -> TypeGuard[NativePrivateKey]:
    return isinstance(native, NATIVE)


def _ask(ask_secret: AskSecret | None) -> bytes:
    if ask_secret is None:
        raise SignerLocked("the key is encrypted and nobody was named to ask")
    passphrase = ask_secret(_PROMPT).encode("utf-8", "surrogatepass")
    if not passphrase:
        raise SignerLocked("the passphrase is empty")
    return passphrase


def to_der(native: NativePrivateKey) -> bytes:
    """Return the key unencrypted: for sealing at once, never for handing out."""
    return native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def write_encrypted(
    native: NativePrivateKey, *, passphrase: bytes, random: Random
) -> str:
    """Return ``ENCRYPTED PRIVATE KEY``: PBKDF2-HMAC-SHA256, AES-256-CBC (RFC 8018).

    Raises:
        UsageError: an empty passphrase.
    """
    if not passphrase:
        raise UsageError("a passphrase must not be empty")
    salt, vector = random(16), random(16)
    key = PBKDF2HMAC(SHA256(), 32, salt, ROUNDS).derive(passphrase)
    padder = PKCS7(128).padder()
    padded = padder.update(to_der(native)) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    sealed = encryptor.update(padded) + encryptor.finalize()
    der = _sequence(_scheme(salt, vector), _element(0x04, sealed))
    return write_pem(_ENCRYPTED, der)


_PBES2: Final = bytes.fromhex("06092a864886f70d01050d")
_PBKDF2: Final = bytes.fromhex("06092a864886f70d01050c")
_HMAC_SHA256: Final = bytes.fromhex("300c06082a864886f70d02090500")
_AES_256_CBC: Final = bytes.fromhex("060960864801650304012a")


def _scheme(salt: bytes, vector: bytes) -> bytes:
    """Return PBES2 with its parameters (RFC 8018 A.4)."""
    rounds = _element(0x02, ROUNDS.to_bytes(3, "big"))
    derivation = _sequence(
        _PBKDF2, _sequence(_element(0x04, salt), rounds, _HMAC_SHA256)
    )
    cipher = _sequence(_AES_256_CBC, _element(0x04, vector))
    return _sequence(_PBES2, _sequence(derivation, cipher))


def _sequence(*parts: bytes) -> bytes:
    return _element(0x30, b"".join(parts))


def _element(tag: int, content: bytes) -> bytes:
    """Return one DER element; contents here are shorter than 64 kB (X.690 8.1.3)."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes(1 if size < 0x100 else 2, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content
