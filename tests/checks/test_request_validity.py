from datetime import timedelta

import pytest

from idwallet.report import CheckId, Outcome, Reason
from tests.checks.requests import judged, request


@pytest.mark.parametrize("minutes", [-1, 0, 5])
def test_a_request_within_its_window_passes(minutes: int) -> None:
    later = timedelta(minutes=minutes)
    check = judged(request(), CheckId.REQUEST_VALIDITY, later=later)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.CURRENT)


@pytest.mark.parametrize(
    ("minutes", "reason"), [(-2, Reason.NOT_YET_VALID), (6, Reason.EXPIRED)]
)
def test_a_request_outside_its_window_fails(minutes: int, reason: Reason) -> None:
    later = timedelta(minutes=minutes)
    check = judged(request(), CheckId.REQUEST_VALIDITY, later=later)
    assert (check.outcome, check.reason) == (Outcome.FAILED, reason)


def test_a_request_whose_end_is_no_date_fails() -> None:
    check = judged(request({"exp": "soon"}), CheckId.REQUEST_VALIDITY)
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MALFORMED)


def test_a_request_that_cannot_be_read_leaves_it_open() -> None:
    check = judged("no request", CheckId.REQUEST_VALIDITY)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.REQUEST_FORMAT
