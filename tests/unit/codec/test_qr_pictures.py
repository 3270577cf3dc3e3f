"""Codes are read out of pictures as phones and tills take them."""

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from idwallet.codec.qr import qr_modules, qr_png, qr_svg, qr_terminal, read_qr_codes
from idwallet.codec.qr_text import QrKind
from idwallet.errors import MalformedError, UsageError
from idwallet.protocols.qr.frames import read_frames, write_frames
from idwallet.testing.compact import CompactScene, compact_draft

PROOF = compact_draft(CompactScene()).proof()
(TEXT,) = write_frames(QrKind.PROOF, PROOF)


def taken(text: str) -> Image.Image:
    return Image.open(io.BytesIO(qr_png(text))).convert("RGB")


def saved(picture: Image.Image, form: str = "PNG", **how: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


FAULTS: dict[str, Callable[[Image.Image], bytes]] = {
    "as it is": saved,
    "turned by a few degrees": lambda p: saved(
        p.rotate(17, expand=True, fillcolor="white")
    ),
    "upside down": lambda p: saved(p.rotate(180)),
    "on its side": lambda p: saved(p.rotate(90, expand=True)),
    "blurred": lambda p: saved(p.filter(ImageFilter.GaussianBlur(2))),
    "of low contrast": lambda p: saved(ImageEnhance.Contrast(p).enhance(0.2)),
    "as a poor JPEG": lambda p: saved(p, "JPEG", quality=20),
    "half as large": lambda p: saved(p.resize((p.width // 2, p.height // 2))),
    "dark, blurred, turned and a JPEG": lambda p: saved(
        ImageEnhance.Brightness(p.rotate(8, expand=True, fillcolor="white"))
        .enhance(0.5)
        .filter(ImageFilter.GaussianBlur(1)),
        "JPEG",
        quality=40,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_proof_is_read_out_of_a_picture(fault: str) -> None:
    assert read_qr_codes(FAULTS[fault](taken(TEXT))) == (TEXT,)


def test_frames_are_read_out_of_pictures_though_one_is_lost() -> None:
    message = PROOF * 6
    frames = write_frames(QrKind.ANSWER, message)
    lost = frames[1]
    seen = [
        code
        for each in frames
        if each is not lost
        for code in read_qr_codes(saved(taken(each), "JPEG", quality=60))
    ]
    assert read_frames(reversed(seen)) == (QrKind.ANSWER, message)


def test_two_codes_in_one_picture_are_both_read() -> None:
    first, second = taken("IDW1P:BB8"), taken("IDW1R:BB8")
    page = Image.new("RGB", (first.width * 2 + 40, first.height), "white")
    page.paste(first, (0, 0))
    page.paste(second, (first.width + 40, 0))
    assert set(read_qr_codes(saved(page))) == {"IDW1P:BB8", "IDW1R:BB8"}


def test_a_picture_without_a_code_is_refused() -> None:
    with pytest.raises(MalformedError, match="no QR code"):
        read_qr_codes(saved(Image.new("RGB", (200, 200), "white")))
    with pytest.raises(MalformedError):
        read_qr_codes(b"no picture")


def test_a_terminal_and_a_vector_picture_show_the_same_modules() -> None:
    dark = sum(map(sum, qr_modules(TEXT)))
    assert qr_svg(TEXT).count(b"h1v1") == dark
    drawn = qr_terminal(TEXT)
    assert drawn.count(" ") * 2 + sum(drawn.count(e) for e in "\u2580\u2584") == dark


@pytest.mark.parametrize("scale", [0, 41])
def test_a_scale_is_of_points(scale: int) -> None:
    with pytest.raises(UsageError):
        qr_png(TEXT, scale=scale)
