import re
from collections.abc import Iterator
from string import Formatter

import pytest

from idwallet.credentials.presence import PersonVerified
from idwallet.errors import UsageError
from idwallet.explain.words import LANGUAGES, READERS, Language, Phrase, words
from idwallet.report import FACTS, TABLE, CheckId, Outcome, Reason
from idwallet.trust.revocation.structures import RevocationReason, Unsettled
from idwallet.trust.status_list.structures import ListFault

# What the fact `what` can be when it is a code and not a sentence of the library.
CAUSES = (
    Unsettled,
    RevocationReason,
    ListFault,
    tuple(each for each in PersonVerified if each is not PersonVerified.NONE),
)

# Names that standards and programs spell in Latin letters in any language.
TERMS = {
    "verifier_info",
    "CAdES",
    "CMS",
    "PDF",
    "XML",
    "ISO/IEC",
    "SignerProfileRule",
    "ReaderRule",
    "CRL",
    "aud",
    "JSON",
    "NumericDate",
    "OCSP",
    "SD-JWT",
    "UTC",
    "cnf",
    "credential_sets",
    "claim_sets",
    "exp",
    "extends",
    "iat",
    "invalid_nonce",
    "iss",
    "kid",
    "multiple",
    "sd",
    "_sd",
    "sd_hash",
    "state",
    "trusted_authorities",
    "typ",
    "vct",
    "x5c",
    "SHA-256",
    "sha-256",
    "sha-384",
    "sha-512",
    "oauth-authz-req+jwt",
    "openid4vci-proof+jwt",
    "dc+sd-jwt",
    "kb+jwt",
    "docs/reference/limits.md",
}

Said = tuple[CheckId, Reason, str, Phrase]


def _said(language: Language) -> Iterator[Said]:
    for check_id, reason in TABLE:
        told = words(language)["checks"][check_id.value]["reasons"][reason.value]
        for reader in READERS:
            yield check_id, reason, reader, told[reader]
    for name, reasons in words(language)["unasked"].items():
        for code, told in reasons.items():
            for reader in READERS:
                yield CheckId(name), Reason(code), reader, told[reader]


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}/{index}")
    else:
        assert isinstance(value, dict)
        for name, item in value.items():
            yield from _leaves(item, f"{path}/{name}")


def _placeholders(template: str) -> set[str]:
    parsed = list(Formatter().parse(template))
    assert all(not spec and not conversion for _, _, spec, conversion in parsed)
    return {name for _, name, _, _ in parsed if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_and_reason_has_words_and_there_are_no_others(
    language: Language,
) -> None:
    told = {
        (check_id, reason)
        for check_id, check in words(language)["checks"].items()
        for reason in check["reasons"]
    }
    assert told == {(check_id.value, reason.value) for check_id, reason in TABLE}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_speaks_to_exactly_the_three_readers(language: Language) -> None:
    for check in words(language)["checks"].values():
        for reason in check["reasons"].values():
            assert tuple(reason) == READERS
            assert all(set(phrase) == {"text", "next"} for phrase in reason.values())


def test_a_code_shown_unasked_has_the_same_words_of_its_own_in_each_language() -> None:
    told = [
        {
            (name, code, reader)
            for name, reasons in words(language)["unasked"].items()
            for code, said in reasons.items()
            for reader in said
        }
        for language in LANGUAGES
    ]
    assert told[0] == told[1]
    assert {(CheckId(name), Reason(code)) for name, code, _ in told[0]} <= TABLE.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_uses_only_facts_that_its_reason_carries(language: Language) -> None:
    for check_id, reason, reader, phrase in _said(language):
        known = set(TABLE[check_id, reason].facts)
        for template in phrase.values():
            assert isinstance(template, str)
            assert _placeholders(template) <= known, (check_id, reason, reader)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_integrator_reads_every_fact_in_the_sentence_or_beside_it(
    language: Language,
) -> None:
    for check_id, reason, reader, phrase in _said(language):
        if reader == "integrator":
            facts = set(TABLE[check_id, reason].facts) - {"until", "since"}
            assert facts <= _placeholders(phrase["text"]), (check_id, reason)


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_never_read_technical_facts(language: Language) -> None:
    technical = {"what", "at", "found", "window", "waits_for"}
    for check_id, reason, reader, phrase in _said(language):
        if reader != "integrator":
            used = _placeholders(phrase["text"]) | _placeholders(phrase["next"])
            assert not used & technical, (check_id, reason, reader)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_did_not_pass_or_was_accepted_says_what_to_do(
    language: Language,
) -> None:
    for check_id, reason, reader, phrase in _said(language):
        accepted = reason.value.endswith("_accepted")
        if accepted or TABLE[check_id, reason].outcome is not Outcome.PASSED:
            assert phrase["next"], (check_id, reason, reader)
        elif reason is not Reason.SURPLUS_WITHHELD:
            assert not phrase["next"], (check_id, reason, reader)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_empty_or_padded(language: Language) -> None:
    for path, text in _leaves(words(language)):
        assert text or path.endswith("/next"), path
        assert text == text.strip() or path == "/separator", path
        assert "  " not in text, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_begin_with_a_capital_and_end_with_a_full_stop(
    language: Language,
) -> None:
    found = words(language)
    sentences = [
        *(text for _, _, _, phrase in _said(language) for text in _texts(phrase)),
        *(text for phrase in found["not_run"].values() for text in _texts(phrase)),
        *(text for _, text in _leaves(found["headlines"])),
        *(text for _, text in _leaves(found["as_of"])),
        *(text for _, text in _leaves(found["as_of_evidence"])),
    ]
    for sentence in sentences:
        assert sentence.endswith("."), sentence
        assert not sentence.endswith(".."), sentence
        assert sentence[0].isupper() or sentence.startswith("{"), sentence


def _texts(phrase: Phrase) -> list[str]:
    return [text for text in (phrase["text"], phrase["next"]) if text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_check_is_asked_as_a_question_and_named_without_a_stop(
    language: Language,
) -> None:
    for check in words(language)["checks"].values():
        assert check["asks"].endswith("?")
        assert not check["name"].endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_of_every_kind_has_a_headline_for_every_reader(
    language: Language,
) -> None:
    headlines = words(language)["headlines"]
    assert set(headlines) == {
        "presentation",
        "request",
        "credential",
        "proof",
        "bundle",
        "trusted_list",
        "registration",
        "document",
        "session",
        "receipt",
        "ledger",
    }
    for kind in headlines.values():
        assert set(kind) == {outcome.value for outcome in Outcome}
        assert all(tuple(each) == READERS for each in kind.values())


def test_both_languages_have_the_same_entries() -> None:
    english, russian = (
        {path for path, _ in _leaves(words(language))} for language in LANGUAGES
    )
    assert english == russian


def test_both_languages_name_the_same_facts_in_what_they_say() -> None:
    for english, russian in zip(_said("en"), _said("ru"), strict=True):
        assert _placeholders(english[3]["text"]) == _placeholders(russian[3]["text"])


def test_the_russian_catalogue_holds_no_english() -> None:
    for path, text in _leaves(words("ru")):
        plain = re.sub(r"\{\w+\}", "", text)
        latin = re.findall(r"[A-Za-z_][A-Za-z0-9_+/.-]*[A-Za-z0-9]|[A-Za-z]", plain)
        assert set(latin) <= TERMS, path


def test_people_read_no_latin_letters_in_russian() -> None:
    for check_id, reason, reader, phrase in _said("ru"):
        if reader != "integrator":
            plain = re.sub(r"\{\w+\}", "", phrase["text"] + phrase["next"])
            assert not re.search("[A-Za-z]", plain), (check_id, reason, reader)


def test_the_english_catalogue_holds_no_cyrillic() -> None:
    for path, text in _leaves(words("en")):
        assert not re.search("[\u0400-\u04ff]", text), path


def test_no_russian_word_mixes_alphabets() -> None:
    for path, text in _leaves(words("ru")):
        plain = re.sub(r"\{\w+\}", " ", text)
        mixed = re.search("[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]", plain)
        assert not mixed, path


def test_russian_uses_its_own_quotation_marks() -> None:
    for path, text in _leaves(words("ru")):
        assert not re.search("[\"“”„']", text), path
        assert text.count("«") == text.count("»"), path


def test_english_uses_curly_quotation_marks_in_pairs() -> None:
    for path, text in _leaves(words("en")):
        assert '"' not in text, path
        assert text.count("“") == text.count("”"), path


def test_people_read_no_jargon_in_english() -> None:
    jargon = re.compile(
        r"\b(credential|presentation|nonce|audience|hash|digest|disclosure|claim"
        r"|policy|anchor|chain|payload|token|verifier|json|jwt|cnf|key binding"
        r"|revocation|metadata|algorithm)s?\b",
        re.IGNORECASE,
    )
    for check_id, reason, reader, phrase in _said("en"):
        if reader != "integrator":
            plain = re.sub(r"\{\w+\}", "", phrase["text"] + " " + phrase["next"])
            assert not jargon.search(plain), (check_id, reason, reader)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_that_has_a_code_is_told_in_words(language: Language) -> None:
    codes = {each.value for kind in CAUSES for each in kind}
    told = words(language)["what"]
    assert set(told) == codes
    assert not any("_" in text for text in told.values())


def test_every_fact_is_described_in_both_languages() -> None:
    assert words("en")["facts"] == FACTS
    assert set(words("ru")["facts"]) == set(FACTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_puts_its_own_quotation_marks_around_a_fact(
    language: Language,
) -> None:
    for check_id, reason, reader, phrase in _said(language):
        for text in _texts(phrase):
            assert not re.search("[«“]{|}[»”]", text), (check_id, reason, reader)


def test_a_catalogue_is_read_once() -> None:
    assert words("en") is words("en")


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(UsageError, match="en, ru"):
        words("../../etc/passwd")  # type: ignore[arg-type]
