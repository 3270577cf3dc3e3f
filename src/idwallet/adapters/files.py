"""Files read whole within a bound, and written whole or not at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from idwallet import limits
from idwallet.errors import LimitError, PortError


def read_file(path: str | Path, *, max_bytes: int = limits.FILE_BYTES) -> bytes:
    """Return the whole file.

    Raises:
        LimitError: it has more than `max_bytes`; no more than that is read.
        PortError: it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise PortError(f"cannot read {path}: {_why(error)}") from error
    if len(data) > max_bytes:
        raise LimitError("file is too long", at=str(path), clause="idwallet limits")
    return data


def write_file_atomically(path: str | Path, data: bytes, *, mode: int = 0o600) -> None:
    """Put the file in place whole and durably, or leave what was there.

    `mode` is the file's permissions: for the owner alone unless you say more.
    A symbolic link at `path` is replaced, not followed: it may be another's.

    Raises:
        PortError: it cannot be written; no part of it is left behind.
    """
    target = Path(path)
    try:
        _replace(target, data, mode=mode)
    except (OSError, ValueError) as error:
        raise PortError(f"cannot write {path}: {_why(error)}") from error


def _replace(target: Path, data: bytes, *, mode: int) -> None:
    # In the same directory, so that the rename stays on one file system.
    descriptor, name = tempfile.mkstemp(prefix=".idwallet-", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        # Also on an interrupt: nothing half written may be found later.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_directory(target.parent)


def sync_directory(directory: Path) -> None:
    """Make a rename or removal in the directory durable, where the system can.

    Raises:
        OSError: the directory cannot be opened or written.
    """
    if os.name != "posix":  # pragma: no cover - Windows cannot open a directory
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or "not a usable path"
