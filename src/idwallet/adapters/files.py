"""Files read whole within a bound, and written whole or not at all."""

import errno
import importlib
import mmap
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from idwallet import limits
from idwallet.codec.text import show
from idwallet.errors import LimitError, MalformedError, PortError

if TYPE_CHECKING:
    from idwallet.roles.document_signer import DocumentSigner

_PIECE: Final = 1 << 20


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


def sign_file(
    path: str | Path,
    signer: "DocumentSigner",
    *,
    signing_time: datetime,
    to: str | Path | None = None,
) -> None:
    """Sign a PDF file where it lies, or with `to` a copy of it; however long it is.

    The signature is appended: what was there is read, and never written again. In place
    the file is as it was when anything fails, except when power does, which can leave a
    part of what was appended: a copy is put in place whole or not at all.

    Raises:
        UsageError: the signer is one of another format than PAdES, or the document does
            not allow what is asked; see `DocumentSigner.sign`.
        MalformedError, LimitError, UnsupportedError: the file cannot be signed as it
            is; nothing was written.
        SignerError: the key could not sign; nothing was written.
        PortError: the file cannot be read or written, or somebody else changed it
            meanwhile; or the timestamp authority cannot be reached.
    """
    try:
        with Path(path).open("rb" if to is not None else "r+b") as file:
            if to is None and os.name == "posix":
                _wait_for_lock(file.fileno())
            before = _state(file)
            appended = _appended(file, signer, signing_time=signing_time)
            pieces = _unless_changed(file, (appended,), before=before)
            if to is None:
                _append(file, pieces)
            else:
                copy = chain(_pieces(file), pieces)
                mode = os.fstat(file.fileno()).st_mode & 0o777
                write_file_atomically(to, copy, mode=mode)
    except OSError as error:
        raise fault("sign", path, cause=error) from error


def _appended(
    file: BinaryIO, signer: "DocumentSigner", *, signing_time: datetime
) -> bytes:
    size, _ = _state(file)
    if not size:
        raise MalformedError("an empty file", at="byte 0", clause="ISO 32000-2 §7.5.2")
    with mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as mapped:
        return signer.sign_appended(mapped, _pieces(file), signing_time=signing_time)


def _state(file: BinaryIO) -> tuple[int, int]:
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield a file's octets: read, since what is mapped would stay in memory."""
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def _unless_changed(
    file: BinaryIO, pieces: Iterable[bytes], *, before: tuple[int, int]
) -> Iterator[bytes]:
    if _state(file) != before:
        raise OSError(errno.EBUSY, "it was changed meanwhile")
    yield from pieces


def _append(file: BinaryIO, pieces: Iterable[bytes]) -> None:
    """Append durably, or leave the file as it was."""
    size, _ = _state(file)
    try:
        file.seek(size)
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
    except BaseException:
        # Also on an interrupt: nothing half written may be found later.
        with suppress(OSError):
            file.truncate(size)
        raise


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
