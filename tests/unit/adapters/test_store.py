from collections.abc import Callable
from pathlib import Path

import pytest

from idwallet import limits
from idwallet.adapters.store import FolderStore, MemoryStore
from idwallet.errors import IdWalletError, PortError, UsageError
from idwallet.ports import CredentialStore, StoredRecord

ONE = StoredRecord("00000001", b"one")
TWO = StoredRecord("00000002", b"two")


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> CredentialStore:
    return MemoryStore() if request.param == "memory" else FolderStore(tmp_path / "new")


def test_a_record_is_found_again(store: CredentialStore) -> None:
    assert list(store.records()) == []
    assert store.get(ONE.name) is None
    store.put(ONE)
    assert store.get(ONE.name) == ONE
    assert store.get(TWO.name) is None


def test_records_come_by_name(store: CredentialStore) -> None:
    store.put(TWO)
    store.put(ONE)
    assert list(store.records()) == [ONE, TWO]


def test_a_record_replaces_one_of_its_name(store: CredentialStore) -> None:
    store.put(ONE)
    newer = StoredRecord(ONE.name, b"newer")
    store.put(newer)
    assert list(store.records()) == [newer]


def test_a_record_is_removed_and_need_not_be_there(store: CredentialStore) -> None:
    store.put(ONE)
    store.put(TWO)
    store.delete(ONE.name)
    store.delete(ONE.name)
    assert list(store.records()) == [TWO]


def test_records_may_be_removed_while_they_are_read(store: CredentialStore) -> None:
    for each in (ONE, TWO):
        store.put(each)
    for record in list(store.records()):
        store.delete(record.name)
    assert list(store.records()) == []


def test_a_store_shows_no_record(store: CredentialStore, tmp_path: Path) -> None:
    store.put(ONE)
    known = {
        "MemoryStore(<1 records>)",
        f"FolderStore({str(tmp_path / 'new')!r})",
    }
    assert repr(store) in known


def test_a_full_memory_takes_only_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STORED_CREDENTIALS", 1)
    store = MemoryStore()
    store.put(ONE)
    store.put(StoredRecord(ONE.name, b"newer"))
    with pytest.raises(PortError):
        store.put(TWO)
    assert [each.name for each in store.records()] == [ONE.name]


# --- a folder ----------------------------------------------------------------------


def test_a_folder_is_the_owners_alone(tmp_path: Path) -> None:
    FolderStore(tmp_path / "a" / "b").put(ONE)
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    (file,) = (tmp_path / "a" / "b").iterdir()
    assert file.name == "00000001.sealed"
    assert file.stat().st_mode & 0o077 == 0


def test_two_stores_over_one_folder_see_the_same(tmp_path: Path) -> None:
    FolderStore(tmp_path).put(ONE)
    assert FolderStore(str(tmp_path)).get(ONE.name) == ONE


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "0000000",
        "0" * 65,
        "ABCDEF01",
        "",
        "00000001\n",
        "00000001.x",
    ],
)
def test_a_name_never_leaves_the_folder(tmp_path: Path, name: str) -> None:
    store = FolderStore(tmp_path / "in")
    calls: list[Callable[[], object]] = [
        lambda: store.put(StoredRecord(name, b"x")),
        lambda: store.get(name),
        lambda: store.delete(name),
    ]
    for call in calls:
        with pytest.raises(UsageError):
            call()
    outside = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert outside == []


def test_other_files_in_the_folder_are_no_records(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put(ONE)
    for name in ("notes.txt", "NOT-HEX.sealed", "00000003.sealed.tmp"):
        (tmp_path / name).write_bytes(b"x")
    assert list(store.records()) == [ONE]


def test_a_folder_that_cannot_be_made_or_read_is_a_port_error(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    with pytest.raises(PortError):
        FolderStore(file / "below").put(ONE)
    store = FolderStore(tmp_path)
    (tmp_path / "00000001.sealed").mkdir()
    failing: list[Callable[[], object]] = [
        lambda: store.get(ONE.name),
        lambda: list(store.records()),
        lambda: store.delete(ONE.name),
    ]
    for call in failing:
        with pytest.raises(PortError):
            call()


def test_a_record_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "00000001.sealed").open("wb") as file:
        file.truncate(limits.SEALED_BYTES + 1)
    with pytest.raises(IdWalletError):
        FolderStore(tmp_path).get(ONE.name)
