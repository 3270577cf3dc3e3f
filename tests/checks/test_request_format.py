import pytest

from idwallet.codec.json import JsonValue
from idwallet.report import CheckId, Outcome, Reason
from tests.checks.requests import judged, request


def test_a_request_that_keeps_the_rules_passes() -> None:
    check = judged(request(), CheckId.REQUEST_FORMAT)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.WELL_FORMED)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"nonce": ""}, Reason.MALFORMED),
        ({"nonce": "n" * 10_000}, Reason.LIMIT_EXCEEDED),
        ({"transaction_data": ["e30"]}, Reason.MALFORMED),
    ],
)
def test_a_parameter_that_breaks_them_fails(
    change: dict[str, JsonValue], reason: Reason
) -> None:
    check = judged(request(change), CheckId.REQUEST_FORMAT)
    assert (check.outcome, check.reason) == (Outcome.FAILED, reason)


def test_a_token_of_another_type_fails() -> None:
    check = judged(request(head={"typ": "JWT"}), CheckId.REQUEST_FORMAT)
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.TYP_MISMATCH)
