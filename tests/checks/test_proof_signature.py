import pytest

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import CheckId, Outcome, Reason
from tests.checks.proofs import HEADER, HOLDER, judged, proof

THIEF = SoftwareSigner.generate(Algorithm.ES256)
PRIVATE = {**HOLDER.public_key.to_jwk(), "d": "AA"}


def test_a_signature_by_the_key_in_the_header_passes() -> None:
    check = judged(proof(), CheckId.PROOF_SIGNATURE)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.VALID)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (proof(by=THIEF), Reason.INVALID),
        (proof({**HEADER, "alg": "none"}), Reason.ALGORITHM_NOT_ALLOWED),
        (proof({**HEADER, "alg": "HS256"}), Reason.ALGORITHM_NOT_ALLOWED),
        (proof({**HEADER, "alg": "ES384"}), Reason.KEY_UNUSABLE),
        (proof({**HEADER, "jwk": PRIVATE}), Reason.KEY_UNUSABLE),
    ],
)
def test_any_other_signature_fails(token: str, reason: Reason) -> None:
    check = judged(token, CheckId.PROOF_SIGNATURE)
    assert (check.outcome, check.reason) == (Outcome.FAILED, reason)


def test_a_proof_without_a_key_of_its_own_leaves_it_open() -> None:
    header = {name: value for name, value in HEADER.items() if name != "jwk"}
    check = judged(proof({**header, "kid": "one"}), CheckId.PROOF_SIGNATURE)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.PROOF_FORMAT
