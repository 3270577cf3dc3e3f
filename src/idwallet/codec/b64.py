"""Base64url without padding, strict and canonical (RFC 7515 section 2)."""

from collections.abc import Sequence
from typing import Final

from pybase64 import b64decode, b64encode_as_string

from idwallet.errors import MalformedError

_URL: Final = b"-_"
_ALPHABET: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)


def encode(data: bytes) -> str:
    """Return the one base64url form of `data`, without padding."""
    return b64encode_as_string(data, _URL).rstrip("=")


def encode_each(items: Sequence[bytes]) -> list[str]:
    """Return the base64url form of every item.

    Items of one length, such as digests, are encoded all at once.
    """
    sizes = set(map(len, items))
    if len(sizes) != 1 or 0 in sizes:
        return [b64encode_as_string(each, _URL).rstrip("=") for each in items]
    # Filled up to whole groups, every item starts a group of its own; the low bits
    # that the filling gives its last character are zero, as they must be.
    (size,) = sizes
    filling = bytes(-size % 3)
    text = encode(filling.join(items) + filling)
    step = (size + len(filling)) // 3 * 4
    length = step - len(filling)
    return [text[at : at + length] for at in range(0, len(text), step)]


def decode(text: str | bytes, *, at: str, clause: str = "RFC 7515 §2") -> bytes:
    """Return the bytes that `text` spells.

    Raises:
        MalformedError: a character outside the alphabet (padding and white space
            are), an impossible length, or unused bits that are not zero, which would
            give the same bytes a second spelling (RFC 4648 section 3.5).
    """
    try:
        # A positional `validate` takes a fifth less time than a named one.
        data = b64decode(text, _URL, True, padded=False, canonical=True)  # noqa: FBT003 - as above
    except ValueError:  # binascii.Error is one; its text would not name the place
        raise MalformedError(_fault(text), at=at, clause=clause) from None
    if _LENIENT and not _ALPHABET.issuperset(_characters(text)):
        raise MalformedError(_fault(text), at=at, clause=clause)
    return data


def _fault(text: str | bytes) -> str:
    """Say why a text that was refused is no base64url."""
    characters = _characters(text)
    if not _ALPHABET.issuperset(characters):
        return "character outside the base64url alphabet"
    if len(characters) % 4 == 1:
        return "impossible base64url length"
    return "base64url is not canonical"


def _characters(text: str | bytes) -> str:
    return text.decode("latin-1") if isinstance(text, bytes) else text


def _is_lenient() -> bool:
    """Tell whether pybase64 reads the other alphabet too, as it does uncompiled."""
    try:
        b64decode(b"+/+/", _URL, True, padded=False, canonical=True)  # noqa: FBT003 - as above
    except ValueError:
        return False
    return True


_LENIENT: Final = _is_lenient()
