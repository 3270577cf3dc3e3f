"""A path while it is built (ISO 32000-2 8.5.2), as far as its outline goes."""

from idwallet.codec.pdf import Value
from idwallet.documents.pades.content.drawn import State, numbers
from idwallet.documents.pades.content.geometry import Box, Matrix, around, within


class Outline:
    """Points and rectangles, until the path is painted or dropped."""

    def __init__(self) -> None:
        """Begin with none."""
        self._points: list[tuple[float, float]] = []
        self._boxes: list[Box] = []
        self.clips = False

    def point(self, values: list[Value]) -> None:
        """Take the points of an operator, those that only bend it included."""
        given = numbers(values, len(values) // 2 * 2)
        self._points.extend(zip(given[::2], given[1::2], strict=True))

    def rectangle(self, values: list[Value]) -> None:
        """Take a rectangle."""
        left, low, wide, high = numbers(values, 4)
        right, top = left + wide, low + high
        box = (min(left, right), min(low, top), max(left, right), max(low, top))
        self._boxes.append(box)

    def solid(self, matrix: Matrix) -> Box | None:
        """Return the path where it is one upright rectangle, else None."""
        is_one = len(self._boxes) == 1 and not self._points
        return around(matrix, self._boxes[0]) if is_one and _upright(matrix) else None

    def outline(self, matrix: Matrix) -> Box | None:
        """Return the rectangle around the path; None without one."""
        corners = [(box[0], box[1]) for box in self._boxes]
        corners += [(box[2], box[3]) for box in self._boxes]
        corners += self._points
        if not corners:
            return None
        across, up = zip(*corners, strict=True)
        return around(matrix, (min(across), min(up), max(across), max(up)))

    def end(self, state: State) -> State:
        """End the path; what it cuts away is cut from now on (8.5.4)."""
        found = self.outline(state.matrix)
        if self.clips and found is not None:
            state = state._replace(
                clip=found if state.clip is None else within(found, state.clip),
                is_cut=state.is_cut or self.solid(state.matrix) is None,
            )
        self.clips = False
        self._points, self._boxes = [], []
        return state


def _upright(matrix: Matrix) -> bool:
    return not (matrix[1] or matrix[2]) or not (matrix[0] or matrix[3])
