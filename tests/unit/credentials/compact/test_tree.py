import hashlib
from itertools import combinations

import pytest

from idwallet.credentials.compact import tree
from idwallet.errors import MalformedError

CONTEXT = tree.context_of(b"head")
SEED = bytes(range(16))


def items(count: int) -> list[bytes]:
    return [f"item {each}".encode() for each in range(count)]


def proven(count: int, shown: int) -> tuple[bytes, int]:
    """Return the root that a proof leads to, and how many blocks it took."""
    whole = items(count)
    blocks = tree.blocks_for(CONTEXT, whole, seed=SEED, shown=shown)
    seen = [each for n, each in enumerate(whole) if shown >> n & 1]
    root = tree.shown_root(CONTEXT, seen, leaves=count, shown=shown, blocks=blocks)
    return root, len(blocks) // tree.SIZE


@pytest.mark.parametrize("count", range(1, 10))
def test_whatever_is_shown_leads_to_the_root(count: int) -> None:
    root = tree.root_of(CONTEXT, items(count), seed=SEED)
    for shown in range(1, 1 << count):
        assert proven(count, shown)[0] == root


@pytest.mark.parametrize("count", range(2, 65))
def test_the_first_claim_alone_leads_to_the_root_of_any_number(count: int) -> None:
    assert proven(count, 1) == (tree.root_of(CONTEXT, items(count), seed=SEED), 2)


def test_one_claim_of_one_takes_one_block_and_no_node() -> None:
    root = tree.root_of(CONTEXT, items(1), seed=SEED)
    assert proven(1, 1) == (root, 1)
    with pytest.raises(MalformedError, match="blocks left over"):
        tree.shown_root(CONTEXT, items(1), leaves=1, shown=1, blocks=SEED + bytes(16))


def test_no_two_numbers_of_leaves_have_one_root() -> None:
    roots = {tree.root_of(CONTEXT, items(n), seed=SEED) for n in range(1, 65)}
    assert len(roots) == 64


def test_the_first_leaf_of_twelve_takes_two_blocks_and_all_take_one() -> None:
    assert proven(12, 1)[1] == 2
    assert proven(12, (1 << 12) - 1)[1] == 1
    assert proven(12, (1 << 12) - 2)[1] == 2
    assert max(proven(12, 1 << n)[1] for n in range(12)) <= 7


def test_a_tree_of_three_is_what_the_format_says() -> None:
    """Written by hand from docs/reference/compact.md section 5."""

    def cut(*parts: bytes) -> bytes:
        return hashlib.sha256(b"".join(parts)).digest()[:16]

    context = hashlib.sha256(b"idwallet-compact-tree/1" + b"head").digest()
    left, right = cut(b"\x02", context, SEED), cut(b"\x03", context, SEED)
    second, third = cut(b"\x02", context, right), cut(b"\x03", context, right)
    pair = cut(
        b"\x01",
        context,
        cut(b"\x00", context, second, b"item 1"),
        cut(b"\x00", context, third, b"item 2"),
    )
    root = cut(b"\x01", context, cut(b"\x00", context, left, b"item 0"), pair)
    assert tree.root_of(CONTEXT, items(3), seed=SEED) == root


def test_no_shown_block_is_one_of_what_is_hidden() -> None:
    whole = items(8)
    for chosen in combinations(range(8), 3):
        shown = sum(1 << n for n in chosen)
        blocks = tree.blocks_for(CONTEXT, whole, seed=SEED, shown=shown)
        assert SEED not in {blocks[n : n + 16] for n in range(0, len(blocks), 16)}


@pytest.mark.parametrize(
    ("shown", "blocks", "seen"),
    [
        (1, bytes(16), 1),
        (1, bytes(48), 1),
        (1, bytes(33), 1),
        (1, b"", 1),
        (1 << 12, bytes(32), 1),
        (1 << 12, bytes(16), 1),  # the root, and a claim of which nobody knows
        (3, bytes(32), 1),
        (1, bytes(32), 2),
    ],
)
def test_other_than_the_blocks_and_items_of_a_shape_is_refused(
    shown: int, blocks: bytes, seen: int
) -> None:
    with pytest.raises(MalformedError):
        tree.shown_root(CONTEXT, items(seen), leaves=12, shown=shown, blocks=blocks)


def test_another_context_has_another_root() -> None:
    other = tree.context_of(b"another head")
    whole = items(4)
    assert tree.root_of(CONTEXT, whole, seed=SEED) != tree.root_of(
        other, whole, seed=SEED
    )
