"""Secrets sealed at rest with AES-256-GCM (NIST SP 800-38D)."""

from typing import Final, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.ports import Random

_KEY_BYTES: Final = 32
_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_SALT_BYTES: Final = 16
# The second recommended option of RFC 9106 §4: 3 passes, 4 lanes, 64 MiB.
_PASSES: Final = 3
_LANES: Final = 4
_MEMORY_KIB: Final = 65_536
_CLAUSE: Final = "NIST SP 800-38D §7.2"


class SealKey:
    """A 256-bit key that seals and unseals; it shows nothing and does not travel.

    Nonces are random, so one key may seal 2**32 times (NIST SP 800-38D 8.3).
    """

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes, /) -> None:
        """Take exactly 32 unpredictable bytes.

        Raises:
            UsageError: another number of bytes.
        """
        if len(key) != _KEY_BYTES:
            raise UsageError("a SealKey has 32 bytes")
        self._cipher = AESGCM(key)

    @classmethod
    def generate(cls, random: Random) -> "SealKey":
        """Make a new key from that source."""
        return cls(random_bytes(random, _KEY_BYTES))

    @classmethod
    def from_passphrase(cls, passphrase: bytes, *, salt: bytes) -> "SealKey":
        """Derive the key by Argon2id with 64 MiB, 3 passes, 4 lanes (RFC 9106 4).

        The salt is no secret; keep it with what is sealed, one for each passphrase.

        Raises:
            UsageError: an empty passphrase or a salt of less than 16 bytes.
        """
        if not passphrase:
            raise UsageError("a passphrase must not be empty")
        if len(salt) < _SALT_BYTES:
            raise UsageError("a salt has at least 16 bytes (RFC 9106 3.1)")
        kdf = Argon2id(
            salt=salt,
            length=_KEY_BYTES,
            iterations=_PASSES,
            lanes=_LANES,
            memory_cost=_MEMORY_KIB,
        )
        return cls(kdf.derive(passphrase))

    def __repr__(self) -> str:
        """Show nothing."""
        return "<SealKey>"

    def __reduce__(self) -> NoReturn:
        """Refuse: a key does not travel."""
        raise UsageError("a SealKey cannot be pickled or copied")


def seal(plaintext: bytes, *, key: SealKey, context: bytes, random: Random) -> bytes:
    """Encrypt so that only the same key and context open it.

    `context` says what this is and where it belongs, as the store and record name: a
    sealed record moved to another place does not open there. It is not stored.

    Raises:
        LimitError: more than `limits.SEALED_BYTES` in all.
    """
    overhead = len(_VERSION) + _NONCE_BYTES + _TAG_BYTES
    if len(plaintext) > limits.SEALED_BYTES - overhead:
        raise LimitError("too long to seal", at="plaintext", clause="idwallet limits")
    nonce = random_bytes(random, _NONCE_BYTES)
    cipher = key._cipher  # noqa: SLF001 - no other module has a use for it
    sealed = cipher.encrypt(nonce, plaintext, _VERSION + context)
    return _VERSION + nonce + sealed


def unseal(sealed: bytes, *, key: SealKey, context: bytes, at: str) -> bytes:
    """Return what was sealed with that key and context.

    Raises:
        LimitError: more than `limits.SEALED_BYTES`.
        MalformedError: another key, another context, a changed or cut-off record, or
            a version that this library does not know.
    """
    if len(sealed) > limits.SEALED_BYTES:
        raise LimitError("sealed record is too long", at=at, clause="idwallet limits")
    if sealed[:1] != _VERSION:
        raise MalformedError(
            "unknown version of a sealed record", at=at, clause=_CLAUSE
        )
    nonce, box = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if len(box) < _TAG_BYTES:
        raise MalformedError("sealed record is cut off", at=at, clause=_CLAUSE)
    cipher = key._cipher  # noqa: SLF001 - no other module has a use for it
    try:
        return cipher.decrypt(nonce, box, _VERSION + context)
    except InvalidTag as error:
        raise MalformedError(
            "the key and context do not open this", at=at, clause=_CLAUSE
        ) from error


def random_bytes(random: Random, size: int) -> bytes:
    """Return exactly `size` bytes of the source.

    Raises:
        UsageError: the source returned another number: it is not to be trusted.
    """
    data = random(size)
    if len(data) != size:
        raise UsageError("the random source returned another number of bytes")
    return data
