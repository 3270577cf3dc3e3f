import tracemalloc
import zlib

import pytest

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.trust.status_list.bitmap import Effort, deflate, inflate, pack

MIB = 1 << 20


@pytest.mark.parametrize(
    ("bits", "entries", "array"),
    [
        (1, [(0, 1)], "0100"),
        (1, [(7, 1)], "8000"),
        (1, [(8, 1)], "0001"),
        (2, [(0, 3)], "03"),
        (2, [(3, 2)], "80"),
        (4, [(1, 10)], "a0"),
        (8, [(1, 255)], "00ff"),
    ],
)
def test_the_lowest_index_has_the_lowest_bits(
    bits: int, entries: list[tuple[int, int]], array: str
) -> None:
    size = len(array) * 4 // bits
    assert pack(entries, bits=bits, size=size).hex() == array


def test_a_later_status_replaces_an_earlier_one() -> None:
    assert pack([(1, 3), (1, 1)], bits=2, size=4).hex() == "04"


def test_a_size_is_rounded_up_to_whole_bytes() -> None:
    assert len(pack([], bits=1, size=9)) == 2


@pytest.mark.parametrize(
    ("bits", "size", "entry"),
    [
        (3, 8, (0, 0)),
        (1, 0, (0, 0)),
        (1, -8, (0, 0)),
        (1, 8, (8, 0)),
        (1, 8, (-1, 0)),
        (1, 8, (0, 2)),
        (2, 8, (0, -1)),
        (8, limits.STATUS_LIST_BITMAP_BYTES + 1, (0, 0)),
    ],
)
def test_what_no_list_can_hold_is_refused(
    bits: int, size: int, entry: tuple[int, int]
) -> None:
    with pytest.raises(UsageError):
        pack([entry], bits=bits, size=size)


def test_the_stream_of_an_array_is_always_the_same() -> None:
    array = pack([(5, 1), (900, 1)], bits=1, size=1_000)
    assert deflate(array) == deflate(bytes(array)) == deflate(memoryview(array))


def test_a_quick_stream_holds_the_same_array() -> None:
    array = pack(((n, 1) for n in range(0, 80_000, 97)), bits=1, size=80_000)
    quick, smallest = deflate(array, effort=Effort.QUICK), deflate(array)
    assert len(smallest) < len(quick) < len(array)
    assert inflate(quick, at="lst") == inflate(smallest, at="lst") == array


def test_what_is_inflated_cannot_be_changed() -> None:
    view = inflate(zlib.compress(b"abc"), at="lst")
    assert view.readonly
    with pytest.raises(TypeError):
        view[0] = 1


@pytest.mark.parametrize("length", [0, 1, MIB - 1, MIB, MIB + 1, 5 * MIB])
def test_an_array_of_any_length_comes_back(length: int) -> None:
    array = b"\x00" * length
    assert bytes(inflate(zlib.compress(array, 9), at="lst")) == array


def test_a_stream_of_many_pieces_comes_back() -> None:
    array = bytes(n * n % 251 for n in range(300_000))
    assert bytes(inflate(zlib.compress(array, 0), at="lst")) == array


@pytest.mark.parametrize("extra", [b"\0", b"\0" * 65_536, zlib.compress(b"")])
@pytest.mark.parametrize("level", [0, 9])
def test_bytes_after_the_stream_are_refused(extra: bytes, level: int) -> None:
    stream = zlib.compress(bytes(200_000), level)
    with pytest.raises(MalformedError, match="after the stream"):
        inflate(stream + extra, at="lst")


def test_bytes_after_a_stream_that_ends_with_a_piece_are_refused() -> None:
    # The stream ends exactly where a piece does: the bytes behind are never fed.
    (stream,) = (
        made
        for length in range(65_500, 65_536)
        if len(made := zlib.compress(bytes(length), 0)) == 65_536
    )
    assert bytes(inflate(stream, at="lst")) == zlib.decompress(stream)
    with pytest.raises(MalformedError, match="after the stream"):
        inflate(stream + b"\0", at="lst")


@pytest.mark.parametrize("cut", [0, 1, 2, 10, -4, -1])
def test_a_stream_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(MalformedError, match="cut off") as caught:
        inflate(zlib.compress(b"an array of statuses")[:cut], at="lst")
    assert caught.value.at == "lst"


def test_a_stream_too_long_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STATUS_LIST_COMPRESSED_BYTES", 4)
    with pytest.raises(LimitError, match="compressed"):
        inflate(b"12345", at="lst")


def test_the_longest_array_comes_back_and_one_byte_more_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "STATUS_LIST_BITMAP_BYTES", 3 * MIB)
    assert len(inflate(zlib.compress(bytes(3 * MIB)), at="lst")) == 3 * MIB
    with pytest.raises(LimitError, match="inflated"):
        inflate(zlib.compress(bytes(3 * MIB + 1)), at="lst")


def test_a_bomb_takes_no_more_memory_than_a_list_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "STATUS_LIST_BITMAP_BYTES", 4 * MIB)
    bomb = zlib.compress(bytes(200 * MIB))
    tracemalloc.start()
    try:
        with pytest.raises(LimitError):
            inflate(bomb, at="lst")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * MIB


def test_inflating_holds_little_more_than_the_array() -> None:
    stream = zlib.compress(bytes(20 * MIB))
    tracemalloc.start()
    try:
        view = inflate(stream, at="lst")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(view) == 20 * MIB
    assert peak < 25 * MIB
