"""What a wallet in a database survives, and what it says where it does not."""

import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest
import sqlalchemy as sql
from sqlalchemy import event

from idwallet.adapters.sql import SqlStore
from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault import Edit, Vault
from idwallet.errors import IdWalletError, MalformedError, PortError
from idwallet.ports import Change, Shelf
from tests.conftest import ROOT

CARD = Shelf.CREDENTIAL
KEY = SealKey(bytes(32))


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    with closing(SqlStore(database_url)) as opened:
        yield opened


def vault_over(store: SqlStore) -> Vault:
    return Vault(store, KEY, random=secrets.token_bytes)


def put(store: SqlStore, name: str, size: int = 100) -> bool:
    return store.change([Change(CARD, name, None, bytes(size))])


def in_file(folder: Path) -> Path:
    """Make a wallet of three records in a file; nobody has it open."""
    path = folder / "wallet.db"
    with closing(SqlStore(path)) as store:
        edits = [Edit.adding(CARD, each, plain=b"x" * 5_000) for each in "abc"]
        assert vault_over(store).change(edits)
    return path


def told(path: Path) -> str:
    with pytest.raises(PortError) as caught, closing(SqlStore(path)) as store:
        vault_over(store).open()
    assert str(path) in str(caught.value)
    return str(caught.value)


# --- killed, and two at once --------------------------------------------------------


def test_a_killed_process_loses_nothing_and_shows_nothing_twice(
    database_url: str,
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.killing", database_url, "--kills", "10"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["killed"] >= 10


def _append(url: str, own: str) -> None:
    with closing(SqlStore(url)) as store:
        vault = vault_over(store)
        for number in range(20):
            assert vault.change([Edit.adding(CARD, f"{own}-{number}", plain=b"x")])


def test_two_processes_write_one_wallet(database_url: str) -> None:
    context = get_context("spawn")
    processes = [context.Process(target=_append, args=(database_url, n)) for n in "ab"]
    for each in processes:
        each.start()
    for each in processes:
        each.join(timeout=120)
    assert [each.exitcode for each in processes] == [0, 0]
    with closing(SqlStore(database_url)) as store:
        assert len(list(vault_over(store).records(CARD))) == 40


def test_threads_write_one_wallet(store: SqlStore) -> None:
    vault = vault_over(store)

    def add(number: int) -> bool:
        return vault.change([Edit.adding(CARD, f"n{number}", plain=b"x")])

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(add, range(30)))
        found = list(pool.map(lambda _: len(list(vault.records(CARD))), range(12)))
    assert found == [30] * 12
    vault_over(store).open()


def test_a_fork_leaves_the_connections_to_whoever_opened_them(store: SqlStore) -> None:
    vault = vault_over(store)
    assert vault.change([Edit.adding(CARD, "parent", plain=b"x")])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside threads
        child = get_context("fork").Process(target=_add, args=(vault, "child"))
        child.start()
    assert vault.change([Edit.adding(CARD, "again", plain=b"x")])
    child.join(timeout=60)
    assert child.exitcode == 0
    names = [each.name for each in vault_over(store).records(CARD)]
    assert names == ["again", "child", "parent"]


def _add(vault: Vault, name: str) -> None:
    assert vault.change([Edit.adding(CARD, name, plain=b"x")])


# --- what is on the disk ------------------------------------------------------------


def test_a_file_is_journalled_ahead_and_synchronised_in_full(tmp_path: Path) -> None:
    with (
        closing(SqlStore(tmp_path / "wallet.db")) as store,
        store._engine.connect() as connection,
    ):
        asked = ("journal_mode", "synchronous", "secure_delete")
        found = [
            connection.exec_driver_sql(f"PRAGMA {each}").scalar() for each in asked
        ]
    assert found == ["wal", 2, 1]


def test_a_closed_wallet_is_one_file(tmp_path: Path) -> None:
    path = in_file(tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_copy_that_is_put_in_place_is_read_and_not_the_file_before(
    tmp_path: Path,
) -> None:
    path = in_file(tmp_path)
    other = tmp_path / "other.db"
    with closing(SqlStore(other)) as store:
        assert put(store, "other")
    with closing(SqlStore(path)) as store:
        assert store.get(CARD, "a") is not None
        other.replace(path)
        assert store.get(CARD, "a") is None
        assert store.get(CARD, "other") is not None


# --- what is wrong, and what to do --------------------------------------------------


def test_a_full_disk_is_told_and_nothing_was_done(tmp_path: Path) -> None:
    path = in_file(tmp_path)
    with closing(SqlStore(path)) as store:
        vault = vault_over(store)
        vault.open()
        store.close()
        full = [True]

        @event.listens_for(store._engine, "connect")
        def _(connection: sqlite3.Connection, _: object) -> None:
            if full[0]:
                connection.execute("PRAGMA max_page_count=1")

        with pytest.raises(PortError, match="disk is full: make room") as caught:
            vault.change([Edit.adding(CARD, "d", plain=bytes(100_000))])
        assert str(path) in str(caught.value)
        full[0] = False
        store.close()
        # The wallet is as it was, and takes it once there is room.
        assert sorted(each.name for each in vault.records(CARD)) == ["a", "b", "c"]
        assert vault.change([Edit.adding(CARD, "d", plain=bytes(100_000))])
    with closing(SqlStore(path)) as store:
        vault_over(store).open()


@pytest.mark.parametrize("length", [0.3, 0.6, 0.9])
def test_a_truncated_file_is_told(tmp_path: Path, length: float) -> None:
    path = in_file(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * length)])
    # What is cut off is pages of the database, or records that the sum misses.
    told = "bring back a (better )?copy"
    with pytest.raises(IdWalletError, match=told), closing(SqlStore(path)) as store:
        vault_over(store).open()
    path.write_bytes(whole)
    with closing(SqlStore(path)) as store:
        vault_over(store).open()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "wallet.db"
    path.write_bytes(b"no database at all " * 100)
    assert "it is damaged, or is no database" in told(path)
    assert path.read_bytes() == b"no database at all " * 100


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PortError) as caught:
        SqlStore(tmp_path / "none" / "wallet.db")
    assert "none/wallet.db" in str(caught.value)


def test_a_file_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    path = in_file(tmp_path)
    with closing(SqlStore(path)) as store:
        store.close()

        # Who runs as root may write whatever its permissions are.
        @event.listens_for(store._engine, "connect")
        def _(connection: sqlite3.Connection, _: object) -> None:
            connection.execute("PRAGMA query_only=ON")

        with pytest.raises(PortError, match="see to its permissions") as caught:
            put(store, "new")
        assert str(path) in str(caught.value)
        assert store.get(CARD, "a") is not None


def test_a_file_that_another_program_holds_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("idwallet.adapters.sql.engine._LOCK_SECONDS", 0.05)
    path = in_file(tmp_path)
    with closing(sqlite3.connect(path)) as other, closing(SqlStore(path)) as store:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(PortError, match="another program holds it"):
            put(store, "new")
        other.rollback()
        assert put(store, "new")


def tell(url: str, statement: str) -> None:
    engine = sql.create_engine(url)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


@pytest.mark.parametrize("version", [0, 2, 1_000])
def test_a_wallet_of_another_version_is_told_and_left_as_it_is(
    database_url: str, version: int
) -> None:
    with closing(SqlStore(database_url)) as store:
        assert put(store, "one")
    tell(database_url, f"UPDATE idwallet_versions SET version = {version}")  # noqa: S608 - a number
    with pytest.raises(PortError, match="another version of idwallet") as caught:
        SqlStore(database_url)
    assert "test" in str(caught.value) or "postgres" in str(caught.value)
    tell(database_url, "UPDATE idwallet_versions SET version = 1")
    with closing(SqlStore(database_url)) as store:
        assert store.get(CARD, "one") == bytes(100)


def test_a_table_that_is_gone_is_told(store: SqlStore, database_url: str) -> None:
    tell(database_url, "DROP TABLE idwallet_wallet")
    with pytest.raises(PortError):
        store.get(CARD, "one")


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    url = "postgresql+psycopg://anna:secret@/postgres?host=/nonexistent"
    with pytest.raises(PortError, match="server is gone") as caught:
        SqlStore(url)
    assert "secret" not in str(caught.value)
    assert "anna" not in str(caught.value)


# --- an older copy ------------------------------------------------------------------


def test_a_record_of_an_older_copy_is_noticed(tmp_path: Path) -> None:
    path = in_file(tmp_path)
    with closing(SqlStore(path)) as store:
        old = store.get(CARD, "a")
        vault = vault_over(store)
        record = vault.get(CARD, "a")
        assert record is not None
        assert vault.change([Edit.removing(record)])
        assert store.change([Change(CARD, "a", None, old)])
        with pytest.raises(MalformedError, match="brought back"):
            vault_over(store).open()


@pytest.mark.parametrize("open_first", [True, False])
def test_an_older_file_is_noticed_while_the_wallet_is_open(
    tmp_path: Path, *, open_first: bool
) -> None:
    path = in_file(tmp_path)
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    with closing(SqlStore(path)) as store:
        vault = vault_over(store)
        if open_first:
            vault.open()
        assert vault.change([Edit.adding(CARD, "d", plain=b"x")])
        copy.replace(path)
        for each in tmp_path.glob("wallet.db-*"):  # else its journal would be read
            each.unlink()
        with pytest.raises(IdWalletError, match="older copy"):
            vault.change([Edit.adding(CARD, "e", plain=b"x")])
