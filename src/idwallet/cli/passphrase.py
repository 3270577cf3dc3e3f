"""Passphrases and PINs: from a file or a person, never from an argument."""

import sys
from typing import Final

import click

from idwallet.cli.faults import input_fault, name_of
from idwallet.cli.files import read_input
from idwallet.ports import AskSecret

_BYTES: Final = 4096


def asker(source: str | None, *, option: str) -> AskSecret:
    """Return what asks for a secret: the file `source`, or else the person.

    `option` names the option that would have named a file.
    """

    def ask(prompt: str, /) -> str:
        if source is not None:
            return read_passphrase(source)
        return _ask_person(prompt, option=option, twice=False)

    return ask


def new_passphrase(source: str | None, *, prompt: str, option: str) -> str:
    """Return a passphrase to protect something new with; a person types it twice.

    Raises:
        CommandFault: nobody can be asked, or the file holds none.
    """
    if source is not None:
        return read_passphrase(source)
    return _ask_person(prompt, option=option, twice=True)


def read_passphrase(source: str) -> str:
    """Return the one line that a passphrase file holds.

    Raises:
        CommandFault: it cannot be read, is empty, or is more than a line of text.
    """
    data = read_input(source, max_bytes=_BYTES)
    try:
        text = data.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:  # it holds the passphrase
        raise input_fault(f"{name_of(source)}: a passphrase is UTF-8 text") from None
    if not text or not text.isprintable():
        raise input_fault(f"{name_of(source)}: a passphrase file holds one line")
    return text


def _ask_person(prompt: str, *, option: str, twice: bool) -> str:
    if not sys.stdin.isatty():
        raise input_fault(f"no terminal to ask on: name a file with {option}")
    answer: str = click.prompt(
        prompt or "Passphrase", hide_input=True, err=True, confirmation_prompt=twice
    )
    return answer
