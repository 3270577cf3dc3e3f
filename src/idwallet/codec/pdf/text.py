"""Text strings and dates of PDF (ISO 32000-2 7.9.2.2, 7.9.4)."""

import re
from datetime import UTC, datetime
from typing import Final

from idwallet.errors import UsageError

_UTF_16: Final = b"\xfe\xff"
_UTF_8: Final = b"\xef\xbb\xbf"
_PLAIN: Final = re.compile(r"[\n\r\t -~]*")
_TO_ESCAPE: Final = re.compile(rb"[()\\\r]")
# Annex D.3: where PDFDocEncoding is not Latin-1.
_SPECIAL: Final = {
    **dict(
        zip(
            range(0x18, 0x20),
            "\u02d8\u02c7\u02c6\u02d9\u02dd\u02db\u02da\u02dc",
            strict=True,
        )
    ),
    **dict(
        zip(
            range(0x80, 0x9F),
            "\u2022\u2020\u2021\u2026\u2014\u2013\u0192\u2044\u2039\u203a\u2212\u2030"
            "\u201e\u201c\u201d\u2018\u2019\u201a\u2122\ufb01\ufb02\u0141\u0152\u0160"
            "\u0178\u017d\u0131\u0142\u0153\u0161\u017e",
            strict=True,
        )
    ),
    0xA0: "\u20ac",
}


def read_text(octets: bytes) -> str:
    """Return what a text string says; what is no text in it is marked, not refused."""
    if octets.startswith(_UTF_16):
        return octets[2:].decode("utf-16-be", "replace")
    if octets.startswith(_UTF_8):
        return octets[3:].decode("utf-8", "replace")
    return octets.decode("latin-1").translate(_SPECIAL)


def write_text(text: str) -> bytes:
    """Return a text string, readable where it is ASCII and in UTF-16 otherwise.

    Raises:
        UsageError: half of a character is in it.
    """
    if _PLAIN.fullmatch(text):
        return write_string(text.encode("ascii"))
    try:
        octets = _UTF_16 + text.encode("utf-16-be")
    except UnicodeEncodeError:
        raise UsageError("half of a character in a text") from None
    return b"<%b>" % octets.hex().encode()


def write_string(octets: bytes) -> bytes:
    """Return a literal string of these octets (7.3.4.2)."""
    escaped = _TO_ESCAPE.sub(_escape, octets)
    return b"(%b)" % escaped


def _escape(found: re.Match[bytes]) -> bytes:
    return b"\\r" if found[0] == b"\r" else b"\\" + found[0]


def write_name(name: bytes) -> bytes:
    """Return a name, with what may not stand in one escaped (7.3.5)."""
    return b"/" + _NOT_IN_NAME.sub(lambda found: b"#%02x" % found[0][0], name)


_NOT_IN_NAME: Final = re.compile(rb"[^!-~]|[#()<>\[\]{}/%]")


def write_date(moment: datetime) -> bytes:
    """Return a moment as a date string, in UTC and to the second (7.9.4)."""
    utc = moment.astimezone(UTC)
    return b"(D:%04d%02d%02d%02d%02d%02d+00'00')" % (
        utc.year,
        utc.month,
        utc.day,
        utc.hour,
        utc.minute,
        utc.second,
    )
