import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.corpus import judge
from idwallet.testing.draft import draft
from tests.checks.presentations import came_to, only, scene, twins

NONCE = CheckId.PRESENTATION_NONCE


def test_an_answer_made_for_this_request_passes() -> None:
    check = only(judge(draft(scene())), NONCE)
    assert came_to(check, Outcome.PASSED, Reason.MATCHES)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("another nonce", Reason.MISMATCH),
        ("no nonce", Reason.ABSENT),
        ("a nonce that is no string", Reason.ABSENT),
    ],
)
def test_an_answer_made_for_another_request_fails(name: str, reason: Reason) -> None:
    valid, forged = twins(name, NONCE)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, reason)


def test_an_answer_to_another_request_of_the_same_verifier_fails() -> None:
    made = draft(scene())
    made.binding = {"nonce": scene().request().nonce}
    assert came_to(only(judge(made), NONCE), Outcome.FAILED, Reason.MISMATCH)


@pytest.mark.parametrize(
    "name",
    ["no key binding", "a binding that is no JWT", "a credential bound to no key"],
)
def test_without_a_binding_to_read_it_stays_open(name: str) -> None:
    _, forged = twins(name, NONCE)
    assert came_to(forged, Outcome.INDETERMINATE, Reason.WAITING)
    assert forged.fact("waits_for") == CheckId.HOLDER_BINDING
