"""Content streams run for what they draw (ISO 32000-2 7.8.2, 8, 9)."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from idwallet import limits
from idwallet.codec.pdf import Ref, Value, read_value
from idwallet.documents.pades.content.drawn import Drawn, Kind, State, numbers
from idwallet.documents.pades.content.fonts import Font, read_font
from idwallet.documents.pades.content.geometry import Box, around, multiply, within
from idwallet.documents.pades.content.lines import Lines
from idwallet.documents.pades.content.paths import Outline
from idwallet.documents.pades.pages import Page
from idwallet.documents.pades.pages import box as rectangle_of
from idwallet.documents.pades.view import Dictionary, View, malformed
from idwallet.errors import LimitError

_OPERATOR: Final = re.compile(
    rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+)*+(?:([A-Za-z'\"][A-Za-z0-9*'\"]*+)|(\Z))"
)
_VALUES: Final = frozenset({b"true", b"false", b"null"})
_INLINE_END: Final = re.compile(rb"[\0\t\n\f\r ]EI(?=[\0\t\n\f\r ]|\Z)")
_INVISIBLE: Final = frozenset({3, 7})
_UNIT: Final[Box] = (0.0, 0.0, 1.0, 1.0)
_FAR: Final = 4_194_304.0


def read_content(view: View, page: Page) -> tuple[Drawn, ...]:
    """Return what a page draws, its annotations apart.

    Raises:
        MalformedError, UnsupportedError: it cannot be read, or not in full.
        LimitError: it is longer, or draws more, than `limits` says.
    """
    work = _Interpreter(view)
    resources = view.dictionary(page.get("Resources"))
    work.run(_contents(view, page), resources, state=State(), depth=0)
    return tuple(work.drawn)


def read_form(view: View, form: Ref) -> tuple[Drawn, ...]:
    """Return what a form, as an appearance is one, draws in its own space (8.10).

    Raises:
        MalformedError, UnsupportedError, LimitError: see `read_content`.
    """
    work = _Interpreter(view)
    work.form(form, State(), depth=0)
    return tuple(work.drawn)


def _contents(view: View, page: Page) -> bytes:
    given = page.entries.get("Contents")
    value = view.resolve(given)
    listed = value if isinstance(value, list) else [given]
    parts: list[bytes] = []
    for each in listed:
        if isinstance(each, Ref):
            parts.append(view.file.data(view.get(each)))
        if sum(map(len, parts)) > limits.PDF_CONTENT_BYTES:
            raise LimitError("a page too long", at="page", clause="idwallet limits")
    return b"\n".join(parts)


class _Interpreter:
    """Runs content streams; collects what they draw."""

    def __init__(self, view: View) -> None:
        self.drawn: list[Drawn] = []
        self._view = view
        self._state = State()
        self._stack: list[State] = []
        self._layers: list[Ref | None] = []
        self._resources: Dictionary = {}
        self._path = Outline()
        self._lines = Lines()
        self._depth = 0
        self._left = limits.PDF_OPERATORS
        self._fonts: dict[Ref, Font] = {}

    def run(
        self, data: bytes, resources: Dictionary, *, state: State, depth: int
    ) -> None:
        """Run one stream with its own resources, and come back to the state before."""
        kept = (self._state, self._stack, self._resources, self._layers)
        places = (self._path, self._lines, self._depth)
        self._state, self._stack, self._resources = state, [], resources
        self._path, self._lines, self._depth = Outline(), Lines(), depth
        self._layers = list(self._layers)
        for name, operands in self._operations(data):
            act = _ACTS.get(name)
            if act is not None:
                act(self, operands)
        self._state, self._stack, self._resources, self._layers = kept
        self._path, self._lines, self._depth = places

    def _operations(self, data: bytes) -> Iterator[tuple[bytes, list[Value]]]:
        offset = 0
        operands: list[Value] = []
        while True:
            found = _OPERATOR.match(data, offset)
            if found is None or found[1] in _VALUES:
                value, offset = read_value(data, offset)
                operands.append(value)
                if len(operands) > limits.PDF_OPERANDS:
                    raise malformed("too many operands", clause="8.2")
                continue
            if found[1] is None:
                return
            self._left -= 1
            if not self._left:
                raise LimitError(
                    "too much is drawn", at="page", clause="idwallet limits"
                )
            offset = found.end()
            if found[1] == b"BI":
                offset = self._inline(data, offset)
            else:
                yield found[1], operands
            operands = []

    def _inline(self, data: bytes, offset: int) -> int:
        """Take an image that stands in the stream itself (8.9.7)."""
        start = data.find(b"ID", offset)
        found = None if start < 0 else _INLINE_END.search(data, start + 2)
        if found is None:
            raise malformed("an image that does not end", clause="8.9.7")
        self._draw(Kind.IMAGE, around(self._state.matrix, _UNIT))
        return found.end()

    def _draw(self, kind: Kind, box: Box, *, size: float = 0.0) -> None:
        state = self._state
        if len(self.drawn) >= limits.PDF_DRAWN:
            raise LimitError("too much is drawn", at="page", clause="idwallet limits")
        if state.clip is not None:
            box = within(box, state.clip)
            if box[0] > box[2] or box[1] > box[3]:
                return
        layer = next((e for e in reversed(self._layers) if e is not None), None)
        is_invisible = kind is Kind.TEXT and state.mode in _INVISIBLE
        white = state.fill if kind is not Kind.IMAGE else None
        made = Drawn(kind, box, state.alpha, white, is_invisible, layer, size)
        self.drawn.append(made._replace(is_cut=state.is_cut))

    # --- state ------------------------------------------------------------------------

    def save(self, _: list[Value]) -> None:
        if len(self._stack) >= limits.PDF_STATES:
            raise LimitError("too many states", at="page", clause="idwallet limits")
        self._stack.append(self._state)

    def restore(self, _: list[Value]) -> None:
        if self._stack:
            self._state = self._stack.pop()

    def transform(self, values: list[Value]) -> None:
        a, b, c, d, e, f = numbers(values, 6)
        matrix = multiply((a, b, c, d, e, f), self._state.matrix)
        self._state = self._state._replace(matrix=matrix)

    def gray(self, values: list[Value]) -> None:
        self._state = self._state._replace(fill=numbers(values, 1)[0])

    def rgb(self, values: list[Value]) -> None:
        self._state = self._state._replace(fill=min(numbers(values, 3)))

    def cmyk(self, values: list[Value]) -> None:
        self._state = self._state._replace(fill=1.0 - max(numbers(values, 4)))

    def colour(self, values: list[Value]) -> None:
        """Take a colour of whichever space: of one or three numbers it is told."""
        given = [float(e) for e in values if isinstance(e, int | float)]
        is_told = len(given) == len(values) and len(given) in {1, 3}
        self._state = self._state._replace(fill=min(given) if is_told else None)

    def space(self, _: list[Value]) -> None:
        self._state = self._state._replace(fill=0.0)

    def named_state(self, values: list[Value]) -> None:
        found = self._view.dictionary(self._resource("ExtGState", values))
        alpha = self._view.resolve(found.get("ca"))
        if isinstance(alpha, int | float):
            self._state = self._state._replace(alpha=float(alpha))
        if isinstance(self._view.resolve(found.get("SMask")), dict):
            self._state = self._state._replace(alpha=0.5)

    def leading(self, values: list[Value]) -> None:
        self._state = self._state._replace(leading=numbers(values, 1)[0])

    def stretch(self, values: list[Value]) -> None:
        self._state = self._state._replace(wide=numbers(values, 1)[0] / 100)

    def rise(self, values: list[Value]) -> None:
        self._state = self._state._replace(rise=numbers(values, 1)[0])

    def spacing(self, values: list[Value]) -> None:
        self._state = self._state._replace(spacing=numbers(values, 1)[0])

    def mode(self, values: list[Value]) -> None:
        self._state = self._state._replace(mode=int(numbers(values, 1)[0]))

    def _resource(self, kind: str, values: list[Value]) -> Value:
        name = values[-1] if values else None
        if not isinstance(name, str):
            raise malformed("a resource without a name", clause="7.8.3")
        return self._view.dictionary(self._resources.get(kind)).get(name)

    def begin(self, values: list[Value]) -> None:
        """Begin marked content; of optional content note which (14.6, 8.11.3.2)."""
        layer: Value = None
        if len(values) > 1 and values[-2] == "OC" and isinstance(values[-1], str):
            layer = self._resource("Properties", values)
        self._layers.append(layer if isinstance(layer, Ref) else None)

    def end(self, _: list[Value]) -> None:
        if self._layers:
            self._layers.pop()

    # --- paths ------------------------------------------------------------------------

    def point(self, values: list[Value]) -> None:
        self._path.point(values)

    def rectangle(self, values: list[Value]) -> None:
        self._path.rectangle(values)

    def clip(self, _: list[Value]) -> None:
        self._path.clips = True

    def fill(self, values: list[Value]) -> None:
        found = self._path.solid(self._state.matrix)
        if found is None:
            self.stroke(values)
            return
        self._draw(Kind.FILL, found)
        self.drop(values)

    def stroke(self, values: list[Value]) -> None:
        found = self._path.outline(self._state.matrix)
        if found is not None:
            self._draw(Kind.SHAPE, found)
        self.drop(values)

    def drop(self, _: list[Value]) -> None:
        self._state = self._path.end(self._state)

    def shade(self, _: list[Value]) -> None:
        """Paint all that is not cut away (8.7.4.2)."""
        self._draw(Kind.FILL, (-_FAR, -_FAR, _FAR, _FAR))

    # --- text -------------------------------------------------------------------------

    def text(self, _: list[Value]) -> None:
        self._lines.begin()

    def font(self, values: list[Value]) -> None:
        value = self._resource("Font", values[:-1])
        font = self._fonts.get(value) if isinstance(value, Ref) else None
        if font is None:
            font = read_font(self._view, value)
            if isinstance(value, Ref):
                self._fonts[value] = font
        self._state = self._state._replace(font=font, size=numbers(values, 1)[0])

    def move(self, values: list[Value]) -> None:
        self._lines.move(values)

    def move_leading(self, values: list[Value]) -> None:
        self._state = self._state._replace(leading=-numbers(values, 1)[0])
        self._lines.move(values)

    def place(self, values: list[Value]) -> None:
        self._lines.place(values)

    def next_line(self, _: list[Value]) -> None:
        self._lines.move([0, -self._state.leading])

    def show(self, values: list[Value]) -> None:
        found = self._lines.show(values[-1] if values else None, self._state)
        if found is not None:
            self._draw(Kind.TEXT, found[0], size=found[1])

    def show_next(self, values: list[Value]) -> None:
        self.next_line([])
        self.show(values)

    # --- what is drawn by name --------------------------------------------------------

    def draw(self, values: list[Value]) -> None:
        value = self._resource("XObject", values)
        if not isinstance(value, Ref):
            return
        entries = self._view.dictionary(value)
        layer = entries.get("OC")
        self._layers.append(layer if isinstance(layer, Ref) else None)
        if entries.get("Subtype") == "Form":
            self.form(value, self._state, depth=self._depth + 1)
        elif entries:
            self._image(entries)
        self._layers.pop()

    def _image(self, entries: Dictionary) -> None:
        kept = self._state
        if entries.keys() & {"SMask", "Mask", "ImageMask"}:
            # Some of what is under it is seen.
            self._state = kept._replace(alpha=min(kept.alpha, 0.5))
        self._draw(Kind.IMAGE, around(kept.matrix, _UNIT))
        self._state = kept

    def form(self, ref: Ref, state: State, *, depth: int) -> None:
        """Run a form in a state.

        Raises:
            MalformedError, UnsupportedError, LimitError: see `read_content`.
        """
        if depth > limits.PDF_FORM_DEPTH:
            raise LimitError("forms too deep", at="page", clause="idwallet limits")
        view = self._view
        found = view.get(ref)
        if found.data is None or not isinstance(found.value, dict):
            raise malformed("a form that is none", number=ref.number, clause="8.10")
        given = [view.resolve(each) for each in view.array(found.value.get("Matrix"))]
        if given:
            a, b, c, d, e, f = numbers(given, 6)
            matrix = multiply((a, b, c, d, e, f), state.matrix)
            state = state._replace(matrix=matrix)
        bounds = rectangle_of(view, found.value.get("BBox"))
        if bounds is not None:
            cut = around(state.matrix, bounds)
            cut = cut if state.clip is None else within(cut, state.clip)
            state = state._replace(clip=cut)
        resources = view.dictionary(found.value.get("Resources")) or self._resources
        self.run(view.file.data(found), resources, state=state, depth=depth)


_Act = Callable[[_Interpreter, list[Value]], None]


_ACTS: Final[dict[bytes, _Act]] = {
    b"q": _Interpreter.save,
    b"Q": _Interpreter.restore,
    b"cm": _Interpreter.transform,
    b"g": _Interpreter.gray,
    b"rg": _Interpreter.rgb,
    b"k": _Interpreter.cmyk,
    b"sc": _Interpreter.colour,
    b"scn": _Interpreter.colour,
    b"cs": _Interpreter.space,
    b"gs": _Interpreter.named_state,
    b"BMC": _Interpreter.begin,
    b"BDC": _Interpreter.begin,
    b"EMC": _Interpreter.end,
    **dict.fromkeys((b"m", b"l", b"c", b"v", b"y"), _Interpreter.point),
    b"re": _Interpreter.rectangle,
    **dict.fromkeys((b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"), _Interpreter.fill),
    **dict.fromkeys((b"S", b"s"), _Interpreter.stroke),
    **dict.fromkeys((b"W", b"W*"), _Interpreter.clip),
    b"n": _Interpreter.drop,
    b"sh": _Interpreter.shade,
    b"BT": _Interpreter.text,
    b"Tf": _Interpreter.font,
    b"Td": _Interpreter.move,
    b"TD": _Interpreter.move_leading,
    b"Tm": _Interpreter.place,
    b"T*": _Interpreter.next_line,
    b"TL": _Interpreter.leading,
    b"Tz": _Interpreter.stretch,
    b"Ts": _Interpreter.rise,
    b"Tc": _Interpreter.spacing,
    b"Tr": _Interpreter.mode,
    b"Tj": _Interpreter.show,
    b"TJ": _Interpreter.show,
    b"'": _Interpreter.show_next,
    b'"': _Interpreter.show_next,
    b"Do": _Interpreter.draw,
}
