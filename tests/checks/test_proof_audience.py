import pytest

from idwallet.report import CheckId, Outcome, Reason
from tests.checks.proofs import CLAIMS, judged, proof


def test_the_audience_of_this_request_passes() -> None:
    check = judged(proof(), CheckId.PROOF_AUDIENCE)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.MATCHES)


@pytest.mark.parametrize(
    ("value", "reason"),
    [("another", Reason.MISMATCH), ([CLAIMS["aud"]], Reason.ABSENT)],
)
def test_any_other_audience_fails(value: object, reason: Reason) -> None:
    check = judged(proof(claims={**CLAIMS, "aud": value}), CheckId.PROOF_AUDIENCE)
    assert (check.outcome, check.reason) == (Outcome.FAILED, reason)


def test_a_proof_that_cannot_be_read_leaves_it_open() -> None:
    check = judged(proof(claims=[]), CheckId.PROOF_AUDIENCE)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.PROOF_FORMAT
