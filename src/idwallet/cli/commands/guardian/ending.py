"""`idwallet guardian take-back` and `heed`: a delegation ends before its time."""

from datetime import datetime

import click

from idwallet import limits
from idwallet.cli.commands.guardian.acts import NAME_DIGITS, PART, short_name
from idwallet.cli.faults import about, input_fault
from idwallet.cli.files import (
    read_input,
    require_one_stream,
    require_writable,
    write_output,
)
from idwallet.cli.options import (
    at_option,
    json_option,
    lang_option,
    moment_or_now,
    output_option,
    seal_option,
    wallet_option,
)
from idwallet.cli.pocket import open_pocket
from idwallet.cli.screen import note, say, write_json_document
from idwallet.cli.statements import read_statements, write_statement
from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.credentials.compact.guardian import withdrawn_by
from idwallet.explain.words import Language
from idwallet.roles.wards import ActingRecord


@click.command("take-back")
@click.argument("name")
@wallet_option
@seal_option("the wallet")
@at_option
@output_option("the statement")
@lang_option
def take_back_command(  # noqa: PLR0913 - one parameter for each option
    name: str,
    *,
    folder: str,
    seal_file: str | None,
    at: datetime | None,
    output: str,
    force: bool,
    lang: Language,
) -> None:
    """End the delegation NAME: one that this wallet gave, or a child's that it has.

    What is written is a signed statement, one line; of a delegation that was ended in
    this wallet already, the same once more, until it would have been over. Give it to
    the other wallet (`heed`) and to whoever makes the bundles of tills (`idwallet trust
    build`): until they have it they believe the delegation, at most until it ends.
    """
    require_writable(output, force=force)
    moment = moment_or_now(at)
    with about(folder):
        kept = open_pocket(folder, seal_file=seal_file).delegations
        record = kept.record().at(moment)
        octets, statement = _named(record, name), _ended(record, name)
        if octets is not None:
            statement = kept.take_back(octets, at=moment)
        if statement is None:
            raise input_fault(f"{show(folder)}: there is no delegation {show(name)}")
    write_output(output, write_statement(statement))
    note(Speech(lang, part=PART).say("ended"))


def _named(record: ActingRecord, name: str) -> bytes | None:
    for ward in record.wards:
        if name in {ward.name, short_name(ward.opened()[1])}:
            return ward.delegated.delegation
    for given in record.given:
        if name == short_name(given.delegation):
            return given.octets
    return None


def _ended(record: ActingRecord, name: str) -> bytes | None:
    """Return what ended it in this wallet, as when no room was left to write that."""
    for statement in record.statements:
        about_it = withdrawn_by(statement, at="statement").payload
        if about_it.hex()[:NAME_DIGITS] == name:
            return statement
    return None


@click.command("heed")
@click.argument("statements")
@wallet_option
@seal_option("the wallet")
@at_option
@lang_option
@json_option
def heed_command(
    statements: str,
    *,
    folder: str,
    seal_file: str | None,
    at: datetime | None,
    lang: Language,
    as_json: bool,
) -> None:
    """End what STATEMENTS of `take-back` end in this wallet, one a line.

    Whoever brought them: what the child's key or the guardian's signed counts.
    """
    require_one_stream(statements, seal_file)
    data = read_input(statements, max_bytes=limits.BUNDLE_PART_BYTES)
    with about(statements, remedy="lines of `idwallet guardian take-back`"):
        listed = read_statements(data)
    moment = moment_or_now(at)
    with about(folder):
        kept = open_pocket(folder, seal_file=seal_file).delegations
        ended = sum(kept.heed(each, at=moment) for each in listed)
    if as_json:
        write_json_document({"statements": len(listed), "ended": ended})
        return
    say(Speech(lang, part=PART).say("heeded", count=ended))
