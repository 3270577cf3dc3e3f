"""How wide what a font shows is, as far as it takes to know where a line ends."""

from typing import Final, NamedTuple

from idwallet.codec.pdf import Value
from idwallet.documents.pades.view import Dictionary, View

_EM: Final = 1000
_USUAL: Final = 600
_WIDE: Final = 1000


class Font(NamedTuple):
    """A font: how many octets a character has, and how wide each is, in ems.

    `is_embedded` says whether the document brings its shapes; without, what is seen
    depends on whoever shows it.
    """

    octets: int
    widths: dict[int, float]
    usual: float
    is_embedded: bool

    def width(self, shown: bytes, *, spacing: float) -> float:
        """Return how wide a string is, in sizes of the font."""
        size = self.octets
        codes = (
            int.from_bytes(shown[at : at + size]) for at in range(0, len(shown), size)
        )
        return sum(self.widths.get(code, self.usual) + spacing for code in codes)


def read_font(view: View, value: Value) -> Font:
    """Read a font's dictionary (9.6, 9.7).

    Raises:
        MalformedError, LimitError, UnsupportedError: it cannot be read.
    """
    entries = view.dictionary(value)
    if view.resolve(entries.get("Subtype")) == "Type0":
        return _composite(view, entries)
    if view.resolve(entries.get("Subtype")) == "Type3":
        return Font(1, {}, 1.0, is_embedded=True)
    first = view.resolve(entries.get("FirstChar"))
    listed = view.array(entries.get("Widths"))
    start = first if isinstance(first, int) else 0
    widths = {
        start + n: float(each) / _EM
        for n, each in enumerate(map(view.resolve, listed))
        if isinstance(each, int | float)
    }
    return Font(1, widths, _USUAL / _EM, is_embedded=_is_embedded(view, entries))


def _composite(view: View, entries: Dictionary) -> Font:
    descendants = view.array(entries.get("DescendantFonts"))
    below = view.dictionary(descendants[0]) if descendants else {}
    usual = view.resolve(below.get("DW"))
    return Font(
        2,
        _widths(view, view.array(below.get("W"))),
        (float(usual) if isinstance(usual, int | float) else _WIDE) / _EM,
        is_embedded=_is_embedded(view, below),
    )


def _widths(view: View, listed: list[Value]) -> dict[int, float]:
    """Read the widths of characters by their numbers (9.7.4.3)."""
    found: dict[int, float] = {}
    rest = [view.resolve(each) for each in listed]
    at = 0
    while at + 1 < len(rest):
        first, second = rest[at], rest[at + 1]
        if not isinstance(first, int):
            break
        if isinstance(second, list):
            numbers = [
                e for e in map(view.resolve, second) if isinstance(e, int | float)
            ]
            found |= {first + n: float(e) / _EM for n, e in enumerate(numbers)}
            at += 2
            continue
        third = rest[at + 2] if at + 2 < len(rest) else None
        if not isinstance(second, int) or not isinstance(third, int | float):
            break
        last = min(second, 0xFFFF)
        found |= dict.fromkeys(range(first, last + 1), float(third) / _EM)
        at += 3
    return found


def _is_embedded(view: View, entries: Dictionary) -> bool:
    described = view.dictionary(entries.get("FontDescriptor"))
    return bool(described.keys() & {"FontFile", "FontFile2", "FontFile3"})
