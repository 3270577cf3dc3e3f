"""Trust bundles in files: read in parts, replaced whole, and remembered."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Final, Self

from idwallet import limits
from idwallet.adapters.files import fault, locked, read_file, write_file_atomically
from idwallet.codec.text import show
from idwallet.errors import IdWalletError, LimitError, PortError
from idwallet.ports import BundleMark, BundleSource
from idwallet.trust.bundle.contents import store_of
from idwallet.trust.bundle.delta import evaluate_delta, is_delta
from idwallet.trust.bundle.evaluate import evaluate_bundle, passed_bundle, take_bundle
from idwallet.trust.bundle.opened import Bundle, BundleContext
from idwallet.trust.bundle.state import read_mark, write_mark
from idwallet.trust.bundle.structures import PartEntry

STATE_SUFFIX: Final = ".state"
"""What the file that remembers a bundle adds to the bundle's name."""

_LOCK_SUFFIX: Final = ".lock"
_START: Final = 64


class BundleFile:
    """`idwallet.ports.BundleSource` of a file, which stays open.

    Another file that takes its name changes nothing here: what was opened is read.
    Safe between threads.
    """

    def __init__(self, path: str | Path) -> None:
        """Open the file.

        Raises:
            LimitError: it is longer than `limits.BUNDLE_BYTES`.
            PortError: it cannot be read, or is no regular file.
        """
        self._path = path
        self._lock = Lock()
        try:
            self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
            self._size = os.fstat(self._descriptor).st_size
        except (OSError, ValueError) as error:
            raise fault("read", path, cause=error) from error
        if self._size > limits.BUNDLE_BYTES:
            self.close()
            at = show(str(path))
            raise LimitError("file is too long", at=at, clause="idwallet limits")

    @property
    def size(self) -> int:
        """How many bytes the file had when it was opened."""
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        """Return these bytes; see `idwallet.ports.BundleSource.read`.

        Raises:
            PortError: the file cannot be read, or was closed.
        """
        found: list[bytes] = []
        try:
            while length > 0 and (piece := self._piece(offset, length)):
                found.append(piece)
                offset, length = offset + len(piece), length - len(piece)
        except (OSError, OverflowError) as error:
            raise fault("read", self._path, cause=error) from error
        return b"".join(found)

    def _piece(self, offset: int, length: int) -> bytes:
        if hasattr(os, "pread"):
            # It moves no offset that threads, or a forked process, would share.
            return os.pread(self._descriptor, length, offset)
        with self._lock:  # pragma: no cover - Windows
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            return os.read(self._descriptor, length)

    def close(self) -> None:
        """Give the file back; what was not read can no longer be."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __enter__(self) -> Self:
        """Return the open file."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def __del__(self) -> None:
        """Close what nobody reads from any more."""
        with suppress(OSError, AttributeError):
            self.close()

    def __repr__(self) -> str:
        """Show the path."""
        return f"BundleFile({str(self._path)!r})"


class FileBundleState:
    """`idwallet.ports.BundleState` of one small file, durable and atomic.

    It is safe between threads and processes on one machine. Keep it where only who
    administers the device writes: whoever removes it can roll the device back.
    """

    def __init__(self, path: str | Path) -> None:
        """Use the file, which is made when the first bundle is taken."""
        self._path = Path(path)

    def mark(self) -> BundleMark | None:
        """Return what is remembered, None where the file is not there.

        Raises:
            PortError: it cannot be read, or holds something else: a device that
                cannot remember takes no bundle.
        """
        if not self._is_there():
            return None
        try:
            data = read_file(self._path, max_bytes=limits.BUNDLE_STATE_BYTES)
            return read_mark(data, at=show(self._path.name))
        except PortError:
            raise
        except IdWalletError as error:
            name = show(str(self._path))
            raise PortError(f"cannot read {name}: not what was kept there") from error

    def advance(self, before: BundleMark | None, mark: BundleMark) -> bool:
        """Put `mark` in the place of `before`; see `idwallet.ports.BundleState`.

        Raises:
            PortError: the file cannot be read or written; what was there stands.
        """
        with locked(f"{self._path}{_LOCK_SUFFIX}"):
            if self.mark() != before:
                return False
            write_file_atomically(self._path, write_mark(mark))
            return True

    def _is_there(self) -> bool:
        try:
            return self._path.exists()
        except (OSError, ValueError) as error:
            raise fault("read", self._path, cause=error) from error

    def __repr__(self) -> str:
        """Show the path."""
        return f"FileBundleState({str(self._path)!r})"


def update_bundle(
    path: str | Path,
    update: BundleSource,
    *,
    context: BundleContext,
    progress: Callable[[PartEntry], None] = lambda _: None,
) -> Bundle:
    """Put a newer bundle, or what a delta makes, in the place of the one at `path`.

    All of it is checked before anything is written, and it is written whole or not at
    all: whatever goes wrong, the old bundle stays usable. Of several updaters at once
    each waits for the other, and the newer bundle stays. Who holds the old one open
    goes on reading it. `progress` is called with each part that was checked.

    Returns:
        The new bundle, which reads from where it came. It is at `path`, and
        remembered.

    Raises:
        VerificationFailed, VerificationIndeterminate: the update is refused.
        PortError: a file cannot be read or written.
    """
    with locked(f"{path}{_LOCK_SUFFIX}"):
        new = _judged(path, update, context=context).check_parts(progress)
        store_of(new)
        with _undone_on_failure(path):
            write_file_atomically(path, new.chunks())
            # Only now: what is remembered bars the old bundle.
            take_bundle(new, state=context.state)
        return new


def _judged(
    path: str | Path, update: BundleSource, *, context: BundleContext
) -> Bundle:
    if not is_delta(update.read(0, _START)):
        return passed_bundle(evaluate_bundle(update, context))
    base = BundleFile(path)
    return passed_bundle(evaluate_delta(base, update, context=context))


@contextmanager
def _undone_on_failure(path: str | Path) -> Iterator[None]:
    """Put the old file back where what follows its replacement fails.

    A second name for it needs no room on a full disk.
    """
    target = Path(path)
    kept = target.with_name(f".{target.name}.before")
    has_old = target.exists()
    try:
        kept.unlink(missing_ok=True)
        if has_old:
            kept.hardlink_to(target)
    except OSError as error:
        raise fault("keep", path, cause=error) from error
    try:
        yield
    except BaseException:
        if has_old:
            with suppress(OSError):
                kept.replace(target)
        raise
    finally:
        with suppress(OSError):
            kept.unlink(missing_ok=True)
