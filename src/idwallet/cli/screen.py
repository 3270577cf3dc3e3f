"""What the program prints: text made safe, and JSON that loses nothing."""

import json
import sys
from typing import Final

import click

from idwallet.report import Outcome

_COLOURS: Final = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.INDETERMINATE: "yellow",
}
_BASIC_PLANE: Final = 0xFFFF


def say(text: str = "") -> None:
    """Print text; colour in it is dropped where there is no terminal."""
    click.echo(text)


def note(text: str) -> None:
    """Print text beside the result, on standard error."""
    click.echo(text, err=True)


def in_colour_of(outcome: Outcome, text: str) -> str:
    """Return text in the colour of a verdict; the words say the same."""
    return click.style(text, fg=_COLOURS[outcome], bold=True)


def heading(text: str) -> str:
    """Return text as a heading."""
    return click.style(text, bold=True)


def write_json_document(value: object) -> None:
    """Print one JSON document."""
    click.echo(json_text(value))


def json_text(value: object) -> str:
    """Return indented JSON whose text no terminal acts on.

    Whatever is not printable is escaped (RFC 8259 section 7), so that reading it back
    gives the same value.
    """
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(c if c.isprintable() or c == "\n" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    point = ord(character)
    if point <= _BASIC_PLANE:
        return f"\\u{point:04x}"
    high, low = divmod(point - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def bytes_out(data: bytes) -> None:
    """Write bytes to standard output as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
