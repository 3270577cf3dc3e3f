import pytest

from idwallet import limits
from idwallet.report import CheckId, Outcome, Reason
from tests.checks.proofs import CLAIMS, HEADER, judged, proof

BARE = {name: value for name, value in HEADER.items() if name != "jwk"}


def test_a_proof_as_the_standard_writes_it_passes() -> None:
    check = judged(proof(), CheckId.PROOF_FORMAT)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.WELL_FORMED)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (proof()[:-1], Reason.MALFORMED),
        (proof(claims=[]), Reason.MALFORMED),
        (proof(claims={**CLAIMS, "iss": 1}), Reason.MALFORMED),
        (proof({**HEADER, "kid": "another"}), Reason.MALFORMED),
        ("." * (limits.PROOF_BYTES + 1), Reason.LIMIT_EXCEEDED),
        (proof({**BARE, "kid": "did:example:me#1"}), Reason.UNSUPPORTED),
        (proof({**HEADER, "crit": ["x"], "x": 1}), Reason.UNSUPPORTED),
        (proof({**HEADER, "typ": "kb+jwt"}), Reason.TYP_MISMATCH),
    ],
)
def test_any_other_token_fails(token: str, reason: Reason) -> None:
    check = judged(token, CheckId.PROOF_FORMAT)
    assert (check.outcome, check.reason) == (Outcome.FAILED, reason)
