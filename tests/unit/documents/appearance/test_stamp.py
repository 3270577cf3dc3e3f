"""A stamp is seen, read and heard as it was written."""

import io
import itertools
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from idwallet.adapters.fonts import default_font
from idwallet.documents.appearance import Box, Page, Stamp, placed
from idwallet.errors import MalformedError, UsageError
from tests.codes import codes_in
from tests.conftest import require_program

LINES: Final = (
    "Подписано электронной подписью",
    "Иван Примеров, ООО «Ромашка»",
    "Ёж №5",
)
DOCUMENT: Final = "https://example.org/doc/7"
STAMP: Final = Stamp(
    page=0, box=Box(40, 40, 360, 130), font=default_font(), lines=LINES, qr=DOCUMENT
)


def said(*command: str | Path) -> str:
    """Return what a program says, which must not fail."""
    require_program(str(command[0]))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not done.stderr
    return done.stdout


def words(pdf: bytes, folder: Path) -> list[str]:
    path = folder / "page.pdf"
    path.write_bytes(pdf)
    return said("pdftotext", "-raw", path, "-").split()


def png(size: tuple[int, int], colour: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "PNG")
    return written.getvalue()


def on_page(stamp: Stamp, *, rotate: int = 0) -> bytes:
    """Return a PDF of one page that is 400 x 200 points as seen, with the stamp."""
    wide, high = (200, 400) if rotate in {90, 270} else (400, 200)
    numbers = itertools.count(5)
    made = stamp.render(lambda: next(numbers), rotate=rotate)
    box = placed(stamp.box, Page(0, 0, wide, high, rotate))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Rotate %d"
        b" /Annots [4 0 R] >>" % (wide, high, rotate),
        4: b"<< /Type /Annot /Subtype /Stamp /F 4 /Rect [%s] /AP << /N %d 0 R >> >>"
        % (" ".join(map(str, box)).encode(), made.form),
        **made.objects,
    }
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in sorted(objects.items()):
        assert number == len(places) + 1
        places.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, b"".join(places))
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        start,
    )
    return bytes(out)


@pytest.fixture
def drawn(tmp_path: Path):
    """Draw a PDF as a reader shows it."""

    def draw(pdf: bytes) -> Image.Image:
        path = tmp_path / "page.pdf"
        path.write_bytes(pdf)
        out = tmp_path / "page"
        said("pdftoppm", "-r", "144", "-png", "-singlefile", path, out)
        return Image.open(tmp_path / "page.png").convert("RGB")

    return draw


def test_cyrillic_text_is_taken_out_again_as_it_was_written(tmp_path: Path) -> None:
    assert words(on_page(STAMP), tmp_path) == " ".join(LINES).split()


def test_its_font_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(on_page(STAMP))
    (row,) = said("pdffonts", path).splitlines()[2:]
    assert "+Roboto-Regular" in row
    assert row.split()[-5:-2] == ["yes", "yes", "yes"]  # embedded, a subset, readable


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_it_stands_upright_on_a_page_that_is_turned(drawn, rotate: int) -> None:
    upright = drawn(on_page(STAMP))
    assert drawn(on_page(STAMP, rotate=rotate)).tobytes() == upright.tobytes()


def test_its_qr_code_is_read_from_the_page(drawn) -> None:
    assert codes_in(drawn(on_page(STAMP))) == [DOCUMENT]


def test_a_picture_is_drawn_in_its_colour_within_the_box(drawn) -> None:
    stamp = replace(
        STAMP, lines=(), qr=None, described="red", picture=png((50, 50), "red")
    )
    page = drawn(on_page(stamp))
    reds = [
        (x / 2, 200 - y / 2)
        for x in range(page.width)
        for y in range(page.height)
        if page.getpixel((x, y))[0] > 200 > 60 > page.getpixel((x, y))[1]
    ]
    xs, ys = zip(*reds, strict=True)
    box = stamp.box
    assert box.left < min(xs) < max(xs) < box.right
    assert box.bottom < min(ys) < max(ys) < box.top
    assert max(xs) - min(xs) == pytest.approx(max(ys) - min(ys), abs=1)


def test_nothing_is_drawn_outside_the_box(drawn) -> None:
    page = drawn(on_page(STAMP))
    left, low, right, top = (2 * each for each in STAMP.box)
    page.paste("white", (int(left), int(400 - top), int(right), int(400 - low)))
    assert page.getextrema() == ((255, 255),) * 3


def test_a_long_line_is_broken_between_words_and_never_cut(tmp_path: Path) -> None:
    stamp = replace(STAMP, lines=("слово " * 30 + "конец",), qr=None)
    assert words(on_page(stamp), tmp_path) == ["слово"] * 30 + ["конец"]


def test_the_same_stamp_is_the_same_octets() -> None:
    assert on_page(STAMP) == on_page(replace(STAMP))


def test_it_says_to_who_hears_it_what_it_shows() -> None:
    assert STAMP.spoken == ", ".join(LINES)
    assert replace(STAMP, described="подпись").spoken == "подпись"


def test_no_colour_depends_on_a_device_and_nothing_is_transparent() -> None:
    stamp = replace(STAMP, picture=png((5, 5), "blue"))
    drawn = on_page(stamp)
    for word in (b"/DeviceRGB", b"/DeviceGray", b"/SMask", b" rg", b" g\n", b"/ca "):
        assert word not in drawn


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"lines": (), "qr": None}, "shows nothing"),
        ({"font": None}, "need a font"),
        ({"page": -1}, "count from 0"),
        ({"box": Box(0, 0, 10, 10)}, "too small"),
        ({"box": Box(0, 0, 20_000, 100)}, "large"),
        ({"box": Box(0, 0, float("nan"), 100)}, "large"),
        ({"lines": ("слово " * 400,)}, "do not fit"),
        ({"lines": ("漢",)}, r"U\+6F22"),
        ({"lines": ("a\u202eb",)}, r"U\+202E"),
        ({"lines": (), "described": ""}, "heard"),
    ],
)
def test_a_stamp_that_could_not_be_seen_is_never_made(change: dict, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        replace(STAMP, **change)


def test_a_picture_that_cannot_be_read_is_refused_before_anything_is_signed() -> None:
    with pytest.raises(MalformedError):
        replace(STAMP, picture=b"junk")


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_box_beyond_the_page_as_seen_is_refused(rotate: int) -> None:
    wide, high = (200, 400) if rotate in {90, 270} else (400, 200)
    page = Page(0, 0, wide, high, rotate)
    placed(Box(0, 0, 400, 200), page)
    for box in (Box(0, 0, 401, 200), Box(0, 0, 400, 201), Box(-1, 0, 40, 20)):
        with pytest.raises(UsageError, match="400 x 200"):
            placed(box, page)


def test_a_box_counts_from_the_corner_of_the_crop_box() -> None:
    assert placed(Box(10, 20, 30, 40), Page(100, 50, 300, 250)) == (110, 70, 130, 90)


def test_a_page_turned_by_no_right_angle_is_refused() -> None:
    with pytest.raises(UsageError, match="right angle"):
        placed(Box(10, 20, 30, 40), Page(0, 0, 300, 250, 45))
