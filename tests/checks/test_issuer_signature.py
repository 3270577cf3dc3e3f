import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.corpus import judge
from idwallet.testing.draft import draft
from tests.checks.presentations import came_to, only, scene, twins

SIGNATURE = CheckId.ISSUER_SIGNATURE


def test_a_credential_that_its_issuer_signed_passes() -> None:
    check = only(judge(draft(scene())), SIGNATURE)
    assert came_to(check, Outcome.PASSED, Reason.VALID)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a flipped signature bit", Reason.INVALID),
        ("a payload changed after signing", Reason.INVALID),
        ("another key under the same certificate", Reason.INVALID),
        ("alg none", Reason.ALGORITHM_NOT_ALLOWED),
        ("HMAC under the public key", Reason.ALGORITHM_NOT_ALLOWED),
        ("alg of another curve", Reason.KEY_UNUSABLE),
    ],
)
def test_a_signature_that_is_not_the_issuers_fails(name: str, reason: Reason) -> None:
    valid, forged = twins(name, SIGNATURE)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, reason)


@pytest.mark.parametrize("name", ["no certificate", "an issuer name that is no string"])
def test_without_a_key_to_judge_by_it_stays_open(name: str) -> None:
    valid, forged = twins(name, SIGNATURE)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.INDETERMINATE, Reason.WAITING)
    assert forged.fact("waits_for") == CheckId.ISSUER_TRUST
