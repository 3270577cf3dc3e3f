"""What can be done to any compact JWS, whatever it carries."""

import hmac
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.crypto.keys import PublicKey
from idwallet.report import Reason
from idwallet.testing.draft import ABSENT, Bend

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _signature(token: str) -> tuple[str, bytes]:
    head, _, signature = token.rpartition(".")
    return head, b64.decode(signature, at="test signature")


def with_signature(token: str, signature: bytes) -> str:
    """Return the token with another signature."""
    return f"{token.rpartition('.')[0]}.{b64.encode(signature)}"


def flipped(token: str) -> str:
    """Flip the last bit of the signature."""
    raw = _signature(token)[1]
    return with_signature(token, raw[:-1] + bytes([raw[-1] ^ 1]))


def in_der(token: str) -> str:
    """Write r and s as X.509 does (RFC 7518 section 3.4 wants them bare)."""
    raw = _signature(token)[1]
    half = len(raw) // 2
    r, s = (int.from_bytes(each, "big") for each in (raw[:half], raw[half:]))
    return with_signature(token, encode_dss_signature(r, s))


def hmac_under(key: PublicKey) -> Bend:
    """Return what signs with HMAC under a public key, which everybody knows."""

    def bend(token: str) -> str:
        head = token.rpartition(".")[0]
        return with_signature(token, hmac.digest(key.spki, head.encode(), sha256))

    return bend


def noncanonical(token: str) -> str:
    """Set a bit that the last character of the signature does not use."""
    # 86 characters hold 516 bits for 512: the last character has four free bits.
    return token[:-1] + _ALPHABET[_ALPHABET.index(token[-1]) + 1]


def header_member_twice(token: str) -> str:
    """Name ``typ`` a second time in the header."""
    head, rest = token.split(".", 1)
    text = b64.decode(head, at="test header")
    return b64.encode(b'{"typ":"JWT",' + text[1:]) + "." + rest


def payload_replaced(old: bytes, new: bytes) -> Bend:
    """Return what changes the payload after it was signed."""

    def bend(token: str) -> str:
        head, payload, signature = token.split(".")
        changed = b64.decode(payload, at="test payload").replace(old, new)
        return f"{head}.{b64.encode(changed)}.{signature}"

    return bend


INVALID_SIGNATURES: Final[tuple[tuple[str, Bend], ...]] = (
    ("a flipped signature bit", flipped),
    ("a DER signature", in_der),
    (
        "a signature one byte short",
        lambda token: with_signature(token, _signature(token)[1][:-1]),
    ),
    (
        "a signature one byte long",
        lambda token: with_signature(token, _signature(token)[1] + b"\0"),
    ),
    ("r and s zero", lambda token: with_signature(token, bytes(64))),
    ("no signature", lambda token: with_signature(token, b"")),
)
"""What makes a signature invalid and leaves the token readable."""

ALGORITHM_NAMES: Final[tuple[tuple[str, str, Reason], ...]] = (
    ("alg none", "none", Reason.ALGORITHM_NOT_ALLOWED),
    ("alg nOnE", "nOnE", Reason.ALGORITHM_NOT_ALLOWED),
    ("alg of another family", "RS256", Reason.ALGORITHM_NOT_ALLOWED),
    ("alg of an unknown name", "ES256K", Reason.ALGORITHM_NOT_ALLOWED),
    ("alg of another curve", "ES384", Reason.KEY_UNUSABLE),
)
"""What ``alg`` may not say over an ES256 key, and why it is refused."""

UNREADABLE: Final[tuple[tuple[str, Bend], ...]] = (
    ("non-canonical base64url", noncanonical),
    ("base64url padding", lambda token: token + "=="),
    ("a fourth segment", lambda token: token + ".AAAA"),
    ("two segments", lambda token: token.rpartition(".")[0]),
    ("a header member twice", header_member_twice),
)
"""What makes a compact JWS malformed, after it is signed."""

MALFORMED_HEADERS: Final[tuple[tuple[str, JsonObject], ...]] = (
    ("an empty crit", {"crit": []}),
    ("a crit that names alg", {"crit": ["alg"]}),
    ("a crit that names nothing there", {"crit": ["b64"]}),
    ("b64 false without crit", {"b64": False}),
    ("alg is no string", {"alg": 256}),
    ("no alg", {"alg": ABSENT}),
)
"""What makes a header malformed, though it is signed."""
