"""Files read whole within a bound, and written whole or not at all."""

import importlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from idwallet import limits
from idwallet.codec.text import show
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
        raise fault("read", path, cause=error) from error
    if len(data) > max_bytes:
        at = show(str(path))
        raise LimitError("file is too long", at=at, clause="idwallet limits")
    return data


def write_file_atomically(
    path: str | Path, data: bytes | Iterable[bytes], *, mode: int = 0o600
) -> None:
    """Put the file in place whole and durably, or leave what was there.

    `data` may come piece by piece; whatever getting one raises leaves what was there.

    `mode` is the file's permissions: for the owner alone unless you say more.
    A symbolic link at `path` is replaced, not followed: it may be another's.

    Raises:
        PortError: it cannot be written; no part of it is left behind.
    """
    target = Path(path)
    try:
        with _temporary(target.parent, data) as temporary:
            temporary.chmod(mode)
            temporary.replace(target)
        sync_directory(target.parent)
    except (OSError, ValueError) as error:
        raise fault("write", path, cause=error) from error


def make_file_once(path: str | Path, data: bytes) -> bool:
    """Make the file whole and durably; False when it is there already.

    Of several callers at once, in any process, exactly one makes it. It is readable
    for its owner alone.

    Raises:
        PortError: it cannot be written; no part of it is left behind.
    """
    target = Path(path)
    try:
        with _temporary(target.parent, data) as temporary:
            # Unlike a rename, a link never replaces: one caller alone makes it.
            target.hardlink_to(temporary)
        sync_directory(target.parent)
    except FileExistsError:
        return False
    except (OSError, ValueError) as error:
        raise fault("write", path, cause=error) from error
    return True


def make_folder(path: str | Path) -> Path:
    """Make the folder, and those above it, unless it is there; for its owner alone.

    Raises:
        PortError: it cannot be made.
    """
    folder = Path(path)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise fault("make", path, cause=error) from error
    return folder


@contextmanager
def locked(path: str | Path) -> Iterator[None]:
    """Hold a lock of that name, alone among all processes; wait until it is free.

    The file stays when the lock is given back: removing it would let two hold it. The
    system frees it when the process ends in whatever way. It must lie on a local file
    system.

    Raises:
        PortError: the file cannot be made.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except (OSError, ValueError) as error:
        raise fault("lock", path, cause=error) from error
    try:
        _wait_for_lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _wait_for_lock(descriptor: int) -> None:
    if os.name == "posix":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return
    # By name: a type checker on another system does not know the module's content.
    windows = importlib.import_module("msvcrt")  # pragma: no cover - Windows
    windows.locking(descriptor, windows.LK_LOCK, 1)  # pragma: no cover - the same


def fault(doing: str, path: str | Path, *, cause: Exception) -> PortError:
    """Return the error of a path that cannot be read, written, made or deleted.

    Whoever names a file chooses its characters: they reach no terminal as they are.
    """
    why = getattr(cause, "strerror", None) or "not a usable path"
    return PortError(f"cannot {doing} {show(str(path))}: {why}")


@contextmanager
def _temporary(folder: Path, data: bytes | Iterable[bytes]) -> Iterator[Path]:
    """Yield a file that holds the data durably, and remove it unless it was moved."""
    # In the same directory, so that a rename stays on one file system.
    descriptor, name = tempfile.mkstemp(prefix=".idwallet-", dir=folder)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines((data,) if isinstance(data, bytes) else data)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        # Also on an interrupt: nothing half written may be found later.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


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
