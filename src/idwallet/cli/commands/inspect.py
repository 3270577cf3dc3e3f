"""`idwallet inspect`: decode anything, verify nothing."""

import re
from collections.abc import Iterator
from typing import Final

import click

from idwallet.cli.decode import decode
from idwallet.cli.faults import about
from idwallet.cli.files import read_input
from idwallet.cli.options import json_option, lang_option
from idwallet.cli.screen import heading, say, write_json_document
from idwallet.cli.words import Speech, outline
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.text import show
from idwallet.explain.words import Language

_CHARACTERS: Final = 120
# A column's width: enough to tell a digest from another, and a line stays a line.
_CELL: Final = 40
_DIGEST: Final = 16
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+")


@click.command("inspect")
@click.argument("file", default="-")
@lang_option
@json_option
def inspect_command(file: str, *, lang: Language, as_json: bool) -> None:
    """Decode FILE, whatever it is, and verify nothing.

    It may be an SD-JWT VC, a mobile document (ISO/IEC 18013-5) as issued or shown, a
    JWS, a request as an object or a link, an answer, a DCQL query, a certificate, a
    status list, a list of trust (ETSI TS 119 612, TS 119 602, VICAL), a registration
    certificate, a CRL, an OCSP response, PEM, a JWK, type metadata or JSON. Private
    keys are not shown.
    """
    data = read_input(file)
    with about(file):
        found = decode(data)
    if as_json:
        write_json_document(found.to_json())
        return
    say(click.style(Speech(lang).say("unverified"), fg="yellow", bold=True))
    say(f"{show(found.kind)}, {len(data):,} bytes")
    for part in found.parts:
        say()
        say(heading(show(part.title)))
        for line in _table(part.value) if part.is_table else _lines(part.value):
            say(f"  {line}")


def _lines(value: JsonValue) -> Iterator[str]:
    """Yield a value as an outline, each text in it made safe and cut."""
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from _member(show(name), member)
    elif isinstance(value, list) and value:
        for number, member in enumerate(value):
            if isinstance(member, dict | list) and member:
                yield from _member(str(number), member)
            else:
                yield f"- {_scalar(member)}"
    else:
        yield _scalar(value)


def _table(value: JsonValue) -> Iterator[str]:
    """Yield rows under their columns, each cell made safe and cut."""
    rows = [each for each in _list(value) if isinstance(each, dict)]
    names = list(rows[0]) if rows else []
    cells = [[_cell(name, row) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    for row in (names, *cells):
        padded = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _cell(name: str, row: JsonObject) -> str:
    value = row.get(name)
    if name == "value" and row.get("type") == "bstr" and isinstance(value, str):
        return f"{len(value) * 3 // 4:,} bytes"  # they stand as base64url
    text = outline(value, _scalar)
    shown = show(text, limit=_DIGEST if name == "digest" else _CELL)
    if isinstance(value, str) and len(value) > _CHARACTERS:
        return f"{show(value, limit=_DIGEST)} ({len(value):,} characters)"
    return shown


def _member(name: str, value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        yield f"{name}:"
        for line in _lines(value):
            yield f"  {line}"
    else:
        yield f"{name}: {_scalar(value)}"


def _scalar(value: JsonValue) -> str:
    if isinstance(value, str):
        # What has only these letters is safe as it is, and is copied letter by letter.
        plain = _PLAIN.fullmatch(value) is not None and len(value) <= _CHARACTERS
        shown = value if plain else show(value, limit=_CHARACTERS)
        cut = len(value) > _CHARACTERS
        return f"{shown} ({len(value):,} characters)" if cut else shown
    names = {None: "null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return names[value]
    return "{}" if value == {} else "[]" if value == [] else str(value)
