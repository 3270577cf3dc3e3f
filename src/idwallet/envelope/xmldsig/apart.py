"""Octets that came apart from a signature: held, or streamed as seldom as can be."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol

from idwallet import limits
from idwallet.errors import LimitError, UnsupportedError

_PIECE: Final = 1 << 20


class Hasher(Protocol):
    """What hashlib makes."""

    def update(self, data: bytes, /) -> object:
        """Take more octets."""
        ...

    def digest(self) -> bytes:
        """Return the digest of all that was taken."""
        ...

    def copy(self) -> "Hasher":
        """Return one that took the same."""
        ...


class Stream(Protocol):
    """What is read in pieces."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many octets, and none at the end."""
        ...


class Apart:
    """Octets under an address of their own, which a reference may be to.

    A stream is read once for every digest that is asked for with `expect`, and again
    from where it stood for anything else, if it has a ``seek``. Not to be shared
    between threads.
    """

    __slots__ = ("_data", "_rewind", "_states", "_was_read")

    def __init__(self, data: bytes | Stream) -> None:
        """Keep the octets, or the stream, of which nothing is read yet."""
        self._data = data
        self._states: dict[str, Hasher] = {}
        self._was_read = False
        self._rewind = None if isinstance(data, bytes) else _rewind(data)

    def __repr__(self) -> str:
        """Show nothing: what is signed may be personal."""
        return "<Apart>"

    @property
    def held(self) -> bytes:
        """The octets where they are held; nothing of a stream."""
        return self._data if isinstance(self._data, bytes) else b""

    def expect(self, names: Iterable[str]) -> None:
        """Digest by all these names of hashlib, reading a stream once."""
        missing = {name: hashlib.new(name) for name in set(names) - set(self._states)}
        if not missing:
            return
        for piece in self._pieces():
            for state in missing.values():
                state.update(piece)
        self._states.update(missing)

    def state(self, name: str) -> Hasher:
        """Return the hash that took all of it, to take more or to be finished.

        Raises:
            UnsupportedError: the stream was read for other digests, and cannot be read
                again.
        """
        self.expect([name])
        return self._states[name].copy()

    def feed(self, hasher: Hasher) -> None:
        """Have a hash take all of it.

        Raises:
            UnsupportedError: the stream was read, and cannot be read again.
        """
        for piece in self._pieces():
            hasher.update(piece)

    def whole(self, *, at: str) -> bytes:
        """Return all of it, as what is made canonical has to be held.

        Raises:
            LimitError: it is longer than `limits.XML_BYTES`.
            UnsupportedError: the stream was read, and cannot be read again.
        """
        found = bytearray()
        for piece in self._pieces():
            found += piece
            if len(found) > limits.XML_BYTES:
                raise LimitError("XML is too long", at=at, clause="idwallet limits")
        return bytes(found)

    def _pieces(self) -> Iterator[bytes]:
        if isinstance(self._data, bytes):
            yield self._data
            return
        if self._rewind is not None:
            self._rewind()
        elif self._was_read:
            # Nothing would come, and nothing is easily signed.
            raise UnsupportedError(
                "a stream that would have to be read twice",
                at="document",
                clause="XMLDSig 1.1 §4.4.3.2",
            )
        self._was_read = True
        while piece := self._data.read(_PIECE):
            yield piece


def _rewind(stream: Stream) -> Callable[[], object] | None:
    """Return what takes a stream back to where it stands now, if it can."""
    seek, tell = getattr(stream, "seek", None), getattr(stream, "tell", None)
    if seek is None or tell is None:
        return None
    try:
        start = tell()
    except OSError:  # a pipe has the methods all the same
        return None
    return lambda: seek(start)
