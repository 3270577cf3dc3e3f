"""Messages over Bluetooth Low Energy: in pieces, and whole again."""

import tracemalloc

import pytest

from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.protocols.proximity.ble import (
    STATE_END,
    STATE_START,
    BlePieces,
    ble_ident,
    ble_pieces,
)
from tests.unit.protocols.proximity.sessions import engaged


@pytest.mark.parametrize("mtu", [23, 185, 515, 517, 100_000])
@pytest.mark.parametrize("size", [0, 1, 18, 19, 20, 511, 512, 5_000])
def test_a_message_comes_together_from_its_pieces(mtu: int, size: int) -> None:
    message = bytes(n % 251 for n in range(size))
    pieces = ble_pieces(message, mtu=mtu)
    assert all(len(each) <= min(mtu - 3, 512) for each in pieces)
    assert [each[0] for each in pieces] == [1] * (len(pieces) - 1) + [0]
    joiner = BlePieces()
    for _ in range(2):
        assert [joiner.take(each) for each in pieces[:-1]] == [None] * (len(pieces) - 1)
        assert joiner.take(pieces[-1]) == message


@pytest.mark.parametrize("piece", [b"", b"\x02x", b"x", b"\x01", b"\x00" + bytes(512)])
def test_what_is_no_piece_is_refused(piece: bytes) -> None:
    joiner = BlePieces()
    assert joiner.take(b"\x01x") is None
    with pytest.raises(MalformedError):
        joiner.take(piece)


def test_a_message_in_pieces_is_bounded() -> None:
    joiner = BlePieces(most=10)
    assert joiner.take(b"\x01" + bytes(10)) is None
    with pytest.raises(LimitError):
        joiner.take(b"\x00x")
    with pytest.raises(UsageError):
        ble_pieces(b"x", mtu=22)


def test_a_message_in_the_smallest_pieces_costs_no_more_than_its_size() -> None:
    size = 100_000
    joiner = BlePieces(most=size)
    tracemalloc.start()
    try:
        for _ in range(size // 2):
            joiner.take(b"\x01ab")
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 2 * size
    assert joiner.take(b"\x00") == b"ab" * (size // 2)


def test_a_device_is_known_again_by_its_key() -> None:
    one, other = engaged().device.engagement, engaged().device.engagement
    assert len(ble_ident(one.key)) == 16
    assert ble_ident(one.key) != ble_ident(other.key)
    assert (STATE_START, STATE_END) == (b"\x01", b"\x02")
