"""Whatever is agreed to has its words, whole, in each language."""

import re
from pathlib import Path

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.codec.text import TextWarning
from idwallet.consent.transaction import (
    PAYMENT,
    SIGNATURE,
    TRANSACTION_TYPES,
    Contract,
    ContractDocument,
    Transaction,
    TransactionLabel,
    TransactionLine,
    read_transaction,
)
from idwallet.errors import UsageError
from idwallet.explain import explain_transaction
from idwallet.explain.transactions import TransactionWords, transaction_words
from idwallet.explain.words import LANGUAGES, Language
from tests.unit.explain.test_consent import _leaves

GOLDEN = Path(__file__).parent / "golden"
LEASE = ContractDocument.of("lease.txt", b"The flat is let.\n")
# Everybody here is invented.
CONTENTS: tuple[JsonObject, ...] = (
    Contract(
        "agreement-1",
        "Lease of a flat",
        (LEASE,),
        ("owner", "tenant", "guarantor"),
        in_turn=True,
    ).content("tenant", credential_ids=("pid",), previous=bytes(32)),
    {
        "type": PAYMENT,
        "credential_ids": ["pid"],
        "payload": {
            "transaction_id": "T-1",
            "payee": "Магазин «Пpимер»",  # the second letter is Latin
            "payee_id": "XX00 0000",
            "amount": {"value": 14.5, "currency": "EUR"},
            "execution_date": "2026-12-01T00:00:00Z",
            "recurring": {"frequency": "MNTH", "end_date": "2027-12-01"},
            "note": {"to": "<b>nobody</b>\n\u202e", "count": 2},
        },
    },
    {
        "type": SIGNATURE,
        "credential_ids": ["pid"],
        "signatureQualifier": "eu_eidas_qes",
        "credentialID": "key-7",
        "documentDigests": [
            {
                "label": "Example Contract",
                "hash": "7Qzm5EjuzXKSHFlc0OH9PP9qUaH-VBl2aGNbwYj1oOA",
                "hashAlgorithmOID": "2.16.840.1.101.3.4.2.1",
            },
            {"label": "Annex", "hash": "AAAA"},
        ],
    },
)


def _read(content: JsonObject) -> Transaction:
    return read_transaction(str(content["type"]), content)


def _texts(language: Language) -> str:
    told = (explain_transaction(_read(each), lang=language) for each in CONTENTS)
    return "\n\n".join(map(str, told)) + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_those_that_were_read_and_approved(language: Language) -> None:
    golden = (GOLDEN / f"transactions.{language}.txt").read_text("utf-8")
    assert _texts(language) == golden


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_type_and_warning_has_its_words(language: Language) -> None:
    words = transaction_words(language)
    assert set(words) == set(TransactionWords.__annotations__)
    assert set(words["lines"]) == {each.value for each in TransactionLabel}
    assert set(words["with_detail"]) <= set(words["lines"])
    assert set(words["types"]) == {*TRANSACTION_TYPES, "other"}
    assert set(words["warnings"]) == {each.value for each in TextWarning}


def test_the_languages_say_the_same_things_with_the_same_facts() -> None:
    one, other = (dict(_leaves(transaction_words(each))) for each in LANGUAGES)
    assert one.keys() == other.keys()
    for name, text in one.items():
        facts = sorted(re.findall(r"{\w*}", text))
        assert facts == sorted(re.findall(r"{\w*}", other[name])), name


@pytest.mark.parametrize("content", CONTENTS, ids=lambda each: str(each["type"]))
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_line_that_is_hashed_is_one_line_that_is_told(
    content: JsonObject, language: Language
) -> None:
    read = _read(content)
    told = explain_transaction(read, lang=language)
    assert len(told.lines) == len(read.lines)
    for line, words in zip(read.lines, told.lines, strict=True):
        assert line.shown in words.text or line.value in words.text
        assert "\n" not in words.text


def test_no_value_is_cut_off_however_long_and_hidden_it_is() -> None:
    value = "\U0010fffd" * limits.TEXT_CHARACTERS + "a" * 5_000 + " and the house"
    line = TransactionLine(TransactionLabel.OTHER, value, "/note")
    (told,) = explain_transaction(Transaction(PAYMENT, (line,))).lines
    assert told.text.endswith("a and the house”")
    assert told.text.count("‹U+10FFFD›") == limits.TEXT_CHARACTERS
    assert line.shown.endswith("and the house")


def test_words_for_a_kind_of_signature_stand_for_nothing_else() -> None:
    line = TransactionLine(TransactionLabel.PAYEE, "eu_eidas_qes")
    (told,) = explain_transaction(Transaction(PAYMENT, (line,))).lines
    assert told.text == "Payee: “eu_eidas_qes”"


def test_a_name_that_looks_like_a_template_is_told_as_it_is() -> None:
    line = TransactionLine(TransactionLabel.TITLE, "{detail}", "x")
    (told,) = explain_transaction(Transaction("other", (line,))).lines
    assert told.text == "Contract: “{detail}”"


def test_a_document_named_previous_is_no_agreement_of_somebody_before() -> None:
    document = ContractDocument.of("previous", b"")
    made = Contract("a", "t", (document,), ("owner", "tenant"))
    content = made.content("tenant", credential_ids=("pid",), previous=None)
    told = str(explain_transaction(_read(content)))
    assert "Digest (previous): " in told
    assert "the party before you" not in told


def test_a_language_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(UsageError):
        explain_transaction(_read(CONTENTS[0]), lang="de")  # type: ignore[arg-type]


if __name__ == "__main__":
    for each in LANGUAGES:
        (GOLDEN / f"transactions.{each}.txt").write_text(_texts(each), "utf-8")
