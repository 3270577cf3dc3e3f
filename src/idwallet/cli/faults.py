"""How the program ends, and the one line that says why."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from types import MappingProxyType
from typing import Final

import click

from idwallet.codec.text import show
from idwallet.errors import (
    IdWalletError,
    MalformedError,
    PortError,
    SignerError,
    UnsupportedError,
    UsageError,
    VerificationError,
)
from idwallet.report import Outcome

STREAM: Final = "-"
"""What stands for standard input and standard output in place of a file's name."""

_USER: Final = re.compile(r"(?<=://)[^/@]*@")


class ExitStatus(IntEnum):
    """What a script reads; `INTERRUPTED` is the shell's own number for Ctrl-C."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    INDETERMINATE = 3
    INPUT_OUTPUT = 4
    INTERRUPTED = 130


OUTCOMES: Final = MappingProxyType(
    {
        Outcome.PASSED: ExitStatus.PASSED,
        Outcome.FAILED: ExitStatus.FAILED,
        Outcome.INDETERMINATE: ExitStatus.INDETERMINATE,
    }
)
"""The exit status of each verdict."""


class CommandFault(click.ClickException):
    """A command cannot go on; `message` is the whole line, `status` how it ends."""

    def __init__(self, message: str, *, status: ExitStatus) -> None:
        """Keep the line and the status."""
        super().__init__(message)
        self.status = status


def usage_fault(message: str) -> CommandFault:
    """Return the fault of a command that was called in a way that means nothing."""
    return CommandFault(message, status=ExitStatus.USAGE)


def input_fault(message: str) -> CommandFault:
    """Return the fault of a file, stream or key that cannot be used."""
    return CommandFault(message, status=ExitStatus.INPUT_OUTPUT)


def name_of(source: str) -> str:
    """Return how a file, stream, key or database is called in a message.

    Whoever put a PIN or a password into an address does not find it on the screen.
    """
    if source == STREAM:
        return "standard input"
    if source.lower().startswith("pkcs11:"):
        source = source.partition("?")[0]
    return show(_USER.sub("", source))


@contextmanager
def about(source: str, *, remedy: str = "") -> Iterator[None]:
    """Name the file in whatever the library says about what is in it.

    `remedy` says what is expected there.

    Raises:
        CommandFault: in place of an error of the library that no verdict explains.
    """
    try:
        yield
    except VerificationError:
        raise
    except IdWalletError as error:
        line = _named(source, show(str(error)))
        # What cannot be read at all is not mended by other content.
        if remedy and isinstance(error, MalformedError | UnsupportedError | UsageError):
            line = f"{line}; expected {remedy}"
        raise CommandFault(line, status=status_of(error)) from error


def _named(source: str, message: str) -> str:
    name = name_of(source)
    # "cannot read <name>: ..." says it already.
    return message if f" {name}: " in message else f"{name}: {message}"


def status_of(error: IdWalletError) -> ExitStatus:
    """Return how the program ends after an error of the library."""
    if isinstance(error, VerificationError):
        return OUTCOMES[error.report.outcome]
    if isinstance(error, UsageError):
        return ExitStatus.USAGE
    known = MalformedError | UnsupportedError | SignerError | PortError
    return ExitStatus.INPUT_OUTPUT if isinstance(error, known) else ExitStatus.FAILED
