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
from idwallet.cli.words import Speech
from idwallet.codec.json import JsonValue
from idwallet.codec.text import show
from idwallet.explain.words import Language

_CHARACTERS: Final = 120
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+")


@click.command("inspect")
@click.argument("file", default="-")
@lang_option
@json_option
def inspect_command(file: str, *, lang: Language, as_json: bool) -> None:
    """Decode FILE, whatever it is, and verify nothing.

    It may be an SD-JWT VC, a JWS, a request as an object or a link, an answer, a DCQL
    query, a certificate, a status list, a list of trust (ETSI TS 119 612, TS 119 602,
    VICAL), a registration certificate, a CRL, an OCSP response, PEM, a JWK, type
    metadata or JSON. Private keys are not shown.
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
        for line in _lines(part.value):
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
