"""`idwallet types`: the types of credentials that have neutral names."""

import click

from idwallet.cli.credential import FORMATS
from idwallet.cli.faults import usage_fault
from idwallet.cli.kinds import credential_type_named, not_encoded
from idwallet.cli.options import json_option, lang_option
from idwallet.cli.screen import heading, say, write_json_document
from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.credentials.catalogue import CatalogueClaim, CredentialType, catalogue
from idwallet.credentials.paths import show_path
from idwallet.explain.words import Language


@click.command("types")
@click.argument("name", default="")
@click.option(
    "--example",
    type=click.Choice(["sd-jwt", "mdoc"]),
    help="Print example claims instead, for `idwallet issue` in that format.",
)
@lang_option
@json_option
def types_command(
    name: str, *, example: str | None, lang: Language, as_json: bool
) -> None:
    """List the types of credentials that have neutral names, or show one: NAME.

    NAME is one of the catalogue, or a file of your own type that ends in .json, which
    is judged: what is wrong with it is named with its place.
    """
    if not name:
        if example is not None:
            raise usage_fault("--example is of one type: name it")
        _list(Speech(lang), as_json=as_json)
        return
    listed = credential_type_named(name)
    if listed is None:
        raise usage_fault("not in the catalogue; it has: " + ", ".join(catalogue()))
    if example is not None:
        write_json_document(_example(listed, example))
    elif as_json:
        write_json_document(_document(listed))
    else:
        _show(listed, Speech(lang))


def _list(speech: Speech, *, as_json: bool) -> None:
    types = catalogue().values()
    if as_json:
        write_json_document({"types": [_summary(each) for each in types]})
        return
    wide = max(len(each.name) for each in types)
    for each in types:
        formats = ", ".join(each.formats)
        say(f"{each.name.ljust(wide)}  {speech.type_name(each)} ({formats})")


def _summary(listed: CredentialType) -> dict[str, object]:
    return {
        "name": listed.name,
        "display": {"en": listed.display.en, "ru": listed.display.ru},
        "source": listed.source,
        "own": listed.is_own,
        "types": dict(listed.types),
        "ages": list(listed.ages()),
        "claims": list(listed.claims),
    }


def _document(listed: CredentialType) -> dict[str, object]:
    claims = {name: _claim(each) for name, each in listed.claims.items()}
    return {**_summary(listed), "claims": claims}


def _claim(claim: CatalogueClaim) -> dict[str, object]:
    told = {
        "display": {"en": claim.display.en, "ru": claim.display.ru},
        "sensitivity": claim.sensitivity.value,
        "kind": claim.kind.value,
        "paths": {form: list(path) for form, path in claim.paths.items()},
        "states_age": claim.states_age,
        "tells_age": None if claim.tells_age is None else claim.tells_age.value,
    }
    return {name: value for name, value in told.items() if value is not None}


def _show(listed: CredentialType, speech: Speech) -> None:
    say(heading(f"{show(listed.name)}: {show(speech.type_name(listed))}"))
    say(show(listed.source))
    if listed.is_own:
        say(speech.say("types.own"))
    for form, identifier in listed.types.items():
        say(f"{form}: {show(identifier)}")
    rows = [("", speech.say("types.sensitivity"), *listed.formats)]
    rows += [
        (name, claim.sensitivity.value, *_places(claim, listed))
        for name, claim in listed.claims.items()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    say()
    for row in rows:
        cells = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())


def _places(claim: CatalogueClaim, listed: CredentialType) -> tuple[str, ...]:
    return tuple(
        show_path(claim.paths[form]) if form in claim.paths else "-"
        for form in listed.formats
    )


def _example(listed: CredentialType, name: str) -> dict[str, object]:
    form = FORMATS[name]
    if form.value not in listed.types:
        raise not_encoded(listed, form)
    return dict(listed.example(form.value))
