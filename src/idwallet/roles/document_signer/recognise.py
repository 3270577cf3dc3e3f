"""Which format a signed document is of, told by its first octets."""

from enum import Enum
from typing import Final

from idwallet.codec.zip import SeekableStream
from idwallet.errors import UsageError

Signed = bytes | SeekableStream
"""A signed document: its octets, for a container a stream that can go back, for a PDF
file or a container a mapped file (`mmap.mmap`)."""

_BEGIN: Final = 1_024
_SPACE: Final = b" \t\r\n"
_PDF: Final = b"%PDF-"
_MARK: Final = b"\xef\xbb\xbf"
_ZIP: Final = b"PK"


class Format(Enum):
    """A format of signed documents."""

    CMS = "CMS"
    JWS = "JWS"
    PDF = "PDF"
    XML = "XML"
    ASIC = "ASiC"


def recognise(signed: Signed) -> Format:
    """Return what reads it; what nothing else claims is read as CMS, and fails there.

    Nothing is believed for it: each reader refuses what is not of its format.

    Raises:
        UsageError: it is a stream, and no container: give its octets.
    """
    if not isinstance(signed, bytes):
        signed.seek(0)
        begin = signed.read(len(_PDF))
        # A PDF file is looked into at random, as a mapped file can be.
        if begin == _PDF and hasattr(signed, "__getitem__"):
            return Format.PDF
        if begin[: len(_ZIP)] != _ZIP:
            raise UsageError(
                "only a container is judged as a stream, and a PDF file when mapped"
            )
        return Format.ASIC
    if signed.startswith(_ZIP):
        return Format.ASIC
    if signed.startswith(_PDF):
        return Format.PDF
    begin = signed[:_BEGIN].lstrip(_SPACE)
    if begin.startswith((b"{", b"e")):
        # JSON, or the base64url of it, which a compact JWS begins with.
        return Format.JWS
    if signed[:_BEGIN].removeprefix(_MARK).lstrip(_SPACE).startswith(b"<"):
        return Format.XML
    return Format.CMS
