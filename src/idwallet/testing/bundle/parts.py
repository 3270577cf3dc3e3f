"""Bundles with other parts than were signed for, or at another time than their own."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from idwallet import limits
from idwallet.report import CheckId, Reason
from idwallet.testing.bundle.draft import SEQUENCE, WEEK, BundleDraft
from idwallet.testing.bundle.forgers import (
    FIRST_BLOB,
    BundleForgery,
    Forger,
    changed,
    entry,
    flipped,
    forged,
)
from idwallet.trust.bundle.structures import PartKind

_SEQUENCE: Final = CheckId.BUNDLE_SEQUENCE
_FRESHNESS: Final = CheckId.BUNDLE_FRESHNESS


def _same_size(made: BundleDraft) -> None:
    """Let two blobs be equally long, so that only their digests tell them apart."""
    made.parts = [
        replace(e, data=e.data.ljust(40)) if e.kind is PartKind.BLOB else e
        for e in made.parts
    ]


def _swapped(parts: list[bytes]) -> list[bytes]:
    first, second = parts[FIRST_BLOB], parts[FIRST_BLOB + 1]
    return [*parts[:FIRST_BLOB], second, first, *parts[FIRST_BLOB + 2 :]]


def _first_flipped(parts: list[bytes]) -> list[bytes]:
    return [flipped(parts[0], len(parts[0]) // 2), *parts[1:]]


def _repeated(parts: list[bytes]) -> list[bytes]:
    return [*parts[:FIRST_BLOB], parts[FIRST_BLOB + 1], *parts[FIRST_BLOB + 1 :]]


def _of_another(parts: list[bytes]) -> list[bytes]:
    return [*parts[:FIRST_BLOB], b"x" * 40, *parts[FIRST_BLOB + 1 :]]


def _named_elsewhere(made: BundleDraft) -> None:
    made.mark = replace(made.scene.mark(), series="idwallet TEST hotels")


def _taken(sequence: int) -> Forger:
    def forge(made: BundleDraft) -> None:
        made.mark = made.scene.mark(sequence)

    return forge


def _clock(after: timedelta) -> Forger:
    """Set the device's clock to so long after the issue."""

    def forge(made: BundleDraft) -> None:
        made.at = made.scene.issued + after

    return forge


_PARTS: Final = tuple(
    forged(
        CheckId.BUNDLE_INTEGRITY,
        Reason.MISMATCH,
        said=(
            ("a part with a bit flipped", changed(bend_contents=_first_flipped)),
            ("two parts swapped", changed(bend_contents=_swapped), _same_size),
            ("parts of other lengths swapped", changed(bend_contents=_swapped)),
            (
                "a part twice in place of another",
                changed(bend_contents=_repeated),
                _same_size,
            ),
            ("a part left out", changed(bend_contents=lambda parts: parts[:-1])),
            ("a part too many", changed(bend_contents=lambda p: [*p, b"more"])),
            (
                "a part of another bundle",
                changed(bend_contents=_of_another),
                _same_size,
            ),
            (
                "octets behind the last part",
                changed(bend_file=lambda file: file + b"\0"),
            ),
            ("cut off in its last part", changed(bend_file=lambda file: file[:-1])),
            ("a digest of something else", entry("digest", b"\1" * 32)),
            ("a size of something else", entry("size", 18)),
        ),
    )
)

_TIMES: Final = (
    *(
        BundleForgery(name, _SEQUENCE, reason, forge)
        for name, reason, forge in (
            ("an older bundle", Reason.ROLLED_BACK, _taken(SEQUENCE + 1)),
            ("a much older bundle", Reason.ROLLED_BACK, _taken(limits.BUNDLE_SEQUENCE)),
            ("another bundle of its number", Reason.FORKED, _taken(SEQUENCE)),
            ("a bundle for somebody else", Reason.ANOTHER_SERIES, _named_elsewhere),
        )
    ),
    BundleForgery(
        "a clock that lost a day",
        _FRESHNESS,
        Reason.CLOCK_BEHIND,
        _clock(-timedelta(days=1)),
    ),
    BundleForgery(
        "a clock just behind the issue",
        _FRESHNESS,
        Reason.CLOCK_BEHIND,
        _clock(-limits.CLOCK_SKEW - timedelta(seconds=1)),
        _clock(-limits.CLOCK_SKEW),
    ),
    BundleForgery(
        "past its next update",
        _FRESHNESS,
        Reason.STALE,
        _clock(WEEK + timedelta(seconds=1)),
        _clock(WEEK),
    ),
)


PART_FORGERIES: Final = (*_PARTS, *_TIMES)
