"""What forges bundles: one function for each thing that can be changed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from idwallet.codec.cbor import CborKey, CborValue
from idwallet.report import CheckId, Reason
from idwallet.testing.bundle.draft import BundleDraft, BundleScene, bundle_draft
from idwallet.testing.corpus.forgery import Forged
from idwallet.trust.bundle.members import seconds

Forger = Callable[[BundleDraft], None]

FIRST_BLOB: Final = 1
"""The place of the first blob among the parts of an honest bundle; a second follows."""

STATUS: Final = 3
"""The place of the status list."""


@dataclass(frozen=True, slots=True)
class BundleForgery(Forged[BundleDraft]):
    """A bundle that a device must refuse; see `Forged`."""

    def twins(self, scene: BundleScene) -> tuple[BundleDraft, BundleDraft]:
        """Return the valid bundle and the forged one."""
        return self.apart(lambda: bundle_draft(scene))


def changed(**fields: object) -> Forger:
    """Return what sets fields of a draft."""

    def forge(made: BundleDraft) -> None:
        for name, value in fields.items():
            setattr(made, name, value)

    return forge


def member(name: str, value: CborValue) -> Forger:
    """Return what sets a member of the manifest."""

    def forge(made: BundleDraft) -> None:
        made.members = {**made.members, name: value}

    return forge


def entry(name: str, value: CborValue, *, place: int = FIRST_BLOB) -> Forger:
    """Return what sets a member of what the manifest says of one part."""

    def forge(made: BundleDraft) -> None:
        of_part = {**made.entries.get(place, {}), name: value}
        made.entries = {**made.entries, place: of_part}

    return forge


def header(label: CborKey, value: CborValue) -> Forger:
    """Return what sets a parameter of the signed header."""

    def forge(made: BundleDraft) -> None:
        made.protected = {**made.protected, label: value}

    return forge


def several(*forgers: Forger) -> Forger:
    """Return what changes several things."""

    def forge(made: BundleDraft) -> None:
        for each in forgers:
            each(made)

    return forge


def moment(name: str, after: timedelta) -> Forger:
    """Return what sets a moment of the manifest to so long after the issue."""

    def forge(made: BundleDraft) -> None:
        member(name, seconds(made.scene.issued + after))(made)

    return forge


def flipped(data: bytes, place: int = 9) -> bytes:
    """Return the bytes with one bit of one of them changed."""
    place %= len(data)
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


Said = tuple[str, Forger] | tuple[str, Forger, Forger]
"""A forgery's name, what forges it, and what shapes both twins before."""


def forged(
    check: CheckId, reason: Reason, *, said: Iterable[Said]
) -> Iterator[BundleForgery]:
    """Yield forgeries that this check refuses for this reason."""
    for name, forge, *before in said:
        yield BundleForgery(name, check, reason, forge, *before)
