from dataclasses import replace

import pytest

from idwallet.codec.json import JsonObject
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import CheckId, Outcome, Reason, StatusListNeeded
from idwallet.testing.corpus import judge
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import StatusRule
from tests.checks.presentations import came_to, only, twins, under

STATUS = CheckId.CREDENTIAL_STATUS
URI = "https://status.example/1"
LISTED: JsonObject = {"status": {"status_list": {"idx": 7, "uri": URI}}}


@pytest.mark.parametrize(
    ("rule", "outcome", "reason"),
    [
        (StatusRule.REQUIRED, Outcome.FAILED, Reason.NO_STATUS),
        (StatusRule.IF_PRESENT, Outcome.PASSED, Reason.NO_STATUS_ACCEPTED),
        (StatusRule.NOT_REQUIRED_ACCEPTED, Outcome.PASSED, Reason.NO_STATUS_ACCEPTED),
    ],
)
def test_a_credential_without_a_status_is_for_the_policy_to_accept(
    rule: StatusRule, outcome: Outcome, reason: Reason
) -> None:
    made = under(replace(RETAIL, name="status", status=rule))
    assert came_to(only(judge(made), STATUS), outcome, reason)


@pytest.mark.parametrize("rule", [StatusRule.REQUIRED, StatusRule.IF_PRESENT])
def test_a_status_that_is_there_asks_for_its_list(rule: StatusRule) -> None:
    made = under(replace(RETAIL, name="status", status=rule))
    made.payload = LISTED
    check = only(judge(made), STATUS)
    assert came_to(check, Outcome.INDETERMINATE, Reason.STATUS_LIST_NEEDED)
    assert check.needs == (StatusListNeeded(URI, 7),)


def test_a_policy_may_do_without_and_the_verdict_says_so() -> None:
    rule = StatusRule.NOT_REQUIRED_ACCEPTED
    made = under(replace(RETAIL, name="status", status=rule))
    made.payload = LISTED
    check = only(judge(made), STATUS)
    assert came_to(check, Outcome.PASSED, Reason.STATUS_NOT_REQUIRED_ACCEPTED)
    assert check.fact("found") == URI


def test_a_forged_credential_makes_nobody_fetch() -> None:
    forged = under(RETAIL)
    forged.payload = LISTED
    forged.issuer_signer = SoftwareSigner.generate(Algorithm.ES256)
    report = judge(forged)
    check = only(report, STATUS)
    assert came_to(check, Outcome.INDETERMINATE, Reason.WAITING)
    assert check.needs == ()
    assert report.missing() == ()
    untrusted = under(RETAIL)
    untrusted.payload = {**LISTED, "iss": "https://other.example"}
    assert judge(untrusted).missing() == ()


@pytest.mark.parametrize(
    "name", ["a status that is no object", "a status index below zero"]
)
def test_a_status_that_cannot_be_read_fails(name: str) -> None:
    valid, forged = twins(name, STATUS)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, Reason.MALFORMED)


def test_a_mechanism_that_nobody_knows_stays_open() -> None:
    _, forged = twins("an unknown status mechanism", STATUS)
    assert came_to(forged, Outcome.INDETERMINATE, Reason.UNSUPPORTED)
    assert forged.needs == ()
