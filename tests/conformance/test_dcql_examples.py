"""The DCQL examples of OpenID4VP 1.0, read where they are published."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from idwallet.codec.json import JsonObject
from idwallet.credentials.query import Candidate, MdocMeta, Query, judge_answer, match
from idwallet.report import Outcome, Reason
from tests.conftest import AT

Read = Callable[[str], Query]
NAMES: Final = (
    "claims_alternatives",
    "complex_mdoc",
    "credentials_alternatives",
    "multi_credentials",
    "simple",
    "simple_mdoc",
    "value_matching_simple",
)
IDENTITY: Final = "https://credentials.example.com/identity_credential"

pytestmark = pytest.mark.conformance


@pytest.fixture
def examples(vectors: Path) -> Path:
    return vectors / "openid4vp" / "examples" / "query_lang"


@pytest.fixture
def read(examples: Path) -> Read:
    return lambda name: Query.from_dcql((examples / f"{name}.json").read_bytes())


def _held(vct: str, **claims: object) -> Candidate:
    disclosed: JsonObject = json.loads(json.dumps(claims))
    return Candidate("dc+sd-jwt", (vct,), disclosed, holder_bound=True)


@pytest.mark.parametrize("name", NAMES)
def test_a_published_query_is_read_and_written_without_loss(
    name: str, examples: Path, read: Read
) -> None:
    query = read(name)
    published = json.loads((examples / f"{name}.json").read_bytes())
    assert query.to_dcql() == published
    assert Query.from_dcql(query.to_dcql()) == query
    assert query.require_askable() is query


def test_every_published_query_is_tried(examples: Path) -> None:
    assert {each.stem for each in examples.glob("*.json")} == set(NAMES)


def test_the_simple_query_is_answered_with_its_three_claims(read: Read) -> None:
    query = read("simple")
    held = _held(
        IDENTITY,
        family_name="Doe",
        given_name="John",
        address={"street_address": "Street 1", "locality": "Town"},
    )
    (chosen,) = match(query, [held], at=AT).credentials[0].matches
    assert chosen.paths == (
        ("family_name",),
        ("given_name",),
        ("address", "street_address"),
    )
    checks = judge_answer(query, {"my_credential": [held]})
    assert {each.outcome for each in checks} == {Outcome.PASSED}


@pytest.mark.parametrize(
    ("lacks", "chosen"),
    [
        ((), 0),
        (("postal_code",), 0),
        (("region",), 1),
        (("region", "postal_code"), None),
    ],
)
def test_claim_alternatives_are_tried_in_order(
    lacks: tuple[str, ...], chosen: int | None, read: Read
) -> None:
    query = read("claims_alternatives")
    names = ("family_name", "postal_code", "locality", "region", "date_of_birth")
    claims = {each: "x" for each in names if each not in lacks}
    found = match(query, [_held(IDENTITY, **claims)], at=AT)
    assert [each.claim_set for each in found.credentials[0].matches] == (
        [] if chosen is None else [chosen]
    )


def test_credential_alternatives_are_offered_as_far_as_they_are_held(
    read: Read,
) -> None:
    query = read("credentials_alternatives")
    name = {"family_name": "x", "given_name": "x"}
    reduced = _held(
        "https://credentials.example.com/reduced_identity_credential", **name
    )
    residence = _held(
        "https://cred.example/residence_credential",
        postal_code="x",
        locality="x",
        region="x",
    )
    assert not match(query, [reduced], at=AT).is_satisfiable()
    found = match(query, [reduced, residence], at=AT)
    assert found.is_satisfiable()
    assert found.sets[0].options == (("pid_reduced_cred_1", "pid_reduced_cred_2"),)
    assert found.sets[1].options == ()
    answers = {"pid_reduced_cred_1": [reduced], "pid_reduced_cred_2": [residence]}
    checks = judge_answer(query, answers)
    assert {each.outcome for each in checks} == {Outcome.PASSED}
    half = judge_answer(query, {"pid_reduced_cred_1": [reduced]})
    assert Reason.CREDENTIAL_MISSING in {each.reason for each in half}


def _without(name: str) -> Callable[[JsonObject], JsonObject]:
    return lambda claims: {key: claims[key] for key in claims if key != name}


def _with(name: str, value: str | int) -> Callable[[JsonObject], JsonObject]:
    return lambda claims: {**claims, name: value}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_with("postal_code", "90211"), Reason.ANSWERED),
        (_with("postal_code", 90210), Reason.VALUE_DIFFERS),
        (_with("family_name", "doe"), Reason.VALUE_DIFFERS),
        (_without("postal_code"), Reason.CLAIM_MISSING),
    ],
)
def test_values_are_matched_exactly(
    change: Callable[[JsonObject], JsonObject], reason: Reason, read: Read
) -> None:
    query = read("value_matching_simple")
    claims: JsonObject = {
        "family_name": "Doe",
        "given_name": "John",
        "address": {"street_address": "x"},
        "postal_code": "90210",
    }
    held = Candidate("dc+sd-jwt", (IDENTITY,), change(claims), holder_bound=True)
    checks = judge_answer(query, {"my_credential": [held]})
    assert [each.reason for each in checks if each.subject != "response"] == [reason]
    assert match(query, [held], at=AT).is_satisfiable() is (reason is Reason.ANSWERED)


def test_queries_for_mobile_documents_are_read_and_not_yet_met(read: Read) -> None:
    for name in ("simple_mdoc", "complex_mdoc", "multi_credentials"):
        query = read(name)
        metas = [each.meta for each in query.credentials if each.format == "mso_mdoc"]
        assert all(isinstance(each, MdocMeta) for each in metas)
        assert not match(query, [], at=AT).is_satisfiable()
