"""An archive is read where it has one meaning, and refused where it has two."""

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from idwallet import limits
from idwallet.codec.zip import ZipArchive
from idwallet.errors import (
    LimitError,
    MalformedError,
    UnsupportedError,
    UsageError,
)
from idwallet.testing.zip_draft import NAME, TEXT, Archive, Entry

AT = "container"
STREAMED = 8
SIZES64 = b"\x01\x00\x10\x00" + struct.pack("<QQ", len(TEXT), len(TEXT))


def by_zipfile(files: dict[str, bytes], *, comment: bytes = b"") -> bytes:
    """Return an archive as Python's own library writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def content(data: bytes) -> dict[str, bytes]:
    archive = ZipArchive(data, at=AT)
    return {each.name: b"".join(archive.pieces(each)) for each in archive.entries}


def descriptor(entry: Entry, *, magic: bool = True, wide: bool = False) -> bytes:
    form = "<IQQ" if wide else "<III"
    return (b"PK\x07\x08" if magic else b"") + struct.pack(form, *entry.sizes())


@pytest.mark.parametrize("method", [0, 8])
def test_what_was_put_in_comes_out(method: int) -> None:
    assert content(Archive([Entry(method=method)]).to_bytes()) == {"letter.txt": TEXT}


def test_an_archive_of_the_standard_library_is_read() -> None:
    files = {"mimetype": b"text/plain", "a/b.txt": TEXT, "ж.txt": bytes(1000), "e": b""}
    assert content(by_zipfile(files, comment=b"mimetype=text/plain")) == files


def test_a_stream_is_read_as_octets_are() -> None:
    archive = ZipArchive(io.BytesIO(by_zipfile({"a": TEXT})), at=AT)
    (entry,) = archive.entries
    assert archive.content(entry, max_bytes=len(TEXT)) == TEXT


def test_a_stream_that_comes_in_drops_is_read() -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 7))

    archive = ZipArchive(Dripping(by_zipfile({"a": TEXT})), at=AT)
    assert b"".join(archive.pieces(archive.entries[0])) == TEXT


def test_a_stream_that_shrinks_is_malformed() -> None:
    stream = io.BytesIO(by_zipfile({"a": TEXT}))
    archive = ZipArchive(stream, at=AT)
    stream.truncate(35)
    with pytest.raises(MalformedError, match="cut off"):
        list(archive.pieces(archive.entries[0]))


def test_a_stream_that_cannot_go_back_is_the_callers_fault() -> None:
    with pytest.raises(UsageError, match="seek"):
        ZipArchive(object(), at=AT)  # type: ignore[arg-type]


def test_an_empty_archive_has_no_entries() -> None:
    archive = ZipArchive(Archive([]).to_bytes(), at=AT)
    assert archive.entries == ()
    assert archive.named("a") is None


def test_what_is_read_shows_nothing_of_itself() -> None:
    archive = ZipArchive(by_zipfile({"secret name": b"secret"}), at=AT)
    assert "secret" not in repr(archive) + repr(archive.entries[0])


def test_an_entry_longer_than_is_wanted_is_not_unpacked() -> None:
    archive = ZipArchive(by_zipfile({"a": TEXT}), at=AT)
    with pytest.raises(LimitError, match="too long"):
        archive.content(archive.entries[0], max_bytes=len(TEXT) - 1)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("magic", [False, True])
def test_sizes_behind_the_data_are_read(magic: bool, wide: bool) -> None:
    nothing = {"crc": 0, "size": 0, "packed_size": 0}
    entry = Entry(flags=STREAMED, local=nothing)
    entry.behind = descriptor(entry, magic=magic, wide=wide)
    assert content(Archive([entry]).to_bytes()) == {"letter.txt": TEXT}


def test_wide_sizes_are_read() -> None:
    wide = {"size": 0xFFFFFFFF, "packed_size": 0xFFFFFFFF, "extra": SIZES64}
    made = Archive([Entry(needed=45, local=wide)], wide={}, end={6: 0xFFFFFFFF})
    assert content(made.to_bytes()) == {"letter.txt": TEXT}


def test_folders_are_read_and_hold_nothing() -> None:
    folder = Entry(name=b"a/", data=b"", made=3 << 8, attributes=0o040755 << 16)
    archive = ZipArchive(Archive([folder, Entry(name=b"a/b")]).to_bytes(), at=AT)
    assert [each.is_folder for each in archive.entries] == [True, False]


def test_entries_may_be_listed_in_another_order() -> None:
    first, second = Entry(name=b"a"), Entry(name=b"b")
    made = bytearray(Archive([first, second]).to_bytes())
    start = struct.unpack_from("<I", made, len(made) - 6)[0]
    size = len(first.listed(0))
    both = bytes(made[start:-22])
    made[start:-22] = both[size:] + both[:size]
    assert list(content(bytes(made))) == ["b", "a"]


@dataclass
class Fault:
    """One fault, what is raised for it, and the twin that is read."""

    name: str
    make: Callable[[], Archive]
    error: type[Exception] = MalformedError
    says: str = "container"


def one(**changes: object) -> Callable[[], Archive]:
    return lambda: Archive([Entry(**changes)])  # type: ignore[arg-type]


def named(*names: str) -> Callable[[], Archive]:
    return lambda: Archive(
        [
            Entry(name=each.encode(), flags=0 if each.isascii() else 0x800)
            for each in names
        ]
    )


def whole(**changes: object) -> Callable[[], Archive]:
    return lambda: Archive([Entry()], **changes)  # type: ignore[arg-type]


def local(**changes: object) -> Callable[[], Archive]:
    return one(local=changes)


def overlapping() -> Archive:
    """Two entries whose data is the same octets."""
    first, second = Entry(name=b"a"), Entry(name=b"b", offset=0)
    return Archive([first, second])


def inside() -> Archive:
    """An entry that stands in the data of another."""
    hidden = Entry(name=b"b")
    outer = Entry(name=b"a", data=hidden.before())
    made = Archive([outer, hidden])
    hidden.offset = 31
    made.entries[1] = hidden
    return made


def bomb() -> Archive:
    data = bytes(limits.ZIP_RATIO_FROM + limits.ZIP_RATIO * 2000)
    return Archive([Entry(data=data, method=8)])


def many_small_bombs() -> Archive:
    count = limits.ZIP_UNPACKED_FREE // limits.ZIP_RATIO_FROM + 1
    data = bytes(limits.ZIP_RATIO_FROM)
    return Archive([Entry(name=b"%d" % n, data=data, method=8) for n in range(count)])


def too_many() -> Archive:
    names = range(limits.ZIP_ENTRIES + 1)
    return Archive([Entry(name=b"%d" % n, data=b"") for n in names])


def comment_too_long() -> Archive:
    return Archive([Entry()], comment=bytes(limits.ZIP_COMMENT_BYTES + 1))


def second_end() -> Archive:
    """A comment that holds an end of its own, with another directory."""
    other = Archive([Entry(name=b"other")]).to_bytes()
    return Archive([Entry()], comment=other[-22:])


FAULTS = [
    Fault("nothing", lambda: Archive([], end={0: 0}), says="no end"),
    Fault("an end cut off", whole(end={7: 1}), says="behind the end"),
    Fault("something behind", whole(behind=b"\n"), says="behind the end"),
    Fault("something before", whole(before=b"#!"), says="before"),
    Fault("before the directory", whole(between=b"!"), says="between"),
    Fault("between entries", one(behind=b"!"), says="between"),
    Fault("a second end", second_end, says="directory"),
    Fault("a long comment", comment_too_long, says="comment too long"),
    Fault("several disks", whole(end={1: 1}), UnsupportedError, "parts"),
    Fault("an entry of another disk", one(disk=1), UnsupportedError, "parts"),
    Fault("fewer entries than listed", whole(end={3: 0, 4: 0}), says="behind the dir"),
    Fault("more entries than listed", whole(end={3: 2, 4: 2}), says="cut off"),
    Fault("a directory elsewhere", whole(end={6: 0}), says="not before the end"),
    Fault("ZIP64 without its record", whole(end={6: 0xFFFFFFFF}), says="no record"),
    Fault("ZIP64 that disagrees", whole(wide={9: 1}), says="disagree"),
    Fault("a longer ZIP64 record", whole(wide={1: 45}), says="disagree"),
    Fault("a ZIP64 record elsewhere", whole(wide={}, locator={2: 0}), says="disagree"),
    Fault("two of one name", named("a", "a"), says="one name"),
    Fault("names that differ by case", named("Ab", "aB"), says="one name"),
    Fault("names composed otherwise", named("é", "e\u0301"), says="one name"),
    Fault("a file that is a folder", named("a", "a/b"), says="folder too"),
    Fault("a folder that is a file", named("a/b", "a"), says="folder too"),
    Fault("up and out", named("../a"), says="leads out"),
    Fault("up in the middle", named("a/../../b"), says="leads out"),
    Fault("from the root", named("/etc/passwd"), says="leads out"),
    Fault("nowhere", named("a//b"), says="leads out"),
    Fault("here", named("./a"), says="leads out"),
    Fault("a backslash", named("..\\a"), says="backslash"),
    Fault("a drive", named("C:a"), says="colon"),
    Fault("an end of line", named("a\nb"), says="control"),
    Fault("a nil", named("a.pdf\0.exe"), says="control"),
    Fault("a dot at the end", named("a."), says="ends in"),
    Fault("a space at the end", named("a /b"), says="ends in"),
    Fault("no name", named(""), says="no name"),
    Fault("a deep name", named("a/" * limits.ZIP_FOLDERS + "b"), says="too many fol"),
    Fault("an old code page", one(name=b"\x8e"), says="UTF-8"),
    Fault("broken UTF-8", one(name=b"\xff", flags=0x800), says="UTF-8"),
    Fault("a long name", one(name=b"a" * 1025), LimitError, "name"),
    Fault("encrypted", one(flags=1), UnsupportedError, "encrypted"),
    Fault("strongly encrypted", one(flags=0x40), UnsupportedError, "later"),
    Fault("a masked header", one(flags=0x2000), UnsupportedError, "later"),
    Fault("a later version", one(needed=63), UnsupportedError, "later"),
    Fault("bzip2", one(method=12), UnsupportedError, "packing"),
    Fault("deflate64", one(method=9), UnsupportedError, "packing"),
    Fault(
        "a link",
        one(made=3 << 8, attributes=0o120777 << 16),
        UnsupportedError,
        "link",
    ),
    Fault(
        "a device", one(made=3 << 8, attributes=0o020666 << 16), UnsupportedError, "lin"
    ),
    Fault("another name before", local(name=b"letter.exe"), says="something else"),
    Fault("a longer name before", local(name=NAME + b"!"), says="something else"),
    Fault("another method before", local(method=8), says="something else"),
    Fault("other flags before", local(flags=0x800), says="something else"),
    Fault("another time before", local(time=1), says="something else"),
    Fault("another size before", local(size=1), says="something else"),
    Fault("another checksum before", local(crc=1), says="something else"),
    Fault(
        "no header", one(local={"local": {"signature": 0x04034B51}}), says="something"
    ),
    Fault("a name with another", one(central_extra=b"up\x00\x00"), UnsupportedError),
    Fault("another name before it", local(extra=b"up\x00\x00"), UnsupportedError),
    Fault("a field cut off", local(extra=b"ab\x01\x00"), says="cut off"),
    Fault("a field too short", local(extra=b"abc"), says="cut off"),
    Fault("wide sizes for nothing", local(extra=SIZES64), says="something else"),
    Fault("wide sizes missing", local(size=0xFFFFFFFF), says="something else"),
    Fault("wide sizes twice", local(extra=SIZES64 * 2), says="two fields"),
    Fault("wide sizes listed for nothing", one(central_extra=SIZES64), says="missing"),
    Fault("a long field", local(extra=b"ab" + b"\xfd\x03" + bytes(1021)), LimitError),
    Fault("a long comment on it", one(comment=bytes(257)), LimitError),
    Fault("another checksum", one(crc=1), says="checksum"),
    Fault("longer than it says", one(method=8, size=1), says="longer"),
    Fault("shorter than it says", one(method=8, size=len(TEXT) + 1), says="size"),
    Fault("a stored size that differs", one(size=1), says="something else"),
    Fault("packed to less", one(method=8, packed=b"\x4b"), says="not deflated"),
    Fault("packed to junk", one(method=8, packed=b"\xff" * 9), says="not deflated"),
    Fault(
        "something behind what was packed",
        one(method=8, data=b"", packed=b"\x03\x00!"),
        says="not deflated",
    ),
    Fault("a folder that holds something", one(name=b"a/"), says="folder"),
    Fault("sizes to come that do not", one(flags=STREAMED), says="no sizes"),
    Fault(
        "other sizes behind",
        one(flags=STREAMED, behind=b"PK\x07\x08" + bytes(12)),
        says="something else",
    ),
    Fault(
        "no mark before the sizes",
        one(flags=STREAMED, behind=bytes(16)),
        says="something else",
    ),
    Fault("the same octets twice", overlapping, says="overlap"),
    Fault("one inside of another", inside, says="overlap"),
    Fault("a bomb", bomb, LimitError, "too well"),
    Fault("many small bombs", many_small_bombs, LimitError, "too much"),
    Fault("too many entries", too_many, LimitError, "entries"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.name)
def test_an_archive_with_two_meanings_is_refused(fault: Fault) -> None:
    with pytest.raises(fault.error, match=fault.says) as found:
        content(fault.make().to_bytes())
    assert found.type is fault.error


def test_the_same_archive_without_a_fault_is_read() -> None:
    assert content(whole()().to_bytes()) == content(one()().to_bytes())
    assert content(named("a", "b/c", "é")().to_bytes()).keys() == {"a", "b/c", "é"}
    assert content(whole(wide={})().to_bytes())
    assert content(whole(comment=b"mimetype=text/plain")().to_bytes())


def test_an_archive_longer_than_the_bound_is_refused_unread() -> None:
    class Endless:
        def seek(self, offset: int, whence: int = 0, /) -> int:
            return limits.ZIP_BYTES + 1

        def read(self, size: int, /) -> bytes:
            raise AssertionError

    with pytest.raises(LimitError, match="too long"):
        ZipArchive(Endless(), at=AT)


def test_a_bomb_that_lies_about_its_size_is_stopped_there() -> None:
    made = Archive([Entry(data=bytes(1 << 22), method=8, size=100)])
    archive = ZipArchive(made.to_bytes(), at=AT)
    out = 0
    with pytest.raises(MalformedError, match="longer"):
        for piece in archive.pieces(archive.entries[0]):
            out += len(piece)
    assert out <= 100
