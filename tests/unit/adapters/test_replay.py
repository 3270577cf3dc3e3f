import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from idwallet import limits
from idwallet.adapters import replay
from idwallet.adapters.replay import FolderReplay
from idwallet.errors import PortError, UsageError
from idwallet.ports import Use

LIFE = timedelta(minutes=5)


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def consume(guard: FolderReplay, response: str, *, at: datetime) -> Use:
    return guard.consume(digest("request"), digest(response), until=at + LIFE, at=at)


def remembered(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.answered")}


def test_a_request_is_answered_once(tmp_path: Path, at: datetime) -> None:
    guard = FolderReplay(tmp_path / "guard")
    assert consume(guard, "one", at=at) is Use.FIRST
    assert consume(guard, "other", at=at) is Use.USED


def test_the_same_response_may_be_judged_again_until_it_is_settled(
    tmp_path: Path, at: datetime
) -> None:
    guard = FolderReplay(tmp_path)
    assert consume(guard, "one", at=at) is Use.FIRST
    assert consume(guard, "one", at=at) is Use.SAME_AGAIN
    assert guard.settle(digest("request"))
    assert not guard.settle(digest("request"))
    assert consume(guard, "one", at=at) is Use.USED


def test_another_process_sees_what_this_one_remembered(
    tmp_path: Path, at: datetime
) -> None:
    consume(FolderReplay(tmp_path), "one", at=at)
    assert consume(FolderReplay(tmp_path), "other", at=at) is Use.USED


def test_what_nobody_consumed_cannot_be_settled(tmp_path: Path) -> None:
    assert not FolderReplay(tmp_path).settle(digest("request"))


def test_of_many_at_once_one_is_first_and_one_settles(
    tmp_path: Path, at: datetime
) -> None:
    def judge(number: int) -> tuple[Use, bool]:
        guard = FolderReplay(tmp_path)
        return consume(guard, str(number), at=at), guard.settle(digest("request"))

    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(judge, range(32)))
    assert [use for use, _ in found].count(Use.FIRST) == 1
    assert [settled for _, settled in found].count(True) == 1


def test_a_request_is_forgotten_only_when_nobody_can_accept_it(
    tmp_path: Path, at: datetime
) -> None:
    guard = FolderReplay(tmp_path)
    consume(guard, "one", at=at)
    guard.settle(digest("request"))
    over = at + LIFE + limits.REPLAY_KEPT_AFTER
    guard.consume(digest("second"), digest("a"), until=over + LIFE, at=over)
    assert consume(guard, "one", at=at) is Use.USED
    later = over + timedelta(seconds=1)
    guard.consume(digest("third"), digest("a"), until=later + LIFE, at=later)
    assert consume(guard, "one", at=at) is Use.USED
    # Notes are kept by the hour: the record goes with its hour, and never before.
    hour_on = later + timedelta(hours=1)
    guard.consume(digest("fourth"), digest("a"), until=hour_on + LIFE, at=hour_on)
    assert digest("request").hex() not in remembered(tmp_path)
    assert remembered(tmp_path) == {
        digest(name).hex() for name in ("second", "third", "fourth")
    }
    assert not (tmp_path / f"{digest('request').hex()}.settled").exists()


def use(guard: FolderReplay, number: int, *, at: datetime) -> Use:
    request = digest(f"request {number}")
    return guard.consume(request, digest("a"), until=at + LIFE, at=at)


def test_a_first_use_reads_no_record_of_another_request(
    tmp_path: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = FolderReplay(tmp_path)
    read: list[object] = []
    monkeypatch.setattr(replay, "read_file", lambda path, **_: read.append(path))
    for number in range(100):
        assert use(guard, number, at=at) is Use.FIRST
    assert read == []


def test_what_is_over_is_forgotten_in_bounded_steps_until_all_is(
    tmp_path: Path, at: datetime
) -> None:
    guard = FolderReplay(tmp_path)
    count = 2 * limits.REPLAY_FORGOTTEN_AT_ONCE + 5
    for number in range(count):
        use(guard, number, at=at)
    late = at + timedelta(days=1)
    for number, left in (
        (count, count - limits.REPLAY_FORGOTTEN_AT_ONCE),
        (count + 1, 5),
        (count + 2, 0),
    ):
        assert use(guard, number, at=late) is Use.FIRST
        assert len(remembered(tmp_path)) - (number - count + 1) == left
    assert len(list((tmp_path / "expiring").iterdir())) == 1


def test_a_note_in_an_hour_that_is_over_does_not_forget_a_record_that_is_not(
    tmp_path: Path, at: datetime
) -> None:
    guard = FolderReplay(tmp_path)
    late = at + timedelta(days=1)
    assert consume(guard, "one", at=late) is Use.FIRST
    hour = tmp_path / "expiring" / "1"
    hour.mkdir()
    (hour / digest("request").hex()).touch()
    (hour / "something else").touch()
    (tmp_path / "expiring" / "no hour").touch()
    assert use(guard, 1, at=late) is Use.FIRST
    assert not hour.exists()
    assert consume(guard, "one", at=late) is Use.SAME_AGAIN


def test_notes_that_cannot_be_kept_cost_room_and_nothing_else(
    tmp_path: Path, at: datetime
) -> None:
    (tmp_path / "expiring").write_bytes(b"in the way")
    guard = FolderReplay(tmp_path)
    assert consume(guard, "one", at=at) is Use.FIRST
    assert consume(guard, "other", at=at) is Use.USED


@pytest.mark.parametrize("record", [b"", b"zz", b"\xff" * 500, b"a b c"])
def test_a_record_that_was_tampered_with_lets_nothing_in(
    record: bytes, tmp_path: Path, at: datetime
) -> None:
    guard = FolderReplay(tmp_path)
    consume(guard, "one", at=at)
    (path,) = tmp_path.glob("*.answered")
    path.write_bytes(record)
    late = at + LIFE + 2 * limits.REPLAY_KEPT_AFTER
    guard.consume(digest("second"), digest("a"), until=late + LIFE, at=late)
    assert path.exists()
    if len(record) < 128:
        assert consume(guard, "one", at=at) is Use.USED


def test_a_folder_that_cannot_be_written_is_an_error_and_no_verdict(
    tmp_path: Path, at: datetime
) -> None:
    guard = FolderReplay(tmp_path / "guard")
    (tmp_path / "guard").rmdir()
    with pytest.raises(PortError):
        consume(guard, "one", at=at)


@pytest.mark.parametrize("name", ["file/guard", "nul\0"])
def test_a_folder_that_cannot_be_made_is_an_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PortError, match="cannot make"):
        FolderReplay(tmp_path / name)


def test_what_is_no_digest_is_refused(tmp_path: Path, at: datetime) -> None:
    with pytest.raises(UsageError):
        FolderReplay(tmp_path).consume(b"short", digest("a"), until=at, at=at)


def test_its_repr_names_the_folder(tmp_path: Path) -> None:
    assert repr(FolderReplay(tmp_path)) == f"FolderReplay({str(tmp_path)!r})"
