"""A set of identifiers takes their octets, and finds each of them."""

import random
import tracemalloc

import pytest

from idwallet.codec.cbor import write_cbor
from idwallet.errors import LimitError, MalformedError
from idwallet.trust.identifier_list.table import (
    CHUNK,
    IdentifierTable,
    TableBuilder,
    read_identifiers,
)

RANDOM = random.Random("identifiers")


def some(count: int, *, octets: int = 16) -> list[bytes]:
    return list({RANDOM.randbytes(octets) for _ in range(count)})


def written(listed: list[bytes], *, beside: bytes = b"\xa0") -> bytes:
    head = write_cbor(len(listed))
    return (
        bytes([head[0] | 0xA0])
        + head[1:]
        + b"".join(write_cbor(each) + beside for each in listed)
    )


def table(listed: list[bytes]) -> IdentifierTable:
    builder = TableBuilder()
    for each in listed:
        builder.add(each)
    return builder.table()


MANY = some(3 * CHUNK + 5)


@pytest.mark.parametrize("listed", [MANY, sorted(MANY)], ids=["mixed", "sorted"])
@pytest.mark.parametrize("beside", [b"\xa0", b"\xa1\x01\x02"], ids=["bare", "told"])
def test_more_than_are_held_at_once_are_all_found(
    listed: list[bytes], beside: bytes
) -> None:
    data = written(listed, beside=beside)
    found, end = read_identifiers(data, offset=0)
    assert end == len(data)
    assert len(found) == len(listed)
    assert list(found) == sorted(listed)
    assert all(each in found for each in listed[:: CHUNK // 50])
    assert not any(each in found for each in some(500))


def test_equal_beginnings_do_not_gather_in_one_place() -> None:
    listed = [bytes(14) + n.to_bytes(3) for n in range(4 * CHUNK)]
    RANDOM.shuffle(listed)
    found, _ = read_identifiers(written(listed), offset=0)
    assert list(found) == sorted(listed)


def test_lengths_are_kept_apart() -> None:
    found = table([b"ab", b"a", b"abc", b"b"])
    assert list(found) == [b"a", b"b", b"ab", b"abc"]
    assert b"ab" in found
    assert b"bc" not in found  # it stands across two of them
    assert b"" not in found
    assert b"abcd" not in found


@pytest.mark.parametrize("place", [1, CHUNK - 1, CHUNK, 2 * CHUNK, 3 * CHUNK])
@pytest.mark.parametrize("beside", [b"\xa0", b"\xa1\x01\x02"], ids=["bare", "told"])
def test_an_identifier_that_stands_twice_is_found_however_far_apart(
    place: int, beside: bytes
) -> None:
    listed = MANY[: 3 * CHUNK]
    listed.insert(place, listed[0])
    with pytest.raises(MalformedError) as caught:
        read_identifiers(written(listed, beside=beside), offset=0)
    assert caught.value.what == "an identifier twice"


def test_a_sorted_list_with_one_twice_at_a_border_is_malformed() -> None:
    listed = sorted(MANY)
    listed.insert(CHUNK, listed[CHUNK - 1])
    with pytest.raises(MalformedError):
        read_identifiers(written(listed), offset=0)


def test_what_an_issuer_gives_twice_is_there_once() -> None:
    assert list(table([b"a", b"b", b"a"])) == [b"a", b"b"]
    assert list(table([*MANY, *MANY])) == sorted(MANY)


def test_an_empty_map_is_a_list_of_nobody() -> None:
    found, end = read_identifiers(b"\xa0\x01", offset=0)
    assert (len(found), end) == (0, 1)
    assert b"a" not in found


def test_of_a_hundred_thousand_hardly_any_is_an_object() -> None:
    data = written(some(100_000))
    tracemalloc.start()
    found, _ = read_identifiers(data, offset=0)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.octets == 16 * 100_000
    assert held < found.octets + 65_536
    assert peak < len(data) + 3 * found.octets + 4 * CHUNK * 64


@pytest.mark.parametrize(
    "head",
    [b"\x59\x01\x00", b"\x5a\x00\x01\x00\x00", b"\x58\x41"],
    ids=["two octets", "four octets", "one too many"],
)
def test_an_identifier_too_long_is_refused_before_it_is_read(head: bytes) -> None:
    with pytest.raises(LimitError):
        read_identifiers(b"\xa1" + head, offset=0)


@pytest.mark.parametrize(
    "entry",
    [
        b"\x61a\xa0",
        b"\x01\xa0",
        b"\x40\xa0",
        b"\x58\x01a\xa0",
        b"\xa0\xa0",
        b"\x41a\x80",
    ],
    ids=["text", "number", "empty", "long head", "map", "no map beside"],
)
def test_what_is_no_identifier_is_malformed(entry: bytes) -> None:
    twin = b"\xa2" + b"\x41z\xa0" + b"\x41y\xa0"
    assert len(read_identifiers(twin, offset=0)[0]) == 2
    with pytest.raises(MalformedError):
        read_identifiers(b"\xa2" + b"\x41z\xa0" + entry, offset=0)


def test_a_map_of_more_than_there_are_octets_costs_nothing() -> None:
    with pytest.raises(MalformedError):
        read_identifiers(b"\xbb" + b"\xff" * 8 + b"\x41z\xa0", offset=0)


def test_a_table_shows_nobody() -> None:
    assert repr(table([b"secret"])) == "IdentifierTable(<1 identifiers>)"
