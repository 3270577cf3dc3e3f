"""Which format a signed document is of, told by its first octets."""

from enum import Enum
from typing import Final

_BEGIN: Final = 1_024
_SPACE: Final = b" \t\r\n"
_PDF: Final = b"%PDF-"
_MARK: Final = b"\xef\xbb\xbf"


class Format(Enum):
    """A format of signed documents."""

    CMS = "CMS"
    JWS = "JWS"
    PDF = "PDF"
    XML = "XML"


def recognise(signed: bytes) -> Format:
    """Return what reads it; what nothing else claims is read as CMS, and fails there.

    Nothing is believed for it: each reader refuses what is not of its format.
    """
    if signed[: len(_PDF)] == _PDF:
        return Format.PDF
    begin = signed[:_BEGIN].lstrip(_SPACE)
    if begin.startswith((b"{", b"e")):
        # JSON, or the base64url of it, which a compact JWS begins with.
        return Format.JWS
    if signed[:_BEGIN].removeprefix(_MARK).lstrip(_SPACE).startswith(b"<"):
        return Format.XML
    return Format.CMS
