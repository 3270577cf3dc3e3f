"""Options of what goes out over a network, and what carries it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from idwallet import limits
from idwallet.cli.faults import about
from idwallet.cli.fetching import own_network
from idwallet.cli.files import read_input
from idwallet.cli.online.trace import Carrier, Traced

_Function = TypeVar("_Function", bound=Callable[..., Any])


def carrying_options(function: _Function) -> _Function:
    """Take ``--ca``, ``--private-host`` and ``--trace``."""
    function = click.option(
        "--trace",
        is_flag=True,
        help="Show each message, redacted, on standard error; with --json as lines of "
        "JSON.",
    )(function)
    function = click.option(
        "--private-host",
        "private_hosts",
        multiple=True,
        metavar="HOST",
        help="This host may have an address of this machine or of a private network. "
        "May be repeated.",
    )(function)
    return click.option(
        "--ca",
        metavar="FILE",
        help="Believe TLS servers under these roots (PEM) in place of the system's.",
    )(function)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrying:
    """How messages go out, as the options say it."""

    ca: str | None
    private_hosts: tuple[str, ...]
    trace: bool
    as_json: bool

    @contextmanager
    def open(self) -> Iterator[Carrier]:
        """Yield what carries messages for as long as the block runs.

        Raises:
            CommandFault: the package that does is not installed, or the roots cannot
                be read.
        """
        roots = None
        if self.ca is not None:
            data = read_input(self.ca, max_bytes=limits.PEM_BYTES)
            roots = data.decode("ascii", "replace")
        # Half the time of a command goes into loading httpx: only where it is used.
        with about(self.ca or "--trace"):
            from idwallet.adapters.http import HttpCarrier

            carrier = HttpCarrier(
                private_hosts=own_network(self.private_hosts), roots=roots
            )
        with carrier:
            yield Traced(carrier, as_json=self.as_json) if self.trace else carrier
