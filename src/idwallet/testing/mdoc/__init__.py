"""Forged mobile documents, each with its valid twin.

    from idwallet.testing.mdoc import MDOC_FORGERIES, MdocScene, judge

    scene = MdocScene()
    for forgery in MDOC_FORGERIES:
        valid, forged = forgery.twins(scene)
        assert my_reader(valid.response(), valid.session)
        assert not my_reader(forged.response(), forged.session)

A twin differs from its forgery in nothing but the fault. Every key is a test key, and
every person is invented.
"""

from idwallet.testing.mdoc.draft import (
    MDL,
    NAMESPACE,
    MdocDraft,
    MdocScene,
    judge,
    mdoc_draft,
)
from idwallet.testing.mdoc.forgeries import MDOC_FORGERIES, MdocForgery

__all__ = [
    "MDL",
    "MDOC_FORGERIES",
    "NAMESPACE",
    "MdocDraft",
    "MdocForgery",
    "MdocScene",
    "judge",
    "mdoc_draft",
]
