import random

import pytest

from idwallet import limits
from idwallet.codec.qr_text import QrKind, read_qr_text, write_qr_text
from idwallet.errors import IdWalletError, LimitError, MalformedError, UsageError
from idwallet.protocols.qr.frames import FrameReader, read_frames, write_frames

MESSAGE = random.Random(7).randbytes(6_247)  # as large as two ML-DSA signatures
FRAMES = write_frames(QrKind.ANSWER, MESSAGE)


def test_a_small_message_is_one_code() -> None:
    (only,) = write_frames(QrKind.PROOF, b"small")
    assert read_frames([only]) == (QrKind.PROOF, b"small")


def test_a_large_message_comes_back_in_any_order_and_with_repetitions() -> None:
    shuffled = [*FRAMES, *FRAMES[:4]]
    random.Random(8).shuffle(shuffled)
    assert read_frames(shuffled) == (QrKind.ANSWER, MESSAGE)


@pytest.mark.parametrize("lost", range(len(FRAMES)))
def test_any_one_frame_may_be_lost(lost: int) -> None:
    rest = [each for n, each in enumerate(FRAMES) if n != lost]
    assert read_frames(rest) == (QrKind.ANSWER, MESSAGE)


def test_with_two_lost_it_waits() -> None:
    reader = FrameReader()
    assert all(reader.add(each) is None for each in FRAMES[2:])
    assert reader.read == reader.count - 1
    assert reader.add(FRAMES[0]) is not None


def test_frames_of_two_messages_are_refused_and_do_no_harm() -> None:
    other = write_frames(QrKind.ANSWER, MESSAGE[:-1] + b"\0")
    reader = FrameReader()
    for n, each in enumerate(FRAMES[:-2]):
        reader.add(each)
        with pytest.raises(MalformedError):
            reader.add(other[n])
    with pytest.raises(MalformedError):
        reader.add(write_qr_text(QrKind.PROOF, b"another code"))
    assert reader.add(FRAMES[-2]) == (QrKind.ANSWER, MESSAGE)


def test_one_kind_of_message_is_not_another() -> None:
    frame = bytearray(read_qr_text(FRAMES[0], at="x").octets)
    frame[16] = ord("P")
    with pytest.raises(MalformedError):
        read_frames([write_qr_text(QrKind.FRAME, bytes(frame)), *FRAMES[1:]])


def test_a_frame_that_was_read_otherwise_is_refused() -> None:
    frame = bytearray(read_qr_text(FRAMES[0], at="x").octets)
    frame[-1] ^= 1
    reader = FrameReader()
    reader.add(FRAMES[0])
    with pytest.raises(MalformedError):
        reader.add(write_qr_text(QrKind.FRAME, bytes(frame)))


def test_a_spliced_chunk_breaks_the_digest() -> None:
    frame = bytearray(read_qr_text(FRAMES[0], at="x").octets)
    frame[-1] ^= 1
    with pytest.raises(MalformedError):
        read_frames([write_qr_text(QrKind.FRAME, bytes(frame)), *FRAMES[1:-1]])


def test_a_false_frame_is_forgotten_with_the_others_and_all_are_read_again() -> None:
    frame = bytearray(read_qr_text(FRAMES[0], at="x").octets)
    frame[-1] ^= 1
    reader = FrameReader()
    with pytest.raises(MalformedError):
        for each in (write_qr_text(QrKind.FRAME, bytes(frame)), *FRAMES[1:-1]):
            reader.add(each)
    assert (reader.read, reader.count) == (0, 0)
    assert [reader.add(each) for each in FRAMES[:-1]][-1] == (QrKind.ANSWER, MESSAGE)


@pytest.mark.parametrize("change", range(16, 21))
def test_a_changed_head_is_refused(change: int) -> None:
    frame = bytearray(read_qr_text(FRAMES[1], at="x").octets)
    frame[change] ^= 0x80
    with pytest.raises(IdWalletError):
        read_frames([write_qr_text(QrKind.FRAME, bytes(frame)), *FRAMES])


def test_more_than_the_frames_there_are_is_refused() -> None:
    with pytest.raises(UsageError, match="QR codes"):
        write_frames(QrKind.ANSWER, bytes(limits.QR_FRAMES * limits.QR_FRAME_BYTES))
    head = bytes(16) + b"A" + bytes([0, limits.QR_FRAMES + 1]) + b"\x01\x00"
    with pytest.raises(LimitError):
        FrameReader().add(write_qr_text(QrKind.FRAME, head + bytes(10)))


def test_no_repr_shows_what_was_read() -> None:
    reader = FrameReader()
    reader.add(FRAMES[0])
    assert repr(reader) == f"FrameReader(1 of {len(FRAMES) - 1})"


def test_what_fills_the_last_frame_up_is_zeros() -> None:
    frame = bytearray(read_qr_text(FRAMES[-2], at="x").octets)
    assert frame[-1] == 0
    frame[-1] = 1
    with pytest.raises(MalformedError):
        read_frames([*FRAMES[:-2], write_qr_text(QrKind.FRAME, bytes(frame))])


@pytest.mark.parametrize(
    ("size", "is_read"), [(0, False), (10, False), (11, True), (20, True), (21, False)]
)
def test_a_message_needs_all_of_its_frames(*, size: int, is_read: bool) -> None:
    octets = bytes(16) + b"A" + bytes([0, 2]) + size.to_bytes(2, "big") + bytes(10)
    text = write_qr_text(QrKind.FRAME, octets)
    reader = FrameReader()
    if is_read:
        assert reader.add(text) is None
    else:
        with pytest.raises(MalformedError):
            reader.add(text)
