"""Bundles by hand, for the files of checks on them."""

from collections.abc import Callable
from typing import Final

from idwallet.report import Check, CheckId
from idwallet.testing.bundle import (
    BundleDraft,
    BundleScene,
    bundle_draft,
    judge_bundle,
)

SCENE: Final = BundleScene(seed=b"idwallet TEST checks on bundles")


def judged(
    check_id: CheckId, change: Callable[[BundleDraft], None] = lambda _: None
) -> Check:
    """The one answer to that check on an honest bundle that was changed."""
    made = bundle_draft(SCENE)
    change(made)
    (found,) = [each for each in judge_bundle(made).checks if each.id is check_id]
    return found


def cut_short(made: BundleDraft) -> None:
    """Leave nothing that can be read."""
    made.bend_file = lambda file: file[:99]


def changed_after_signing(made: BundleDraft) -> None:
    """Change the manifest under the signature."""
    made.bend_payload = lambda payload: payload[:-1] + bytes((payload[-1] ^ 1,))
