"""Where text goes, and how far (ISO 32000-2 9.4)."""

from idwallet.codec.pdf import Value
from idwallet.documents.pades.content.drawn import SAME, State, numbers
from idwallet.documents.pades.content.geometry import Box, Matrix, around, multiply

_BELOW = 0.2
_ABOVE = 0.8


class Lines:
    """The matrices of text and of its line."""

    def __init__(self) -> None:
        """Begin where the page does."""
        self._text: Matrix = SAME
        self._line: Matrix = SAME

    def begin(self) -> None:
        """Begin a text object."""
        self._text = self._line = SAME

    def move(self, values: list[Value]) -> None:
        """Go to the next line, so far from this one."""
        across, up = numbers(values, 2)
        self._line = multiply((1, 0, 0, 1, across, up), self._line)
        self._text = self._line

    def place(self, values: list[Value]) -> None:
        """Go to a place."""
        a, b, c, d, e, f = numbers(values, 6)
        self._text = self._line = (a, b, c, d, e, f)

    def show(self, shown: Value, state: State) -> tuple[Box, float] | None:
        """Show a string, or several with room between; return where, and how high.

        None where there is nothing but spaces.
        """
        parts = shown if isinstance(shown, list) else [shown]
        wide = sum(_width(each, state) for each in parts)
        across = wide * state.size * state.wide
        matrix = multiply(self._text, state.matrix)
        self._text = multiply((1, 0, 0, 1, across, 0), self._text)
        if not any(isinstance(each, bytes) and each.strip() for each in parts):
            return None
        low = state.rise - _BELOW * state.size
        high = state.rise + _ABOVE * state.size
        box = around(matrix, (min(0.0, across), low, max(0.0, across), high))
        return box, _height(matrix, state.size)


def _width(part: Value, state: State) -> float:
    if isinstance(part, bytes) and state.font is not None:
        return state.font.width(part, spacing=state.spacing / (state.size or 1.0))
    return -part / 1000 if isinstance(part, int | float) else 0.0


def _height(matrix: Matrix, size: float) -> float:
    return float((matrix[2] ** 2 + matrix[3] ** 2) ** 0.5 * abs(size))
