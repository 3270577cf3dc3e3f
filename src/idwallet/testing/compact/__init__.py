"""Forged compact credentials, each with its valid twin.

    from idwallet.testing.compact import COMPACT_FORGERIES, CompactScene

    scene = CompactScene()
    for forgery in COMPACT_FORGERIES:
        valid, forged = forgery.twins(scene)
        assert my_till(valid.proof(), valid.bound)
        assert not my_till(forged.proof(), forged.bound)

A twin differs from its forgery in nothing but the fault. Every key is a test key, and
every person is invented.
"""

from idwallet.testing.compact.draft import (
    KID,
    OTHER_TILL,
    TILL,
    WINDOW,
    CompactDraft,
    CompactScene,
    asked_draft,
    compact_draft,
    lenient,
    single_draft,
    twelve_claims,
)
from idwallet.testing.compact.forgeries import COMPACT_FORGERIES, CompactForgery

__all__ = [
    "COMPACT_FORGERIES",
    "KID",
    "OTHER_TILL",
    "TILL",
    "WINDOW",
    "CompactDraft",
    "CompactForgery",
    "CompactScene",
    "asked_draft",
    "compact_draft",
    "lenient",
    "single_draft",
    "twelve_claims",
]
