"""A replay guard in a folder, for programs that start anew for each answer."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from idwallet import limits
from idwallet.adapters.files import make_file_once, make_folder, read_file
from idwallet.errors import IdWalletError
from idwallet.ports import Use
from idwallet.trust.replay import require_digests

_NAME: Final = re.compile(r"[0-9a-f]{64}\.(?:answered|settled)")
_RECORD_BYTES: Final = 128


class FolderReplay:
    """`idwallet.ports.ReplayGuard` of small files; atomic between processes.

    The file system lets exactly one caller make a file, so exactly one response is
    first, and one verdict settles. A request is remembered until it has expired by
    `limits.REPLAY_KEPT_AFTER`. The folder must lie on a local file system.
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

    def _forget(self, at: datetime) -> None:
        for answered in sorted(self._folder.glob("*.answered")):
            if _NAME.fullmatch(answered.name) and _is_over(answered, at):
                # Settled last: without the other it settles nothing.
                with suppress(OSError):
                    answered.unlink()
                    answered.with_suffix(".settled").unlink(missing_ok=True)

    def __repr__(self) -> str:
        """Show the folder."""
        return f"FolderReplay({str(self._folder)!r})"


def _is_over(answered: Path, at: datetime) -> bool:
    try:
        text = read_file(answered, max_bytes=_RECORD_BYTES).decode("ascii")
        until = datetime.fromisoformat(text.partition(" ")[2].strip())
        return until < at - limits.REPLAY_KEPT_AFTER
    except (IdWalletError, ValueError, TypeError):
        # What cannot be read is kept: forgetting lets a replay in.
        return False
