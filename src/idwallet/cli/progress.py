"""How far long work has come, for a person who watches it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def _quietly(_done: int, _all: int) -> None:
    """Show nothing."""


@contextmanager
def progress(doing: str) -> Iterator[Callable[[int, int], None]]:
    """Yield what is told how much is done, and of how much.

    A bar appears on standard error while there is a terminal, and is gone at the end.
    """
    if not sys.stderr.isatty():
        yield _quietly
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(doing, total=None)

        def show(done: int, whole: int) -> None:
            bars.update(bar, completed=done, total=whole)

        yield show
