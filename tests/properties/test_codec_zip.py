"""ZIP: any octets are read or refused, and what is read others read the same."""

import io
import zipfile
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.zip import ZipArchive, ZipWriter, name_fault
from idwallet.errors import MalformedError, UnsupportedError, UsageError

MOMENT = datetime(2026, 11, 26, tzinfo=UTC)
NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12
)
FILES = st.dictionaries(NAMES, st.binary(max_size=200), max_size=4)


def _written(files: dict[str, bytes]) -> tuple[bytes, dict[str, bytes]]:
    out, added = io.BytesIO(), {}
    writer = ZipWriter(out, moment=MOMENT)
    for name, data in files.items():
        try:
            writer.add(name, [data])
        except UsageError:
            continue
        added[name] = data
    writer.close()
    return out.getvalue(), added


def _read(data: bytes) -> dict[str, bytes]:
    archive = ZipArchive(data, at="archive")
    return {each.name: b"".join(archive.pieces(each)) for each in archive.entries}


def _foreign(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {each.filename: archive.read(each) for each in archive.infolist()}


@given(FILES)
def test_what_is_written_is_read_by_ours_and_by_others(files: dict[str, bytes]) -> None:
    made, added = _written(files)
    assert _read(made) == _foreign(made) == added


@given(st.binary(max_size=300))
def test_any_octets_are_read_or_refused(data: bytes) -> None:
    try:
        _read(data)
    except (MalformedError, UnsupportedError):
        return
    assert _foreign(data) == {}


@given(FILES, st.data())
def test_what_is_still_read_after_changes_others_read_the_same(
    files: dict[str, bytes], data: st.DataObject
) -> None:
    octets = bytearray(_written(files)[0])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(octets) - 1))
        octets[at] = data.draw(st.integers(0, 255))
    try:
        found = _read(bytes(octets))
    except (MalformedError, UnsupportedError):
        return
    assert _foreign(bytes(octets)) == found


@given(st.text(max_size=20))
def test_a_name_is_in_order_or_said_why_not(name: str) -> None:
    fault = name_fault(name)
    assert (fault is None) or fault
    if fault is None:
        assert ".." not in name.split("/")
        assert not name.startswith("/")
