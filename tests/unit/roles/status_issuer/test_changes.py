from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from idwallet import limits
from idwallet.adapters.sql import SqlStatusStore
from idwallet.errors import UsageError
from idwallet.roles.status_issuer import (
    StatusIssuer,
    StatusPlan,
    StatusReference,
    Why,
)
from idwallet.trust.status_list import StatusKind
from idwallet.trust.status_list.bitmap import pack
from tests.unit.roles.status_issuer.world import AT, LOST, PREFIX, SMALL, UNTIL

WHY = Why(**LOST)


def given(issuer: StatusIssuer) -> StatusReference:
    return issuer.allocate(valid_until=UNTIL)[0]


def test_a_credential_is_revoked(issuer: StatusIssuer) -> None:
    place, other = issuer.allocate(2, valid_until=UNTIL)
    assert issuer.revoke(place, **LOST) == (place,)
    assert issuer.status(place).kind is StatusKind.INVALID
    assert issuer.status(other).kind is StatusKind.VALID


def test_a_credential_is_suspended_and_reinstated(issuer: StatusIssuer) -> None:
    place = given(issuer)
    issuer.suspend(place, **LOST)
    assert issuer.status(place).kind is StatusKind.SUSPENDED
    issuer.reinstate(place, **LOST)
    assert issuer.status(place).kind is StatusKind.VALID


@pytest.mark.parametrize("status", [0, 2, 3])
def test_what_was_revoked_stays_revoked(status: int, issuer: StatusIssuer) -> None:
    lost, suspended = issuer.allocate(2, valid_until=UNTIL)
    issuer.revoke(lost, **LOST)
    issuer.suspend(suspended, **LOST)
    if status != 2:
        assert issuer.set_status([suspended], status, why=WHY) == (suspended,)
    with pytest.raises(UsageError):
        issuer.set_status([lost], status, why=WHY)
    assert issuer.status(lost).kind is StatusKind.INVALID


def test_a_suspended_credential_may_be_revoked(issuer: StatusIssuer) -> None:
    place = given(issuer)
    issuer.suspend(place, **LOST)
    issuer.revoke(place, **LOST)
    assert issuer.status(place).kind is StatusKind.INVALID


def test_what_is_so_already_is_no_change(issuer: StatusIssuer) -> None:
    place = given(issuer)
    assert issuer.revoke(place, **LOST) == (place,)
    assert issuer.revoke(place, place, **LOST) == ()
    assert len(issuer.history(place)) == 1


def test_each_change_is_told_with_who_when_and_why(issuer: StatusIssuer) -> None:
    place = given(issuer)
    assert issuer.history(place) == ()
    issuer.suspend(place, **LOST)
    later = AT + timedelta(hours=1, microseconds=7)
    issuer.reinstate(place, actor="Анна", reason="found again", at=later)
    told = issuer.history(place)
    assert [(each.before, each.after) for each in told] == [(0, 2), (2, 0)]
    assert [(each.actor, each.reason) for each in told] == [
        ("clerk 7", "reported lost"),
        ("Анна", "found again"),
    ]
    assert [each.at for each in told] == [AT, later]
    assert {each.index for each in told} == {place.index}


def test_many_are_changed_at_once_in_whatever_lists_they_are(
    store: SqlStatusStore,
) -> None:
    plan = StatusPlan(uri=PREFIX, bits=1, entries=SMALL, open_lists=3)
    issuer = StatusIssuer(store=store, plan=plan)
    places = issuer.allocate(3_000, valid_until=UNTIL)
    lost = places[::3]
    assert set(issuer.revoke(*lost, **LOST)) == set(lost)
    with store.view() as session:
        said = {
            shard.uri: b"".join(page.statuses for page in session.pages(shard.name))
            for shard in session.shards()
        }
        revisions = [each.revision for each in session.shards()]
    found = {
        StatusReference(uri, byte * 8 + bit)
        for uri, array in said.items()
        for byte, each in enumerate(array)
        for bit in range(8)
        if each >> bit & 1
    }
    assert found == set(lost)
    assert revisions == [1, 1, 1]


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_every_value_that_fits_is_kept_and_no_neighbour_is_touched(
    bits: int, store: SqlStatusStore
) -> None:
    plan = StatusPlan(uri=PREFIX, bits=bits, entries=SMALL)
    issuer = StatusIssuer(store=store, plan=plan)
    uri = given(issuer).uri
    with store.session() as session:
        (shard,) = session.shards()
        taken = b"\xff" * (limits.STATUS_PAGE_ENTRIES // 8)
        pages = [replace(each, taken=taken) for each in session.pages(shard.name)]
        session.put(pages)
    values = sorted({1, (1 << bits) - 1, *range(0, 1 << bits, 1 + (1 << bits) // 9)})
    # Side by side and apart, over the border of two pages.
    edge = limits.STATUS_PAGE_ENTRIES
    wanted = {edge - 3 + at + at // 3: value for at, value in enumerate(values * 2)}
    for value in values:
        here = [
            StatusReference(uri, at) for at, each in wanted.items() if each == value
        ]
        issuer.set_status(here, value, why=WHY)
    with store.view() as session:
        array = b"".join(
            page.statuses or bytes(edge * bits // 8)
            for page in session.pages(shard.name)
        )
    assert array == pack(wanted.items(), bits=bits, size=SMALL)
    place = StatusReference(uri, edge - 3)
    assert issuer.status(place).number == wanted[edge - 3]


def _unknown(place: StatusReference) -> StatusReference:
    return StatusReference(place.uri + "0", place.index)


def _free(place: StatusReference) -> StatusReference:
    return StatusReference(place.uri, place.index ^ 1)


def _negative(place: StatusReference) -> StatusReference:
    return StatusReference(place.uri, place.index - SMALL)


def _beyond(place: StatusReference) -> StatusReference:
    return StatusReference(place.uri, SMALL)


@pytest.mark.parametrize("bend", [_unknown, _free, _negative, _beyond])
def test_a_place_that_nobody_was_given_is_refused_and_nothing_changes(
    bend: object, issuer: StatusIssuer
) -> None:
    assert callable(bend)
    place = given(issuer)
    for change in (issuer.revoke, issuer.suspend, issuer.reinstate):
        with pytest.raises(UsageError):
            change(place, bend(place), **LOST)
    with pytest.raises(UsageError):
        issuer.status(bend(place))
    with pytest.raises(UsageError):
        issuer.history(bend(place))
    assert issuer.history(place) == ()
    assert issuer.revoke(place, **LOST) == (place,)


def test_where_one_cannot_be_changed_none_is(issuer: StatusIssuer) -> None:
    lost, *others = issuer.allocate(20, valid_until=UNTIL)
    issuer.revoke(lost, **LOST)
    with pytest.raises(UsageError):
        issuer.suspend(*others, lost, **LOST)
    assert {issuer.status(each).number for each in others} == {0}
    assert issuer.suspend(*others, **LOST)


@pytest.mark.parametrize("status", [-1, 4, 256, True, 1.0])
def test_a_value_that_does_not_fit_is_refused(
    status: int, issuer: StatusIssuer
) -> None:
    place = given(issuer)
    with pytest.raises(UsageError):
        issuer.set_status([place], status, why=WHY)
    assert issuer.set_status([place], 3, why=WHY) == (place,)


def test_a_list_of_one_bit_knows_no_suspension(store: SqlStatusStore) -> None:
    plan = StatusPlan(uri=PREFIX, bits=1, entries=SMALL)
    issuer = StatusIssuer(store=store, plan=plan)
    place = given(issuer)
    with pytest.raises(UsageError):
        issuer.suspend(place, **LOST)
    assert issuer.revoke(place, **LOST) == (place,)


@pytest.mark.parametrize(
    "changes",
    [
        {"actor": ""},
        {"actor": "a" * (limits.STATUS_ACTOR_CHARACTERS + 1)},
        {"reason": ""},
        {"reason": "r" * (limits.STATUS_REASON_CHARACTERS + 1)},
        {"at": datetime(2026, 11, 24)},  # noqa: DTZ001 - the fault
    ],
    ids=lambda each: next(iter(each)),
)
def test_a_change_without_who_when_or_why_is_refused(
    changes: dict[str, object], issuer: StatusIssuer
) -> None:
    place = given(issuer)
    with pytest.raises(UsageError):
        issuer.revoke(place, **{**LOST, **changes})  # type: ignore[arg-type]
    assert issuer.revoke(place, **LOST) == (place,)


def test_no_places_are_no_change_at_all(issuer: StatusIssuer) -> None:
    with pytest.raises(UsageError):
        issuer.revoke(**LOST)


def test_more_places_than_are_changed_at_once_are_refused(
    issuer: StatusIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STATUS_CHANGES_AT_ONCE", 3)
    places = issuer.allocate(4, valid_until=UNTIL)
    with pytest.raises(UsageError):
        issuer.revoke(*places, **LOST)
    assert len(issuer.revoke(*places[:3], **LOST)) == 3
