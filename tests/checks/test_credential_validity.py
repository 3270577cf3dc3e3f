from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.corpus import judge
from idwallet.testing.draft import ABSENT, draft
from idwallet.testing.scene import LIFE
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import ExpiryRule
from tests.checks.presentations import came_to, only, scene, twins, under

VALIDITY = CheckId.CREDENTIAL_VALIDITY
SKEW = RETAIL.clock_skew
SECOND = timedelta(seconds=1)


def test_a_credential_within_its_life_passes() -> None:
    check = only(judge(draft(scene())), VALIDITY)
    assert came_to(check, Outcome.PASSED, Reason.CURRENT)
    assert check.fact("until") == scene().at + LIFE


@pytest.mark.parametrize(
    ("name", "away", "reason"),
    [
        ("exp", SECOND - SKEW, None),
        ("exp", -SKEW, Reason.EXPIRED),
        ("nbf", SKEW, None),
        ("nbf", SKEW + SECOND, Reason.NOT_YET_VALID),
        ("iat", SKEW, None),
        ("iat", SKEW + SECOND, Reason.ISSUED_IN_THE_FUTURE),
    ],
)
def test_a_life_ends_and_begins_to_the_second(
    name: str, away: timedelta, reason: Reason | None
) -> None:
    made = draft(scene())
    made.payload = {name: int((scene().at + away).timestamp())}
    check = only(judge(made), VALIDITY)
    if reason is None:
        assert came_to(check, Outcome.PASSED, Reason.CURRENT)
    else:
        assert came_to(check, Outcome.FAILED, reason)


@pytest.mark.parametrize(
    "name",
    ["an end that is a string", "an end that is null", "a beginning that is an array"],
)
def test_what_is_no_moment_fails(name: str) -> None:
    valid, forged = twins(name, VALIDITY)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, Reason.MALFORMED)


def test_without_an_end_only_a_policy_lets_it_pass() -> None:
    lenient = replace(RETAIL, name="endless", expiry=ExpiryRule.IF_PRESENT)
    for policy, outcome, reason in (
        (RETAIL, Outcome.FAILED, Reason.NO_EXPIRY),
        (lenient, Outcome.PASSED, Reason.NO_EXPIRY_ACCEPTED),
    ):
        made = under(policy)
        made.payload = {"exp": ABSENT}
        assert came_to(only(judge(made), VALIDITY), outcome, reason)
    expired = under(lenient)
    expired.payload = {"exp": 0}
    assert came_to(only(judge(expired), VALIDITY), Outcome.FAILED, Reason.EXPIRED)


def test_while_the_disclosures_are_open_the_life_is() -> None:
    _, forged = twins("exp disclosed selectively", VALIDITY)
    assert came_to(forged, Outcome.INDETERMINATE, Reason.WAITING)
