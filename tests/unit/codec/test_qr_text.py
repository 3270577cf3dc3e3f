import pytest

from idwallet import limits
from idwallet.codec.qr_text import QrKind, is_qr_text, read_qr_text, write_qr_text
from idwallet.errors import LimitError, MalformedError, UnsupportedError


@pytest.mark.parametrize("kind", QrKind)
def test_kind_and_octets_come_back(kind: QrKind) -> None:
    text = write_qr_text(kind, b"octets")
    assert is_qr_text(text)
    assert read_qr_text(text, at="x") == (kind, b"octets")
    assert read_qr_text(text + "\r\n", at="x") == (kind, b"octets")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", MalformedError),
        ("IDW1P", MalformedError),
        ("idw1P:BB8", MalformedError),
        ("HC1:BB8", MalformedError),
        (" IDW1P:BB8", MalformedError),
        ("IDW1P:bb8", MalformedError),
        ("IDW2P:BB8", UnsupportedError),
        ("IDW1Z:BB8", UnsupportedError),
        ("IDW1P:" + "0" * limits.QR_CHARACTERS, LimitError),
    ],
)
def test_what_is_no_code_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_qr_text(text, at="x")
