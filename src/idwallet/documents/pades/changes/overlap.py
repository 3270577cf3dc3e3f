"""Whether a new field is over something that was on the page."""

from idwallet.documents.pades.pages import Page, box
from idwallet.documents.pades.view import View

Box = tuple[float, float, float, float]


def meet(one: Box, other: Box) -> bool:
    """Say whether two rectangles share more than an edge."""
    return (
        one[0] < other[2]
        and other[0] < one[2]
        and one[1] < other[3]
        and other[1] < one[3]
    )


def covers(view: View, page: Page, *, rectangle: Box, own: int) -> bool:
    """Say whether a rectangle is over another annotation, or over what is drawn."""
    for each in view.array(page.entries.get("Annots")):
        if getattr(each, "number", 0) == own:
            continue
        found = box(view, view.dictionary(each).get("Rect"))
        if found is not None and meet(found, rectangle):
            return True
    return False
