"""AES-256-GCM where each message has a number and never travels with it (RFC 5116 3).

The nonce is an identifier of the direction and a counter, which both sides keep: what
is repeated, reordered, or left out before it, does not open.
"""

from typing import Final, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from idwallet.errors import MalformedError, UsageError

_KEY_BYTES: Final = 32
_IDENTIFIER_BYTES: Final = 8
_COUNTER_BYTES: Final = 4
_CLAUSE: Final = "ISO/IEC 18013-5 §9.1.1.5"
COUNTER_MAXIMUM: Final = (1 << 8 * _COUNTER_BYTES) - 1
"""The last number a message can have."""


class CountedCipher:
    """One direction of a conversation: it is either sealed with or opened with.

    `most` is how many messages it is good for, at most `COUNTER_MAXIMUM`: a counter
    never comes round. Not thread-safe, as a conversation is not.
    """

    __slots__ = ("_cipher", "_identifier", "_most", "count")

    count: int
    """How many messages went through."""

    def __init__(self, key: bytes, *, identifier: bytes, most: int) -> None:
        """Take a key of 32 octets and the 8 octets that name the direction.

        Raises:
            UsageError: another length, or a number of messages that no counter holds.
        """
        if len(key) != _KEY_BYTES or len(identifier) != _IDENTIFIER_BYTES:
            raise UsageError("a key has 32 octets, an identifier 8")
        if not 0 < most <= COUNTER_MAXIMUM:
            raise UsageError("no counter holds that many messages")
        self._cipher = AESGCM(key)
        self._identifier = identifier
        self._most = most
        self.count = 0

    @property
    def exhausted(self) -> bool:
        """Whether it has no number left for another message."""
        return self.count >= self._most

    def seal(self, plain: bytes) -> bytes:
        """Return the next message, encrypted.

        Raises:
            UsageError: no number is left.
        """
        return self._cipher.encrypt(self._next(), plain, None)

    def unseal(self, data: bytes, *, at: str) -> bytes:
        """Return what the next message says; one that does not open has no number.

        Raises:
            MalformedError: it was changed, repeated, reordered, or is somebody else's.
            UsageError: no number is left.
        """
        nonce = self._next()
        try:
            return self._cipher.decrypt(nonce, data, None)
        except (InvalidTag, ValueError):
            self.count -= 1
            # From None: the cause would hold what was tried.
            raise MalformedError("it does not open", at=at, clause=_CLAUSE) from None

    def _next(self) -> bytes:
        if self.exhausted:
            raise UsageError("no number is left for another message")
        self.count += 1
        return self._identifier + self.count.to_bytes(_COUNTER_BYTES)

    def __repr__(self) -> str:
        """Show how many messages went through, and no key."""
        return f"<CountedCipher after {self.count}>"

    def __reduce__(self) -> NoReturn:
        """Refuse: a copy would use a number twice."""
        raise UsageError("a cipher cannot be pickled or copied")
