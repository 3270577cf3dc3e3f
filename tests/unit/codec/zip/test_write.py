"""What is written is read by everybody, is the same each time, and is never held."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from idwallet import limits
from idwallet.codec.zip import ZipArchive, ZipWriter
from idwallet.codec.zip import write as written_by
from idwallet.errors import UsageError

MOMENT = datetime(2026, 11, 26, 15, 4, 10, tzinfo=UTC)
TYPE = b"application/vnd.etsi.asic-e+zip"
TEXT = b"To whom it may concern. " * 100
LONG = b"".join(b"%08d\n" % n for n in range(400_000))


def noise(count: int) -> bytes:
    """Octets that nobody can pack."""
    state, made = 1, bytearray()
    while len(made) < count:
        state = pow(state * 6364136223846793005 + 1442695040888963407, 1, 1 << 64)
        made += state.to_bytes(8, "big")[:4]
    return bytes(made[:count])


def written(files: dict[str, bytes], *, moment: datetime = MOMENT) -> bytes:
    out = io.BytesIO()
    writer = ZipWriter(out, moment=moment)
    writer.store("mimetype", TYPE)
    for name, data in files.items():
        writer.add(name, [data])
    writer.close()
    return out.getvalue()


FILES = {
    "contract.txt": TEXT,
    "a/договор.txt": TEXT,
    "empty": b"",
    "long.txt": LONG,
    "zeros": bytes(3_000_000),
    "noise": noise(20_000),
}


def test_what_is_written_is_read_by_ours() -> None:
    archive = ZipArchive(written(FILES), at="archive")
    found = {each.name: b"".join(archive.pieces(each)) for each in archive.entries}
    assert found == {"mimetype": TYPE, **FILES}


def test_what_is_written_is_read_by_the_standard_library() -> None:
    with zipfile.ZipFile(io.BytesIO(written(FILES))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in FILES} == FILES
        dates = {each.date_time for each in archive.infolist()}
    assert dates == {(2026, 11, 26, 15, 4, 10)}


@pytest.mark.interop
def test_what_is_written_is_read_by_info_zip(tmp_path: Path) -> None:
    program = shutil.which("unzip")
    if program is None:
        pytest.skip("unzip absent")
    path = tmp_path / "made.zip"
    path.write_bytes(written(FILES))
    ran = subprocess.run([program, "-t", path], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_the_media_type_stands_where_programs_look_for_it() -> None:
    made = written({"a": TEXT})
    assert made[:4] == b"PK\x03\x04"
    assert made[30:38] == b"mimetype"
    assert made[38 : 38 + len(TYPE)] == TYPE


def test_the_same_calls_make_the_same_octets() -> None:
    moscow = MOMENT.astimezone(timezone(timedelta(hours=3)))
    assert written(FILES) == written(FILES, moment=moscow)


def test_nothing_that_is_written_looks_like_a_bomb() -> None:
    archive = ZipArchive(
        written({"zeros": bytes(300_000), "more": bytes(3 << 20)}), at=""
    )
    for each in archive.entries:
        assert each.size <= each.packed * limits.ZIP_RATIO


def test_what_cannot_be_packed_grows_by_next_to_nothing() -> None:
    data = noise(1 << 16) * 40
    assert len(written({"noise": data})) < len(data) * 1.001 + 1000


def test_pieces_of_any_size_make_the_same_entry() -> None:
    def in_pieces(size: int) -> bytes:
        out = io.BytesIO()
        writer = ZipWriter(out, moment=MOMENT)
        cut = (LONG[at : at + size] for at in range(0, len(LONG), size))
        writer.add("long.txt", cut, length=len(LONG))
        writer.close()
        return out.getvalue()

    assert in_pieces(999_983) == in_pieces(len(LONG)) == in_pieces(1 << 20)


def test_an_entry_is_copied_as_it_stands() -> None:
    first = ZipArchive(written(FILES), at="archive")
    out = io.BytesIO()
    writer = ZipWriter(out, moment=MOMENT + timedelta(days=1))
    for each in first.entries:
        writer.copy(first, each, name=None if each.name != "empty" else "nothing")
    writer.close()
    second = ZipArchive(out.getvalue(), at="copy")
    assert [each.name for each in second.entries if each.name not in FILES] == [
        "mimetype",
        "nothing",
    ]
    for before, after in zip(first.entries, second.entries, strict=True):
        assert list(first.packed(before)) == list(second.packed(after))
        assert before.stamp == after.stamp


def test_a_sink_that_takes_a_part_is_given_the_rest() -> None:
    class Slow(io.BytesIO):
        def write(self, data: bytes, /) -> int:  # type: ignore[override]
            return super().write(data[:1000])

    out = Slow()
    writer = ZipWriter(out, moment=MOMENT)
    writer.add("long.txt", [LONG])
    writer.close()
    archive = ZipArchive(out.getvalue(), at="archive")
    assert archive.content(archive.entries[0], max_bytes=len(LONG)) == LONG


def test_a_long_stream_is_written_with_wide_sizes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(written_by, "_LONG", len(LONG))
    out = io.BytesIO()
    writer = ZipWriter(out, moment=MOMENT)
    writer.add("long.txt", [LONG], length=len(LONG))
    writer.close()
    archive = ZipArchive(out.getvalue(), at="archive")
    assert archive.content(archive.entries[0], max_bytes=len(LONG)) == LONG
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as other:
        assert other.testzip() is None


def test_a_place_far_behind_is_written_with_wide_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Four gigabytes are not written here: everything counts as far behind."""
    monkeypatch.setattr(written_by, "MAX32", 5)
    out = io.BytesIO()
    writer = ZipWriter(out, moment=MOMENT)
    writer.store("a", b"1")
    writer.store("b", b"2")
    writer.close()
    made = out.getvalue().replace(b"\x05\x00\x00\x00" * 3, b"\xff" * 12)
    # The second entry's place, and the directory's, did not fit.
    assert made.count(b"PK\x06\x06") == made.count(b"PK\x06\x07") == 1


def _endless() -> Iterator[bytes]:
    while True:
        yield bytes(1 << 20)


def test_a_stream_too_long_for_its_header_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(written_by, "MAX32", 1 << 22)
    writer = ZipWriter(io.BytesIO(), moment=MOMENT)
    with pytest.raises(UsageError, match="has to say its length"):
        writer.add("a", _endless())


@pytest.mark.parametrize("data", [TEXT, LONG])
def test_content_of_another_length_than_said_is_refused(data: bytes) -> None:
    writer = ZipWriter(io.BytesIO(), moment=MOMENT)
    with pytest.raises(UsageError, match="not as long"):
        writer.add("a", [data], length=len(data) + 1)


@pytest.mark.parametrize("name", ["", "../a", "/a", "a\\b", "a\nb", "A", "a/b"])
def test_a_name_that_would_not_be_read_is_not_written(name: str) -> None:
    writer = ZipWriter(io.BytesIO(), moment=MOMENT)
    writer.add("a", [b""])
    with pytest.raises(UsageError, match="cannot have that entry"):
        writer.add(name, [b""])


def test_more_entries_than_are_read_are_not_written() -> None:
    writer = ZipWriter(io.BytesIO(), moment=MOMENT)
    for n in range(limits.ZIP_ENTRIES):
        writer.store(f"{n}", b"")
    with pytest.raises(UsageError, match="too many"):
        writer.store("one more", b"")


@pytest.mark.parametrize("comment", [bytes(257), b"PK\x05\x06"])
def test_a_comment_that_would_not_be_read_is_not_written(comment: bytes) -> None:
    with pytest.raises(UsageError, match="comment"):
        ZipWriter(io.BytesIO(), moment=MOMENT).close(comment=comment)


@pytest.mark.parametrize("year", [1979, 2108])
def test_a_moment_that_an_archive_cannot_say_is_refused(year: int) -> None:
    with pytest.raises(UsageError, match="between"):
        ZipWriter(io.BytesIO(), moment=MOMENT.replace(year=year))


def test_an_entry_to_store_that_is_too_long_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(written_by, "_LONG", 4)
    with pytest.raises(UsageError, match="as a stream"):
        ZipWriter(io.BytesIO(), moment=MOMENT).store("a", b"1234")


def test_a_folder_that_would_hold_octets_is_not_written() -> None:
    """Our own reader refuses it (APPNOTE 4.3.8), and others lose what is in it."""
    writer = ZipWriter(io.BytesIO(), moment=datetime(2026, 11, 26, tzinfo=UTC))
    writer.add("folder/", [])
    with pytest.raises(UsageError, match="folder"):
        writer.add("other/", [b"x"])
    with pytest.raises(UsageError, match="folder"):
        writer.store("third/", b"x")
