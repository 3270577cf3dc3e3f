from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from idwallet import limits
from idwallet.errors import PortError, UsageError
from idwallet.ports import ReplayGuard, Use
from idwallet.trust.replay import MemoryReplay

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
UNTIL = AT + timedelta(minutes=5)
FORGOTTEN = UNTIL + limits.REPLAY_KEPT_AFTER + timedelta(microseconds=1)


def digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


REQUEST, RESPONSE, OTHER = digest("request"), digest("response"), digest("other")


def use(guard: ReplayGuard, request: bytes, response: bytes = RESPONSE) -> Use:
    return guard.consume(request, response, until=UNTIL, at=AT)


def test_the_first_response_takes_the_request() -> None:
    assert use(MemoryReplay(), REQUEST) is Use.FIRST


def test_the_same_response_may_come_again_until_its_verdict_is_settled() -> None:
    guard = MemoryReplay()
    uses = [use(guard, REQUEST), use(guard, REQUEST)]
    settled = guard.settle(REQUEST)
    assert [*uses, use(guard, REQUEST)] == [Use.FIRST, Use.SAME_AGAIN, Use.USED]
    assert settled


def test_another_response_to_the_same_request_is_refused() -> None:
    guard = MemoryReplay()
    use(guard, REQUEST)
    assert use(guard, REQUEST, OTHER) is Use.USED
    assert use(guard, REQUEST) is Use.SAME_AGAIN


def test_another_request_is_another_matter() -> None:
    guard = MemoryReplay()
    use(guard, REQUEST)
    assert use(guard, OTHER) is Use.FIRST


def test_only_one_caller_settles_a_request() -> None:
    guard = MemoryReplay()
    use(guard, REQUEST)
    assert [guard.settle(REQUEST), guard.settle(REQUEST)] == [True, False]


def test_a_request_that_nobody_consumed_cannot_be_settled() -> None:
    assert not MemoryReplay().settle(REQUEST)


def test_a_full_guard_fails_closed_and_still_knows_what_it_holds() -> None:
    guard = MemoryReplay(entries=1)
    use(guard, REQUEST)
    with pytest.raises(PortError):
        use(guard, OTHER)
    assert use(guard, REQUEST) is Use.SAME_AGAIN


def test_a_full_guard_makes_room_by_forgetting_what_expired_long_ago() -> None:
    guard = MemoryReplay(entries=1)
    use(guard, REQUEST)
    late = guard.consume(OTHER, RESPONSE, until=FORGOTTEN, at=FORGOTTEN)
    assert late is Use.FIRST


def test_a_request_is_remembered_for_a_while_after_it_expired() -> None:
    guard = MemoryReplay(entries=1)
    use(guard, REQUEST)
    with pytest.raises(PortError):
        guard.consume(
            OTHER,
            RESPONSE,
            until=FORGOTTEN,
            at=FORGOTTEN - timedelta(microseconds=1),
        )


def test_a_guard_that_remembers_nothing_cannot_be_made() -> None:
    with pytest.raises(UsageError):
        MemoryReplay(entries=0)


@pytest.mark.parametrize(
    ("request_digest", "response_digest"),
    [(REQUEST[:31], RESPONSE), (REQUEST, b"")],
)
def test_what_is_no_digest_is_refused(
    request_digest: bytes, response_digest: bytes
) -> None:
    with pytest.raises(UsageError):
        use(MemoryReplay(), request_digest, response_digest)


def test_of_many_threads_exactly_one_is_first() -> None:
    guard = MemoryReplay()
    responses = [digest(f"response {n}") for n in range(64)]
    with ThreadPoolExecutor(8) as pool:
        uses = list(pool.map(lambda each: use(guard, REQUEST, each), responses))
    assert sorted(uses) == [Use.FIRST] + [Use.USED] * 63
