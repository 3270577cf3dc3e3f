"""What CBOR holds, as Python has it (RFC 8949)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

CborKey: TypeAlias = int | str | bytes
CborValue: TypeAlias = (
    'bool | int | float | str | bytes | list["CborValue"]'
    ' | dict[CborKey, "CborValue"] | "CborTag" | None'
)

UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE = range(8)
"""The major types (RFC 8949 section 3.1)."""

INLINE: Final = 24
"""Additional information below this is the argument itself (RFC 8949 section 3)."""

FALSE, TRUE, NULL = 20, 21, 22
HALF, SINGLE, DOUBLE = 25, 26, 27
FLOATS: Final = {HALF: ">e", SINGLE: ">f", DOUBLE: ">d"}
"""The widths of floats by additional information, as `struct` calls them."""


@dataclass(frozen=True, slots=True)
class CborTag:
    """A tagged value (RFC 8949 section 3.4), whatever the number means elsewhere."""

    number: int
    value: CborValue


_new_tag: Final = partial(object.__new__, CborTag)
_Set = Callable[[CborTag, object], None]
_set_number: Final[_Set] = vars(CborTag)["number"].__set__
_set_value: Final[_Set] = vars(CborTag)["value"].__set__


def made_tag(number: int, value: CborValue) -> CborTag:
    """Return a `CborTag` in half of the time, for whoever makes one at each step.

    The slots' own setters pass by the refusal to change, which costs the rest.
    """
    tag = _new_tag()
    _set_number(tag, number)
    _set_value(tag, value)
    return tag


@dataclass(frozen=True, slots=True)
class CborItem:
    """One item out of a longer input.

    `raw` is exactly what was received: digests and signatures cover it. `end` is the
    offset just behind it.
    """

    value: CborValue
    raw: bytes
    end: int
