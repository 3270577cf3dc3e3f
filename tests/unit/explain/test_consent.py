"""Every code that is found about a request has its words, in each language."""

import json
import re
from collections.abc import Iterator
from datetime import date
from importlib.resources import files

import pytest

from idwallet.consent import (
    Asking,
    Basis,
    CautionCode,
    Finding,
    ProfileOrigin,
    judge,
    read_purpose,
    shipped_purposes,
)
from idwallet.credentials.query import Query
from idwallet.errors import UsageError
from idwallet.explain import explain_judgement
from idwallet.explain.consent import ConsentWords, consent_words
from idwallet.explain.words import LANGUAGES, Language
from tests.unit.consent.test_purposes import GOOD


def _leaves(value: object, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _leaves(each, f"{at}/{name}")
    else:
        assert isinstance(value, str)
        yield at, value


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_words(language: Language) -> None:
    words = consent_words(language)
    assert set(words) == set(ConsentWords.__annotations__)
    assert set(words["findings"]) >= {each.value for each in Finding}
    assert set(words["cautions"]) >= {each.value for each in CautionCode}
    assert set(words["origins"]) == {each.value for each in ProfileOrigin}
    assert set(words["bases"]) == {each.value for each in Basis}


def test_the_languages_say_the_same_things_with_the_same_facts() -> None:
    one, other = (dict(_leaves(consent_words(each))) for each in LANGUAGES)
    assert one.keys() == other.keys()
    for name, text in one.items():
        facts = set(re.findall(r"{\w*}", text))
        assert facts == set(re.findall(r"{\w*}", other[name])), name


def test_a_language_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(UsageError):
        consent_words("de")  # type: ignore[arg-type]


def test_the_catalogues_hold_nothing_twice() -> None:
    folder = files("idwallet.explain").joinpath("catalogue")
    for language in LANGUAGES:
        text = folder.joinpath(f"consent.{language}.json").read_text("utf-8")
        names = re.findall(r'^ *"(\w+)":', text, flags=re.MULTILINE)
        held = [part for at, _ in _leaves(json.loads(text)) for part in at.split("/")]
        assert set(held) - {""} == set(names)


def test_what_a_profile_says_is_made_safe_to_show() -> None:
    evil = "\x1b[2J<script>\u202e"
    document = {
        **GOOD,
        "display": {"en": evil, "ru": evil},
        "sources": [{**GOOD["sources"][0], "title": {"en": evil, "ru": evil}}],
        "retention": {
            "days": 3,
            "counted": "presentation",
            "basis": {"en": evil, "ru": evil},
        },
    }
    profile = read_purpose(json.dumps(document).encode(), at="evil.json")
    purposes = shipped_purposes().with_profiles([profile])
    query = Query.claims("urn:example:club", ("member", "number"), (evil,))
    found = judge(Asking(query=query, purpose="club-entry"), purposes=purposes)
    for language in LANGUAGES:
        told = explain_judgement(found, lang=language)
        text = str(told) + "".join(told.claims.values())
        assert "\x1b" not in text
        assert "<script>" not in text
        assert "\u202e" not in text


def test_a_date_of_a_source_is_a_date() -> None:
    sources = [e for p in shipped_purposes().by_name.values() for e in p.sources]
    assert all(isinstance(each.read, date) for each in sources)
