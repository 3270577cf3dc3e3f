"""Sections, objects and object streams are found, and nothing is guessed."""

import mmap
from pathlib import Path

import pytest

from idwallet import limits
from idwallet.codec.pdf import Entry, Kind, PdfFile, Ref, read_pdf
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from tests.unit.codec.pdf.files import stream_file, table_file, updated

_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = b"<< /Type /Pages /Kids [] /Count 0 >>"
_STREAM = b"<< /Length 4 0 R >>\nstream\r\nabcde\nendstream"
_FILES = {
    "table": table_file(_CATALOG, _PAGES, _STREAM, b"5"),
    "stream": stream_file(_CATALOG, _PAGES, plain=(_STREAM, b"5")),
    "predicted": stream_file(_CATALOG, _PAGES, plain=(_STREAM, b"5"), predictor=True),
}


@pytest.fixture(params=_FILES)
def data(request: pytest.FixtureRequest) -> bytes:
    return _FILES[request.param]


def test_objects_are_found_in_a_table_a_stream_and_one_with_a_predictor(
    data: bytes,
) -> None:
    file = read_pdf(data)
    assert file.trailer.get(b"Root") == Ref(1, 0)
    assert file.get(Ref(1, 0)).value == {"Type": "Catalog", "Pages": Ref(2, 0)}
    assert file.resolve(Ref(4, 0)) == 5
    assert file.data(file.get(Ref(3, 0))) == b"abcde"
    assert (file.version, file.is_hybrid, file.is_encrypted) == ("1.7", False, False)


def test_a_mapped_file_is_read_like_octets(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as m:
        found = read_pdf(m)
        assert found.get(Ref(2, 0)).value == {"Type": "Pages", "Kids": [], "Count": 0}
        shallow = found.shallow(Ref(1, 0))
        assert shallow is not None
        assert shallow.raw(b"Type") == b"/Catalog"


def test_what_is_not_there_is_null(data: bytes) -> None:
    file = read_pdf(data)
    assert file.get(Ref(99, 0)).value is None
    assert file.get(Ref(0, 65535)).value is None
    assert file.get(Ref(1, 7)).value is None
    assert file.get(Ref(4, 7)).value is None
    assert file.shallow(Ref(99, 0)) is None


def test_the_newest_update_wins_and_the_older_document_stays_readable() -> None:
    old = _FILES["table"]
    new = updated(updated(old, 4, b"6"), 2, b"null")
    file = read_pdf(new)
    assert file.get(Ref(2, 0)).value is None
    assert file.get(Ref(4, 0)).value == 6
    assert file.as_of(1).get(Ref(2, 0)).value is not None
    assert file.as_of(2).get(Ref(4, 0)).value == 5
    ends = [section.end for section in file.sections]
    assert ends == [len(new), len(updated(old, 4, b"6")), len(old)]
    with pytest.raises(MalformedError):
        file.as_of(3)


def test_the_numbers_of_a_section_are_those_it_says_something_of(data: bytes) -> None:
    section = read_pdf(data).sections[0]
    assert list(section.numbers()) == list(range(section.size))
    assert section.entry(0) == Entry(Kind.FREE, 0, 65535)
    assert section.entry(section.size) is None
    assert read_pdf(updated(_FILES["table"], 9, b"1")).sections[0].entry(4) is None


def test_an_object_stream_is_undone_once() -> None:
    file = read_pdf(_FILES["stream"])
    first, second = file.place(1), file.place(2)
    assert first is not None
    assert second is not None
    assert first.source is second.source
    assert first.packed == 5


def _broken(old: bytes, new: bytes, *, kind: str = "table") -> bytes:
    assert _FILES[kind].count(old) == 1
    assert len(old) == len(new)
    return _FILES[kind].replace(old, new)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        _FILES["table"][1:],
        _FILES["table"] + b"something",
        _FILES["table"][:-8],
        _broken(b"xref\n0 5", b"xrof\n0 5"),
        _broken(b"/Size", b"/Sise"),
        _broken(b"xref\n0 5", b"xref\n0 4"),
        updated(_FILES["table"], 2, b"1", trailer=b" /Prev 1"),
        _broken(b"trailer", b"trailor"),
        _broken(b"/XRef", b"/XRaf", kind="stream"),
        _broken(b"/W [1 3 2]", b"/W [1 9 2]", kind="stream"),
        _broken(b"/W [1 3 2]", b"/W [1 0 2]", kind="stream"),
        _broken(b"/W [1 3 2]", b"/W [2 3 2]", kind="stream"),
    ],
)
def test_a_broken_frame_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_pdf(data)


def test_sections_in_a_circle_are_refused() -> None:
    data = _FILES["table"]
    start = data.index(b"xref\n0")
    circle = data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % start)
    with pytest.raises(MalformedError, match="circle"):
        read_pdf(circle)


@pytest.mark.parametrize(
    "data",
    [
        _broken(b"4 0 obj", b"5 0 obj"),
        _broken(b"4 0 obj", b"4 1 obj"),
        _broken(b"00000 n \ntrailer", b"00000 x \ntrailer"),
        _broken(b"/ObjStm", b"/ObjStr", kind="stream"),
        _broken(b"/N 2", b"/N 9", kind="stream"),
        _broken(b"/N 2", b"/N 1", kind="stream"),
        _broken(b"\n5\n", b"\n4\n"),
        _broken(b"\n5\n", b"\n-\n"),
        _broken(b"/Length 4 0 R", b"/Length 3 0 R"),
        _broken(b"/Length 4 0 R", b"/Length 9 0 R"),
    ],
)
def test_an_object_that_is_not_as_its_section_says_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        _read_all(read_pdf(data))


def _read_all(file: PdfFile) -> None:
    for section in file.sections:
        for number in section.numbers():
            file.data(file.get(Ref(number, 0)))


def test_an_object_stream_in_itself_is_refused() -> None:
    within = (
        b"<< /Type /ObjStm /N 1 /First 4 /Length 1 0 R >>\nstream\n1 0 7\nendstream"
    )
    with pytest.raises(MalformedError, match="in itself"):
        _read_all(read_pdf(updated(_FILES["stream"], 5, within)))


def test_references_in_a_circle_are_refused() -> None:
    file = read_pdf(table_file(b"2 0 R", b"1 0 R"))
    with pytest.raises(MalformedError):
        file.resolve(Ref(1, 0))


def test_a_hybrid_file_says_so_and_its_hidden_objects_are_found() -> None:
    stream = _FILES["stream"]
    start = int(stream[stream.rindex(b"startxref") + 9 :].split()[0])
    hybrid = updated(stream, 9, b"1", trailer=b" /XRefStm %d" % start)
    file = read_pdf(hybrid)
    assert file.is_hybrid
    assert file.get(Ref(4, 0)).value == 5


def test_an_encrypted_file_says_so() -> None:
    assert read_pdf(table_file(_CATALOG, more=b" /Encrypt 1 0 R")).is_encrypted


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("PDF_OBJECTS", 3, "table"),
        ("PDF_OBJECTS", 3, "stream"),
        ("PDF_XREF_BYTES", 20, "stream"),
        ("PDF_PACKED_OBJECTS", 1, "stream"),
        ("PDF_UNPACKED_BYTES", 20, "stream"),
        ("PDF_STREAM_BYTES", 1, "filtered"),
        ("PDF_FILTERS", 1, "filtered"),
    ],
)
def test_bounds_are_applied(
    monkeypatch: pytest.MonkeyPatch, name: str, value: int, kind: str
) -> None:
    filtered = b"<< /Filter [/AHx /AHx] /Length 5 >>\nstream\n3431>\nendstream"
    data = {**_FILES, "filtered": table_file(filtered)}[kind]
    _read_all(read_pdf(data))
    monkeypatch.setattr(limits, name, value)
    with pytest.raises(LimitError):
        file = read_pdf(data)
        for number in file.sections[0].numbers():
            file.data(file.get(Ref(number, 0)), max_bytes=limits.PDF_STREAM_BYTES)


def test_the_number_of_sections_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = updated(updated(_FILES["table"], 4, b"6"), 4, b"7")
    assert len(read_pdf(data).sections) == 3
    monkeypatch.setattr(limits, "PDF_SECTIONS", 2)
    with pytest.raises(LimitError):
        read_pdf(data)


def test_the_number_of_runs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PDF_XREF_RUNS", 1)
    data = _FILES["table"]
    assert read_pdf(data)
    two = data.replace(b"trailer", b"9 0\ntrailer")
    with pytest.raises(LimitError):
        read_pdf(two)


def test_a_number_twice_in_one_section_is_refused() -> None:
    data = _FILES["table"]
    with pytest.raises(MalformedError, match="twice"):
        read_pdf(data.replace(b"trailer", b"4 1\n0000000000 65535 f \ntrailer"))


def _filtered(filters: bytes, octets: bytes) -> bytes:
    stream = b"<< /Filter %b /Length %d >>\nstream\n%b\nendstream"
    file = read_pdf(table_file(stream % (filters, len(octets), octets)))
    return file.data(file.get(Ref(1, 0)))


def test_filters_are_undone_in_their_order() -> None:
    assert _filtered(b"[/ASCIIHexDecode /A85]", b"38 37 63 55 52 3e") == b"Hell"
    assert _filtered(b"[/ASCII85Decode]", b"87cUR~>") == b"Hell"


@pytest.mark.parametrize(
    ("filters", "octets"),
    [(b"/AHx", b"4G>"), (b"/A85", b"{}~>"), (b"/Fl", b"abc"), (b"/Fl", b"x\x9c\x03")],
)
def test_what_a_filter_cannot_undo_is_refused(filters: bytes, octets: bytes) -> None:
    with pytest.raises(MalformedError):
        _filtered(filters, octets)


def test_a_filter_that_is_not_known_is_unsupported() -> None:
    with pytest.raises(UnsupportedError):
        _filtered(b"/LZWDecode", b"abc")


@pytest.mark.parametrize("kind", range(5))
def test_each_png_predictor_is_undone(kind: int) -> None:
    # ISO/IEC 15948 9.2: rows of three octets, each predicted by one kind.
    rows = {
        0: b"\0\1\2\3\0\4\5\6",
        1: b"\1\1\1\1\1\4\1\1",
        2: b"\2\1\2\3\2\3\3\3",
        3: b"\3\1\2\2\3\4\2\2",
        4: b"\4\1\1\1\4\3\1\1",
    }
    parms = b"[/AHx] /DecodeParms [<< /Predictor 10 /Columns 3 >>]"
    assert _filtered(parms, rows[kind].hex().encode()) == b"\1\2\3\4\5\6"


@pytest.mark.parametrize(
    ("parms", "octets", "error"),
    [
        (b"/Predictor 12 /Columns 3", b"0201", MalformedError),
        (b"/Predictor 12 /Columns 0", b"", MalformedError),
        (b"/Predictor 12 /Columns 1", b"0501", MalformedError),
        (b"/Predictor 2", b"", UnsupportedError),
    ],
)
def test_a_predictor_that_does_not_fit_is_refused(
    parms: bytes, octets: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        _filtered(b"/AHx /DecodeParms << " + parms + b" >>", octets)


def test_an_object_in_a_stream_is_where_its_index_says_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = read_pdf(_FILES["stream"])
    (section,) = file.sections
    entry = section.entry(1)
    assert entry is not None
    assert entry.kind is Kind.PACKED
    assert file.get(Ref(1, 0)).value is not None
    # Who goes by the index reads another object there, who goes by the number this one.
    other = Entry(Kind.PACKED, entry.place, entry.which + 1)
    monkeypatch.setattr(PdfFile, "entry", lambda self, _: other)
    with pytest.raises(MalformedError, match="its stream does not hold"):
        file.place(1)
