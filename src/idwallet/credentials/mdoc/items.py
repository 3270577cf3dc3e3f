"""Data elements as the issuer signed them: IssuerSignedItem (9.1.2.4)."""

import hashlib
from collections.abc import Callable, Iterable
from functools import partial
from operator import itemgetter, methodcaller
from typing import Any, Final, NamedTuple

from idwallet.codec.cbor import CborValue, read_cbor, read_cbor_each
from idwallet.credentials.mdoc.members import HEADS, TAG_24, a_map, member
from idwallet.credentials.mdoc.mso import DIGEST_IDS, HASHES
from idwallet.credentials.mdoc.regular_item import Place, item_parts
from idwallet.credentials.mdoc.regular_row import Row
from idwallet.envelope.cose.structures import string_head
from idwallet.errors import MalformedError

ITEM: Final = "ISO/IEC 18013-5 §9.1.2.4"
_SALT_BYTES: Final = 16
_MEMBERS: Final = itemgetter("digestID", "random", "elementIdentifier", "elementValue")
_HASHERS: Final = {name: getattr(hashlib, name) for name in HASHES.values()}


class Item(NamedTuple):
    """An IssuerSignedItem: one data element.

    `encoded` is what was received of it, the tag and head of IssuerSignedItemBytes
    included: what its digest covers. A long one is a view of what it was read from.
    """

    digest_id: int
    random: bytes
    element: str
    value: CborValue
    encoded: bytes | memoryview

    def __repr__(self) -> str:
        """Show nothing of it: it is personal data."""
        return "Item(<...>)"

    @property
    def octets(self) -> bytes:
        """What stands under the tag: the item itself, as received."""
        encoded = self.encoded
        head = bytes(encoded[len(TAG_24) : len(TAG_24) + 1])
        return bytes(encoded[len(TAG_24) + HEADS.get(head, 1) :])

    def digest(self, hashed: str) -> bytes:
        """Return the digest over IssuerSignedItemBytes (9.1.2.5), as received."""
        digest: bytes = _HASHERS[hashed](self.encoded).digest()
        return digest


def read_items(octets: list[bytes], *, at: str) -> tuple[Item, ...]:
    """Return the elements that stand in these octets.

    Raises:
        MalformedError, LimitError, UnsupportedError: one of them is none.
    """
    values = read_cbor_each(octets, at=at, clause=ITEM)
    return tuple(
        _regular(held, octets[n]) or _item(held, octets[n], at=f"{at}/{n}")
        for n, held in enumerate(values)
    )


def items_in(data: bytes, row: Row, *, at: str) -> tuple[Item, ...]:
    """Return the elements of a row.

    Raises:
        MalformedError, LimitError, UnsupportedError: one of them is none.
    """
    if _ALL_READ.issuperset(map(len, row)):
        return tuple(map(_new_item, row))
    return tuple(
        _new_item(each)
        if len(each) == _MEMBERS_READ
        else _item_at(data, each, at=f"{at}/{n}")
        for n, each in enumerate(row)
    )


def _item_at(data: bytes, place: Place, *, at: str) -> Item:
    parts = item_parts(data, place)
    if parts is not None:
        return _new_item(parts)
    _, start, end = place
    octets = data[start:end]
    held = read_cbor(octets, at=at, clause=ITEM)
    return _regular(held, octets) or _item(held, octets, at=at)


_MEMBERS_READ: Final = 5
_ALL_READ: Final = frozenset({_MEMBERS_READ})
# As `Item(...)`, in a third of the time: no Python code runs.
_new_item: Final = partial(tuple.__new__, Item)


def digests_of(items: Iterable[Item], hashed: str) -> list[bytes]:
    """Return the digest of each; see `Item.digest`."""
    # No Python code runs for one of them.
    return list(map(_DIGEST, map(_HASHERS[hashed], map(_ENCODED, items))))


_ENCODED: Final[Callable[[Item], bytes | memoryview]] = itemgetter(4)
_DIGEST: Final[Callable[[Any], bytes]] = methodcaller("digest")


def _regular(held: Any, octets: bytes) -> Item | None:
    """Take an item that is in order; what is wrong with another, `_item` says."""
    try:
        number, random, element, value = _MEMBERS(held)
    except (KeyError, TypeError):  # a member is absent, or it is no map
        return None
    if (
        type(number) is int
        and type(random) is bytes
        and type(element) is str
        and 0 <= number < DIGEST_IDS
        and len(random) >= _SALT_BYTES
    ):
        return Item(number, random, element, value, _encoded(octets))
    return None


def _item(value: CborValue, octets: bytes, *, at: str) -> Item:
    held = a_map(value, at=at, clause=ITEM)
    number = member(held, "digestID", kind=int, at=at, clause=ITEM)
    random = member(held, "random", kind=bytes, at=at, clause=ITEM)
    if not 0 <= number < DIGEST_IDS:
        raise MalformedError("no digest identifier", at=f"{at}/digestID", clause=ITEM)
    if len(random) < _SALT_BYTES:
        # Else what was not shown could be guessed from its digest (9.1.2.5).
        raise MalformedError("too little randomness", at=f"{at}/random", clause=ITEM)
    if "elementValue" not in held:
        raise MalformedError("no elementValue", at=at, clause=ITEM)
    element = member(held, "elementIdentifier", kind=str, at=at, clause=ITEM)
    return Item(number, random, element, held["elementValue"], _encoded(octets))


def _encoded(octets: bytes) -> bytes:
    # With the head in its shortest form, the only one that the reader lets through.
    return TAG_24 + string_head(len(octets)) + octets
