"""Neutral names become the names that each format uses."""

import pytest

from idwallet.codec.json import JsonObject
from idwallet.credentials.query import AGE_TYPES, Candidate, Query, judge_answer, match
from idwallet.errors import UsageError
from idwallet.report import Outcome
from tests.conftest import AT


def test_neutral_names_are_asked_for_by_the_names_of_the_format() -> None:
    query = Query.claims("national-id", "birth_date", "resident_city")
    assert query.to_dcql() == {
        "credentials": [
            {
                "id": "national-id",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": ["urn:eudi:pid:1"]},
                "claims": [
                    {"path": ["birthdate"]},
                    {"path": ["address", "locality"]},
                ],
            }
        ]
    }


def test_a_path_is_asked_for_as_it_is() -> None:
    query = Query.claims("national-id", ("nationalities", None))
    assert query.credentials[0].claims[0].path == ("nationalities", None)


def test_a_type_outside_the_catalogue_is_asked_for_by_its_own_names() -> None:
    query = Query.claims("urn:x:1", "level", ("a", 0), credential_id="pass")
    (asked,) = query.credentials
    assert (asked.id, asked.types) == ("pass", frozenset({"urn:x:1"}))
    assert [each.path for each in asked.claims] == [("level",), ("a", 0)]
    assert Query.claims("urn:x:1").credentials[0].id == "credential"


def test_without_claims_nothing_selectively_disclosable_is_asked_for() -> None:
    assert Query.claims("student-card").credentials[0].claims == ()


def test_a_misspelt_type_is_not_taken_for_the_type_of_a_credential() -> None:
    with pytest.raises(UsageError, match="national-id"):
        Query.claims("national_id", "birth_date")


def test_a_misspelt_claim_is_refused_with_the_claims_there_are() -> None:
    with pytest.raises(UsageError, match="birth_date"):
        Query.claims("national-id", "birthdate")


def test_a_claim_named_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="twice"):
        Query.claims("national-id", "birth_date", ("birthdate",))


def test_an_identifier_that_the_standard_forbids_is_refused() -> None:
    with pytest.raises(UsageError):
        Query.claims("national-id", "birth_date", credential_id="a b")


def test_an_age_is_asked_of_any_accepted_type_and_must_be_true() -> None:
    age: JsonObject = {"path": ["age_equal_or_over", "18"], "values": [True]}
    assert Query.age_over(18).to_dcql() == {
        "credentials": [
            {
                "id": "age-proof",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": ["urn:idwallet:age-proof:1"]},
                "claims": [age],
            },
            {
                "id": "national-id",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": ["urn:eudi:pid:1"]},
                "claims": [age],
            },
        ],
        "credential_sets": [{"options": [["age-proof"], ["national-id"]]}],
    }


def test_one_accepted_type_needs_no_credential_set() -> None:
    query = Query.age_over(18, accept=["national-id", "national-id"])
    assert [each.id for each in query.credentials] == ["national-id"]
    assert query.credential_sets == ()


def test_only_the_types_that_state_the_age_are_asked() -> None:
    query = Query.age_over(13)
    assert AGE_TYPES == ("age-proof", "national-id")
    assert [each.id for each in query.credentials] == ["age-proof"]


def test_an_age_that_nothing_states_is_refused_with_the_ages_there_are() -> None:
    with pytest.raises(UsageError, match=r"national-id: 12, 14, 16, 18, 21, 65"):
        Query.age_over(17)
    with pytest.raises(UsageError, match="student-card: none"):
        Query.age_over(18, accept=["student-card"])


def test_an_unknown_type_is_refused_with_the_types_there_are() -> None:
    with pytest.raises(UsageError, match="age-proof"):
        Query.age_over(18, accept=["passport"])


@pytest.mark.parametrize(
    ("says", "outcome"),
    [
        (True, Outcome.PASSED),
        (False, Outcome.FAILED),
        (1, Outcome.FAILED),
        ("true", Outcome.FAILED),
        (None, Outcome.FAILED),
    ],
)
def test_nobody_under_age_passes_by_answering(
    says: bool | int | str | None, outcome: Outcome
) -> None:
    query = Query.age_over(18)
    claims: JsonObject = {"age_equal_or_over": {"18": says, "16": True}}
    card = Candidate("dc+sd-jwt", ("urn:eudi:pid:1",), claims, holder_bound=True)
    checks = judge_answer(query, {"national-id": [card]})
    outcomes = {each.subject: each.outcome for each in checks}
    assert outcomes == {"national-id": outcome, "response": Outcome.PASSED}
    assert match(query, [card], at=AT).is_satisfiable() is (outcome is Outcome.PASSED)
