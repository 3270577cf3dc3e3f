"""The forms in which a secret may lie in a file or a text without being seen."""

import json
from collections.abc import Iterator

from idwallet.codec import b64


def traces_of(secret: str) -> Iterator[bytes]:
    """Yield the octets that a file holds if it holds the secret in a common form.

    As UTF-8 and UTF-16, escaped as JSON, as hexadecimal, and as base64 or base64url of
    something that has it at any place: the characters that every alignment shares.
    """
    octets = secret.encode()
    yield octets
    yield secret.encode("utf-16-le")
    yield json.dumps(secret)[1:-1].encode()
    yield octets.hex().encode()
    yield octets.hex().upper().encode()
    for before in range(3):
        # Whole groups within the secret, whatever stands on both sides of it.
        start = -before % 3
        inside = octets[start : start + (len(octets) - start) // 3 * 3]
        spelled = b64.encode(inside).encode()
        yield spelled
        yield spelled.translate(bytes.maketrans(b"-_", b"+/"))


def traces_in(data: bytes, secret: str) -> list[bytes]:
    """Return every trace of the secret that the octets hold."""
    return [each for each in traces_of(secret) if each in data]
