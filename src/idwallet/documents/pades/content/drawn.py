"""One piece of what is drawn, and the state in which it is (ISO 32000-2 8.4)."""

from enum import Enum
from typing import Final, NamedTuple

from idwallet.codec.pdf import Ref, Value
from idwallet.documents.pades.content.fonts import Font
from idwallet.documents.pades.content.geometry import Box, Matrix
from idwallet.documents.pades.view import malformed

_OPAQUE: Final = 0.99
SAME: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
"""The transformation that changes nothing."""


class Kind(Enum):
    """What is drawn."""

    TEXT = "text"
    IMAGE = "image"
    FILL = "fill"
    SHAPE = "shape"
    """Lines, and whatever else is no rectangle: what is under it may be seen."""


class Drawn(NamedTuple):
    """One piece: where, and how it is seen.

    `white` is how white it is, from 0 to 1, None where its colour is not told here;
    `layer` names the optional content that it belongs to; `size` is the height of text;
    `is_cut` says that some of it is cut away by a path that is no rectangle.
    """

    kind: Kind
    box: Box
    alpha: float = 1.0
    white: float | None = 0.0
    is_invisible: bool = False
    layer: Ref | None = None
    size: float = 0.0
    is_cut: bool = False

    @property
    def is_opaque(self) -> bool:
        """Whether what is under it cannot be seen."""
        is_area = self.kind in {Kind.FILL, Kind.IMAGE} and not self.is_cut
        return is_area and self.alpha > _OPAQUE and not self.is_invisible


class State(NamedTuple):
    """The graphics state, as far as it matters here; `clip` is what is not cut away."""

    matrix: Matrix = SAME
    fill: float | None = 0.0
    alpha: float = 1.0
    font: Font | None = None
    size: float = 0.0
    mode: int = 0
    leading: float = 0.0
    wide: float = 1.0
    rise: float = 0.0
    spacing: float = 0.0
    clip: Box | None = None
    is_cut: bool = False


def numbers(values: list[Value], count: int) -> list[float]:
    """Return the last operands, which must be numbers.

    Raises:
        MalformedError: they are none, or too few.
    """
    found = [
        float(each)
        for each in (values[-count:] if count else [])
        if isinstance(each, int | float) and type(each) is not bool
    ]
    if len(found) != count:
        raise malformed("operands that are none", clause="8.2")
    return found
