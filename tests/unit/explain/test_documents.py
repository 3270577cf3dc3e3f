"""What is said of signed documents, and of which signature."""

from functools import cache

import pytest

from idwallet.explain import explain
from idwallet.explain.words import LANGUAGES, READERS, Language, Reader
from idwallet.testing.cms_draft import CmsDraft
from idwallet.testing.document_draft import (
    CONTRACT,
    DocumentDraft,
    DocumentScene,
    document_draft,
    stamped,
)
from idwallet.testing.documents import DOCUMENT_FORGERIES


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST words about documents")


def by_two() -> DocumentDraft:
    made = document_draft(scene())
    made.cms = CmsDraft.of(
        scene().signer, scene().second, content=CONTRACT, at=scene().at
    )
    return made


def texts(made: DocumentDraft, lang: Language = "en") -> list[str]:
    lines = explain(made.report(), lang=lang, reader="clerk").lines
    return [each.text for each in lines]


def test_of_one_signature_it_is_not_said_which() -> None:
    made = document_draft(scene())
    stamped(made)
    made.document = None
    assert texts(made) == [
        "The document that was signed is not here, only the signature."
    ]


def test_of_several_signatures_they_are_counted_from_one() -> None:
    made = by_two()
    made.cms.signers[1].covered = b"something else"
    assert "[signature 2] The signature is not genuine." in texts(made)
    assert "[подпись 2] Подпись не подлинная." in texts(made, "ru")


def test_a_signature_on_a_signature_is_counted_below_it() -> None:
    made = document_draft(scene())

    def forge(own: object) -> None:
        own.covered = b"something else"  # type: ignore[attr-defined]  # a draft

    made.counter = forge
    assert "[signature 1/1] The signature is not genuine." in texts(made)


def test_the_headline_is_about_the_document() -> None:
    passed = explain(document_draft(scene()).report(), reader="holder")
    assert passed.headline == "The document is signed, and nothing stands against it."
    made = document_draft(scene())
    made.document = b"another"
    failed = explain(made.report(), lang="ru", reader="clerk")
    assert failed.headline == "Не принимайте подписанный документ."


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("reader", READERS)
def test_every_forged_document_has_words(lang: Language, reader: Reader) -> None:
    for forgery in DOCUMENT_FORGERIES[::7]:
        report = forgery.twins(scene())[1].report()
        assert str(explain(report, lang=lang, reader=reader))
