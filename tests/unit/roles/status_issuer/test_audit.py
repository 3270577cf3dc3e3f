"""A history that was touched is noticed; each fault has a twin that differs in it."""

from dataclasses import replace

import pytest

from idwallet.adapters.sql import SqlStatusStore
from idwallet.errors import MalformedError
from idwallet.roles.status_issuer import AuditFault, Seal, StatusIssuer, audit
from idwallet.roles.status_issuer.chain import beginning, from_body, link, to_body
from tests.unit.roles.status_issuer.world import LOST, UNTIL, tell

NO_GUARD = {
    "sqlite": (
        "DROP TRIGGER idwallet_status_history_no_update",
        "DROP TRIGGER idwallet_status_history_no_delete",
    ),
    "postgresql": (
        "DROP TRIGGER idwallet_status_history_kept ON idwallet_status_history",
    ),
}


@pytest.fixture
def unguarded(store: SqlStatusStore, database_url: str) -> str:
    """The URL of a database whose owner took the guard of the history away."""
    tell(database_url, *NO_GUARD[database_url.partition(":")[0].partition("+")[0]])
    return database_url


def changed(issuer: StatusIssuer) -> None:
    places = issuer.allocate(5, valid_until=UNTIL)
    issuer.suspend(*places, **LOST)
    issuer.revoke(*places[:2], **LOST)
    issuer.reinstate(*places[2:], **LOST)


def faults(store: SqlStatusStore, **seals: Seal) -> list[AuditFault | None]:
    return [each.fault for each in audit(store, seals=seals)]


def test_a_history_that_nobody_touched_stands(
    issuer: StatusIssuer, store: SqlStatusStore
) -> None:
    assert list(audit(store)) == []
    changed(issuer)
    (first,) = audit(store)
    assert (first.fault, first.seal.changes) == (None, 10)
    changed(issuer)
    (second,) = audit(store, seals={first.uri: first.seal})
    assert (second.fault, second.seal.changes) == (None, 20)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE idwallet_status_history SET place = 7",
        "UPDATE idwallet_status_history SET number = number + 100",
        "DELETE FROM idwallet_status_history WHERE number = 9",
    ],
)
def test_the_database_itself_refuses_to_rewrite_the_history(
    statement: str, issuer: StatusIssuer, store: SqlStatusStore, database_url: str
) -> None:
    changed(issuer)
    with pytest.raises(Exception, match="the history is never changed"):
        tell(database_url, statement)
    assert faults(store) == [None]


TOUCHED = [
    ("UPDATE idwallet_status_history SET body = body WHERE number = 0", None),
    ("DELETE FROM idwallet_status_history WHERE number = 0", AuditFault.BROKEN),
    ("DELETE FROM idwallet_status_history WHERE number = 4", AuditFault.BROKEN),
    ("DELETE FROM idwallet_status_history WHERE number = 9", AuditFault.CUT),
    ("DELETE FROM idwallet_status_history", AuditFault.CUT),
    ("UPDATE idwallet_status_history SET place = place + 1", AuditFault.BROKEN),
    (
        "UPDATE idwallet_status_history SET body = digest WHERE number = 3",
        AuditFault.BROKEN,
    ),
    ("UPDATE idwallet_status_shards SET changes = 9", AuditFault.CUT),
    ("UPDATE idwallet_status_pages SET statuses = {empty}", AuditFault.STATUSES),
    ("UPDATE idwallet_status_shards SET free = free + 1", AuditFault.PLACES),
    ("UPDATE idwallet_status_pages SET free = free - 1", AuditFault.PLACES),
    (
        "UPDATE idwallet_status_pages SET taken = {empty}, free = 32768",
        AuditFault.PLACES,
    ),
]


@pytest.mark.parametrize(("statement", "fault"), TOUCHED, ids=str)
def test_what_was_touched_is_noticed(
    statement: str,
    fault: AuditFault | None,
    issuer: StatusIssuer,
    store: SqlStatusStore,
    unguarded: str,
) -> None:
    changed(issuer)
    assert faults(store) == [None]
    tell(unguarded, statement.format(empty=_hex(unguarded, b"")))
    assert faults(store) == [fault]


def test_a_status_set_behind_the_history_is_noticed(
    issuer: StatusIssuer, store: SqlStatusStore
) -> None:
    changed(issuer)
    with store.session() as session:
        (shard,) = session.shards()
        page = session.page(shard.name, 0)
        statuses = bytearray(page.statuses or bytes(8192))
        free = next(n for n in range(8192) if not statuses[n])
        statuses[free] = 0x40
        session.put([replace(page, statuses=bytes(statuses))])
    assert faults(store) == [AuditFault.STATUSES]


def test_a_history_written_anew_from_the_start_is_told_by_its_seal_alone(
    issuer: StatusIssuer, store: SqlStatusStore, unguarded: str
) -> None:
    changed(issuer)
    ((uri, seal),) = [(each.uri, each.seal) for each in audit(store)]
    with store.session() as session:
        (shard,) = session.shards()
        records = list(session.history(shard.name))
    head = beginning(uri)
    rewritten = []
    for record in records:
        body = record.body.replace(b"reported lost", b"reported dead")
        head = link(head, body)
        rewritten.append((record.number, body, head))
    tell(
        unguarded,
        *(
            f"UPDATE idwallet_status_history SET body = {_hex(unguarded, body)}, "  # noqa: S608 - of the test's own
            f"digest = {_hex(unguarded, digest)} WHERE number = {number}"
            for number, body, digest in rewritten
        ),
        f"UPDATE idwallet_status_shards SET head = {_hex(unguarded, head)}",  # noqa: S608 - of the test's own
    )
    assert faults(store) == [None]
    assert faults(store, **{uri: seal}) == [AuditFault.REWRITTEN]


def test_a_record_that_cannot_be_read_breaks_the_history(
    issuer: StatusIssuer, store: SqlStatusStore, unguarded: str
) -> None:
    issuer.revoke(*issuer.allocate(valid_until=UNTIL), **LOST)
    ((uri, _),) = [(each.uri, each.seal) for each in audit(store)]
    body = b"no record of ours"
    digest = _hex(unguarded, link(beginning(uri), body))
    tell(
        unguarded,
        f"UPDATE idwallet_status_history SET body = {_hex(unguarded, body)}, "  # noqa: S608 - of the test's own
        f"digest = {digest}",
        f"UPDATE idwallet_status_shards SET head = {digest}",  # noqa: S608 - of the test's own
    )
    assert faults(store) == [AuditFault.BROKEN]


def _hex(url: str, data: bytes) -> str:
    return f"X'{data.hex()}'" if url.startswith("sqlite") else f"'\\x{data.hex()}'"


def test_a_list_that_went_is_missed_by_its_seal(
    issuer: StatusIssuer, store: SqlStatusStore, unguarded: str
) -> None:
    changed(issuer)
    ((uri, seal),) = [(each.uri, each.seal) for each in audit(store)]
    assert faults(store, **{uri: seal}) == [None]
    tell(unguarded, "DELETE FROM idwallet_status_shards")
    assert faults(store) == []
    assert faults(store, **{uri: seal}) == [AuditFault.REWRITTEN]


def test_a_record_reads_as_it_was_written(issuer: StatusIssuer) -> None:
    (place,) = issuer.allocate(valid_until=UNTIL)
    issuer.revoke(place, **LOST)
    (change,) = issuer.history(place)
    assert from_body(to_body(change)) == change


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":1', b'"v":2'),
        (b'"v":1', b'"w":1'),
        (b'"before":0', b'"before":"0"'),
        (b'"before":0', b'"before":false'),
        (b'"actor":"clerk 7"', b'"actor":7'),
        (b'"at":"2026', b'"at":"x026'),
        (b"}", b""),
    ],
)
def test_a_record_that_is_none_of_ours_is_refused(
    old: bytes, new: bytes, issuer: StatusIssuer
) -> None:
    (place,) = issuer.allocate(valid_until=UNTIL)
    issuer.revoke(place, **LOST)
    body = to_body(issuer.history(place)[0])
    assert body.count(old) == 1
    assert from_body(body)
    with pytest.raises(MalformedError):
        from_body(body.replace(old, new))
