import json
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest

from idwallet import limits
from idwallet.adapters.sql import SqlStatusStore
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import PortError, UsageError
from idwallet.ports import Publication
from idwallet.roles.status_issuer import (
    AGGREGATION,
    ListForm,
    Published,
    PublishingRules,
    StatusIssuer,
    StatusPlan,
    StatusPublisher,
    StatusReference,
)
from idwallet.testing.status import StatusScene
from idwallet.trust.status_list import (
    ListSource,
    StatusKind,
    StatusList,
    StatusReason,
    evaluate_status_list,
    judge_status,
)
from tests.unit.roles.status_issuer.world import AT, LOST, PLAN, PREFIX, SMALL, UNTIL

BOTH = PublishingRules(
    forms=(ListForm.JWT, ListForm.CWT), aggregation_uri="https://issuer.example/lists"
)
HOUR = timedelta(hours=1)


@cache
def scene() -> StatusScene:
    return StatusScene(at=AT, seed=b"published lists")


class Shelf(dict[tuple[str, str], bytes]):
    """Where documents are put, and how often."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, document: Publication) -> None:
        self[document.name, document.media_type] = document.body
        self.count += 1

    def lists(self) -> int:
        return sum(media_type != "application/json" for _, media_type in self)

    def named(self) -> list[str]:
        document = json.loads(self[AGGREGATION, "application/json"])
        assert isinstance(document["status_lists"], list)
        return document["status_lists"]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def publisher(
    store: SqlStatusStore, rules: PublishingRules | None = None
) -> StatusPublisher:
    return StatusPublisher(
        store=store,
        signer=scene().issuer.signer,
        certificates=scene().issuer.chain,
        rules=rules,
    )


def read(
    shelf: Shelf,
    place: StatusReference,
    *,
    form: ListForm = ListForm.JWT,
    at: datetime = AT,
) -> StatusList:
    token = shelf[place.uri.removeprefix(PREFIX), form.value]
    context = replace(scene().context, at=at)
    found = evaluate_status_list(token, ListSource(place.uri), context=context)
    assert isinstance(found, StatusList), found
    return found


@pytest.mark.parametrize("form", ListForm)
def test_what_was_changed_stands_in_the_list_as_readers_get_it(
    form: ListForm, issuer: StatusIssuer, store: SqlStatusStore, shelf: Shelf
) -> None:
    revoked, suspended, valid = issuer.allocate(3, valid_until=UNTIL)
    issuer.revoke(revoked, **LOST)
    issuer.suspend(suspended, **LOST)
    publisher(store, BOTH).publish(shelf, at=AT)
    found = read(shelf, revoked, form=form)
    assert [found.status(each.index).kind for each in (revoked, suspended, valid)] == [
        StatusKind.INVALID,
        StatusKind.SUSPENDED,
        StatusKind.VALID,
    ]
    assert (found.bits, found.size, found.issued) == (2, SMALL, AT)
    assert found.ttl == BOTH.ttl
    assert found.expires == AT + BOTH.life
    assert found.aggregation_uri == "https://issuer.example/lists"
    assert sum(found.bitmap).bit_count() > 0


def test_a_reader_judges_a_credential_by_the_published_list(
    issuer: StatusIssuer, store: SqlStatusStore, shelf: Shelf
) -> None:
    lost, kept = issuer.allocate(2, valid_until=UNTIL)
    issuer.revoke(lost, **LOST)
    publisher(store).publish(shelf, at=AT)
    found = read(shelf, lost)
    reasons = [
        judge_status(
            found,
            uri=each.uri,
            index=each.index,
            issuer=scene().found_issuer(),
            context=scene().context,
        ).reason
        for each in (lost, kept)
    ]
    assert reasons == [StatusReason.REVOKED, StatusReason.VALID]


def test_a_list_is_as_long_on_its_first_day_as_on_its_last(
    issuer: StatusIssuer, store: SqlStatusStore, shelf: Shelf
) -> None:
    (place,) = issuer.allocate(valid_until=UNTIL)
    publisher(store).publish(shelf, at=AT)
    assert read(shelf, place).size == SMALL >= limits.STATUS_ENTRIES_MINIMUM


def test_only_what_changed_is_signed_again(store: SqlStatusStore, shelf: Shelf) -> None:
    plan = StatusPlan(uri=PREFIX, entries=SMALL, open_lists=3)
    issuer = StatusIssuer(store=store, plan=plan)
    places = issuer.allocate(60, valid_until=UNTIL)
    publishing = publisher(store)
    assert len(publishing.publish(shelf, at=AT).signed) == 3
    assert publishing.publish(shelf, at=AT + HOUR).signed == ()
    lost = places[0]
    issuer.revoke(lost, **LOST)
    issuer.allocate(60, valid_until=UNTIL)
    done = publishing.publish(shelf, at=AT + HOUR)
    assert done.signed == (lost.uri,)
    assert len(done.unchanged) == 2
    assert read(shelf, lost, at=AT + HOUR).issued == AT + HOUR
    other = next(each for each in places if each.uri != lost.uri)
    assert read(shelf, other, at=AT + HOUR).issued == AT


def test_a_list_that_grew_old_is_signed_again_though_nothing_changed(
    issuer: StatusIssuer, store: SqlStatusStore, shelf: Shelf
) -> None:
    (place,) = issuer.allocate(valid_until=UNTIL)
    publishing = publisher(store)
    publishing.publish(shelf, at=AT)
    just_before = AT + BOTH.ttl - timedelta(seconds=1)
    assert publishing.publish(shelf, at=just_before).signed == ()
    assert publishing.publish(shelf, at=AT + BOTH.ttl).signed == (place.uri,)
    assert read(shelf, place, at=AT + BOTH.ttl).issued == AT + BOTH.ttl


def test_everything_is_signed_again_when_asked_for(
    issuer: StatusIssuer, store: SqlStatusStore, shelf: Shelf
) -> None:
    (place,) = issuer.allocate(valid_until=UNTIL)
    publishing = publisher(store)
    publishing.publish(shelf, at=AT)
    shelf.clear()
    done = publishing.publish(shelf, at=AT, everything=True)
    assert done.signed == (place.uri,)
    assert read(shelf, place)


def test_the_aggregation_names_every_list_in_no_telling_order(
    store: SqlStatusStore, shelf: Shelf
) -> None:
    plan = StatusPlan(uri=PREFIX, entries=SMALL, open_lists=5)
    places = StatusIssuer(store=store, plan=plan).allocate(200, valid_until=UNTIL)
    publisher(store).publish(shelf, at=AT)
    assert shelf.named() == sorted({each.uri for each in places})


def test_a_list_of_which_every_credential_expired_is_published_no_more(
    store: SqlStatusStore, shelf: Shelf
) -> None:
    old = StatusIssuer(store=store, plan=PLAN)
    new = StatusIssuer(store=store, plan=StatusPlan(uri=PREFIX, entries=SMALL))
    (gone,) = old.allocate(valid_until=AT + timedelta(days=1))
    (kept,) = new.allocate(valid_until=AT + timedelta(days=9))
    publishing = publisher(store)
    assert len(publishing.publish(shelf, at=AT).signed) == 2
    assert sorted(shelf.named()) == sorted([gone.uri, kept.uri])
    late = AT + timedelta(days=2)
    done = publishing.publish(shelf, at=late)
    assert (done.signed, done.retired) == ((kept.uri,), (gone.uri,))
    assert shelf.named() == [kept.uri]
    old.allocate(valid_until=late + timedelta(days=1))
    assert publishing.publish(shelf, at=late).signed == (gone.uri,)


def test_an_empty_store_publishes_an_empty_aggregation(
    store: SqlStatusStore, shelf: Shelf
) -> None:
    assert publisher(store).publish(shelf, at=AT) == Published((), (), ())
    assert shelf.named() == []


def test_progress_is_told(store: SqlStatusStore, shelf: Shelf) -> None:
    plan = StatusPlan(uri=PREFIX, entries=SMALL, open_lists=2)
    StatusIssuer(store=store, plan=plan).allocate(valid_until=UNTIL)
    told: list[tuple[int, int]] = []
    publisher(store).publish(shelf, at=AT, progress=lambda *each: told.append(each))
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_what_could_not_be_put_is_published_the_next_time(
    issuer: StatusIssuer, store: SqlStatusStore, shelf: Shelf
) -> None:
    (place,) = issuer.allocate(valid_until=UNTIL)

    def fail(document: Publication) -> None:
        raise PortError("the disk is full")

    publishing = publisher(store)
    with pytest.raises(PortError):
        publishing.publish(fail, at=AT)
    assert publishing.publish(shelf, at=AT).signed == (place.uri,)


def test_a_change_that_comes_while_a_list_is_put_is_published_the_next_time(
    issuer: StatusIssuer, store: SqlStatusStore, shelf: Shelf, database_url: str
) -> None:
    (place,) = issuer.allocate(valid_until=UNTIL)
    publishing = publisher(store)

    def put(document: Publication) -> None:
        # In SQLite one transaction writes at a time: there it would wait.
        if database_url.startswith("postgresql"):
            issuer.revoke(place, **LOST)
        shelf(document)

    publishing.publish(put, at=AT)
    issuer.revoke(place, **LOST)
    assert read(shelf, place).status(place.index).kind is StatusKind.VALID
    assert publishing.publish(shelf, at=AT).signed == (place.uri,)
    assert read(shelf, place).status(place.index).kind is StatusKind.INVALID


def test_a_list_never_goes_back_in_time(
    issuer: StatusIssuer, store: SqlStatusStore, shelf: Shelf
) -> None:
    (place,) = issuer.allocate(valid_until=UNTIL)
    publishing = publisher(store)
    publishing.publish(shelf, at=AT)
    issuer.revoke(place, **LOST)
    with pytest.raises(UsageError):
        publishing.publish(shelf, at=AT - limits.CLOCK_SKEW - timedelta(seconds=1))
    a_little_behind = AT - limits.CLOCK_SKEW
    publishing.publish(shelf, at=a_little_behind)
    found = read(shelf, place)
    assert found.issued == AT
    assert found.status(place.index).kind is StatusKind.INVALID


@pytest.mark.parametrize("days", [-400, 4_000])
def test_a_certificate_that_is_not_valid_then_signs_nothing(
    days: int, issuer: StatusIssuer, store: SqlStatusStore, shelf: Shelf
) -> None:
    issuer.allocate(valid_until=UNTIL)
    with pytest.raises(UsageError):
        publisher(store).publish(shelf, at=AT + timedelta(days=days))
    assert not shelf


def test_a_moment_without_a_zone_is_refused(
    store: SqlStatusStore, shelf: Shelf
) -> None:
    with pytest.raises(UsageError):
        publisher(store).publish(shelf, at=datetime(2026, 11, 24))  # noqa: DTZ001 - the fault


def test_a_publisher_is_known_by_a_chain_or_by_a_name(store: SqlStatusStore) -> None:
    signer, chain = scene().issuer.signer, scene().issuer.chain
    stranger = SoftwareSigner.generate(Algorithm.ES256)
    with pytest.raises(UsageError):
        StatusPublisher(store=store, signer=signer)
    with pytest.raises(UsageError):
        StatusPublisher(store=store, signer=signer, certificates=chain, kid="1")
    with pytest.raises(UsageError):
        StatusPublisher(store=store, signer=stranger, certificates=chain)


@pytest.mark.parametrize("form", ListForm)
def test_a_pinned_publisher_names_its_key(
    form: ListForm, issuer: StatusIssuer, store: SqlStatusStore, shelf: Shelf
) -> None:
    (place,) = issuer.allocate(valid_until=UNTIL)
    StatusPublisher(
        store=store, signer=scene().issuer.signer, kid="2026-1", rules=BOTH
    ).publish(shelf, at=AT)
    token = shelf[place.uri.removeprefix(PREFIX), form.value]
    source = ListSource(place.uri, issuer=scene().found_issuer())
    found = evaluate_status_list(token, source, context=scene().context)
    assert isinstance(found, StatusList)


@pytest.mark.parametrize(
    "changes",
    [
        {"forms": ()},
        {"forms": (ListForm.JWT, ListForm.JWT)},
        {"ttl": timedelta(0)},
        {"ttl": timedelta(hours=48)},
        {"life": timedelta(hours=12)},
    ],
    ids=str,
)
def test_rules_that_leave_readers_without_a_list_are_refused(
    changes: dict[str, object],
) -> None:
    assert PublishingRules()
    with pytest.raises(UsageError):
        PublishingRules(**changes)  # type: ignore[arg-type]


def test_a_list_that_another_published_meanwhile_is_left_to_it(
    issuer: StatusIssuer, store: SqlStatusStore, shelf: Shelf
) -> None:
    (place,) = issuer.allocate(valid_until=UNTIL)
    publishing, other = publisher(store), publisher(store)

    def meanwhile(done: int, _all: int) -> None:
        if not done:
            assert other.publish(shelf, at=AT).signed == (place.uri,)

    assert publishing.publish(shelf, at=AT, progress=meanwhile).signed == ()
    assert read(shelf, place)
