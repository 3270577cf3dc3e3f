"""Data elements as the issuer signed them: IssuerSignedItem (9.1.2.4)."""

import hashlib
from collections.abc import Iterable
from functools import partial
from operator import itemgetter
from typing import Any, Final, NamedTuple

from idwallet.codec.cbor import CborValue, read_cbor_each
from idwallet.credentials.mdoc.members import TAG_24, a_map, member
from idwallet.credentials.mdoc.mso import DIGEST_IDS, HASHES
from idwallet.credentials.mdoc.regular_item import item_parts
from idwallet.envelope.cose.structures import string_head
from idwallet.errors import MalformedError

ITEM: Final = "ISO/IEC 18013-5 §9.1.2.4"
_SALT_BYTES: Final = 16
_MEMBERS: Final = itemgetter("digestID", "random", "elementIdentifier", "elementValue")
_HEADS: Final = tuple(TAG_24 + string_head(length) for length in range(1 << 8))
_HASHERS: Final = {name: getattr(hashlib, name) for name in HASHES.values()}


class Item(NamedTuple):
    """An IssuerSignedItem: one data element. `octets` is what was received of it."""

    digest_id: int
    random: bytes
    element: str
    value: CborValue
    octets: bytes

    def __repr__(self) -> str:
        """Show nothing of it: it is personal data."""
        return "Item(<...>)"

    def digest(self, hashed: str) -> bytes:
        """Return the digest over IssuerSignedItemBytes (9.1.2.5).

        The head of the byte string is written in its shortest form, the only one that
        the reader lets through.
        """
        made = _HASHERS[hashed](TAG_24 + string_head(len(self.octets)))
        made.update(self.octets)
        digest: bytes = made.digest()
        return digest


def read_items(octets: list[bytes], *, at: str) -> tuple[Item, ...]:
    """Return the elements that stand in these octets.

    Raises:
        MalformedError, LimitError, UnsupportedError: one of them is none.
    """
    quick = list(map(item_parts, octets))
    if None not in quick:
        return tuple(map(_new_item, quick))
    values = read_cbor_each(octets, at=at, clause=ITEM)
    return tuple(
        _regular(held, octets[n]) or _item(held, octets[n], at=f"{at}/{n}")
        for n, held in enumerate(values)
    )


# As `Item(...)`, in a third of the time: no Python code runs.
_new_item: Final = partial(tuple.__new__, Item)


def digests_of(items: Iterable[Item], hashed: str) -> list[bytes]:
    """Return the digest of each; see `Item.digest`."""
    make, heads = _HASHERS[hashed], _HEADS
    return [
        make(heads[len(octets)] + octets).digest()
        if len(octets) < len(heads)
        else make(TAG_24 + string_head(len(octets)) + octets).digest()
        for _, _, _, _, octets in items
    ]


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
        return Item(number, random, element, value, octets)
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
    return Item(number, random, element, held["elementValue"], octets)
