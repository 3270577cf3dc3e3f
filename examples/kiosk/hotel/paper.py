"""The registration card on paper: a PDF file that the hotel's own key seals."""

from datetime import datetime

from examples.kiosk.desk import Sealer
from examples.kiosk.hotel.card import Card
from examples.web.language import Words

from idwallet.adapters import default_font
from idwallet.documents import PAdES, Sheet, Stamp

_FOOT = 70.0


def printed(
    card: Card, *, number: int, words: Words, sealer: Sealer, at: datetime
) -> bytes:
    """Return the card as a PDF file; `sealer` signs it.

    Raises:
        UsageError: a name has a letter that the font does not have; the message names
            it. The card as JSON has every letter.
        SignerError: the key could not sign.
    """
    font, bold = default_font(), default_font(bold=True)
    sheet = Sheet(
        title=words("paper.title", number=number),
        rows=(*card.lines(words.lang), *stay_lines(card, words)),
        notes=(
            words(f"purpose.{card.purpose}"),
            kept_until(card, words),
            words("foot"),
        ),
        lang=words.lang,
        font=font,
        bold=bold,
        foot=_FOOT,
    )
    box = sheet.foot_box
    stamp = Stamp(
        page=sheet.pages - 1,
        box=box._replace(right=box.left + 280),
        lines=(words("paper.seal"), words.moment(at)),
        font=font,
    )
    profile = PAdES(reason=words("paper.reason"), appearance=stamp)
    return sealer(sheet.to_pdf(at=at), profile=profile, at=at)


def stay_lines(card: Card, words: Words) -> tuple[tuple[str, str], ...]:
    """Return what the desk itself says of the stay."""
    return (
        (words("card.checked"), words.moment(card.checked)),
        (words("card.nights"), str(card.nights)),
        (words("card.departs"), words.day(card.departs)),
    )


def kept_until(card: Card, words: Words) -> str:
    """Say when the card is erased."""
    if card.erase_at is None:
        return words("kept.not")
    return words("kept.until", until=words.moment(card.erase_at))
