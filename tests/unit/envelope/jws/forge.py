"""Tokens written by hand, so that a fault can be put into any part of them."""

import json
from functools import cache
from typing import Final

from idwallet.codec import b64
from idwallet.crypto.algorithms import (
    DEFAULT_ALGORITHMS,
    JOSE_NAMES,
    Algorithm,
)
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import read_compact, signature_reason
from idwallet.report import Reason

PAYLOAD: Final = b'{"claim":"value"}'
EVERY_ALGORITHM: Final = frozenset(JOSE_NAMES.values())


@cache
def signer(algorithm: Algorithm = Algorithm.ES256) -> SoftwareSigner:
    """One signer for each algorithm: RSA keys are slow to make."""
    return SoftwareSigner.generate(algorithm)


def segment(value: object) -> str:
    """Base64url of bytes as they are, or of anything else as JSON."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return b64.encode(data)


def unsigned(header: object, payload: bytes = PAYLOAD) -> str:
    """A compact token with any header and a signature of zeros."""
    return f"{segment(header)}.{segment(payload)}.{segment(bytes(64))}"


def signed(
    header: object,
    payload: bytes = PAYLOAD,
    by: SoftwareSigner | None = None,
) -> str:
    """A compact token with any header, validly signed over what it says."""
    covered = f"{segment(header)}.{segment(payload)}"
    return f"{covered}.{segment((by or signer()).sign(covered.encode()))}"


def judged(
    token: str,
    key: PublicKey | None = None,
    allowed: frozenset[Algorithm] = DEFAULT_ALGORITHMS,
) -> Reason:
    """Read the token and judge it, by default with the key of `signer()`."""
    jws = read_compact(token, at="token")
    return signature_reason(jws, key=key or signer().public_key, allowed=allowed)
