"""Forged trust bundles for your own reader of them, each with its valid twin.

    from idwallet.testing.bundle import BUNDLE_FORGERIES, BundleScene

    scene = BundleScene()
    for forgery in BUNDLE_FORGERIES:
        valid, forged = forgery.twins(scene)
        my_device.take(valid.file(), valid.context())
        my_device.take(forged.file(), forged.context())   # must be refused

`forgery.check` and `forgery.reason` say why; `judge_bundle` is this library's own
answer. A twin differs from its forgery in nothing but the fault.
"""

from idwallet.testing.bundle.cases import BUNDLE_FORGERIES
from idwallet.testing.bundle.draft import (
    BundleDraft,
    BundleScene,
    bundle_draft,
    judge_bundle,
)
from idwallet.testing.bundle.forgers import BundleForgery

__all__ = [
    "BUNDLE_FORGERIES",
    "BundleDraft",
    "BundleForgery",
    "BundleScene",
    "bundle_draft",
    "judge_bundle",
]
