import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.corpus import judge
from idwallet.testing.draft import draft
from tests.checks.presentations import FORGERIES, came_to, only, scene, twins

QUERY = CheckId.PRESENTATION_QUERY


def test_an_answer_that_holds_what_was_asked_passes() -> None:
    report = judge(draft(scene()))
    for subject in ("pid", "response"):
        assert came_to(only(report, QUERY, subject), Outcome.PASSED, Reason.ANSWERED)


def test_what_was_shown_beyond_it_is_named_and_passes() -> None:
    made = draft(scene())
    made.claims = {**made.claims, "birthdate": "1990-05-17"}
    check = only(judge(made), QUERY)
    assert came_to(check, Outcome.PASSED, Reason.SURPLUS_WITHHELD)
    assert check.fact("paths") == ("/birthdate",)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a claim left out", Reason.CLAIM_MISSING),
        ("not yet 18", Reason.VALUE_DIFFERS),
        ("18 as a string", Reason.VALUE_DIFFERS),
        ("18 as a number", Reason.VALUE_DIFFERS),
        ("another type than asked", Reason.TYPE_NOT_REQUESTED),
    ],
)
def test_an_answer_that_lacks_what_was_asked_fails(name: str, reason: Reason) -> None:
    valid, forged = twins(name, QUERY)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, reason)
    assert "Образцова" not in str(forged)


def test_two_where_one_was_asked_fail() -> None:
    valid, forged = FORGERIES["two where one was asked"].twins(scene())
    assert judge(valid).outcome is Outcome.PASSED
    (check,) = [each for each in judge(forged).failed() if each.id is QUERY]
    assert came_to(check, Outcome.FAILED, Reason.TOO_MANY_CREDENTIALS)


def test_a_credential_that_nobody_asked_for_fails() -> None:
    name = "one beside what was asked"
    valid, forged = twins(name, QUERY, subject="response")
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, Reason.CREDENTIAL_NOT_REQUESTED)


def test_a_credential_that_is_missing_fails() -> None:
    made = draft(scene())
    made.query_id = "other"
    reasons = {each.reason for each in judge(made).failed() if each.id is QUERY}
    assert reasons == {Reason.CREDENTIAL_MISSING, Reason.CREDENTIAL_NOT_REQUESTED}


@pytest.mark.parametrize(
    "name", ["a fourth segment", "a disclosure nobody signed", "no type"]
)
def test_while_a_credential_cannot_be_read_it_stays_open(name: str) -> None:
    for subject in ("pid", "response"):
        _, forged = twins(name, QUERY, subject=subject)
        assert came_to(forged, Outcome.INDETERMINATE, Reason.WAITING)
