from dataclasses import replace

import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.corpus import RequestForgery, judge_request
from idwallet.testing.corpus.registered import (
    REGISTERED,
    REGISTRATIONS,
    registered,
    registration,
    show,
)
from idwallet.testing.registrations.scene import REVOKED, STATUS
from idwallet.testing.request_draft import RequestDraft, request_draft
from idwallet.testing.scene import Scene
from idwallet.trust.anchors import Purpose
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import RevocationRule
from tests.checks.presentations import came_to
from tests.checks.requests import alone

ASKER = CheckId.READER_REGISTERED
STATUS_CHECK = CheckId.REGISTRATION_STATUS


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST reader registered")


def shop(scene: Scene) -> RequestDraft:
    made = request_draft(scene)
    registered(made)
    return made


def test_whoever_shows_a_registration_of_their_own_passes(scene: Scene) -> None:
    report = judge_request(shop(scene))
    assert report.outcome is Outcome.PASSED
    assert came_to(alone(report, ASKER), Outcome.PASSED, Reason.REGISTERED)


@pytest.mark.parametrize("forgery", REGISTRATIONS, ids=lambda each: each.name)
def test_what_is_wrong_with_a_registration_is_said_and_never_passed_over(
    scene: Scene, forgery: RequestForgery
) -> None:
    _, forged = forgery.twins(scene)
    # Nor where none had to be shown: absence is one thing, a forgery another.
    forged.policy = WALLET if forgery.reason is not Reason.ABSENT else REGISTERED
    report = judge_request(forged)
    assert report.outcome is Outcome.FAILED
    assert alone(report, forgery.check).reason is forgery.reason


def test_who_shows_none_passes_only_where_none_is_wanted(scene: Scene) -> None:
    found = alone(judge_request(request_draft(scene)), ASKER)
    assert came_to(found, Outcome.PASSED, Reason.ABSENT_ACCEPTED)
    asked = replace(request_draft(scene), policy=REGISTERED)
    assert came_to(alone(judge_request(asked), ASKER), Outcome.FAILED, Reason.ABSENT)


def test_a_wallet_that_knows_no_registrar_says_so(scene: Scene) -> None:
    made = shop(scene)
    trust = scene.pki.store(purposes=[Purpose.READ_CREDENTIALS])
    loose = replace(made, policy=WALLET, trust=trust)
    found = alone(judge_request(loose), ASKER)
    assert came_to(found, Outcome.PASSED, Reason.REGISTRARS_UNKNOWN_ACCEPTED)
    strict = judge_request(replace(made, trust=trust))
    assert alone(strict, CheckId.REGISTRATION_TRUST).reason is Reason.NO_TRUSTED_PATH
    assert alone(strict, ASKER).reason is Reason.WAITING


def test_a_registration_waits_until_it_is_known_who_asks(scene: Scene) -> None:
    made = replace(shop(scene), bend_token=lambda text: f"{text[:-8]}AAAAAAAA")
    report = judge_request(made)
    found = alone(report, ASKER)
    assert came_to(found, Outcome.INDETERMINATE, Reason.WAITING)
    # Whoever replays the registration of another makes nobody look it up.
    assert all(each.id is not STATUS_CHECK for each in report.checks)


def test_without_a_list_at_hand_a_wallet_says_that_it_took_a_chance(
    scene: Scene,
) -> None:
    made = replace(shop(scene), trust=scene.trust)
    found = alone(judge_request(made), STATUS_CHECK)
    assert came_to(found, Outcome.PASSED, Reason.NOT_AT_HAND_ACCEPTED)
    rule = RevocationRule.REQUIRED
    strict = replace(made, policy=replace(REGISTERED, name="strict", revocation=rule))
    found = alone(judge_request(strict), CheckId.READER_REVOCATION)
    assert came_to(found, Outcome.INDETERMINATE, Reason.UNKNOWN)


def test_a_revoked_registration_fails_though_no_status_is_wanted_of_documents(
    scene: Scene,
) -> None:
    made = replace(shop(scene), policy=WALLET)
    status = {"status_list": {"idx": REVOKED, "uri": STATUS}}
    show(made, registration(made, {"status": status}))
    found = alone(judge_request(made), STATUS_CHECK)
    assert came_to(found, Outcome.FAILED, Reason.REVOKED)
