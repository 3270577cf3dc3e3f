"""A consent screen, a card, a history and a receipt in words."""

import json
import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest

from idwallet import Holder, Query, evaluate_presentation
from idwallet.consent import Promise, Receipt
from idwallet.consent.receipt.structures import read_receipt
from idwallet.errors import UsageError
from idwallet.explain import (
    Language,
    explain_card,
    explain_choice,
    explain_happening,
    explain_receipt,
)
from idwallet.explain.claims import claim_value, wallet_words
from idwallet.explain.names import party_name
from idwallet.roles.asked import Choice
from idwallet.roles.receipts import give_receipt
from idwallet.testing.compact.family import Family
from idwallet.testing.scene import Scene

LANGUAGES: tuple[Language, ...] = ("en", "ru")
TOO_MUCH = Query.claims(
    "national-id", "family_name", "birth_date", formats=["dc+sd-jwt"]
)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene()


@pytest.fixture
def wallet(scene: Scene) -> Holder:
    found = scene.new_wallet()
    found.add(scene.issue(), at=scene.at)
    return found


def chosen(wallet: Holder, scene: Scene, query: Query, *, purpose: str) -> Choice:
    request = scene.verifier.request(query, purpose=purpose, at=scene.at)
    asked = wallet.read_request(request.message.raw, at=scene.at)
    return wallet.match(asked, at=scene.at).choose()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_choice_is_told_with_who_asks_what_is_too_much_and_its_values(
    lang: Language, wallet: Holder, scene: Scene
) -> None:
    choice = chosen(wallet, scene, TOO_MUCH, purpose="age-restricted-sale")
    told = explain_choice(choice, lang=lang, links=wallet.linked(choice))
    assert "TEST shop.example (idwallet TEST only, XX)" in told.asker.name
    assert "idwallet TEST root" in told.asker.known_by
    assert told.warnings
    (card,) = told.cards
    assert [each.is_excessive for each in card.claims] == [True, True]
    assert all(each.standing for each in card.claims)
    values = {each.path[-1]: each.value for each in card.claims}
    born = {"en": "17 May 1990", "ru": "17 мая 1990"}
    assert values["birthdate"] == born[lang]
    # What nobody asked for is not among them.
    assert {each.path for each in card.along} == set()
    assert "given_name" not in {each.path[-1] for each in card.claims}
    assert told.retention


def test_a_needed_claim_is_told_as_such_and_nobody_is_warned(
    wallet: Holder, scene: Scene
) -> None:
    query = Query.age_over(18, formats=["dc+sd-jwt"])
    choice = chosen(wallet, scene, query, purpose="age-restricted-sale")
    told = explain_choice(choice)
    assert told.warnings == ()
    ((claim,),) = [each.claims for each in told.cards]
    assert (claim.value, claim.is_excessive) == ("yes", False)
    assert claim.standing == "needed for this purpose"


def test_no_representation_of_a_choice_shows_a_value(
    wallet: Holder, scene: Scene
) -> None:
    choice = chosen(wallet, scene, TOO_MUCH, purpose="age-restricted-sale")
    told = explain_choice(choice)
    value = told.cards[0].claims[0].value
    assert value not in repr(told)
    card = explain_card(wallet.credentials()[0], at=scene.at)
    assert value in {each.value for each in card.claims}
    assert value not in repr(card)


def test_a_card_is_valid_until_its_last_moment_and_not_after(
    wallet: Holder, scene: Scene
) -> None:
    (card,) = wallet.credentials()
    assert card.valid_until is not None
    last = card.valid_until - timedelta(microseconds=1)
    assert explain_card(card, at=last).is_valid
    over = explain_card(card, at=card.valid_until)
    assert (over.is_valid, over.validity.split(" on ")[0]) == (False, "expired")
    early = explain_card(replace(card, valid_from=last), at=scene.at)
    assert (early.is_valid, early.validity.split()[:2]) == (False, ["valid", "from"])
    always = explain_card(replace(card, valid_until=None), at=scene.at)
    assert (always.is_valid, always.validity) == (True, "valid for ever")


def test_names_of_a_person_stand_before_numbers_as_the_catalogue_has_them(
    wallet: Holder, scene: Scene
) -> None:
    told = explain_card(wallet.credentials()[0], at=scene.at)
    names = [each.path[0] for each in told.claims]
    assert names.index("family_name") < names.index("given_name")
    assert names.index("given_name") < names.index("birthdate")
    # What is the card's own and not the person's is no claim.
    assert {"cnf", "vct", "exp", "iat"}.isdisjoint(names)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_history_says_who_saw_what_and_no_value(
    lang: Language, wallet: Holder, scene: Scene
) -> None:
    choice = chosen(wallet, scene, TOO_MUCH, purpose="age-restricted-sale")
    wallet.present(choice.asked, choice, at=scene.at)
    wallet.decline(choice.asked, at=scene.at)
    shown, declined = (explain_happening(each, lang=lang) for each in wallet.history())
    assert "TEST shop.example" in shown.title
    assert shown.title != declined.title
    assert declined.shown == ()
    (line,) = shown.shown
    assert ":" in line
    (card,) = wallet.credentials()
    assert str(card.claims["family_name"]) not in repr((shown, declined))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_history_of_a_parent_says_that_it_was_for_a_child(lang: Language) -> None:
    family = Family(Scene())
    wallet, at = family.parent.wallet, family.at
    query = Query.claims("national-id", "age_over_18", formats=["idwallet-compact"])
    request = family.scene.new_verifier().request(query, purpose="a sale", at=at)
    asked = wallet.read_request(request.message.raw, at=at)
    choice = wallet.match_ward(asked, family.ward(), at=at).choose()
    wallet.present_qr(asked, choice, at=at)
    (happening,) = wallet.history()
    told = explain_happening(happening, lang=lang)
    begins = {"en": "For a child (key ", "ru": "За ребёнка (ключ "}[lang]
    assert told.acted_for.startswith(begins + family.child.key.thumbprint[:8] + ")")
    assert happening.entry is not None
    own = replace(happening, entry=replace(happening.entry, acted_for=None))
    assert explain_happening(own, lang=lang).acted_for == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_right_to_answer_for_a_child_is_called_so(lang: Language) -> None:
    family = Family(Scene())
    right = explain_card(family.right, at=family.at, lang=lang).title
    assert right == wallet_words(lang)["types"]["urn:idwallet:guardian:1"]
    assert "urn:" not in right


def receipts(scene: Scene) -> Iterator[tuple[str, Receipt]]:
    request = scene.request(Query.claims("national-id", "family_name"))
    body = scene.answer(request, scene.issue())
    result = evaluate_presentation(
        body, request=request, trust=scene.trust, at=scene.at
    )
    for name, promise in {
        "kept_not": Promise(kept=False),
        "kept": Promise(kept=True),
        "kept_until": Promise(
            kept=True, until=scene.at + timedelta(days=3), basis="the law"
        ),
    }.items():
        token = give_receipt(result, request=request, at=scene.at, retention=promise)
        yield name, read_receipt(token).receipt


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_receipt_is_told_with_what_was_seen_and_what_is_kept(
    lang: Language, scene: Scene
) -> None:
    words: Any = wallet_words(lang)
    for name, receipt in receipts(scene):
        lines = explain_receipt(receipt, lang=lang)
        assert lines[0] == words["receipt_accepted"]
        assert lines[2].startswith(words[name].partition("{")[0])
        assert ("the law" in " ".join(lines)) is (name == "kept_until")


def test_texts_from_outside_are_safe_to_show() -> None:
    said = claim_value(("x",), "a\u202eb\x1b[31m", lang="en")
    assert "\u202e" not in said
    assert "\x1b" not in said
    assert claim_value(("birthdate",), "2026-02-31", lang="en") == "2026-02-31"
    assert claim_value(("x",), {"a": [True, 1.5]}, lang="en") == "a: yes, 1.5"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("CN=shop.example,O=A shop,C=XX", "shop.example (A shop, XX)"),
        (r"C=XX,CN=Wine\, beer\2C gin", "Wine, beer, gin (XX)"),
        ("CN=first,CN=second", "first"),
        ("O=A shop,C=XX", "O=A shop,C=XX"),
        ("https://issuer.example", "https://issuer.example"),
        ("a=b is no name, CN", "a=b is no name, CN"),
        ("", ""),
    ],
)
def test_a_party_is_called_by_its_common_name_with_its_organisation(
    name: str, called: str
) -> None:
    assert party_name(name) == called


def test_there_is_no_third_language() -> None:
    with pytest.raises(UsageError):
        wallet_words("de")  # type: ignore[arg-type]


def test_both_catalogues_say_the_same_things_with_the_same_places() -> None:
    folder = files("idwallet.explain").joinpath("catalogue")
    both = [
        json.loads(folder.joinpath(f"wallet.{lang}.json").read_text("utf-8"))
        for lang in LANGUAGES
    ]

    def places(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: places(each) for name, each in value.items()}
        return {each for _, each, _, _ in string.Formatter().parse(value) if each}

    english, russian = map(places, both)
    assert english == russian
