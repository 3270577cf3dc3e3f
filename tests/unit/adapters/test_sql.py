import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sql

from idwallet import limits
from idwallet.adapters.sql import SqlReplay
from idwallet.errors import PortError, UnsupportedError, UsageError
from idwallet.ports import Use

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
UNTIL = AT + timedelta(minutes=5)
FORGOTTEN = UNTIL + limits.REPLAY_KEPT_AFTER + timedelta(microseconds=1)


def digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


REQUEST, RESPONSE, OTHER = digest("request"), digest("response"), digest("other")


@pytest.fixture
def guard(database_url: str) -> Iterator[SqlReplay]:
    with closing(SqlReplay(database_url)) as opened:
        yield opened


def tell(url: str, statement: str) -> object:
    """Carry out a statement behind the guard's back; return the first value."""
    engine = sql.create_engine(url)
    try:
        with engine.begin() as connection:
            done = connection.exec_driver_sql(statement)
            return done.scalar() if done.returns_rows else None
    finally:
        engine.dispose()


def use(guard: SqlReplay, request: bytes, response: bytes = RESPONSE) -> Use:
    return guard.consume(request, response, until=UNTIL, at=AT)


def test_the_first_response_takes_the_request(guard: SqlReplay) -> None:
    assert use(guard, REQUEST) is Use.FIRST


def test_the_same_response_may_come_again_until_its_verdict_is_settled(
    guard: SqlReplay,
) -> None:
    uses = [use(guard, REQUEST), use(guard, REQUEST)]
    settled = guard.settle(REQUEST)
    assert [*uses, use(guard, REQUEST)] == [Use.FIRST, Use.SAME_AGAIN, Use.USED]
    assert settled


def test_another_response_to_the_same_request_is_refused(guard: SqlReplay) -> None:
    use(guard, REQUEST)
    assert use(guard, REQUEST, OTHER) is Use.USED


def test_only_one_caller_settles_a_request(guard: SqlReplay) -> None:
    use(guard, REQUEST)
    assert [guard.settle(REQUEST), guard.settle(REQUEST)] == [True, False]


def test_a_request_that_nobody_consumed_cannot_be_settled(guard: SqlReplay) -> None:
    assert not guard.settle(REQUEST)


def test_a_restart_forgets_nothing(guard: SqlReplay, database_url: str) -> None:
    use(guard, REQUEST)
    guard.settle(REQUEST)
    guard.close()
    with closing(SqlReplay(database_url)) as again:
        assert use(again, REQUEST) is Use.USED


def _rows(url: str) -> object:
    return tell(url, "SELECT count(*) FROM idwallet_replay")


def test_what_expired_long_ago_is_forgotten(
    guard: SqlReplay, database_url: str
) -> None:
    use(guard, REQUEST)
    guard.consume(OTHER, RESPONSE, until=FORGOTTEN, at=FORGOTTEN)
    assert _rows(database_url) == 1


def test_what_expired_lately_is_remembered(guard: SqlReplay, database_url: str) -> None:
    use(guard, REQUEST)
    at = FORGOTTEN - timedelta(microseconds=1)
    guard.consume(OTHER, RESPONSE, until=at, at=at)
    assert _rows(database_url) == 2


def test_a_request_consumed_long_after_its_expiry_is_remembered_all_the_same(
    guard: SqlReplay,
) -> None:
    uses = [
        guard.consume(REQUEST, each, until=UNTIL, at=FORGOTTEN)
        for each in (RESPONSE, OTHER)
    ]
    assert uses == [Use.FIRST, Use.USED]


def test_a_row_that_goes_between_the_two_statements_counts_as_used(
    guard: SqlReplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_insert", lambda *_, **__: False)
    assert use(guard, REQUEST) is Use.USED


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "no url",
        "nosuchdatabase://host/name",
    ],
)
def test_a_url_that_cannot_guard_anything_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        SqlReplay(url)


def test_a_missing_driver_is_named_as_such() -> None:
    with pytest.raises(UnsupportedError):
        SqlReplay("postgresql+pg8000://user:secret@host.example/name")


def test_a_database_that_cannot_be_opened_is_a_port_error(tmp_path: Path) -> None:
    with pytest.raises(PortError):
        SqlReplay(f"sqlite:///{tmp_path}/no/such/folder/till.db")


def test_a_file_that_is_no_database_is_a_port_error(tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(PortError):
        SqlReplay(f"sqlite:///{path}")


def test_a_server_that_is_not_there_is_a_port_error(tmp_path: Path) -> None:
    with pytest.raises(PortError):
        SqlReplay(f"postgresql+psycopg://till:secret@/name?host={tmp_path}")


@pytest.mark.parametrize("version", [0, 2])
def test_a_store_of_another_version_is_not_touched(
    version: int, guard: SqlReplay, database_url: str
) -> None:
    tell(database_url, f"UPDATE idwallet_versions SET version = {version}")  # noqa: S608 - a number of ours
    with pytest.raises(PortError):
        SqlReplay(database_url)
    assert tell(database_url, "SELECT version FROM idwallet_versions") == version


def test_a_database_that_fails_later_is_a_port_error(
    guard: SqlReplay, database_url: str
) -> None:
    tell(database_url, "DROP TABLE idwallet_replay")
    with pytest.raises(PortError):
        use(guard, REQUEST)
    with pytest.raises(PortError):
        guard.settle(REQUEST)


def test_what_is_no_digest_is_refused(guard: SqlReplay) -> None:
    with pytest.raises(UsageError):
        use(guard, b"short")


def test_the_representation_names_no_place(guard: SqlReplay) -> None:
    assert repr(guard) in {"<SqlReplay sqlite>", "<SqlReplay postgresql>"}


def test_of_many_threads_exactly_one_is_first(guard: SqlReplay) -> None:
    responses = [digest(f"response {n}") for n in range(32)]
    with ThreadPoolExecutor(8) as pool:
        uses = list(pool.map(lambda each: use(guard, REQUEST, each), responses))
    assert sorted(uses) == [Use.FIRST] + [Use.USED] * 31


TILL = """
import json, sys
from datetime import datetime, timedelta
from hashlib import sha256
from idwallet.adapters.sql import SqlReplay

url, name, at = sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])
guard = SqlReplay(url)
print("ready", flush=True)
sys.stdin.readline()
uses = []
for n in range(40):
    request = sha256(f"request {n}".encode()).digest()
    response = sha256(f"{name} {n}".encode()).digest()
    use = guard.consume(request, response, until=at + timedelta(minutes=5), at=at)
    uses.append([use.value, guard.settle(request)])
print(json.dumps(uses))
"""


def test_of_three_processes_exactly_one_is_first_and_one_settles(
    database_url: str,
) -> None:
    tills = [
        subprocess.Popen(
            [sys.executable, "-c", TILL, database_url, name, AT.isoformat()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two", "three")
    ]
    for till in tills:
        assert till.stdout is not None
        assert till.stdout.readline() == "ready\n"
    for till in tills:
        assert till.stdin is not None
        till.stdin.write("go\n")
        till.stdin.flush()
    answers = [json.loads(till.communicate(timeout=120)[0]) for till in tills]
    per_request = list(zip(*answers, strict=True))
    assert len(per_request) == 40
    for uses in per_request:
        assert Counter(use for use, _ in uses) == {"first": 1, "used": 2}
        assert sum(settled for _, settled in uses) == 1


FORKING = """
import os, sys
from datetime import datetime, timedelta
from hashlib import sha256
from idwallet.adapters.sql import SqlReplay

url, at = sys.argv[1], datetime.fromisoformat(sys.argv[2])
guard = SqlReplay(url)

def use(name):
    digest = sha256(name.encode()).digest()
    return guard.consume(digest, digest, until=at + timedelta(minutes=5), at=at)

uses = [use("before")]
child = os.fork()
for n in range(20):
    uses.append(use(f"{child == 0} {n}"))
if child == 0:
    os._exit(0 if set(uses) == {"first"} else 1)
_, status = os.waitpid(child, 0)
sys.exit(status or set(uses) != {"first"})
"""


def test_a_process_and_its_fork_do_not_share_a_connection(database_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKING, database_url, AT.isoformat()],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def test_a_connection_that_the_server_closed_is_opened_again(
    database_url: str,
) -> None:
    if not database_url.startswith("postgresql"):
        return  # a file closes nothing
    name = f"till {database_url[-8:]}"
    with closing(SqlReplay(f"{database_url}&application_name={name}")) as guard:
        assert use(guard, REQUEST) is Use.FIRST
        ended = tell(
            database_url,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "  # noqa: S608 - of the test's own
            f"WHERE application_name = '{name}'",
        )
        assert ended == 1
        assert use(guard, REQUEST, OTHER) is Use.USED


# --- within the application's own transaction -----------------------------------------


@pytest.fixture
def engine(database_url: str) -> Iterator[sql.Engine]:
    opened = sql.create_engine(database_url)
    yield opened
    opened.dispose()


def test_within_a_transaction_a_request_is_taken_once_it_is_committed(
    guard: SqlReplay, engine: sql.Engine
) -> None:
    for committed, again in ((False, Use.FIRST), (True, Use.USED)):
        with engine.connect() as connection:
            transaction = connection.begin()
            inside = guard.within(connection)
            found = [
                inside.consume(REQUEST, each, until=UNTIL, at=AT)
                for each in (RESPONSE, RESPONSE, OTHER)
            ]
            assert found == [Use.FIRST, Use.SAME_AGAIN, Use.USED]
            assert [inside.settle(REQUEST), inside.settle(REQUEST)] == [True, False]
            assert inside.consume(REQUEST, RESPONSE, until=UNTIL, at=AT) is Use.USED
            if committed:
                transaction.commit()
            else:
                transaction.rollback()
        if committed:
            assert use(guard, REQUEST) is again
    assert not guard.settle(REQUEST)


def test_within_a_transaction_what_others_took_is_used_and_the_transaction_goes_on(
    guard: SqlReplay, engine: sql.Engine, database_url: str
) -> None:
    use(guard, REQUEST)
    with engine.begin() as connection:
        inside = guard.within(connection)
        assert inside.consume(REQUEST, OTHER, until=UNTIL, at=AT) is Use.USED
        assert inside.consume(OTHER, OTHER, until=UNTIL, at=AT) is Use.FIRST
    assert _rows(database_url) == 2
    assert use(guard, OTHER) is Use.USED


def test_within_a_transaction_what_is_over_is_forgotten(
    guard: SqlReplay, engine: sql.Engine, database_url: str
) -> None:
    use(guard, REQUEST)
    with engine.begin() as connection:
        guard.within(connection).consume(OTHER, OTHER, until=FORGOTTEN, at=FORGOTTEN)
    assert _rows(database_url) == 1


def test_a_guard_within_nothing_or_of_wrong_digests_is_refused(
    guard: SqlReplay, engine: sql.Engine
) -> None:
    with engine.connect() as connection, pytest.raises(UsageError):
        guard.within(connection)
    with engine.begin() as connection:
        inside = guard.within(connection)
        assert repr(inside) == f"<ReplayWithin {engine.dialect.name}>"
        with pytest.raises(UsageError):
            inside.consume(b"short", RESPONSE, until=UNTIL, at=AT)


def test_a_broken_store_within_a_transaction_passes_nothing(
    guard: SqlReplay, engine: sql.Engine, database_url: str
) -> None:
    tell(database_url, "DROP TABLE idwallet_replay")
    with engine.begin() as connection, pytest.raises(PortError):
        guard.within(connection).consume(REQUEST, RESPONSE, until=UNTIL, at=AT)
    with engine.begin() as connection, pytest.raises(PortError):
        guard.within(connection).settle(REQUEST)
