import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.corpus import judge
from idwallet.testing.draft import draft
from tests.checks.presentations import came_to, only, scene, twins

DISCLOSURES = CheckId.CREDENTIAL_DISCLOSURES


def test_disclosures_that_the_issuer_signed_pass() -> None:
    check = only(judge(draft(scene())), DISCLOSURES)
    assert came_to(check, Outcome.PASSED, Reason.ALL_MATCH)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a disclosure nobody signed", Reason.NOT_REFERENCED),
        ("a value changed after signing", Reason.NOT_REFERENCED),
        ("a disclosure shown twice", Reason.DIGEST_REPEATED),
        ("a digest in two places", Reason.DIGEST_REPEATED),
        ("a claim named _sd", Reason.NAME_FORBIDDEN),
        ("a claim that is there in clear", Reason.NAME_REPEATED),
        ("four parts", Reason.MALFORMED),
        ("an unknown hash", Reason.HASH_UNSUPPORTED),
        ("nested too deep", Reason.LIMIT_EXCEEDED),
        ("exp disclosed selectively", Reason.CLAIM_NEVER_DISCLOSABLE),
        ("a part of cnf disclosed selectively", Reason.CLAIM_NEVER_DISCLOSABLE),
    ],
)
def test_disclosures_that_break_a_rule_fail(name: str, reason: Reason) -> None:
    valid, forged = twins(name, DISCLOSURES)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, reason)
