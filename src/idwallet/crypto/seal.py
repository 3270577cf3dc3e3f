"""Secrets sealed at rest with AES-256-GCM (NIST SP 800-38D)."""

from dataclasses import dataclass
from secrets import token_bytes
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
_CLAUSE: Final = "NIST SP 800-38D §7.2"


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """What deriving a key from a passphrase costs (RFC 9106 3.1).

    `memory_kib` is in KiB and filled `passes` times by `lanes` threads. Without
    arguments it is the second recommended option of RFC 9106 4. Each is bounded, since
    a foreign file names them too: it must not make anybody fill 100 GiB.
    """

    memory_kib: int = 65_536
    passes: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        """Refuse what the algorithm does not allow, or nobody should be asked for.

        Raises:
            UsageError: less than one pass or lane, less than 8 KiB a lane, or more
                than a limit named in `idwallet.limits`.
        """
        if not (
            1 <= self.lanes <= limits.ARGON2_LANES
            and 1 <= self.passes <= limits.ARGON2_PASSES
            and 8 * self.lanes <= self.memory_kib <= limits.ARGON2_MEMORY_KIB
        ):
            raise UsageError("a cost of Argon2id out of its bounds (RFC 9106 3.1)")


STANDARD_COST: Final = Argon2Cost()


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
    def from_passphrase(
        cls, passphrase: bytes, *, salt: bytes, cost: Argon2Cost = STANDARD_COST
    ) -> "SealKey":
        """Derive the key by Argon2id, by default with 64 MiB, 3 passes, 4 lanes.

        Salt and cost are no secrets; keep them with what is sealed, a salt for each
        passphrase. A wallet does (`idwallet.crypto.vault.key_from_passphrase`).

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
            iterations=cost.passes,
            lanes=cost.lanes,
            memory_cost=cost.memory_kib,
        )
        return cls(kdf.derive(passphrase))

    def seal(
        self, plaintext: bytes, *, context: bytes, random: Random = token_bytes
    ) -> bytes:
        """Encrypt so that only this key with the same context opens it; see `seal`.

        For what an application keeps of its own. `context` says what it is and where it
        belongs, as the name of the store and of the record: in the place of another it
        does not open.

        Raises:
            LimitError: more than `limits.SEALED_BYTES` in all.
        """
        return seal(plaintext, key=self, context=context, random=random)

    def unseal(self, sealed: bytes, *, context: bytes, at: str = "record") -> bytes:
        """Return what was sealed with this key and context; `at` names it in errors.

        Raises:
            LimitError, MalformedError: see `unseal`.
        """
        return unseal(sealed, key=self, context=context, at=at)

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
