from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from idwallet import limits
from idwallet.adapters.sql import SqlStatusStore
from idwallet.errors import PortError, UsageError
from idwallet.roles.status_issuer import StatusIssuer, StatusPlan
from tests.unit.roles.status_issuer.world import AT, PLAN, PREFIX, SMALL, UNTIL


def test_places_are_different_and_within_their_lists(issuer: StatusIssuer) -> None:
    places = issuer.allocate(500, valid_until=UNTIL)
    assert len(set(places)) == 500
    assert {each.uri.startswith(PREFIX) for each in places} == {True}
    assert all(0 <= each.index < SMALL for each in places)


def test_one_place_is_given_out_unless_more_are_asked_for(
    issuer: StatusIssuer,
) -> None:
    (place,) = issuer.allocate(valid_until=UNTIL)
    assert issuer.status(place).number == 0


def test_what_one_call_gave_out_no_other_gives_out(issuer: StatusIssuer) -> None:
    first = issuer.allocate(20_000, valid_until=UNTIL)
    second = issuer.allocate(20_000, valid_until=UNTIL)
    assert not set(first) & set(second)


def test_the_order_tells_nothing(issuer: StatusIssuer) -> None:
    indexes = [each.index for each in issuer.allocate(2_000, valid_until=UNTIL)]
    rising = sum(a < b for a, b in pairwise(indexes))
    assert 900 < rising < 1_100


def test_places_come_from_the_whole_list(issuer: StatusIssuer) -> None:
    indexes = [each.index for each in issuer.allocate(1_000, valid_until=UNTIL)]
    eighths = [sum(n * 8 // SMALL == part for n in indexes) for part in range(8)]
    assert min(eighths) > 60


def test_a_list_is_filled_to_its_last_place_before_another_is_opened(
    issuer: StatusIssuer, store: SqlStatusStore
) -> None:
    places = set(issuer.allocate(SMALL - 1, valid_until=UNTIL))
    places |= set(issuer.allocate(1, valid_until=UNTIL))
    (uri,) = {each.uri for each in places}
    assert {each.index for each in places} == set(range(SMALL))
    (next_one,) = issuer.allocate(1, valid_until=UNTIL)
    assert next_one.uri != uri
    with store.view() as session:
        assert [each.free for each in session.shards() if each.uri == uri] == [0]


def test_what_does_not_fit_goes_into_a_further_list(issuer: StatusIssuer) -> None:
    issuer.allocate(SMALL - 1_000, valid_until=UNTIL)
    places = issuer.allocate(40_000, valid_until=UNTIL)
    assert len(set(places)) == 40_000
    # As if from one urn: of those thousand some are among them.
    assert len({each.uri for each in places}) == 2


def test_several_lists_are_filled_side_by_side(store: SqlStatusStore) -> None:
    plan = StatusPlan(uri=PREFIX, entries=SMALL, open_lists=4)
    issuer = StatusIssuer(store=store, plan=plan)
    places = issuer.allocate(400, valid_until=UNTIL)
    counts = [
        sum(each.uri == uri for each in places) for uri in {e.uri for e in places}
    ]
    assert len(counts) == 4
    assert min(counts) > 50


def test_another_plan_opens_lists_of_its_own(
    issuer: StatusIssuer, store: SqlStatusStore
) -> None:
    (one,) = issuer.allocate(valid_until=UNTIL)
    bits = StatusIssuer(store=store, plan=StatusPlan(uri=PREFIX, bits=1, entries=SMALL))
    (other,) = bits.allocate(valid_until=UNTIL)
    assert one.uri != other.uri
    assert issuer.allocate(valid_until=UNTIL)[0].uri == one.uri


def test_a_restart_forgets_nothing(store: SqlStatusStore, database_url: str) -> None:
    before = StatusIssuer(store=store, plan=PLAN).allocate(30_000, valid_until=UNTIL)
    store.close()
    again = SqlStatusStore(database_url)
    try:
        after = StatusIssuer(store=again, plan=PLAN)
        assert not set(before) & set(after.allocate(30_000, valid_until=UNTIL))
    finally:
        again.close()


def test_of_many_threads_no_two_are_given_one_place(issuer: StatusIssuer) -> None:
    with ThreadPoolExecutor(6) as pool:
        given = list(
            pool.map(lambda _: issuer.allocate(50, valid_until=UNTIL), range(12))
        )
    assert len({place for each in given for place in each}) == 600
    assert len({place.uri for each in given for place in each}) == 1


@pytest.mark.parametrize("count", [0, -1, limits.STATUS_PLACES_AT_ONCE + 1])
def test_a_number_of_places_that_makes_no_sense_is_refused(
    count: int, issuer: StatusIssuer
) -> None:
    with pytest.raises(UsageError):
        issuer.allocate(count, valid_until=UNTIL)


def test_a_moment_without_a_zone_is_refused(issuer: StatusIssuer) -> None:
    with pytest.raises(UsageError):
        issuer.allocate(valid_until=datetime(2027, 1, 1))  # noqa: DTZ001 - the fault


def test_a_list_is_kept_until_the_last_of_its_credentials_expires(
    issuer: StatusIssuer, store: SqlStatusStore
) -> None:
    for days in (10, 30, 20):
        issuer.allocate(valid_until=AT + timedelta(days=days))
    with store.view() as session:
        (shard,) = session.shards()
    assert shard.until == int((AT + timedelta(days=30)).timestamp()) * 1_000_000


def test_what_fails_on_the_way_gives_out_nothing(
    issuer: StatusIssuer, store: SqlStatusStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.allocate(valid_until=UNTIL)

    def fail(*_: object) -> None:
        raise PortError("the test's own")

    with monkeypatch.context() as patch:
        patch.setattr("idwallet.adapters.sql.status.SqlStatusSession.update", fail)
        with pytest.raises(PortError):
            issuer.allocate(1_000, valid_until=UNTIL)
    with store.view() as session:
        (shard,) = session.shards()
        assert shard.free == sum(session.occupancy(shard.name)) == SMALL - 1


def test_the_representation_shows_where_the_lists_are(issuer: StatusIssuer) -> None:
    assert repr(issuer) == f"StatusIssuer({PREFIX!r})"
