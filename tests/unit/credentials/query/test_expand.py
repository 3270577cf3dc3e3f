"""Neutral names become the names that each format uses."""

import json

import pytest

from idwallet.codec.json import JsonObject
from idwallet.credentials.catalogue import read_credential_type
from idwallet.credentials.query import AGE_TYPES, Candidate, Query, judge_answer, match
from idwallet.errors import UsageError
from idwallet.report import Outcome
from tests.conftest import AT

PID_MDOC = "eu.europa.ec.eudi.pid.1"


def test_neutral_names_are_asked_for_by_the_names_of_each_encoding() -> None:
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
            },
            {
                "id": "national-id-mdoc",
                "format": "mso_mdoc",
                "meta": {"doctype_value": PID_MDOC},
                "claims": [
                    {"path": [PID_MDOC, "birth_date"]},
                    {"path": [PID_MDOC, "resident_city"]},
                ],
            },
        ],
        "credential_sets": [{"options": [["national-id"], ["national-id-mdoc"]]}],
    }


def test_an_encoding_that_lacks_a_claim_is_not_asked_for() -> None:
    # Of the place of birth a mobile document shows all or nothing.
    query = Query.claims("national-id", "family_name", "birth_country")
    assert [each.format for each in query.credentials] == ["dc+sd-jwt"]
    assert query.credential_sets == ()
    lacking = r"as dc\+sd-jwt it lacks issuance_date; as mso_mdoc it lacks issuing_"
    with pytest.raises(UsageError, match=lacking):
        Query.claims("age-proof", "issuance_date", "issuing_country")


@pytest.mark.parametrize("form", ["dc+sd-jwt", "mso_mdoc"])
def test_one_encoding_is_asked_for_where_the_caller_says_so(form: str) -> None:
    asked = Query.claims("national-id", "birth_date", formats=[form])
    aged = Query.age_over(18, formats=[form])
    for query in (asked, aged):
        assert {each.format for each in query.credentials} == {form}


def test_an_encoding_that_a_type_has_not_is_refused_with_those_it_has() -> None:
    with pytest.raises(UsageError, match="driving-licence as mso_mdoc"):
        Query.claims("driving-licence", "birth_date", formats=["dc+sd-jwt"])


def test_a_type_of_one_encoding_is_asked_for_by_its_plain_name() -> None:
    (asked,) = Query.claims("driving-licence", "driving_privileges").credentials
    assert (asked.id, asked.format) == ("driving-licence", "mso_mdoc")
    assert asked.types == {"org.iso.18013.5.1.mDL"}


def test_a_path_of_a_namespace_is_asked_of_a_mobile_document() -> None:
    query = Query.claims("national-id", (PID_MDOC, "x"), "birth_date")
    (asked,) = query.credentials
    assert asked.format == "mso_mdoc"
    assert [each.path for each in asked.claims] == [
        (PID_MDOC, "x"),
        (PID_MDOC, "birth_date"),
    ]


def test_a_type_of_one_encoding_is_asked_for_elements_of_other_namespaces() -> None:
    path = ("org.iso.18013.5.1.aamva", "organ_donor")
    (asked,) = Query.claims("driving-licence", "family_name", path).credentials
    assert asked.claims[1].path == path


def test_a_type_of_ones_own_is_asked_for_by_its_names() -> None:
    own = read_credential_type(
        json.dumps(
            {
                "format": "idwallet-catalogue/1",
                "name": "club-card",
                "display": {"en": "Club card", "ru": "Карта клуба"},
                "source": "a club",
                "types": {"dc+sd-jwt": "urn:x:club:1", "mso_mdoc": "x.club.1"},
                "claims": {
                    "age_over_18": {
                        "paths": {
                            "dc+sd-jwt": ["adult"],
                            "mso_mdoc": ["x.club", "adult"],
                        },
                        "display": {"en": "Adult", "ru": "Совершеннолетний"},
                        "sensitivity": "minimal",
                        "kind": "boolean",
                        "states_age": 18,
                    }
                },
            }
        ).encode(),
        at="club-card.json",
    )
    for query in (
        Query.claims(own, "age_over_18"),
        Query.age_over(18, accept=[own, own]),
    ):
        assert [each.id for each in query.credentials] == [
            "club-card",
            "club-card-mdoc",
        ]
        assert [each.claims[0].path for each in query.credentials] == [
            ("adult",),
            ("x.club", "adult"),
        ]
    mixed = Query.age_over(18, accept=["driving-licence", own])
    assert len(mixed.credentials) == 3


def test_a_document_type_outside_the_catalogue_is_asked_for_by_its_elements() -> None:
    query = Query.claims("org.example.1", ("org.example", "a"), formats=["mso_mdoc"])
    (asked,) = query.credentials
    assert (asked.id, asked.format) == ("credential", "mso_mdoc")
    assert asked.types == {"org.example.1"}
    with pytest.raises(UsageError, match="namespace and element"):
        Query.claims("org.example.1", "a", formats=["mso_mdoc"])
    with pytest.raises(UsageError, match="mso_mdoc"):
        Query.claims("org.example.1", ("org.example", "a"))


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
    accepted = ["age-proof", "driving-licence"]
    assert Query.age_over(18, accept=accepted).to_dcql() == {
        "credentials": [
            {
                "id": "age-proof",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": ["urn:idwallet:age-proof:1"]},
                "claims": [age],
            },
            {
                "id": "age-proof-mdoc",
                "format": "mso_mdoc",
                "meta": {"doctype_value": "eu.europa.ec.av.1"},
                "claims": [
                    {"path": ["eu.europa.ec.av.1", "age_over_18"], "values": [True]}
                ],
            },
            {
                "id": "driving-licence",
                "format": "mso_mdoc",
                "meta": {"doctype_value": "org.iso.18013.5.1.mDL"},
                "claims": [
                    {"path": ["org.iso.18013.5.1", "age_over_18"], "values": [True]}
                ],
            },
        ],
        "credential_sets": [
            {"options": [["age-proof"], ["age-proof-mdoc"], ["driving-licence"]]}
        ],
    }


def test_one_accepted_encoding_needs_no_credential_set() -> None:
    query = Query.age_over(
        18, accept=["national-id", "national-id"], formats=["dc+sd-jwt"]
    )
    assert [each.id for each in query.credentials] == ["national-id"]
    assert query.credential_sets == ()


def test_the_type_that_tells_least_is_asked_for_first() -> None:
    assert AGE_TYPES == ("age-proof", "national-id", "driving-licence", "photo-id")
    assert [each.id for each in Query.age_over(18).credentials] == [
        "age-proof",
        "age-proof-mdoc",
        "national-id",
        "national-id-mdoc",
        "driving-licence",
        "photo-id",
    ]


def test_only_the_types_that_state_the_age_are_asked() -> None:
    asked = Query.age_over(67).credentials
    assert [each.id for each in asked] == ["age-proof", "age-proof-mdoc"]


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
