"""Where a wallet keeps its sealed records: in memory or in a folder."""

import re
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Final

from idwallet import limits
from idwallet.adapters.files import read_file, write_file_atomically
from idwallet.errors import PortError, UsageError
from idwallet.ports import StoredRecord

_NAME: Final = re.compile(r"[0-9a-f]{8,64}")
_SUFFIX: Final = ".sealed"


class MemoryStore:
    """`idwallet.ports.CredentialStore` that forgets when the process ends.

    Safe between threads.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._records: dict[str, StoredRecord] = {}
        self._lock = Lock()

    def put(self, record: StoredRecord, /) -> None:
        """Keep the record; see `idwallet.ports.CredentialStore.put`.

        Raises:
            PortError: the store holds `limits.STORED_CREDENTIALS` records already.
        """
        with self._lock:
            full = len(self._records) >= limits.STORED_CREDENTIALS
            if full and record.name not in self._records:
                raise PortError("the credential store is full")
            self._records[record.name] = record

    def get(self, name: str, /) -> StoredRecord | None:
        """Return the record of that name, or None."""
        return self._records.get(name)

    def records(self) -> Iterator[StoredRecord]:
        """Yield every record, ordered by name."""
        with self._lock:
            found = [self._records[name] for name in sorted(self._records)]
        yield from found

    def delete(self, name: str, /) -> None:
        """Remove the record of that name, if it is there."""
        with self._lock:
            self._records.pop(name, None)

    def __repr__(self) -> str:
        """Show the number of records only."""
        return f"MemoryStore(<{len(self._records)} records>)"


class FolderStore:
    """`idwallet.ports.CredentialStore` of one file a record, written atomically."""

    def __init__(self, folder: str | Path) -> None:
        """Use `folder`, which is made when the first record is put."""
        self._folder = Path(folder)

    def put(self, record: StoredRecord, /) -> None:
        """Write the record durably; a crash leaves the old one or the new one.

        Raises:
            PortError: the disk failed or is full; the old record still stands.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise PortError(f"cannot make the folder: {error.strerror}") from error
        write_file_atomically(self._path(record.name), record.sealed)

    def get(self, name: str, /) -> StoredRecord | None:
        """Return the record of that name, or None.

        Raises:
            PortError: the file cannot be read.
        """
        path = self._path(name)
        if not path.exists():
            return None
        return StoredRecord(name, read_file(path, max_bytes=limits.SEALED_BYTES))

    def records(self) -> Iterator[StoredRecord]:
        """Yield every record, ordered by name.

        Raises:
            PortError: a file cannot be read.
        """
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            name = path.name.removesuffix(_SUFFIX)
            if _NAME.fullmatch(name):
                sealed = read_file(path, max_bytes=limits.SEALED_BYTES)
                yield StoredRecord(name, sealed)

    def delete(self, name: str, /) -> None:
        """Remove the record of that name, if it is there.

        Raises:
            PortError: the file cannot be removed.
        """
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as error:
            raise PortError(f"cannot remove the record: {error.strerror}") from error

    def _path(self, name: str) -> Path:
        # The name becomes a file's: nothing but what the wallet itself makes.
        if _NAME.fullmatch(name) is None:
            raise UsageError("a record's name is 8 to 64 hexadecimal digits")
        return self._folder / f"{name}{_SUFFIX}"

    def __repr__(self) -> str:
        """Show the folder."""
        return f"FolderStore({str(self._folder)!r})"
