"""Pictures read for a stamp or a QR code, by Pillow: the one door to it."""

import io
import warnings
from typing import TYPE_CHECKING, Final, NamedTuple

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UnsupportedError

if TYPE_CHECKING:
    from PIL.Image import Image

_AT: Final = "image"
_CLAUSE: Final = "ISO 32000-1 §8.9"
_ORIENTATION: Final = 0x0112


class Picture(NamedTuple):
    """A picture of opaque points, `channels` octets each: 1 is grey, 3 is RGB.

    `octets` are its rows from the top, or a JPEG file where `is_jpeg`.
    """

    width: int
    height: int
    channels: int
    octets: bytes
    is_jpeg: bool

    def __repr__(self) -> str:
        """Say how large it is."""
        return f"Picture(<{self.width} x {self.height}>)"


def read_picture(data: bytes) -> Picture:
    """Read a PNG or JPEG picture; what is transparent is put on white.

    A JPEG is kept as it is, but for one that is turned or in other colours.

    Raises:
        MalformedError: it is no such picture, or a damaged one.
        LimitError: it has more than `limits.PICTURE_POINTS`.
    """
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:  # pragma: no cover - the tests install the extra
        raise UnsupportedError(
            "Pillow is not installed: pip install 'idwallet[stamps]'",
            clause="idwallet[stamps]",
        ) from error

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
            if opened.width * opened.height > limits.PICTURE_POINTS:
                raise LimitError(
                    "a picture too large", at=_AT, clause="idwallet limits"
                )
            return _read(opened, data)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        LookupError,
    ):
        raise MalformedError("no PNG or JPEG picture", at=_AT, clause=_CLAUSE) from None


def read_grey(data: bytes) -> Picture:
    """Read a PNG or JPEG picture in shades of grey; what is transparent is white.

    Raises:
        MalformedError, LimitError: see `read_picture`.
    """
    found = read_picture(data)
    from PIL import Image

    if found.is_jpeg:
        page = Image.open(io.BytesIO(found.octets), formats=("JPEG",)).convert("L")
    else:
        page = Image.frombytes("RGB", (found.width, found.height), found.octets)
        page = page.convert("L")
    return Picture(*page.size, 1, page.tobytes(), is_jpeg=False)


def _read(opened: "Image", data: bytes) -> Picture:
    from PIL import Image, ImageOps

    is_turned = opened.getexif().get(_ORIENTATION, 1) != 1
    is_plain = opened.mode in {"L", "RGB"}
    opened.load()  # a damaged one is found out before it is signed
    size = opened.size
    if opened.format == "JPEG" and is_plain and not is_turned:
        return Picture(*size, len(opened.getbands()), data, is_jpeg=True)
    upright = ImageOps.exif_transpose(opened)
    seen = upright.convert("RGBA")
    page = Image.new("RGBA", seen.size, "white")
    page.alpha_composite(seen)
    plain = page.convert("RGB")
    return Picture(*plain.size, 3, plain.tobytes(), is_jpeg=False)
