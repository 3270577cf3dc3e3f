"""The consent screen as a person reads it, in both languages, read line by line.

To write the texts anew: ``python -m tests.cli.test_consent_golden`` at the top of the
repository, and read them again before you keep them.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from idwallet.cli.consent import consent_lines, judgement_document
from idwallet.cli.words import Speech
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.consent import PAYMENT, Earlier
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.explain.words import LANGUAGES, Language
from idwallet.roles.asked import Choice
from idwallet.testing.corpus.transactions import rent
from idwallet.testing.scene import Scene

GOLDEN: Final = Path(__file__).parent / "golden"
SCENE: Final = Scene(seed=b"idwallet TEST consent golden")
PID: Final = "urn:eudi:pid:1"
CARD: Final = "urn:idwallet:student-card:1"
# Everybody here is invented.
PERSON: Final[Mapping[str, JsonValue]] = {
    "family_name": "Образцова",
    "given_name": "Анна",
    "birthdate": "1990-05-17",
    "sex": 2,
    "nationalities": ["XX"],
    "document_number": "TEST-000001",
    "phone_number": "+000000000",
    "email": "anna@example.invalid",
    "picture": "data:image/jpeg;base64,AAAA",
    "age_equal_or_over": {"18": True},
    "address": {"street_address": "Пробная улица, 1", "locality": "Образцово"},
    "place_of_birth": {"locality": "Образцово"},
}
STUDENT: Final[Mapping[str, JsonValue]] = {
    "eduperson_affiliation": ["student"],
    "institution_name": "Пробный университет",
    "card_number": "T-17",
}
AGE: Final = ("age_equal_or_over", "18")


def _query(*claims: JsonValue, vct: str = PID) -> Query:
    credential: JsonValue = {
        "id": "card",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [vct]},
        "claims": [{"path": list(e) if isinstance(e, tuple) else e} for e in claims],
    }
    return Query.from_dcql({"credentials": [credential]})


def _guessing() -> Query:
    claim: JsonValue = {"path": ["family_name"], "values": ["Образцова", "Иванова"]}
    credential: JsonValue = {
        "id": "card",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [PID]},
        "claims": [claim],
    }
    return Query.from_dcql({"credentials": [credential]})


FULL: Final = ("family_name", "given_name", "sex", "nationalities", "birthdate")
CASES: Final[Mapping[str, tuple[Query, str, Earlier]]] = {
    "a till that asks for one fact": (
        _query(list(AGE)),
        "age-restricted-sale",
        Earlier(),
    ),
    "a till that asks for much": (
        _query(list(AGE), ["birthdate"], ["family_name"], ["picture"], ["address"]),
        "age-restricted-sale",
        Earlier(asked=4, refused=1),
    ),
    "a hotel in Spain": (
        _query(
            *([each] for each in FULL),
            ["document_number"],
            ["address"],
            ["phone_number"],
            ["email"],
            ["picture"],
        ),
        "hotel-check-in-es",
        Earlier(),
    ),
    "a hotel in Russia": (
        _query(["family_name"], ["birthdate"], ["place_of_birth"], ["sex"]),
        "hotel-check-in-ru",
        Earlier(),
    ),
    "a bank": (
        _query(["family_name"], ["address", "locality"], ["document_number"]),
        "account-opening",
        Earlier(),
    ),
    "a discount for students": (
        _query(
            ["eduperson_affiliation"], ["institution_name"], ["card_number"], vct=CARD
        ),
        "student-discount",
        Earlier(),
    ),
    "a parcel": (
        _query(["family_name"], ["given_name"], ["address"], ["birthdate"]),
        "parcel-pick-up",
        Earlier(),
    ),
    "a doctor": (
        _query(["family_name"], ["birthdate"], ["sex"], ["picture"]),
        "medical-visit",
        Earlier(),
    ),
    "a contract": (
        _query(["family_name"], ["given_name"], ["birthdate"], ["document_number"]),
        "contract-signing",
        Earlier(),
    ),
    "somebody with a purpose of their own": (
        _query(["family_name"], ["picture"]),
        "win a <b>prize</b> \u202e[here](https://example.invalid)",
        Earlier(asked=3),
    ),
    "somebody who guesses": (_guessing(), "parcel-pick-up", Earlier()),
    "a landlord": (_query(["family_name"]), "contract-signing", Earlier()),
}
AGREED: Final[Mapping[str, tuple[JsonObject, ...]]] = {
    "a landlord": (
        rent().content("tenant", credential_ids=("card",), previous=None),
        {
            "type": PAYMENT,
            "credential_ids": ["card"],
            "payload": {
                "transaction_id": "T-1",
                "payee": "Example \u202ehouse",
                "amount": {"value": 1000, "currency": "EUR"},
                "recurring": {"frequency": "MNTH"},
            },
        },
    ),
}


def _choice(
    query: Query,
    purpose: str,
    earlier: Earlier,
    transactions: tuple[JsonObject, ...] = (),
) -> Choice:
    wallet = SCENE.new_wallet()
    wallet.add(SCENE.issue(SdJwtVc(PID, claims=PERSON)), at=SCENE.at)
    wallet.add(SCENE.issue(SdJwtVc(CARD, claims=STUDENT)), at=SCENE.at)
    request = SCENE.verifier.request(
        query, purpose=purpose, at=SCENE.at, transactions=transactions
    )
    asked = wallet.read_request(request.message.raw, at=SCENE.at)
    return wallet.match(asked, at=SCENE.at, earlier=earlier).choose()


def _screens(language: Language) -> Iterator[str]:
    for name, case in CASES.items():
        yield f"--- {name}"
        yield from consent_lines(_choice(*case, AGREED.get(name, ())), Speech(language))
        yield ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screen_says_what_was_read_and_approved(language: Language) -> None:
    golden = (GOLDEN / f"consent.{language}.txt").read_text("utf-8")
    assert "\n".join(_screens(language)) == golden


@pytest.mark.parametrize("language", LANGUAGES)
def test_warnings_stand_before_the_purpose_and_every_claim(language: Language) -> None:
    case = CASES["a till that asks for much"]
    lines = list(consent_lines(_choice(*case), Speech(language)))
    first_claim = next(n for n, line in enumerate(lines) if line.startswith("  - "))
    warned = [n for n, line in enumerate(lines) if line.startswith("- ")]
    assert len(warned) == 4
    assert max(warned) < first_claim


def test_nothing_from_outside_reaches_the_screen_as_it_was_written() -> None:
    case = CASES["somebody with a purpose of their own"]
    for language in LANGUAGES:
        text = "\n".join(consent_lines(_choice(*case), Speech(language)))
        assert "<b>" not in text
        assert "\u202e" not in text
        assert "](" not in text


def test_the_json_of_a_judgement_holds_codes_and_paths_and_no_value() -> None:
    case = CASES["a hotel in Spain"]
    judgement = _choice(*case).judgement
    assert judgement is not None
    text = str(judgement_document(judgement))
    assert "'finding': 'excess'" in text
    for value in ("Образцова", "TEST-000001", "anna@example.invalid", "1990"):
        assert value not in text


if __name__ == "__main__":
    for each in LANGUAGES:
        (GOLDEN / f"consent.{each}.txt").write_text(
            "\n".join(_screens(each)), encoding="utf-8"
        )
