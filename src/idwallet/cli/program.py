"""The program: its commands by name, and how each ends."""

import importlib
import io
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Final, NamedTuple

import click

from idwallet.cli.faults import CommandFault, ExitStatus, status_of
from idwallet.codec.text import show
from idwallet.errors import IdWalletError

_QUOTED: Final = re.compile(r"'([^'\n]*)'")
PROGRAM: Final = "idwallet"


class Entry(NamedTuple):
    """Where a command stands, and the line that the list of commands shows."""

    module: str
    line: str


COMMANDS: Final = MappingProxyType(
    {
        "demo": Entry("demo", "Tell the whole story with an invented person."),
        "keys": Entry("keys", "Make a key, or show the public half of one."),
        "issue": Entry("issue", "Issue a credential from a file of claims."),
        "types": Entry("types", "List types of credentials, and judge your own."),
        "wallet": Entry("wallet", "Keep credentials and their keys in a folder."),
        "guardian": Entry("guardian", "Let a parent answer for a child."),
        "offer": Entry("offer", "Read what an issuer offers, and take it up."),
        "request": Entry("request", "Ask for a presentation, or read what others ask."),
        "present": Entry("present", "Answer a request from a wallet."),
        "session": Entry("session", "Meet in person: as a device, or as a reader."),
        "qr": Entry("qr", "Show QR codes, and read them out of pictures."),
        "purposes": Entry("purposes", "Say what may be asked for which purpose."),
        "verify": Entry("verify", "Judge an answer or a document, and say why."),
        "describe": Entry(
            "describe", "Say what a document holds, before it is signed."
        ),
        "sign": Entry("sign", "Sign documents."),
        "augment": Entry("augment", "Raise the level of a signed document."),
        "timestamp": Entry("timestamp", "Have a file stamped with the time."),
        "sessions": Entry("sessions", "Have a document signed by somebody elsewhere."),
        "status": Entry("status", "Keep the status of credentials, and check one."),
        "trust": Entry("trust", "Make, judge and replace what a device believes."),
        "inspect": Entry("inspect", "Decode anything; verify nothing."),
        "explain": Entry("explain", "Say what a check asks and each reason means."),
    }
)
"""Every command: no module of one is imported before it is called."""


class _Commands(click.Group):
    """Commands found in `COMMANDS`, imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        return load_command(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.line) for name, each in COMMANDS.items()])


def load_command(name: str) -> click.Command:
    """Import the command of that name in `COMMANDS`."""
    module = importlib.import_module(f"idwallet.cli.commands.{COMMANDS[name].module}")
    command: click.Command = getattr(module, f"{name}_command")
    return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    epilog="Exit status: 0 passed, 1 failed, 2 usage, 3 cannot be decided, "
    "4 input or output. A file named - is a stream. Only --fetch, --tsa, `offer "
    "accept`, `present --to` and `session` use a network.",
)
@click.version_option(package_name="idwallet", message="%(prog)s %(version)s")
def program() -> None:
    """Prove who you are and check such proofs, with no network."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status; never raises.

    `arguments` are those after the program's name, by default the process's own.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    _accept_any_letter()
    try:
        status = _run(given)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has gone: there is nobody to tell.
        _abandon_output()
        return ExitStatus.INPUT_OUTPUT
    except OSError as error:
        _abandon_output()
        return _say(
            f"input or output failed: {error.strerror}", ExitStatus.INPUT_OUTPUT
        )
    return status


def _run(arguments: list[str]) -> int:
    try:
        # Not `program.main`, which has exit statuses of its own.
        color = False if os.environ.get("NO_COLOR") else None
        with program.make_context(PROGRAM, arguments, color=color) as context:
            status = program.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ExitStatus.USAGE
    except click.UsageError as error:
        return _say(_usage_line(error), ExitStatus.USAGE)
    except CommandFault as fault:
        return _say(fault.message, fault.status)
    except (click.Abort, KeyboardInterrupt):
        return _say("interrupted", ExitStatus.INTERRUPTED)
    except IdWalletError as error:
        return _say(show(str(error)), status_of(error))
    return status if isinstance(status, int) else ExitStatus.PASSED


def _usage_line(error: click.UsageError) -> str:
    path = PROGRAM if error.ctx is None else error.ctx.command_path
    # click quotes with the apostrophe, whose safe twin closes and never opens.
    # It lists choices one below the other; this is one line.
    message = " ".join(error.format_message().split())
    quoted = _QUOTED.sub("\u2018\\1\u2019", message)
    return f"{show(quoted)} (see: {path} --help)"


def _say(line: str, status: ExitStatus) -> ExitStatus:
    with suppress(OSError):
        click.echo(f"{PROGRAM}: {line}", err=True)
    return status


def _accept_any_letter() -> None:
    """Let a terminal that lacks a letter show its number instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _abandon_output() -> None:
    """Keep Python from writing once more, at its end, what cannot be written."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
