"""Texts of QR codes: a prefix that says what and which version, then Base45.

All characters are of the alphanumeric mode of ISO/IEC 18004, so that a code holds 1.5
of them for each octet, and that scanners which type what they read pass them on.
"""

from enum import StrEnum
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec import base45
from idwallet.errors import LimitError, MalformedError, UnsupportedError

_MARK: Final = "IDW"
_VERSION: Final = "1"
_PREFIX: Final = 6  # IDW1P:
_CLAUSE: Final = "idwallet compact 1 §10"


class QrKind(StrEnum):
    """What a QR code holds."""

    PROOF = "P"
    """A compact credential shown, by its holder or by who acts for them."""
    REQUEST = "R"
    """A request for a presentation."""
    ANSWER = "A"
    """The body of an answer."""
    TILL = "T"
    """What is printed at a till."""
    RECEIPT = "C"
    """A receipt of what was shown."""
    FRAME = "F"
    """One of several codes that belong together."""


class QrText(NamedTuple):
    """What a QR code says; nothing of it is judged."""

    kind: QrKind
    octets: bytes

    def __repr__(self) -> str:
        """Show kind and length only: it may be personal data."""
        return f"QrText({self.kind.name}, <{len(self.octets)} octets>)"


def write_qr_text(kind: QrKind, octets: bytes) -> str:
    """Return the text of a QR code."""
    return f"{_MARK}{_VERSION}{kind.value}:{base45.encode(octets)}"


def is_qr_text(text: str) -> bool:
    """Tell whether a text is one of ours, of whichever version."""
    return text.startswith(_MARK) and text[_PREFIX - 1 : _PREFIX] == ":"


def read_qr_text(text: str, *, at: str) -> QrText:
    """Read the text of one QR code.

    A scanner that types puts a line end behind it, which does not count.

    Raises:
        LimitError: longer than any QR code.
        UnsupportedError: a later version, or a kind that is not known here.
        MalformedError: it is none of ours, or no Base45 follows.
    """
    text = text.rstrip("\r\n")
    if len(text) > limits.QR_CHARACTERS:
        raise LimitError("longer than a QR code", at=at, clause="idwallet limits")
    if not is_qr_text(text):
        raise MalformedError("no code of this kind", at=at, clause=_CLAUSE)
    if text[len(_MARK)] != _VERSION:
        raise UnsupportedError("a code of another version", at=at, clause=_CLAUSE)
    kind = _KINDS.get(text[len(_MARK) + 1])
    if kind is None:
        raise UnsupportedError("a code of another kind", at=at, clause=_CLAUSE)
    return QrText(kind, base45.decode(text[_PREFIX:], at=at))


_KINDS: Final = {each.value: each for each in QrKind}
