"""A counter in a file goes up, and tells an older copy of a wallet."""

import secrets
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from idwallet.adapters.counter import FileCounter
from idwallet.adapters.sql import SqlStore
from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault import Edit, Vault
from idwallet.errors import IdWalletError, OlderCopy, PortError, UsageError
from idwallet.ports import MonotonicCounter, Shelf

KEY = SealKey(bytes(32))


def test_a_counter_goes_up_and_never_down(tmp_path: Path) -> None:
    counter: MonotonicCounter = FileCounter(tmp_path / "count")
    assert counter.read() == 0
    for to, expected in ((3, 3), (3, 3), (1, 3), (0, 3), (7, 7)):
        counter.advance(to)
        assert counter.read() == expected
        assert FileCounter(str(tmp_path / "count")).read() == expected


def test_of_many_the_greatest_stays(tmp_path: Path) -> None:
    counter = FileCounter(tmp_path / "count")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(counter.advance, range(40)))
    assert counter.read() == 39


@pytest.mark.parametrize("data", [b"", b"-1", b"1.5", b"01", b"x", b"1\n\n", b"9" * 30])
def test_a_file_that_holds_no_number_is_told_and_is_not_zero(
    tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "count"
    path.write_bytes(data)
    for call in (FileCounter(path).read, lambda: FileCounter(path).advance(1)):
        with pytest.raises(PortError):
            call()
    path.write_bytes(b"1\n")
    assert FileCounter(path).read() == 1


def test_what_is_no_count_or_no_file_is_told(tmp_path: Path) -> None:
    for to in (-1, 10**18):
        with pytest.raises(UsageError):
            FileCounter(tmp_path / "count").advance(to)
    (tmp_path / "folder").mkdir()
    with pytest.raises(PortError):
        FileCounter(tmp_path / "folder").read()
    assert "count" in repr(FileCounter(tmp_path / "count"))


def test_an_older_copy_of_a_wallets_file_is_noticed_when_it_is_opened(
    tmp_path: Path,
) -> None:
    path, counter = tmp_path / "wallet.db", FileCounter(tmp_path / "count")

    def opened(store: SqlStore) -> Vault:
        vault = Vault(store, KEY, random=secrets.token_bytes, counter=counter)
        vault.open()
        return vault

    with closing(SqlStore(path)) as store:
        once = Edit.adding(Shelf.BATCH, "once", plain=b"unshown")
        assert opened(store).change([once])
    shutil.copy(path, tmp_path / "copy.db")
    with closing(SqlStore(path)) as store:
        vault = opened(store)
        (record,) = vault.records(Shelf.BATCH)
        assert vault.change([Edit.removing(record)])
    newer = tmp_path / "newer.db"
    shutil.copy(path, newer)
    shutil.copy(tmp_path / "copy.db", path)
    with closing(SqlStore(path)) as store, pytest.raises(OlderCopy):
        opened(store)
    # The twin: what was there last opens.
    shutil.copy(newer, path)
    with closing(SqlStore(path)) as store:
        assert list(opened(store).records(Shelf.BATCH)) == []


def test_a_lost_counter_stops_nobody_and_a_broken_one_everybody(tmp_path: Path) -> None:
    path = tmp_path / "count"
    counter = FileCounter(path)
    with closing(SqlStore(tmp_path / "wallet.db")) as store:
        Vault(store, KEY, random=secrets.token_bytes, counter=counter).open()
        path.write_bytes(b"broken")
        with pytest.raises(IdWalletError):
            Vault(store, KEY, random=secrets.token_bytes, counter=counter).open()
        path.unlink()
        Vault(store, KEY, random=secrets.token_bytes, counter=counter).open()
        assert counter.read() == 1
