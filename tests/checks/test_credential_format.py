import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.corpus import judge
from idwallet.testing.draft import draft
from tests.checks.presentations import FORGERIES, came_to, only, scene, twins

FORMAT = CheckId.CREDENTIAL_FORMAT


def test_a_credential_that_can_be_read_passes() -> None:
    check = only(judge(draft(scene())), FORMAT)
    assert came_to(check, Outcome.PASSED, Reason.WELL_FORMED)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("non-canonical base64url", Reason.MALFORMED),
        ("a fourth segment", Reason.MALFORMED),
        ("a header member twice", Reason.MALFORMED),
        ("an unknown crit", Reason.UNSUPPORTED),
        ("an oversized header", Reason.LIMIT_EXCEEDED),
        ("more disclosures than allowed", Reason.LIMIT_EXCEEDED),
        ("a binding too long", Reason.LIMIT_EXCEEDED),
    ],
)
def test_a_credential_that_cannot_be_read_fails(name: str, reason: Reason) -> None:
    valid, forged = twins(name, FORMAT)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, reason)
    assert forged.fact("what")


def test_nothing_else_is_said_of_what_cannot_be_read() -> None:
    report = judge(FORGERIES["a fourth segment"].twins(scene())[1])
    about = {each.id for each in report.checks if each.subject == "pid"}
    assert about == {FORMAT, CheckId.PRESENTATION_QUERY}
    assert (CheckId.ISSUER_SIGNATURE, "pid") in report.not_run()
    assert report.outcome is Outcome.FAILED
