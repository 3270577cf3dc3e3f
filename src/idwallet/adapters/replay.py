"""A replay guard in a folder, for programs that start anew for each answer."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from idwallet import limits
from idwallet.adapters.files import make_file_once, make_folder, read_file
from idwallet.errors import IdWalletError
from idwallet.ports import Use
from idwallet.trust.replay import require_digests

_NAME: Final = re.compile(r"[0-9a-f]{64}")
_HOUR: Final = re.compile(r"[0-9]{1,9}")
_EXPIRING: Final = "expiring"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_RECORD_BYTES: Final = 128


class FolderReplay:
    """`idwallet.ports.ReplayGuard` of small files; atomic between processes.

    The file system lets exactly one caller make a file, so exactly one response is
    first, and one verdict settles. A request is remembered until it has expired by
    `limits.REPLAY_KEPT_AFTER`. The folder must lie on a local file system.

    A request's records are found by its digest; each is noted once more under the hour
    in which it expires. So no use reads the records of other requests, but for the few
    that it forgets.
    """

    def __init__(self, folder: str | Path) -> None:
        """Use `folder`, which is made if it is not there.

        Raises:
            PortError: it cannot be made.
        """
        self._folder = make_folder(folder)

    def consume(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> Use:
        """Take the request; see `idwallet.ports.ReplayGuard.consume`.

        Raises:
            PortError: the folder cannot be read or written; nothing may pass
                unremembered.
            UsageError: a digest is not 32 bytes, or a moment has no zone.
        """
        require_digests(request, response, until=until, at=at)
        moment = until.astimezone(UTC).isoformat()
        record = f"{response.hex()} {moment}\n".encode("ascii")
        answered = self._path(request, "answered")
        if make_file_once(answered, record):
            self._note(request, until)
            self._forget(at)
            return Use.FIRST
        first = read_file(answered, max_bytes=_RECORD_BYTES).partition(b" ")[0]
        # Public digests, not secrets. What was tampered with is another response.
        same = first == response.hex().encode("ascii")
        is_open = not self._path(request, "settled").exists()
        return Use.SAME_AGAIN if same and is_open else Use.USED

    def settle(self, request: bytes) -> bool:
        """Note that the verdict is final; True for the one caller that settled it.

        Raises:
            PortError: the folder cannot be written.
        """
        if not self._path(request, "answered").exists():
            return False
        return make_file_once(self._path(request, "settled"), b"")

    def _path(self, request: bytes, what: str) -> Path:
        return self._folder / f"{request.hex()}.{what}"

    def _note(self, request: bytes, until: datetime) -> None:
        hour = self._folder / _EXPIRING / f"{_hour(until)}"
        # Lost, the note costs room: then nobody forgets the request.
        with suppress(OSError):
            hour.mkdir(mode=0o700, parents=True, exist_ok=True)
            (hour / request.hex()).touch(mode=0o600)

    def _forget(self, at: datetime) -> None:
        left = limits.REPLAY_FORGOTTEN_AT_ONCE
        for hour in self._hours_before(at - limits.REPLAY_KEPT_AFTER):
            for note in islice(_entries(hour), left):
                left -= 1
                self._forget_one(note, at)
            if left == 0:
                return
            # It is not empty where something cannot be removed.
            with suppress(OSError):
                hour.rmdir()

    def _hours_before(self, moment: datetime) -> list[Path]:
        """Return the hours that have ended by then, the first one first."""
        expiring = self._folder / _EXPIRING
        noted = {int(e.name): e for e in _entries(expiring) if _HOUR.fullmatch(e.name)}
        return [noted[hour] for hour in sorted(noted) if hour < _hour(moment)]

    def _forget_one(self, note: Path, at: datetime) -> None:
        answered = self._folder / f"{note.name}.answered"
        with suppress(OSError):
            # The record has the word: a note may be another's than its maker's.
            if _NAME.fullmatch(note.name) and _is_over(answered, at):
                # Settled last: without the other it settles nothing.
                answered.unlink()
                answered.with_suffix(".settled").unlink(missing_ok=True)
            note.unlink()

    def __repr__(self) -> str:
        """Show the folder."""
        return f"FolderReplay({str(self._folder)!r})"


def _hour(moment: datetime) -> int:
    return max(0, (moment - _EPOCH) // timedelta(hours=1))


def _entries(folder: Path) -> Iterator[Path]:
    """Yield what is in the folder, unread and unsorted; nothing if it is not there."""
    with suppress(OSError), os.scandir(folder) as found:
        for each in found:
            yield Path(each.path)


def _is_over(answered: Path, at: datetime) -> bool:
    try:
        text = read_file(answered, max_bytes=_RECORD_BYTES).decode("ascii")
        until = datetime.fromisoformat(text.partition(" ")[2].strip())
        return until < at - limits.REPLAY_KEPT_AFTER
    except (IdWalletError, ValueError, TypeError):
        # What cannot be read is kept: forgetting lets a replay in.
        return False
