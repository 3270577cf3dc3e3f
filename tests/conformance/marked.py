"""Claims where `Hidden` marks what is selectively disclosable, and what follows.

Computed from the marks alone, so that it can be held against what the library does.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from idwallet.codec.json import JsonValue
from idwallet.credentials.paths import ClaimPath

Tree = object
"""A JSON value, where `Hidden` marks what is selectively disclosable."""


@dataclass(frozen=True)
class Hidden:
    """A name or an array element that ``!sd`` marks."""

    inner: Tree

    def __hash__(self) -> int:
        return hash(self.inner) if isinstance(self.inner, str) else id(self)


def plain(tree: Tree) -> JsonValue:
    """Return the value without marks."""
    if isinstance(tree, Hidden):
        return plain(tree.inner)
    if isinstance(tree, dict):
        return {str(plain(name)): plain(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [plain(each) for each in tree]
    if tree is None or isinstance(tree, str | int | float):
        return tree
    raise TypeError(type(tree).__name__)


def hidden_paths(tree: Tree, here: ClaimPath = ()) -> Iterator[ClaimPath]:
    """Return where the marked claims stand."""
    for key, value, hidden in _members(tree):
        if hidden:
            yield (*here, key)
        yield from hidden_paths(value, (*here, key))


def _members(tree: Tree) -> Iterator[tuple[str | int, Tree, bool]]:
    """Return key, value and whether it is hidden, of each member or element."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield str(plain(name)), value, isinstance(name, Hidden)
    if isinstance(tree, list):
        for number, value in enumerate(tree):
            hidden = isinstance(value, Hidden)
            yield number, value.inner if isinstance(value, Hidden) else value, hidden


def _wanted_of(wanted: Tree, key: str | int) -> Tree:
    """Return what the holder wants of a member; None for nothing."""
    if isinstance(wanted, dict) and isinstance(key, str):
        return wanted.get(key)
    if isinstance(wanted, list) and isinstance(key, int) and key < len(wanted):
        return wanted[key]
    return None


def shown(tree: Tree, wanted: Tree) -> JsonValue:
    """Return what a verifier sees when the holder discloses what is `wanted`.

    A hidden claim is seen where it is wanted (truthy), one in clear always.
    """
    seen = [
        (key, shown(value, _wanted_of(wanted, key)))
        for key, value, hidden in _members(tree)
        if not hidden or _wanted_of(wanted, key)
    ]
    if isinstance(tree, dict):
        return {str(key): value for key, value in seen}
    if isinstance(tree, list):
        return [value for _, value in seen]
    return plain(tree)


def wanted_paths(tree: Tree, wanted: Tree, here: ClaimPath = ()) -> Iterator[ClaimPath]:
    """Return the claim paths that a user of this library chooses for `wanted`.

    A path shows a claim with all that is inside it, so a hidden claim is chosen by
    what stands in clear inside it, and what is hidden there only where it is wanted.
    """
    for key, value, hidden in _members(tree):
        inner = _wanted_of(wanted, key)
        if hidden and inner:
            yield from _in_clear(value, (*here, key))
        yield from wanted_paths(value, inner, (*here, key))


def _in_clear(tree: Tree, here: ClaimPath) -> Iterator[ClaimPath]:
    if not isinstance(tree, dict | list) or not tree:
        yield here
    for key, value, hidden in _members(tree):
        if not hidden:
            yield from _in_clear(value, (*here, key))
