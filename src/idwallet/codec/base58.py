"""Base58btc, as multibase names it with a ``z`` (draft-msporny-base58)."""

from typing import Final

from idwallet import limits
from idwallet.errors import LimitError, MalformedError

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS: Final = {each: n for n, each in enumerate(_ALPHABET)}
_BASE: Final = len(_ALPHABET)


def encode(data: bytes) -> str:
    """Return the one base58btc form of `data`."""
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, _BASE)
        text = _ALPHABET[digit] + text
    return _ALPHABET[0] * (len(data) - len(data.lstrip(b"\0"))) + text


def decode(text: str, *, at: str) -> bytes:
    """Return the bytes that `text` spells.

    Raises:
        MalformedError: a character outside the alphabet.
        LimitError: longer than `limits.BASE58_CHARACTERS`: the work grows with the
            square of the length.
    """
    if len(text) > limits.BASE58_CHARACTERS:
        raise LimitError("too long", at=at, clause="idwallet limits")
    number = 0
    for each in text:
        digit = _DIGITS.get(each)
        if digit is None:
            raise MalformedError("not base58btc", at=at, clause="draft-msporny-base58")
        number = number * _BASE + digit
    zeros = len(text) - len(text.lstrip(_ALPHABET[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
