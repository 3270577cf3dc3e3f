"""Lists of trust for tests, in all three forms, right or wrong in one thing.

    from idwallet.testing.lists import LIST_FORGERIES, ListScene

    scene = ListScene()
    for forgery in LIST_FORGERIES:
        valid, forged = forgery.twins(scene)
        assert isinstance(valid.judgement(), VerifiedList)
        assert isinstance(forged.judgement(), UnverifiedList)

Every key in a scene is a test key, and every organisation is invented.
"""

from idwallet.testing.lists.drafts import ListDraft, list_draft
from idwallet.testing.lists.forgeries import LIST_FORGERIES
from idwallet.testing.lists.forgery import ListForgery
from idwallet.testing.lists.scene import (
    ListedEntry,
    ListFacts,
    ListScene,
    PointedList,
)

__all__ = [
    "LIST_FORGERIES",
    "ListDraft",
    "ListFacts",
    "ListForgery",
    "ListScene",
    "ListedEntry",
    "PointedList",
    "list_draft",
]
