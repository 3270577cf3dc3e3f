"""Whether a new field is over something that was on the page."""

from typing import Final

from idwallet.codec.pdf import Ref
from idwallet.documents.pades.content.drawn import Kind
from idwallet.documents.pades.content.geometry import Box, meet
from idwallet.documents.pades.content.interpret import read_content
from idwallet.documents.pades.pages import Page, box
from idwallet.documents.pades.view import View
from idwallet.errors import MalformedError, UnsupportedError

_TELLING: Final = frozenset({Kind.TEXT, Kind.IMAGE})
"""What says something to whoever reads the page: lines and areas may be signed on."""


def covers(view: View, page: Page, *, rectangle: Box, own: int) -> bool:
    """Say whether a rectangle is over another annotation, a text or a picture.

    A page that cannot be read may say anything.
    """
    for each in view.array(page.entries.get("Annots")):
        if isinstance(each, Ref) and each.number == own:
            continue
        found = box(view, view.dictionary(each).get("Rect"))
        if found is not None and meet(found, rectangle):
            return True
    try:
        drawn = read_content(view, page)
    except (MalformedError, UnsupportedError):
        return True
    return any(
        each.kind in _TELLING
        and not each.is_invisible
        and each.alpha > 0
        and meet(each.box, rectangle)
        for each in drawn
    )
