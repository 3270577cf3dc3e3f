"""What one bundle says that another does not."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

from idwallet.trust.anchor import TrustAnchor
from idwallet.trust.bundle.anchors import read_anchors
from idwallet.trust.bundle.opened import Bundle
from idwallet.trust.bundle.structures import PartEntry, PartKind


class Change(StrEnum):
    """What became of something from one bundle to the next."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part that only one of two bundles has, or both with another content or age."""

    change: Change
    before: PartEntry | None
    after: PartEntry | None

    @property
    def place(self) -> str:
        """How the part is called."""
        entry = self.after or self.before
        return "" if entry is None else entry.place


@dataclass(frozen=True, slots=True)
class AnchorChange:
    """An anchor that only one of two bundles has, or both in another way.

    `members` are the fields that differ. `announced` says, where the key does, whether
    the old anchor had announced the new one: None where the key is the same.
    """

    change: Change
    name: str
    members: tuple[str, ...] = ()
    announced: bool | None = None


@dataclass(frozen=True, slots=True)
class Differences:
    """All that differs between two bundles, sorted by name."""

    parts: tuple[PartChange, ...]
    anchors: tuple[AnchorChange, ...]


def compare_bundles(before: Bundle, after: Bundle) -> Differences:
    """Say what differs; only parts of anchors are read.

    Raises:
        VerificationFailed: a part is not what was signed for.
        LimitError, MalformedError, UnsupportedError: anchors break their form.
        PortError: a source cannot be read.
    """
    anchors = _anchor_changes(_anchors(before), _anchors(after))
    return Differences(tuple(_part_changes(before, after)), tuple(anchors))


def _part_changes(before: Bundle, after: Bundle) -> Iterator[PartChange]:
    old = {each.place: each for each in before.manifest.parts}
    new = {each.place: each for each in after.manifest.parts}
    for place in sorted(old.keys() | new.keys()):
        was, now = old.get(place), new.get(place)
        if was != now:
            yield PartChange(_change(was, now), was, now)


def _change(was: object, now: object) -> Change:
    if was is None:
        return Change.ADDED
    return Change.REMOVED if now is None else Change.CHANGED


def _anchors(bundle: Bundle) -> list[TrustAnchor]:
    return [
        anchor
        for entry in bundle.entries(PartKind.ANCHORS)
        for anchor in read_anchors(bundle.read(entry), at=entry.place)
    ]


def _anchor_changes(
    old: list[TrustAnchor], new: list[TrustAnchor]
) -> Iterator[AnchorChange]:
    gone = [each for each in old if each not in new]
    come = [each for each in new if each not in old]
    for name in sorted({each.name for each in (*gone, *come)}):
        was = [each for each in gone if each.name == name]
        now = [each for each in come if each.name == name]
        for left, right in zip(was, now, strict=False):
            yield _changed(left, right)
        for _ in was[len(now) :]:
            yield AnchorChange(Change.REMOVED, name)
        for _ in now[len(was) :]:
            yield AnchorChange(Change.ADDED, name)


def _changed(was: TrustAnchor, now: TrustAnchor) -> AnchorChange:
    differing = tuple(
        each.name
        for each in fields(TrustAnchor)
        if getattr(was, each.name) != getattr(now, each.name)
    )
    before, after = _key_ids(was), _key_ids(now)
    announced = None if after <= before else after - before <= was.successors
    return AnchorChange(Change.CHANGED, now.name, differing, announced)


def _key_ids(anchor: TrustAnchor) -> set[bytes]:
    keys: Iterable[bytes] = (each.key.spki for each in anchor.keys)
    if anchor.certificate is not None:
        keys = (anchor.certificate.public_key.spki,)
    return {hashlib.sha256(each).digest() for each in keys}
