"""Pictures for stamps are read opaque and upright, or refused."""

import io

import pytest
from PIL import Image

from idwallet import limits
from idwallet.codec.image import read_picture
from idwallet.errors import LimitError, MalformedError


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def test_what_is_transparent_is_white_and_what_is_half_is_half() -> None:
    drawn = Image.new("RGBA", (3, 1))
    drawn.putdata([(0, 0, 0, 0), (200, 0, 0, 255), (0, 0, 0, 128)])
    found = read_picture(encoded(drawn, "PNG"))
    assert (found.width, found.height, found.channels, found.is_jpeg) == (
        3,
        1,
        3,
        False,
    )
    assert found.octets == bytes((255, 255, 255, 200, 0, 0, 127, 127, 127))


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "RGB", "LA"])
def test_every_kind_of_png_comes_as_rgb(mode: str) -> None:
    found = read_picture(encoded(Image.new(mode, (2, 2)), "PNG"))
    assert len(found.octets) == 2 * 2 * 3


@pytest.mark.parametrize(("mode", "channels"), [("RGB", 3), ("L", 1)])
def test_a_plain_jpeg_is_kept_as_it_is(mode: str, channels: int) -> None:
    data = encoded(Image.new(mode, (4, 2)), "JPEG")
    found = read_picture(data)
    assert (found.octets, found.channels, found.is_jpeg) == (data, channels, True)


def test_a_jpeg_in_other_colours_is_written_anew() -> None:
    found = read_picture(encoded(Image.new("CMYK", (4, 2)), "JPEG"))
    assert (found.is_jpeg, len(found.octets)) == (False, 4 * 2 * 3)


def test_a_jpeg_that_lies_on_its_side_is_put_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    found = read_picture(encoded(Image.new("RGB", (4, 2)), "JPEG", exif=turned))
    assert (found.width, found.height, found.is_jpeg) == (2, 4, False)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"junk",
        encoded(Image.new("RGB", (9, 9)), "PNG")[:45],
        encoded(Image.new("RGB", (64, 64), "red"), "JPEG")[:400],
        encoded(Image.new("RGB", (9, 9)), "GIF"),
    ],
)
def test_what_is_no_whole_png_or_jpeg_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match="picture"):
        read_picture(data)


def test_a_picture_of_too_many_points_is_refused_before_it_is_unpacked() -> None:
    wide = limits.PICTURE_POINTS // 1000 + 1
    data = encoded(Image.new("1", (wide, 1000)), "PNG")
    assert len(data) < 100_000
    with pytest.raises(LimitError):
        read_picture(data)
