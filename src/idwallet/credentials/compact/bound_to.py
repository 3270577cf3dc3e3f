"""For whom, and in answer to what, a holder signs: what stands beside a proof."""

from functools import lru_cache
from hashlib import sha256
from typing import Final

from idwallet.codec.cbor import write_cbor

PROOF_CONTEXT: Final = "idwallet-compact-proof/1"
"""What a holder's signature begins with."""

HINT_BYTES: Final = 4


def hint_of(text: str) -> bytes:
    """Return by what a verdict tells one audience, or nonce, from another."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()[:HINT_BYTES]


def holder_aad(audience: str | None, nonce: str | None) -> bytes:
    """Return what a holder signs beside the proof: for whom, and in answer to what."""
    return _unasked(audience) if nonce is None else _written(audience, nonce)


def _written(audience: str | None, nonce: str | None = None) -> bytes:
    return write_cbor([PROOF_CONTEXT, audience, nonce])


# A till is one audience for everybody who shows a code there.
_unasked: Final = lru_cache(maxsize=64)(_written)
