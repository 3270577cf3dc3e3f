"""Claims under a Merkle root, each with a salt, shown in as few octets as it takes.

The shape is fixed by the number of leaves: the first stands at depth 1, then come two,
four, eight and so on, each group a balanced tree, so that what is asked most lies high.
Salts come from one seed down the same tree: whoever shows all leaves of a part shows
its one seed, and whoever shows none its one digest. Why 16 octets are enough of either
is docs/adr/0058-a-merkle-root-of-sixteen-octets.md.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from idwallet.errors import MalformedError

SIZE: Final = 16
"""Octets of a digest, and of a seed."""

CLAUSE: Final = "idwallet compact 1 §5"

_TREE: Final = b"idwallet-compact-tree/1"
# What is hashed begins with one of these, and the context: no leaf is ever a node.
_LEAF, _NODE, _LEFT, _RIGHT = b"\x00", b"\x01", b"\x02", b"\x03"


class _Part(NamedTuple):
    """The leaves from `start` to before `end`; `level` is that of the comb, or -1."""

    start: int
    end: int
    level: int

    @property
    def mask(self) -> int:
        """Those leaves as bits."""
        return (1 << self.end) - (1 << self.start)

    def halves(self) -> "tuple[_Part, _Part]":
        """Return the two parts under the node of this one; it has several leaves."""
        size = self.end - self.start
        if self.level >= 0 and size > 1 << self.level:
            middle = self.start + (1 << self.level)
            return (
                _Part(self.start, middle, -1),
                _Part(middle, self.end, self.level + 1),
            )
        middle = self.start + (1 << ((size - 1).bit_length() - 1))
        return _Part(self.start, middle, -1), _Part(middle, self.end, -1)


def context_of(head: bytes) -> bytes:
    """Return what every hash of a tree begins with.

    `head` is all that the issuer signs before the root: type, validity, holder key,
    status and the number of leaves. So no digest of one tree is good for another.
    """
    return sha256(_TREE + head).digest()


class _Tree:
    """A tree whose hashes begin with one context, over items that are known."""

    __slots__ = ("_context", "_items")

    def __init__(self, context: bytes, items: Sequence[bytes]) -> None:
        self._context = context
        self._items = items

    def digest(self, part: _Part, seed: bytes) -> bytes:
        """Return the digest of a part of which everything is known."""
        context = self._context
        if part.end - part.start == 1:
            return _hash(_LEAF, context, seed, self._items[part.start])
        left, right = part.halves()
        first, second = self.seeds(seed)
        return self.node(self.digest(left, first), self.digest(right, second))

    def node(self, left: bytes, right: bytes) -> bytes:
        return _hash(_NODE, self._context, left, right)

    def seeds(self, seed: bytes) -> tuple[bytes, bytes]:
        return _hash(_LEFT, self._context, seed), _hash(_RIGHT, self._context, seed)

    def blocks(self, part: _Part, seed: bytes, *, shown: int) -> Iterator[bytes]:
        mask = part.mask
        seen = shown & mask
        if seen == mask:
            yield seed
        elif not seen:
            yield self.digest(part, seed)
        else:
            left, right = part.halves()
            first, second = self.seeds(seed)
            yield from self.blocks(left, first, shown=shown)
            yield from self.blocks(right, second, shown=shown)

    def root(self, part: _Part, given: Iterator[bytes], *, shown: int) -> bytes:
        """Return the digest of a part, from what was given of it."""
        mask = part.mask
        seen = shown & mask
        if seen and seen != mask:
            left, right = part.halves()
            first = self.root(left, given, shown=shown)
            return self.node(first, self.root(right, given, shown=shown))
        block = next(given, b"")
        if len(block) != SIZE:
            raise MalformedError("blocks missing", at="shown", clause=CLAUSE)
        return self.digest(part, block) if seen else block


def root_of(context: bytes, items: Sequence[bytes], *, seed: bytes) -> bytes:
    """Return the root over these items, salted from `seed`."""
    return _Tree(context, items).digest(_Part(0, len(items), 0), seed)


def blocks_for(
    context: bytes, items: Sequence[bytes], *, seed: bytes, shown: int
) -> bytes:
    """Return what shows the leaves whose bits stand in `shown`: seeds and digests."""
    whole = _Part(0, len(items), 0)
    return b"".join(_Tree(context, items).blocks(whole, seed, shown=shown))


def shown_root(
    context: bytes,
    items: Sequence[bytes],
    *,
    leaves: int,
    shown: int,
    blocks: bytes,
) -> bytes:
    """Return the root that these items and blocks lead to.

    `items` are those whose bits stand in `shown`, in the order of the leaves, of
    `leaves` in all.

    Raises:
        MalformedError: more or fewer blocks or items than those leaves take.
    """
    if shown >> leaves or shown.bit_count() != len(items):
        raise MalformedError("other than the claims shown", at="shown", clause=CLAUSE)
    if shown == 1 and leaves > 1 and len(blocks) == 2 * SIZE:
        # The first claim alone, as a till asks for: a leaf, and the node above it.
        leaf = _hash(_LEAF, context, blocks[:SIZE], items[0])
        return _hash(_NODE, context, leaf, blocks[SIZE:])
    places = [b""] * leaves
    left = shown
    for item in items:
        lowest = left & -left
        places[lowest.bit_length() - 1] = item
        left ^= lowest
    given = iter([blocks[at : at + SIZE] for at in range(0, len(blocks), SIZE)])
    root = _Tree(context, places).root(_Part(0, leaves, 0), given, shown=shown)
    if next(given, None) is not None:
        raise MalformedError("blocks left over", at="shown", clause=CLAUSE)
    return root


def _hash(*parts: bytes) -> bytes:
    return sha256(b"".join(parts)).digest()[:SIZE]
