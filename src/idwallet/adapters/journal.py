"""The journal of a batch of signatures, in a folder."""

import re
from pathlib import Path
from typing import Final

from idwallet import limits
from idwallet.adapters.files import (
    make_file_once,
    make_folder,
    read_file,
    write_file_atomically,
)
from idwallet.codec.text import show
from idwallet.errors import PortError, UsageError

_PLAN: Final = "plan.json"
_KEY: Final = re.compile(r"[0-9a-f]{64}")


class FolderJournal:
    """`idwallet.ports.BatchJournal` of files, one for each signed document.

    Each is written whole and durably before the next document is begun, so that killing
    the program loses at most what is being signed at that moment. The folder holds the
    signed documents: it is for its owner alone, and yours to delete once the batch is
    done. It must lie on a local file system.
    """

    def __init__(self, folder: str | Path) -> None:
        """Use `folder`, which is made if it is not there.

        Raises:
            PortError: it cannot be made.
        """
        self._folder = make_folder(folder)

    def __repr__(self) -> str:
        """Show the folder."""
        return f"<FolderJournal {show(str(self._folder))}>"

    def begin(self, plan: bytes, /) -> bytes:
        """Return the plan of the batch; see `ports.BatchJournal.begin`.

        Raises:
            PortError: the folder cannot be read or written.
        """
        path = self._folder / _PLAN
        make_file_once(path, plan)
        return read_file(path, max_bytes=limits.JSON_BYTES)

    def get(self, key: str, /) -> bytes | None:
        """Return what was kept under that name, or None.

        Raises:
            PortError: it is there, and cannot be read.
            UsageError: it is no SHA-256 in hexadecimal.
        """
        try:
            return read_file(self._path(key), max_bytes=limits.BATCH_DOCUMENT_BYTES)
        except PortError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return None
            raise

    def put(self, key: str, signed: bytes, /) -> None:
        """Keep a signed document, durably and whole.

        Raises:
            PortError: it cannot be written.
            UsageError: it is no SHA-256 in hexadecimal.
        """
        write_file_atomically(self._path(key), signed)

    def _path(self, key: str) -> Path:
        if _KEY.fullmatch(key) is None:
            raise UsageError("a journal keeps documents by SHA-256 in hexadecimal")
        return self._folder / f"{key}.signed"
