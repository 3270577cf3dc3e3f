"""QR codes made and read (ISO/IEC 18004), by segno and zxing-cpp: the door to both."""

import struct
import zlib
from typing import Final

from idwallet import limits
from idwallet.codec.image import read_grey
from idwallet.errors import MalformedError, UnsupportedError, UsageError

_CORRECTION: Final = "m"


def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the rows of a QR code from the top, dark modules true, with no margin.

    Error correction is of level M, which bears 15 % of damage.

    Raises:
        UsageError: the text is empty, or too long for any QR code.
    """
    try:
        from segno import DataOverflowError, make_qr
    except ImportError as error:  # pragma: no cover - the tests install the extra
        raise UnsupportedError(
            "segno is not installed: pip install 'idwallet[qr]'",
            clause="idwallet[qr]",
        ) from error

    if not text:
        raise UsageError("a QR code needs a text")
    try:
        made = make_qr(text, error=_CORRECTION, boost_error=False)
    except DataOverflowError:
        raise UsageError("the text is too long for a QR code") from None
    return tuple(tuple(bool(each) for each in row) for row in made.matrix)


_MARGIN: Final = 4  # modules of light around a code (ISO/IEC 18004 5.3.8)
_DARK, _LIGHT = b"\x00", b"\xff"


def qr_png(text: str, *, scale: int = 6) -> bytes:
    """Return a QR code as a PNG file, `scale` points a module, with its margin.

    Raises:
        UsageError: as `qr_modules`, or a scale that is none.
    """
    if not 0 < scale <= limits.QR_SCALE:
        raise UsageError("a module has from one point to limits.QR_SCALE")
    rows = _with_margin(qr_modules(text))
    lines = (
        b"\0" + b"".join((_DARK if each else _LIGHT) * scale for each in row)
        for row in rows
    )
    side = len(rows) * scale
    packed = zlib.compress(b"".join(line * scale for line in lines), 9)
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return (
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
    )


def qr_svg(text: str) -> bytes:
    """Return a QR code as an SVG file, one unit a module, with its margin.

    Raises:
        UsageError: as `qr_modules`.
    """
    rows = _with_margin(qr_modules(text))
    side = len(rows)
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, each in enumerate(row)
        if each
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>\n'
    ).encode("ascii")


def qr_terminal(text: str) -> str:
    """Return a QR code in letters, two rows of modules a line, light on dark.

    Raises:
        UsageError: as `qr_modules`.
    """
    rows = _with_margin(qr_modules(text))
    if len(rows) % 2:
        rows = (*rows, (False,) * len(rows[0]))
    letters = {
        (False, False): "\u2588",
        (False, True): "\u2580",
        (True, False): "\u2584",
        (True, True): " ",
    }
    return "\n".join(
        "".join(letters[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )


def _with_margin(rows: tuple[tuple[bool, ...], ...]) -> tuple[tuple[bool, ...], ...]:
    side = (False,) * _MARGIN
    empty = (False,) * (len(rows) + 2 * _MARGIN)
    framed = tuple((*side, *row, *side) for row in rows)
    return (*(empty,) * _MARGIN, *framed, *(empty,) * _MARGIN)


def read_qr_codes(picture: bytes) -> tuple[str, ...]:
    """Return the texts of the QR codes in a PNG or JPEG picture, turned or not.

    Raises:
        MalformedError: it is no such picture, or none is seen in it.
        LimitError: it has more than `limits.PICTURE_POINTS`.
    """
    grey = read_grey(picture)
    try:
        import zxingcpp
    except ImportError as error:  # pragma: no cover - the tests install the extra
        raise UnsupportedError(
            "zxing-cpp is not installed: pip install 'idwallet[qr]'",
            clause="idwallet[qr]",
        ) from error

    points = memoryview(grey.octets).cast("B", (grey.height, grey.width))
    found = zxingcpp.read_barcodes(
        points, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    )
    texts = tuple(each.text for each in found if each.valid)
    if not texts:
        raise MalformedError("no QR code is seen", at="picture", clause="ISO/IEC 18004")
    return texts
