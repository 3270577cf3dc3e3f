"""QR codes are made so that a reader reads them."""

import pytest
from PIL import Image

from idwallet.codec.qr import qr_modules
from idwallet.errors import UsageError
from tests.codes import codes_in


@pytest.mark.parametrize(
    "text", ["A", "https://example.org/doc/7", "Привет", "9" * 500]
)
def test_a_reader_reads_the_text(text: str) -> None:
    rows = qr_modules(text)
    edge, scale = len(rows), 4
    image = Image.new("L", (edge + 8, edge + 8), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                image.putpixel((x + 4, y + 4), 0)
    larger = image.resize((scale * image.width, scale * image.height))
    assert codes_in(larger) == [text]


@pytest.mark.parametrize("text", ["", "x" * 3000])
def test_what_fits_no_code_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        qr_modules(text)
