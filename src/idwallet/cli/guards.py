"""The replay guard that a command names."""

from pathlib import Path
from typing import Final

from idwallet.adapters.replay import FolderReplay
from idwallet.cli.faults import STREAM, about, usage_fault
from idwallet.ports import ReplayGuard

SUFFIX: Final = ".used"
"""What the default guard's folder adds to the name of the saved request."""


def open_guard(named: str | None, *, state: str) -> ReplayGuard:
    """Open the guard: a database's URL, a folder, or a folder beside the saved request.

    There is always one; verdicts without it do not exist.

    Raises:
        CommandFault: it cannot be opened, or nothing says where it is.
    """
    if named is None and state == STREAM:
        raise usage_fault("a request from standard input needs --replay")
    place = named if named is not None else f"{state}{SUFFIX}"
    with about(place, remedy="a folder, or a URL like sqlite:///till.db"):
        if "://" in place:
            from idwallet.adapters.sql import SqlReplay

            return SqlReplay(place)
        return FolderReplay(Path(place))
