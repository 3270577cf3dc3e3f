"""Forged mobile documents, each with its valid twin.

    from idwallet.testing.mdoc import MDOC_FORGERIES, MdocScene, judge

    scene = MdocScene()
    for forgery in MDOC_FORGERIES:
        valid, forged = forgery.twins(scene)
        assert my_reader(valid.response(), valid.session)
        assert not my_reader(forged.response(), forged.session)

`READER_FORGERIES` are requests of readers that no wallet may answer, judged by
`judge_reader`; `ANSWER_FORGERIES` whole answers that no reader may take.

A twin differs from its forgery in nothing but the fault. Every key is a test key, and
every person is invented.
"""

from idwallet.testing.mdoc.answer_draft import AnswerDraft, answer_draft
from idwallet.testing.mdoc.answer_forgeries import ANSWER_FORGERIES, AnswerForgery
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
    "ANSWER_FORGERIES",
    "MDL",
    "MDOC_FORGERIES",
    "NAMESPACE",
    "READER_FORGERIES",
    "AnswerDraft",
    "AnswerForgery",
    "MdocDraft",
    "MdocForgery",
    "MdocScene",
    "ReaderDraft",
    "ReaderForgery",
    "answer_draft",
    "judge",
    "judge_reader",
    "mdoc_draft",
    "reader_draft",
    "reader_identity",
]
