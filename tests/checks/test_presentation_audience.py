import pytest

from idwallet.credentials.compact.present import Addressed
from idwallet.protocols.openid4vp import ClientIdPrefix, client_id_of
from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.compact import lenient
from idwallet.testing.corpus import judge
from idwallet.testing.draft import draft
from tests.checks import compact
from tests.checks.presentations import came_to, only, scene, twins

AUDIENCE = CheckId.PRESENTATION_AUDIENCE


def test_an_answer_made_for_this_request_passes() -> None:
    check = only(judge(draft(scene())), AUDIENCE)
    assert came_to(check, Outcome.PASSED, Reason.MATCHES)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("another audience", Reason.MISMATCH),
        ("no audience", Reason.ABSENT),
        ("an audience among others", Reason.ABSENT),
    ],
)
def test_an_answer_made_for_another_request_fails(name: str, reason: Reason) -> None:
    valid, forged = twins(name, AUDIENCE)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, reason)


def test_an_answer_made_for_another_verifier_fails() -> None:
    made = draft(scene())
    other = scene().pki.reader("bank.example").certificate
    made.binding = {"aud": client_id_of(other, ClientIdPrefix.X509_HASH)}
    assert came_to(only(judge(made), AUDIENCE), Outcome.FAILED, Reason.MISMATCH)


@pytest.mark.parametrize(
    "name",
    ["no key binding", "a binding that is no JWT", "a credential bound to no key"],
)
def test_without_a_binding_to_read_it_stays_open(name: str) -> None:
    _, forged = twins(name, AUDIENCE)
    assert came_to(forged, Outcome.INDETERMINATE, Reason.WAITING)
    assert forged.fact("waits_for") == CheckId.HOLDER_BINDING


def test_a_code_bound_to_nobody_passes_only_under_a_policy_that_names_it() -> None:
    made = compact.shown()
    made.to = Addressed()
    check = compact.said(made.judge(), CheckId.PRESENTATION_AUDIENCE)
    assert came_to(check, Outcome.FAILED, Reason.NOT_BOUND)
    made.policy = lenient(compact.shop())
    check = compact.said(made.judge(), CheckId.PRESENTATION_AUDIENCE)
    assert came_to(check, Outcome.PASSED, Reason.NOT_BOUND_ACCEPTED)
