"""Inside an event loop, in eight threads, twice in one process."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest

from idwallet.adapters.sql import SqlReplay
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.crypto.seal import SealKey
from idwallet.errors import VerificationFailed, VerificationIndeterminate
from idwallet.ports import ReplayGuard
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.presentation import evaluate_presentation, verify_presentation
from idwallet.roles.verifier import PresentationRequest, Verifier
from idwallet.testing.draft import draft
from idwallet.testing.pki import TestPki
from idwallet.testing.scene import PID, Scene
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import MetadataRule, Policy, PresenceRule
from idwallet.trust.replay import MemoryReplay
from tests.properties.presentations import canary_content, moved, scene

THREADS = 8
T = TypeVar("T")


def together(work: Callable[[int], T]) -> list[T]:
    """Run the same work in eight threads that start at one moment."""
    gate = Barrier(THREADS)

    def one(number: int) -> T:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def judged(
    body: str, request: PresentationRequest, by: Scene
) -> VerifiedPresentation | Unverified:
    return evaluate_presentation(body, request=request, trust=by.trust, at=by.at)


# --- an event loop -----------------------------------------------------------------


def whole_story(by: Scene) -> str:
    """Issue, add, ask, match, present and verify."""
    request = by.request()
    body = by.answer(request, by.issue())
    verified = verify_presentation(body, request=request, trust=by.trust, at=by.at)
    return verified.claim("family_name", str)


def test_everything_works_inside_a_running_event_loop() -> None:
    async def visitor() -> list[str]:
        loop = asyncio.get_running_loop()
        first = whole_story(scene())
        others = [loop.run_in_executor(None, whole_story, scene()) for _ in range(4)]
        return [first, *await asyncio.gather(*others)]

    assert set(asyncio.run(visitor())) == {"Образцова"}


# --- threads -----------------------------------------------------------------------


def test_eight_threads_tell_eight_stories_over_one_scene() -> None:
    assert together(lambda _: whole_story(scene())) == ["Образцова"] * THREADS


def test_eight_threads_share_a_new_trust_store_and_verifier() -> None:
    new = Scene(seed=b"idwallet TEST threads")
    drafts = [draft(new) for _ in range(THREADS)]
    bodies = [each.response() for each in drafts]
    found = together(lambda n: judged(bodies[n], drafts[n].request, new))
    assert all(isinstance(each, VerifiedPresentation) for each in found)
    assert len({each.report.checks for each in found}) == 1


@pytest.fixture(params=["memory", "database"])
def guard(request: pytest.FixtureRequest, tmp_path: Path) -> ReplayGuard:
    if request.param == "memory":
        return MemoryReplay()
    return SqlReplay(f"sqlite:///{tmp_path / 'replay.db'}")


def guarded(guard: ReplayGuard, policy: Policy = RETAIL) -> Verifier:
    return Verifier(identity=scene().verifier.identity, policy=policy, replay=guard)


def test_of_eight_threads_with_one_answer_exactly_one_gets_it(
    guard: ReplayGuard,
) -> None:
    verifier = guarded(guard)
    for _ in range(4):
        made = draft(scene())
        made.request = verifier.request(
            made.request.query, purpose="a test", at=scene().at
        )
        body = made.response()
        found = together(lambda _, b=body, r=made.request: judged(b, r, scene()))  # type: ignore[misc]
        verified = [e for e in found if isinstance(e, VerifiedPresentation)]
        assert len(verified) == 1
        for each in found:
            if isinstance(each, Unverified):
                (failed,) = each.report.failed()
                assert failed.id is CheckId.PRESENTATION_REPLAY
                assert failed.reason is Reason.ALREADY_USED


def test_of_eight_threads_with_eight_answers_to_one_request_one_gets_it(
    guard: ReplayGuard,
) -> None:
    made = draft(scene())
    made.request = guarded(guard).request(
        made.request.query, purpose="a test", at=scene().at
    )
    bodies = [made.response() for _ in range(THREADS)]
    assert len(set(bodies)) == THREADS
    found = together(lambda n: judged(bodies[n], made.request, scene()))
    assert sum(isinstance(each, VerifiedPresentation) for each in found) == 1


def test_two_processes_that_restored_one_request_let_one_person_in(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'replay.db'}"
    made = draft(scene())
    made.request = guarded(SqlReplay(url)).request(
        made.request.query, purpose="a test", at=scene().at
    )
    key = SealKey(bytes(32))
    saved = made.request.save(key)
    body = made.response()

    def restored(_: int) -> VerifiedPresentation | Unverified:
        # A guard of its own, as in another process, over the same database.
        request = guarded(SqlReplay(url)).restore(saved, key)
        return judged(body, request, scene())

    found = together(restored)
    assert sum(isinstance(each, VerifiedPresentation) for each in found) == 1


def test_eight_threads_may_all_wait_for_what_is_undecided(guard: ReplayGuard) -> None:
    undecided = replace(RETAIL, name="person", presence=PresenceRule.ATTESTED)
    made = draft(scene())
    made.request = guarded(guard, undecided).request(
        made.request.query, purpose="a test", at=scene().at
    )
    body = made.response()
    found = together(lambda _: judged(body, made.request, scene()))
    assert {each.report.outcome for each in found} == {Outcome.INDETERMINATE}


def test_eight_threads_fill_one_wallet() -> None:
    wallet = scene().new_wallet()
    credentials = [scene().issue(canary_content()) for _ in range(THREADS)]
    added = together(lambda n: wallet.add(credentials[n], at=scene().at))
    held = wallet.credentials()
    assert {each.raw for each in held} == {each.raw for each in credentials}
    assert len({each.name for each in added}) == THREADS


# --- twice in one process ------------------------------------------------------------


def test_two_settings_in_one_process_do_not_touch_each_other() -> None:
    rules = b'{"vct":"%s","claims":[{"path":["family_name"],"sd":"never"}]}'
    types = TypeMetadataSet.read([rules % PID.encode()])
    held = replace(RETAIL, name="held", metadata=MetadataRule.REQUIRED)
    bare = replace(held, name="bare")
    person = replace(RETAIL, name="person", presence=PresenceRule.ATTESTED)
    settings = {
        scene().new_verifier(): Outcome.PASSED,
        scene().new_verifier(policy=held, types=types): Outcome.FAILED,
        scene().new_verifier(policy=bare): Outcome.INDETERMINATE,
        scene().new_verifier(policy=person): Outcome.INDETERMINATE,
    }
    for _ in range(2):
        for verifier, outcome in settings.items():
            made = draft(scene())
            made.request = verifier.request(
                made.request.query, purpose="a test", at=scene().at
            )
            found = judged(made.response(), made.request, scene()).report
            assert (found.outcome, found.policy) == (outcome, verifier.policy.name)


def test_two_trust_stores_in_one_process_believe_their_own_roots() -> None:
    here, there = Scene(seed=b"here"), Scene(seed=b"there")
    for _ in range(2):
        for issuing in (here, there):
            for judging in (here, there):
                made = draft(issuing)
                found = judged(made.response(), made.request, judging).report
                passes = found.outcome is Outcome.PASSED
                assert passes is (issuing is judging)


def test_a_root_that_left_the_store_is_not_believed_from_memory() -> None:
    made = draft(scene())
    verify_presentation(
        made.response(), request=made.request, trust=scene().trust, at=scene().at
    )
    again = draft(scene())
    with pytest.raises(VerificationFailed):
        verify_presentation(
            again.response(),
            request=again.request,
            trust=TestPki(seed=b"another").store(),
            at=scene().at,
        )


def test_a_guard_that_is_shared_counts_for_both_verifiers() -> None:
    guard = MemoryReplay()
    first, second = guarded(guard), guarded(guard)
    made = draft(scene())
    made.request = first.request(made.request.query, purpose="a test", at=scene().at)
    body = made.response()
    assert isinstance(judged(body, made.request, scene()), VerifiedPresentation)
    elsewhere = moved(made.request, second)
    assert isinstance(judged(body, elsewhere, scene()), Unverified)


def test_what_raises_in_one_door_is_returned_by_the_other() -> None:
    undecided = replace(RETAIL, name="person", presence=PresenceRule.ATTESTED)
    made = draft(scene())
    made.request = guarded(MemoryReplay(), undecided).request(
        made.request.query, purpose="a test", at=scene().at
    )
    body = made.response()
    found = judged(body, made.request, scene())
    with pytest.raises(VerificationIndeterminate) as caught:
        verify_presentation(
            body, request=made.request, trust=scene().trust, at=scene().at
        )
    assert caught.value.report.indeterminate() == found.report.indeterminate()
