import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.corpus import judge
from idwallet.testing.draft import draft
from tests.checks.presentations import FORGERIES, came_to, only, scene, twins

FORMAT = CheckId.PRESENTATION_FORMAT


def test_a_response_that_can_be_read_passes() -> None:
    check = only(judge(draft(scene())), FORMAT, "response")
    assert came_to(check, Outcome.PASSED, Reason.WELL_FORMED)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("an empty response", Reason.MALFORMED),
        ("a response that is broken JSON", Reason.MALFORMED),
        ("a form with a parameter twice", Reason.MALFORMED),
        ("a vp_token beside an error", Reason.MALFORMED),
        ("a presentation that is a number", Reason.MALFORMED),
        ("a presentation object with a member twice", Reason.MALFORMED),
        ("an encrypted response", Reason.UNSUPPORTED),
        ("more presentations than allowed", Reason.LIMIT_EXCEEDED),
        ("the holder declined", Reason.DECLINED),
    ],
)
def test_a_response_without_presentations_fails(name: str, reason: Reason) -> None:
    valid, forged = twins(name, FORMAT, subject="response")
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, reason)


def test_noise_does_not_use_the_request_up() -> None:
    _, noise = FORGERIES["an empty response"].twins(scene())
    assert judge(noise).outcome is Outcome.FAILED
    noise.bend_response = lambda body: body
    assert judge(noise).outcome is Outcome.PASSED
