"""Where an archive is read from: octets, or a stream that can go back."""

from collections.abc import Sized
from typing import Final, Literal, Protocol

from idwallet.codec.zip.structures import APPNOTE
from idwallet.errors import MalformedError, UsageError

_SET: Final = 0
_END: Final = 2


class SeekableStream(Protocol):
    """What is read at any place, as a file opened in binary mode is."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many octets, and none at the end."""
        ...

    def seek(self, offset: int, whence: Literal[0, 1, 2] = 0, /) -> int | None:
        """Go to a place, counted from the beginning (0) or the end (2).

        Return where that is; what has a length, as a mapped file does, need not.
        """
        ...


class ZipSource:
    """Octets at any place; not to be shared between threads where it is a stream."""

    __slots__ = ("_data", "size")

    def __init__(self, data: bytes | SeekableStream) -> None:
        """Find out how long it is.

        Raises:
            UsageError: it is neither octets nor a stream that can go back.
        """
        if not isinstance(data, bytes) and not callable(getattr(data, "seek", None)):
            raise UsageError("an archive is read from octets or a stream that can seek")
        self._data = data
        self.size = len(data) if isinstance(data, Sized) else data.seek(0, _END) or 0

    def read(self, offset: int, count: int, *, at: str) -> bytes:
        """Return so many octets from there.

        Raises:
            MalformedError: it ends before.
        """
        if offset < 0 or count < 0 or offset + count > self.size:
            raise MalformedError("cut off", at=at, clause=f"{APPNOTE} §4.3.6")
        if isinstance(self._data, bytes):
            return self._data[offset : offset + count]
        self._data.seek(offset, _SET)
        found = self._data.read(count)
        while len(found) < count:
            more = self._data.read(count - len(found))
            if not more:
                raise MalformedError("cut off", at=at, clause=f"{APPNOTE} §4.3.6")
            found += more
        return found
