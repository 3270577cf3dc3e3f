"""Forged mobile documents, each with its valid twin.

    from idwallet.testing.mdoc import MDOC_FORGERIES, MdocScene, judge

    scene = MdocScene()
    for forgery in MDOC_FORGERIES:
        valid, forged = forgery.twins(scene)
        assert my_reader(valid.response(), valid.session)
        assert not my_reader(forged.response(), forged.session)

`READER_FORGERIES` are requests of readers that no wallet may answer, judged by
`judge_reader`.

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
from idwallet.testing.mdoc.reader_draft import (
    ReaderDraft,
    judge_reader,
    reader_draft,
    reader_identity,
)
from idwallet.testing.mdoc.reader_forgeries import READER_FORGERIES, ReaderForgery

__all__ = [
    "MDL",
    "MDOC_FORGERIES",
    "NAMESPACE",
    "READER_FORGERIES",
    "MdocDraft",
    "MdocForgery",
    "MdocScene",
    "ReaderDraft",
    "ReaderForgery",
    "judge",
    "judge_reader",
    "mdoc_draft",
    "reader_draft",
    "reader_identity",
]
