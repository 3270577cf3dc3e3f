"""A counter in a file: for tests, and where the file lies apart from the wallet."""

import re
from pathlib import Path
from typing import Final

from idwallet.adapters.files import locked, read_file, write_file_atomically
from idwallet.codec.text import show
from idwallet.errors import PortError, UsageError

_NUMBER: Final = re.compile(rb"(0|[1-9][0-9]{0,17})\n?")
_BYTES: Final = 32


class FileCounter:
    """`idwallet.ports.MonotonicCounter` in a file.

    It notices an older copy of a wallet only as long as nobody brings back an older
    copy of this file with it: it must lie where the wallet's copies do not come from,
    as on a server or another disk. A secure element or a TPM is better wherever there
    is one. Safe between threads and processes; the file must lie on a local file
    system, and ``PATH.lock`` beside it is its lock.
    """

    def __init__(self, path: str | Path) -> None:
        """Use that file, which is made when it is first raised."""
        self._path = Path(path)

    def read(self) -> int:
        """Return the value; 0 where there is no file yet.

        Raises:
            PortError: the file cannot be read, or holds no number.
        """
        try:
            data = read_file(self._path, max_bytes=_BYTES)
        except PortError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return 0
            raise
        found = _NUMBER.fullmatch(data)
        if found is None:
            raise PortError(
                f"{show(str(self._path))} holds no number: remove nothing, "
                "and bring back the file"
            )
        return int(found[1])

    def advance(self, to: int, /) -> None:
        """Raise the value durably to at least `to`.

        Raises:
            UsageError: it is no number of a counter.
            PortError: the file cannot be read or written.
        """
        if not 0 <= to < 10**18:
            raise UsageError("a counter counts from 0 to 10**18")
        with locked(self._path.with_name(self._path.name + ".lock")):
            if to > self.read():
                write_file_atomically(self._path, b"%d\n" % to)

    def __repr__(self) -> str:
        """Show the path."""
        return f"FileCounter({show(str(self._path))!r})"
