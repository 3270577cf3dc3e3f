from dataclasses import replace

import pytest

from idwallet import limits
from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.testing.corpus import judge
from idwallet.testing.corpus.taken_back import listed
from idwallet.testing.draft import Draft
from idwallet.testing.evidence import LIST, status_list
from idwallet.trust.evidence import EvidenceAtHand
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import Policy, StatusRule
from tests.checks.presentations import came_to, only, scene, twins, under

TRACKING = CheckId.CREDENTIAL_TRACKING
LOOSE = replace(RETAIL, name="loose", status=StatusRule.NOT_REQUIRED_ACCEPTED)


def sized(size: int, policy: Policy = RETAIL) -> Draft:
    made = under(policy)
    listed(made)
    made.evidence = EvidenceAtHand(
        status_lists=[status_list(scene().issuer_identity, size=size, at=scene().at)]
    )
    return made


def checks_of(report: Report) -> list[CheckId]:
    return [each.id for each in report.checks]


def test_a_list_that_many_share_gives_nobody_away() -> None:
    check = only(judge(sized(limits.STATUS_LIST_HERD)), TRACKING)
    assert came_to(check, Outcome.PASSED, Reason.LIST_SHARED)
    assert check.fact("entries") == limits.STATUS_LIST_HERD
    assert check.fact("found") == LIST


@pytest.mark.parametrize("size", [8, limits.STATUS_LIST_HERD - 2])
def test_a_list_of_few_is_reported_as_tracking(size: int) -> None:
    report = judge(sized(size))
    check = only(report, TRACKING)
    assert came_to(check, Outcome.PASSED, Reason.LIST_TOO_SMALL_ACCEPTED)
    assert check.fact("entries") == size
    # The person is not refused for what the issuer does.
    assert report.outcome is Outcome.PASSED


def test_it_is_told_where_the_status_itself_is_not_wanted() -> None:
    report = judge(sized(8, LOOSE))
    assert only(report, TRACKING).reason is Reason.LIST_TOO_SMALL_ACCEPTED
    status = only(report, CheckId.CREDENTIAL_STATUS)
    assert status.reason is Reason.STATUS_NOT_REQUIRED_ACCEPTED


def test_of_what_has_no_status_or_no_list_at_hand_nothing_is_told() -> None:
    assert TRACKING not in checks_of(judge(under(RETAIL)))
    made = sized(8)
    made.evidence = None
    assert TRACKING not in checks_of(judge(made))


def test_a_list_is_not_even_read_for_a_forged_credential() -> None:
    _, forged = twins("a stranger names a list that is at hand", TRACKING)
    assert came_to(forged, Outcome.INDETERMINATE, Reason.WAITING)
