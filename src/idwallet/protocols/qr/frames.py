"""Messages that no single QR code holds: numbered frames, shown one after the other.

Whoever shows them shows them over and over; whoever reads them takes them in any order,
any number of times. One frame beside them is the exclusive or of all others, so that
one that is not read does not hold the rest up.
"""

import hmac
from collections.abc import Iterable
from functools import reduce
from hashlib import sha256
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.qr_text import QrKind, QrText, read_qr_text, write_qr_text
from idwallet.errors import LimitError, MalformedError, UsageError

_CLAUSE: Final = "idwallet compact 1 §11"
_DIGEST: Final = 16
_HEAD: Final = _DIGEST + 5  # digest, kind, number, count, octets in all (two)
FRAME_OCTETS: Final = limits.QR_FRAME_BYTES - _HEAD
"""Octets of a message in each frame."""


class _Frame(NamedTuple):
    digest: bytes
    kind: QrKind
    number: int
    total: int
    size: int
    chunk: bytes

    @property
    def message(self) -> tuple[bytes, QrKind, int, int, int]:
        """What all frames of one message have in common."""
        return self.digest, self.kind, self.total, self.size, len(self.chunk)


def write_frames(
    kind: QrKind, octets: bytes, *, frame_octets: int = FRAME_OCTETS
) -> tuple[str, ...]:
    """Return the texts of the frames of a message; the last one is the spare.

    A message that fits into one code is that code alone.

    Raises:
        UsageError: it takes more than `limits.QR_FRAMES`, or is a frame itself.
    """
    if kind is QrKind.FRAME or not 0 < frame_octets <= FRAME_OCTETS:
        raise UsageError("a frame holds a part of a message, of a code's size")
    if len(octets) <= frame_octets:
        return (write_qr_text(kind, octets),)
    count = -(-len(octets) // frame_octets)
    if count > limits.QR_FRAMES:
        raise UsageError(
            f"{len(octets)} octets take {count} QR codes; limits.QR_FRAMES is "
            f"{limits.QR_FRAMES}"
        )
    size = -(-len(octets) // count)
    chunks = [octets[n * size : n * size + size] for n in range(count)]
    chunks[-1] = chunks[-1].ljust(size, b"\0")
    head = _digest(kind, octets) + kind.value.encode("ascii")
    sizes = bytes([count]) + len(octets).to_bytes(2, "big")
    return tuple(
        write_qr_text(QrKind.FRAME, head + bytes([number]) + sizes + chunk)
        for number, chunk in enumerate([*chunks, reduce(_xor, chunks)])
    )


class FrameReader:
    """Puts one message together; what is not of it is refused, and changes nothing.

    A whole that is not what its frames announced is forgotten: read them again.
    """

    __slots__ = ("_chunks", "_first")

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._first: _Frame | None = None
        self._chunks: dict[int, bytes] = {}

    def __repr__(self) -> str:
        """Show how many frames were read."""
        return f"FrameReader({self.read} of {self.count})"

    @property
    def count(self) -> int:
        """How many frames the message has beside the spare; 0 before the first."""
        return 0 if self._first is None else self._first.total

    @property
    def read(self) -> int:
        """How many different frames were read."""
        return len(self._chunks)

    def add(self, text: str) -> QrText | None:
        """Take the text of a code; return the message once it is whole.

        A code that is no frame is a whole message by itself, where nothing was begun.

        Raises:
            MalformedError: it is of another message than what was read, contradicts a
                frame already read, or the message is not the one its frames announced.
            LimitError, UnsupportedError: see `read_qr_text`.
        """
        found = read_qr_text(text, at="frame")
        if found.kind is not QrKind.FRAME:
            if self._first is not None:
                raise _mixed()
            return found
        frame = _read(found.octets)
        first = self._first or frame
        if frame.message != first.message:
            raise _mixed()
        known = self._chunks.setdefault(frame.number, frame.chunk)
        if known != frame.chunk:
            raise MalformedError("a frame read otherwise", at="frame", clause=_CLAUSE)
        self._first = first
        return self._whole(first)

    def _whole(self, first: _Frame) -> QrText | None:
        chunks, missing = (
            self._chunks,
            [n for n in range(first.total) if n not in self._chunks],
        )
        if len(missing) > 1 or (missing and first.total not in chunks):
            return None
        if missing:
            # The exclusive or of all, the spare included, is the one that is missing.
            chunks = {**chunks, missing[0]: reduce(_xor, chunks.values())}
        padded = b"".join(chunks[n] for n in range(first.total))
        octets, padding = padded[: first.size], padded[first.size :]
        whole = _digest(first.kind, octets)
        if padding.strip(b"\0") or not hmac.compare_digest(whole, first.digest):
            # Which frame is the false one nobody can tell: read all of them again.
            self._first, self._chunks = None, {}
            raise MalformedError(
                "frames of another message", at="frames", clause=_CLAUSE
            )
        return QrText(first.kind, octets)


def read_frames(texts: Iterable[str]) -> QrText:
    """Return the message of these codes, in whichever order they come.

    Raises:
        MalformedError: they are not one whole message.
        LimitError, UnsupportedError: see `read_qr_text`.
    """
    reader = FrameReader()
    for text in texts:
        found = reader.add(text)
        if found is not None:
            return found
    raise MalformedError("frames are missing", at="frames", clause=_CLAUSE)


def _read(octets: bytes) -> _Frame:
    if len(octets) <= _HEAD:
        raise MalformedError("no frame", at="frame", clause=_CLAUSE)
    kind = _KINDS.get(octets[_DIGEST : _DIGEST + 1])
    number, count = octets[_DIGEST + 1], octets[_DIGEST + 2]
    size = int.from_bytes(octets[_DIGEST + 3 : _HEAD], "big")
    chunk = octets[_HEAD:]
    if count > limits.QR_FRAMES or len(octets) > limits.QR_FRAME_BYTES:
        raise LimitError("more than the frames there are", at="frame", clause=_CLAUSE)
    if (
        kind is None
        or not count > 1
        or number > count
        or not (count - 1) * len(chunk) < size <= count * len(chunk)
    ):
        raise MalformedError("no frame", at="frame", clause=_CLAUSE)
    return _Frame(octets[:_DIGEST], kind, number, count, size, chunk)


_KINDS: Final = {
    each.value.encode("ascii"): each for each in QrKind if each is not QrKind.FRAME
}


def _digest(kind: QrKind, octets: bytes) -> bytes:
    return sha256(kind.value.encode("ascii") + octets).digest()[:_DIGEST]


def _xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def _mixed() -> MalformedError:
    return MalformedError("codes of two messages", at="frame", clause=_CLAUSE)
