"""Ledgers in words, and the letter that asks for deletion."""

from dataclasses import replace
from pathlib import Path
from string import Formatter
from urllib.parse import parse_qs, urlsplit

import pytest

from idwallet.consent import (
    AuthenticatedBy,
    ClaimsShown,
    EntryKind,
    LegalContacts,
    Party,
    Proves,
    Sending,
    draft_deletion,
    verify_ledger_export,
)
from idwallet.errors import UsageError
from idwallet.explain.ledger import (
    explain_deletion,
    explain_ledger,
    ledger_words,
)
from idwallet.explain.words import LANGUAGES, Language
from idwallet.testing.ledger_draft import LedgerScene, ledger_draft
from idwallet.trust.policies import WALLET

SCENE = LedgerScene(seed=b"idwallet TEST ledgers in words")
FIRST = SCENE.entries()[0]

GOLDEN = Path(__file__).parent / "golden"


def letter(lang: Language, purpose: str | None = "age-restricted sale") -> str:
    shown = ClaimsShown(
        "pid",
        "dc+sd-jwt",
        "urn:eudi:pid:1",
        (("family_name",), ("address", "locality"), ("address", "country"), ("<b>",)),
    )
    entry = replace(FIRST, shown=(shown,), purpose=purpose)
    made = draft_deletion(entry, index=0, at=SCENE.at)
    return explain_deletion(made, lang=lang).body


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_letter_says_all_that_the_other_side_needs_and_no_value(
    lang: Language,
) -> None:
    path = GOLDEN / f"deletion.{lang}.txt"
    assert letter(lang) + "\n" == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_letter_without_a_purpose_names_none(lang: Language) -> None:
    assert "age-restricted" not in letter(lang, purpose=None)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_subject_says_what_the_mail_is_for(lang: Language) -> None:
    legal = LegalContacts(support=("privacy@shop.example",))
    made = draft_deletion(replace(FIRST, legal=legal), index=0, at=SCENE.at)
    found = explain_deletion(made, lang=lang)
    assert "17" in found.subject
    link = found.mailto(made.contacts[0].address)
    split = urlsplit(link)
    assert (split.scheme, split.path) == ("mailto", "privacy@shop.example")
    fields = parse_qs(split.query)
    assert fields["subject"] == [found.subject]
    assert fields["body"] == [found.body.replace("\n", "\r\n")]


def test_a_name_from_outside_cannot_write_a_letter_of_its_own() -> None:
    party = Party("Shop\n\nBcc: x", "id", AuthenticatedBy.CERTIFICATE)
    made = draft_deletion(replace(FIRST, party=party), index=0, at=SCENE.at)
    first = explain_deletion(made).body.splitlines()[0]
    assert first == "To Shop‹U+000A›‹U+000A›Bcc: x."


def test_what_a_ledger_proves_is_said_with_who_says_so() -> None:
    found = verify_ledger_export(
        ledger_draft(SCENE).to_bytes(), trust=SCENE.trust, policy=WALLET, at=SCENE.at
    )
    lines = explain_ledger(found).splitlines()
    assert lines[1].startswith("Of the first 3 entries none is missing: ")
    assert lines[-1].startswith("What no ledger proves")
    assert len(explain_ledger(found, lang="ru").splitlines()) == len(lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_has_words(lang: Language) -> None:
    words = ledger_words(lang)
    assert set(words["proves"]) == set(Proves)
    assert set(words["kinds"]) == set(EntryKind)
    assert set(words["sending"]) == set(Sending)
    assert set(words["authenticated"]) == set(AuthenticatedBy)


def test_both_languages_fill_in_the_same() -> None:
    english, russian = (ledger_words(each) for each in LANGUAGES)
    assert english.keys() == russian.keys()
    for name in ("to", "answered", "answered_for", "claims", "whole", "found_by"):
        fields = [
            {field for _, field, _, _ in Formatter().parse(str(each[name]))}  # type: ignore[literal-required]
            for each in (english, russian)
        ]
        assert fields[0] == fields[1]


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(UsageError, match="en, ru"):
        ledger_words("../x")  # type: ignore[arg-type]
