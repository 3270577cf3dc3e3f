"""Proof Key for Code Exchange, S256 only (RFC 7636)."""

import hashlib
import hmac
import re
from typing import Final

from idwallet.codec import b64
from idwallet.ports import Random

METHOD: Final = "S256"
"""``plain`` proves nothing to whoever sees the request (RFC 9700 section 2.1.1)."""

_VERIFIER: Final = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_BYTES: Final = 32


def new_verifier(random: Random) -> str:
    """Return a code verifier of 32 unpredictable bytes (section 4.1)."""
    return b64.encode(random(_BYTES))


def challenge_of(verifier: str) -> str:
    """Return the challenge that stands for a verifier (section 4.2)."""
    return b64.encode(hashlib.sha256(verifier.encode()).digest())


def is_challenge(text: str) -> bool:
    """Whether the text may be the challenge of an S256 verifier."""
    return _CHALLENGE.fullmatch(text) is not None


def verifies(verifier: str, *, challenge: str) -> bool:
    """Whether the verifier is the one that the challenge was made from (4.6)."""
    if _VERIFIER.fullmatch(verifier) is None:
        return False
    return hmac.compare_digest(challenge_of(verifier).encode(), challenge.encode())
