"""Elements that stand in a row, read where they stand.

Most issuers write elements of fewer than 256 octets with their members in the order in
which CBOR is deterministic (RFC 8949 4.2.3). One step finds the parts of such a one. A
head is compared with how long its part is: that ends where its head says, and not
where something looks like what follows it.
"""

import re
from typing import Final

from idwallet.codec.cbor import CborValue, made_tag
from idwallet.credentials.mdoc.regular import TEXT_HEADS
from idwallet.credentials.mdoc.regular_item import ItemParts, Place
from idwallet.envelope.cose.frame import extent
from idwallet.envelope.cose.structures import string_head

Row = list[ItemParts | Place]
"""Elements in their order; of those of another kind, where they stand."""

_parts: Final = re.compile(
    rb"\xd8\x18\x58(.)"
    rb"\xa4\x66random(\x50|\x58[\x18-\x40])(.{16,64}?)"
    rb"\x68digestID([\x00-\x17]|\x18[\x18-\xff]|\x19[\x01-\xff].)"
    rb"\x6celementValue"
    rb"(?:([\xf4\xf5])|\xd9\x03\xec\x6a(.{10})|([\x60-\x77]|\x78[\x18-\x7f])(.{0,127}?))"
    rb"\x71elementIdentifier([\x61-\x77]|\x78[\x18-\x7f])",
    re.DOTALL,
).match
_BEFORE: Final = 4  # tag 24, and the head of a byte string of 24 to 255 octets
_FULL_DATE: Final = 1004
_FLAGS: Final = {b"\xf4": False, b"\xf5": True}
_OCTETS: Final = tuple(map(string_head, range(256)))
_TAG_24: Final = b"\xd8\x18"


def row_at(data: bytes, place: int, *, count: int) -> tuple[Row, int]:
    """Return so many elements, and where the last one ends.

    None of them is longer than `data`, if where it ends is not behind the end of them.

    Raises:
        LookupError: something else stands there.
        ValueError: a text is no UTF-8.
    """
    row: Row = []
    for _ in range(count):
        first = place
        found = _parts(data, first)
        if found is not None:
            size, head, salt, number, flag, day, of_text, text, of_name = found.groups()
            place = first + _BEFORE + size[0]
            name = data[found.end() : place]
            if (
                of_name == TEXT_HEADS[len(name)]
                and head == _OCTETS[len(salt)]
                and (of_text is None or of_text == TEXT_HEADS[len(text)])
            ):
                value: CborValue
                if of_text:
                    value = text.decode()
                elif day:
                    value = made_tag(_FULL_DATE, day.decode())
                else:
                    value = _FLAGS[flag]
                number = number[0] if len(number) == 1 else int.from_bytes(number[1:])
                row.append((number, salt, name.decode(), value, data[first:place]))
                continue
        start, place = _outside(data, first)
        row.append((first, start, place))
    return row, place


def _outside(data: bytes, first: int) -> tuple[int, int]:
    """Return where an element of another kind begins behind its tag, and where it ends.

    Raises:
        LookupError: something else stands there.
    """
    if not data.startswith(_TAG_24, first):
        raise LookupError
    return extent(data, first + len(_TAG_24))
