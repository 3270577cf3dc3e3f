import pytest

from idwallet import limits
from idwallet.report import CheckId, Outcome, Reason
from idwallet.trust.policies import WALLET
from tests.checks.proofs import CLAIMS, IAT, judged, proof

SKEW = int(WALLET.clock_skew.total_seconds())
OLDEST = int(limits.PROOF_LIFETIME.total_seconds()) + SKEW


@pytest.mark.parametrize("iat", [IAT, IAT + SKEW, IAT - OLDEST])
def test_a_proof_made_just_now_passes(iat: int) -> None:
    check = judged(proof(claims={**CLAIMS, "iat": iat}), CheckId.PROOF_FRESHNESS)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.FRESH)


@pytest.mark.parametrize(
    ("iat", "reason"),
    [
        (IAT + SKEW + 1, Reason.FROM_THE_FUTURE),
        (IAT - OLDEST - 1, Reason.TOO_OLD),
        (None, Reason.ABSENT),
    ],
)
def test_a_proof_made_at_another_time_fails(iat: int | None, reason: Reason) -> None:
    check = judged(proof(claims={**CLAIMS, "iat": iat}), CheckId.PROOF_FRESHNESS)
    assert (check.outcome, check.reason) == (Outcome.FAILED, reason)


def test_a_proof_that_cannot_be_read_leaves_it_open() -> None:
    check = judged(proof(claims=[]), CheckId.PROOF_FRESHNESS)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.PROOF_FORMAT
