"""Long files looked into without being read: mapped, and given back at the end."""

import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from idwallet.adapters.files import fault

_PIECE: Final = 1 << 20
_WINDOW: Final = 1 << 24
_NO_MORE: Final[int | None] = getattr(mmap, "MADV_DONTNEED", None)


@contextmanager
def mapped_file(path: str | Path) -> Iterator[bytes | mmap.mmap]:
    """Give a file's octets without holding them, for as long as the block lasts.

        with mapped_file("contract.pdf") as document:
            description = describe_document(document)
            verified = verify_document(document, trust=trust, policy=DOCUMENTS, at=at)

    A file of 500 MB is judged in a few megabytes so. Whoever changes it meanwhile
    changes what is judged: take away their right to write, or read it whole.

    Raises:
        PortError: the file cannot be opened or mapped.
    """
    try:
        with Path(path).open("rb") as file:
            # What is empty cannot be mapped.
            is_empty = not file.read(1)
            made = None if is_empty else _map(file.fileno())
    except (OSError, ValueError) as error:
        raise fault("map", path, cause=error) from error
    if made is None:
        yield b""
        return
    try:
        yield made
    finally:
        made.close()


def _map(descriptor: int) -> "_Mapped":
    return _Mapped(descriptor, 0, access=mmap.ACCESS_READ)


class _Mapped(mmap.mmap):
    """A map whose long stretches are not kept once they were looked at."""

    def __getitem__(self, key: Any) -> Any:
        """Return octets; what is long is read once and let go."""
        found = super().__getitem__(key)
        if isinstance(key, slice) and len(found) >= _PIECE:
            self._let_go(key.start or 0, len(found))
        return found

    def find(  # noqa: PLR0917 - as `mmap` has it
        self, sub: Any, start: int = 0, stop: int = sys.maxsize
    ) -> int:
        """Return where octets first stand, or -1; look through window by window."""
        stop = min(stop, len(self))
        for at in range(start, stop, _WINDOW):
            found = super().find(sub, at, min(at + _WINDOW + len(sub) - 1, stop))
            if at + _WINDOW < stop or stop - start > _WINDOW:
                self._let_go(at, _WINDOW)
            if found >= 0:
                return found
        return -1

    def _let_go(self, start: int, length: int) -> None:
        """Tell the system that a stretch need not stay in memory."""
        if _NO_MORE is None:  # pragma: no cover - Windows has no such thing
            return
        begin = start - start % mmap.PAGESIZE
        size = min(start + length, len(self)) - begin
        self.madvise(_NO_MORE, begin, size)
