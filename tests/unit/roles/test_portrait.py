"""A clerk compares the portrait with the person, and nothing else is left."""

import pickle
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.errors import PortError, UsageError, VerificationIndeterminate
from idwallet.ports import Use
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.portrait import AwaitingPortrait
from idwallet.roles.presentation import evaluate_presentation, verify_presentation
from idwallet.testing.corpus.portraits import (
    CLERK,
    IMAGE,
    PRESENT,
    asking_for_picture,
    picture,
)
from idwallet.testing.draft import Draft, draft
from idwallet.testing.scene import Scene
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import PresenceRule

MINUTE = timedelta(minutes=1)
COMPARED = replace(RETAIL, name="compared", presence=PresenceRule.COMPARED)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST portrait")


@pytest.fixture
def made(scene: Scene) -> Draft:
    return asking_for_picture(scene)


def judged(made: Draft, text: str | None = None) -> VerifiedPresentation | Unverified:
    return evaluate_presentation(
        text or made.response(),
        request=made.request,
        trust=made.believed(),
        at=made.scene.at,
    )


def awaiting(made: Draft, text: str | None = None) -> AwaitingPortrait:
    found = judged(made, text)
    assert isinstance(found, AwaitingPortrait), found
    return found


def reason(found: VerifiedPresentation | Unverified) -> Reason:
    (check,) = [e for e in found.report.checks if e.id is CheckId.HOLDER_PRESENCE]
    return check.reason


def test_a_clerk_who_recognises_the_person_gets_what_was_shown(made: Draft) -> None:
    found = awaiting(made)
    assert found.portrait.image == IMAGE
    assert found.portrait.media_type == "image/jpeg"
    assert found.report.outcome is Outcome.INDETERMINATE
    at = made.scene.at + MINUTE
    verified = found.confirm(matches=True, by=CLERK, at=at)
    assert isinstance(verified, VerifiedPresentation)
    assert verified.claim("family_name", str) == "Образцова"
    (check,) = [e for e in verified.report.checks if e.id is CheckId.HOLDER_PRESENCE]
    assert (check.reason, dict(check.facts)) == (
        Reason.PORTRAIT_COMPARED,
        {"by": CLERK, "compared": at},
    )


def test_a_clerk_who_does_not_gets_nothing(made: Draft) -> None:
    found = awaiting(made).confirm(matches=False, by=CLERK, at=made.scene.at)
    assert type(found) is Unverified
    assert found.report.outcome is Outcome.FAILED
    assert reason(found) is Reason.PORTRAIT_DIFFERS


def test_verify_raises_what_a_clerk_can_settle(made: Draft) -> None:
    with pytest.raises(VerificationIndeterminate) as caught:
        verify_presentation(
            made.response(),
            request=made.request,
            trust=made.scene.trust,
            at=made.scene.at,
        )
    found = caught.value.awaiting
    assert isinstance(found, AwaitingPortrait)
    verified = found.confirm(matches=True, by=CLERK, at=made.scene.at)
    assert isinstance(verified, VerifiedPresentation)
    # The exception travels; what a person is to be shown does not.
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.report, again.awaiting) == (caught.value.report, None)


def test_nothing_shows_the_portrait(made: Draft) -> None:
    found = awaiting(made)
    told = f"{found!r} {found.portrait!r} {found.pending!r} {found.report.to_json()}"
    assert "Образцова" not in told
    assert b64encode(IMAGE).decode() not in told
    assert "idwallet TEST: no" not in told


def test_it_is_confirmed_once(made: Draft) -> None:
    found = awaiting(made)
    found.confirm(matches=False, by=CLERK, at=made.scene.at)
    with pytest.raises(UsageError, match="already"):
        found.confirm(matches=True, by=CLERK, at=made.scene.at)


def test_of_two_clerks_one_lets_the_person_in(made: Draft) -> None:
    text = made.response()
    first, second = awaiting(made, text), awaiting(made, text)
    at = made.scene.at
    assert isinstance(first.confirm(matches=True, by="a", at=at), VerifiedPresentation)
    other = second.confirm(matches=True, by="b", at=at)
    assert other.report.outcome is Outcome.FAILED
    (replay,) = [e for e in other.report.checks if e.id is CheckId.PRESENTATION_REPLAY]
    assert replay.reason is Reason.ALREADY_USED


def test_of_two_threads_one_confirms(made: Draft) -> None:
    found, start, came = awaiting(made), Barrier(2), []

    def confirm() -> None:
        start.wait()
        try:
            came.append(found.confirm(matches=True, by=CLERK, at=made.scene.at))
        except UsageError as error:
            came.append(error)

    threads = [Thread(target=confirm) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(isinstance(each, VerifiedPresentation) for each in came) == 1
    assert sum(isinstance(each, UsageError) for each in came) == 1


def test_a_comparison_comes_in_time(scene: Scene) -> None:
    age = PRESENT.comparison_age
    for after, expected in (
        (age - timedelta(seconds=1), Reason.PORTRAIT_COMPARED),
        (age, Reason.COMPARED_TOO_LATE),
    ):
        made = asking_for_picture(scene)
        made.request = replace_lifetime(made)
        found = awaiting(made)
        assert found.until == scene.at + age
        came = found.confirm(matches=True, by=CLERK, at=scene.at + after)
        assert reason(came) is expected
        assert isinstance(came, VerifiedPresentation) is (
            expected is Reason.PORTRAIT_COMPARED
        )


def replace_lifetime(made: Draft) -> object:
    request = made.request
    return request.verifier.request(
        request.query, purpose="a test", at=made.scene.at, lifetime=timedelta(hours=1)
    )


def test_neither_the_request_nor_the_credential_may_end_before(scene: Scene) -> None:
    made = asking_for_picture(scene)
    verifier = made.request.verifier
    made.request = verifier.request(
        made.request.query, purpose="a test", at=scene.at, lifetime=2 * MINUTE
    )
    found = awaiting(made)
    assert found.until == made.request.expires + PRESENT.clock_skew
    made = asking_for_picture(scene)
    ends = scene.at + MINUTE
    made.payload = {"exp": int(ends.timestamp())}
    found = awaiting(made)
    assert found.until == ends
    came = found.confirm(matches=True, by=CLERK, at=ends)
    assert reason(came) is Reason.COMPARED_TOO_LATE


def test_a_comparison_is_not_earlier_than_the_answer(made: Draft) -> None:
    with pytest.raises(UsageError, match="earlier"):
        awaiting(made).confirm(matches=True, by=CLERK, at=made.scene.at - 10 * MINUTE)


@pytest.mark.parametrize("by", ["", "x" * 65, "desk\n7", "desk\u202e7"])
def test_a_clerk_has_a_pseudonym_that_can_be_shown(made: Draft, by: str) -> None:
    with pytest.raises(UsageError, match="pseudonym"):
        awaiting(made).confirm(matches=True, by=by, at=made.scene.at)


@pytest.mark.parametrize("matches", [1, "yes", None])
def test_a_clerk_says_yes_or_no(made: Draft, matches: object) -> None:
    with pytest.raises(UsageError, match="True or False"):
        awaiting(made).confirm(matches=matches, by=CLERK, at=made.scene.at)  # type: ignore[arg-type]  # on purpose


class _Broken:
    """A guard that answers only the second time."""

    def __init__(self) -> None:
        self.asked = 0

    def consume(self, *_: object, **__: object) -> Use:
        return Use.FIRST

    def settle(self, _: bytes) -> bool:
        self.asked += 1
        if self.asked == 1:
            raise PortError("the disk is gone")
        return True


def test_a_guard_that_does_not_answer_spends_no_comparison(made: Draft) -> None:
    verifier = replace(made.request.verifier, replay=_Broken())
    query = made.request.query
    made.request = verifier.request(query, purpose="a test", at=made.scene.at)
    found = awaiting(made)
    with pytest.raises(PortError):
        found.confirm(matches=True, by=CLERK, at=made.scene.at)
    came = found.confirm(matches=True, by=CLERK, at=made.scene.at)
    assert isinstance(came, VerifiedPresentation)


def _without(made: Draft) -> None:
    made.claims = {"family_name": "Образцова"}


def _no_image(made: Draft) -> None:
    made.claims = {**made.claims, "picture": picture(b"<html>")}


def _no_base64(made: Draft) -> None:
    made.claims = {**made.claims, "picture": "data:image/jpeg;base64,???"}


def _an_address(made: Draft) -> None:
    made.claims = {**made.claims, "picture": "https://photo.example/1.jpg"}


def _no_text(made: Draft) -> None:
    made.claims = {**made.claims, "picture": {"data": picture()}}


def _revoked_key(made: Draft) -> None:
    made.bend_binding = lambda text: f"{text[:-8]}AAAAAAAA"


@pytest.mark.parametrize(
    "change", [_without, _no_image, _no_base64, _an_address, _no_text, _revoked_key]
)
def test_a_clerk_is_asked_only_when_an_image_is_there_and_all_else_passed(
    made: Draft, change: Callable[[Draft], None]
) -> None:
    change(made)
    found = judged(made)
    assert type(found) is Unverified
    assert reason(found) is Reason.NOT_ESTABLISHED


def test_a_picture_that_nobody_asked_for_is_not_compared(scene: Scene) -> None:
    made = draft(
        scene,
        scene.new_verifier(policy=PRESENT).request(
            scene.request().query, purpose="a test", at=scene.at
        ),
    )
    made.claims = {**made.claims, "picture": picture()}
    assert type(judged(made)) is Unverified


def test_where_presence_is_accepted_nobody_compares(scene: Scene) -> None:
    made = asking_for_picture(scene, RETAIL)
    assert isinstance(judged(made), VerifiedPresentation)


def test_the_word_of_a_wallet_is_enough_only_where_the_policy_says_so(
    scene: Scene,
) -> None:
    for policy, kind in ((PRESENT, VerifiedPresentation), (COMPARED, AwaitingPortrait)):
        made = asking_for_picture(scene, policy)
        made.binding = {"amr": [{"inherence": "face_device"}]}
        assert isinstance(judged(made), kind)


def test_bare_base64_is_an_image_as_well(made: Draft) -> None:
    made.claims = {**made.claims, "picture": b64encode(IMAGE).decode()}
    assert awaiting(made).portrait.image == IMAGE
