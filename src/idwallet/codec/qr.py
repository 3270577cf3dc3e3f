"""QR codes made (ISO/IEC 18004), by segno: the one door to it."""

from typing import Final

from idwallet.errors import UnsupportedError, UsageError

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
