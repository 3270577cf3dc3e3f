"""HMAC 256/256 over a COSE_Mac0 (RFC 9053 §3.1), for those who share a key."""

import hmac
from typing import Final, NoReturn

from idwallet.envelope.cose import labels
from idwallet.envelope.cose.structures import CoseMac0
from idwallet.errors import UsageError

_KEY_BYTES: Final = 32


class MacKey:
    """A 256-bit key that two parties share; it shows nothing and does not travel.

    It is no `PublicKey` and no `Signer`, so that no MAC passes for a signature: either
    party could have made it.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes, /) -> None:
        """Take exactly 32 unpredictable bytes, as long as the hash (RFC 2104 §3).

        Raises:
            UsageError: another number of bytes.
        """
        if len(key) != _KEY_BYTES:
            raise UsageError("a MacKey has 32 bytes")
        self._key = key

    def tag(self, message: bytes, /) -> bytes:
        """Return the 32 bytes of HMAC-SHA-256."""
        return hmac.digest(self._key, message, "sha256")

    def __repr__(self) -> str:
        """Show nothing."""
        return "<MacKey>"

    def __reduce__(self) -> NoReturn:
        """Refuse: a key does not travel."""
        raise TypeError("a MacKey is not written out")


def mac_matches(mac0: CoseMac0, *, key: MacKey) -> bool:
    """Say whether the tag was made with the key, in constant time.

    False as well for any algorithm but HMAC 256/256, its truncated form included.
    """
    if mac0.header.algorithm != labels.HMAC_256_256:
        return False
    return hmac.compare_digest(key.tag(mac0.mac_input), mac0.tag)
