"""Extra fields of entries, and the wide values among them (APPNOTE 4.5.1, 4.5.3)."""

from collections.abc import Iterator
from struct import unpack_from
from typing import Final

from idwallet.codec.zip.structures import APPNOTE, EXTRA, MAX16, ZIP64
from idwallet.errors import MalformedError, UnsupportedError

# Another name, another comment, and what encrypts: each would give the entry a second
# meaning (4.6.8, 4.6.9, 4.5.12, AE-x).
_REFUSED: Final = frozenset({0x7075, 0x6375, 0x0017, 0x9901})


def _fields(extra: bytes, *, at: str) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(extra):
        value = place + EXTRA.size
        if value > len(extra):
            raise MalformedError("a field cut off", at=at, clause=f"{APPNOTE} §4.5.1")
        kind, size = EXTRA.unpack_from(extra, place)
        place = value + size
        if place > len(extra):
            raise MalformedError("a field cut off", at=at, clause=f"{APPNOTE} §4.5.1")
        if kind in _REFUSED:
            raise UnsupportedError(
                "a second name, or encryption", at=at, clause=f"{APPNOTE} §4.6"
            )
        yield kind, extra[value:place]


def zip64_field(extra: bytes, *, at: str) -> bytes | None:
    """Return the field of ZIP64, or None.

    Raises:
        MalformedError: the fields are not exactly the octets, or it stands twice.
        UnsupportedError: a field gives the entry another name, or says it is encrypted.
    """
    found = [value for kind, value in _fields(extra, at=at) if kind == ZIP64]
    if len(found) > 1:
        raise MalformedError("two fields of ZIP64", at=at, clause=f"{APPNOTE} §4.5.3")
    return found[0] if found else None


def zip64_values(
    extra: bytes, values: tuple[tuple[int, int], ...], *, at: str
) -> tuple[int, ...]:
    """Return each value, or the wide one where it is the highest that fits.

    `values` has each with its highest, in the order of the field (4.5.3).

    Raises:
        MalformedError, UnsupportedError: see `zip64_field`; or the field does not hold
            exactly what is missing.
    """
    field = zip64_field(extra, at=at)
    missing = [top for value, top in values if value == top]
    wanted = sum(4 if top == MAX16 else 8 for top in missing)
    if len(field or b"") != wanted:
        raise MalformedError(
            "not the wide values that are missing", at=at, clause=f"{APPNOTE} §4.5.3"
        )
    found, place = [], 0
    for value, top in values:
        if field is None or value != top:
            found.append(value)
            continue
        form = "<I" if top == MAX16 else "<Q"
        found.append(unpack_from(form, field, place)[0])
        place += 4 if top == MAX16 else 8
    return tuple(found)
