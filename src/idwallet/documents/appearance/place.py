"""Where on a page a stamp comes to stand."""

from typing import Final, NamedTuple

from idwallet.errors import UsageError

_TURNS: Final = frozenset({0, 90, 180, 270})


class Box(NamedTuple):
    """A box in points (1/72 inch), from the lower left corner of the page as seen."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """How wide it is, in points."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """How high it is, in points."""
        return self.top - self.bottom


class Page(NamedTuple):
    """A page: its crop box in its own coordinates, and by how much a reader turns it.

    `rotate` is in degrees, clockwise (ISO 32000-1 7.7.3.3).
    """

    left: float
    bottom: float
    right: float
    top: float
    rotate: int = 0


def placed(box: Box, page: Page) -> tuple[float, float, float, float]:
    """Return the rectangle of a box in the page's own coordinates.

    Raises:
        UsageError: the box is not wholly on the page, or the page is turned by what is
            no right angle.
    """
    turn = page.rotate % 360
    if turn not in _TURNS:
        raise UsageError("the page is turned by no right angle")
    wide, high = page.right - page.left, page.top - page.bottom
    seen = (high, wide) if turn in {90, 270} else (wide, high)
    if box.left < 0 or box.bottom < 0 or box.right > seen[0] or box.top > seen[1]:
        raise UsageError(
            f"the box is not on the page, which is {seen[0]:g} x {seen[1]:g} points"
        )
    corners = ((box.left, box.bottom), (box.right, box.top))
    (x1, y1), (x2, y2) = (
        _turned(corner, turn=turn, size=(wide, high)) for corner in corners
    )
    return (
        page.left + min(x1, x2),
        page.bottom + min(y1, y2),
        page.left + max(x1, x2),
        page.bottom + max(y1, y2),
    )


def _turned(
    corner: tuple[float, float], *, turn: int, size: tuple[float, float]
) -> tuple[float, float]:
    x, y = corner
    wide, high = size
    return {
        0: (x, y),
        90: (wide - y, x),
        180: (wide - x, high - y),
        270: (y, high - x),
    }[turn]
