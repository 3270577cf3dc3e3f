"""`idwallet guardian key` and `delegate`: a child's wallet lets a parent answer."""

from datetime import datetime, timedelta

import click

from idwallet.cli.commands.guardian.acts import (
    PART,
    acts_option,
    document_of,
    say_acts,
    short_name,
    utc,
)
from idwallet.cli.faults import STREAM, about, input_fault
from idwallet.cli.files import require_one_stream, require_writable, write_output
from idwallet.cli.options import (
    Duration,
    at_option,
    json_option,
    lang_option,
    moment_or_now,
    output_option,
    seal_option,
    wallet_option,
)
from idwallet.cli.pocket import Pocket, open_pocket
from idwallet.cli.screen import json_text, note, write_json_document
from idwallet.cli.trusted import read_public_key
from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.credentials.compact.guardian import Act, read_delegation
from idwallet.credentials.model import Format
from idwallet.explain.words import Language
from idwallet.roles.held.compact import issued_of
from idwallet.roles.record import HeldCredential
from idwallet.roles.wards import Delegated


def _card(pocket: Pocket, name: str, *, folder: str) -> HeldCredential:
    found = next((each for each in pocket.credentials() if each.name == name), None)
    if found is None:
        raise input_fault(f"{show(folder)}: there is no credential {show(name)}")
    if found.format is not Format.COMPACT:
        raise input_fault(f"{show(folder)}: {show(name)} is no compact credential")
    return found


@click.command("key")
@click.argument("name")
@wallet_option
@seal_option("the wallet")
@output_option("the key")
def key_command(
    name: str, *, folder: str, seal_file: str | None, output: str, force: bool
) -> None:
    """Write the public key of the compact credential NAME, as a JWK.

    That of a child's card goes to the authority (`idwallet guardian right`), that of a
    parent's right to the child (`delegate`). `idwallet wallet list` tells the names.
    """
    require_writable(output, force=force)
    with about(folder):
        card = _card(open_pocket(folder, seal_file=seal_file), name, folder=folder)
        key = issued_of(card.raw, at="card").credential.key
    write_output(output, json_text(key.to_jwk()).encode() + b"\n")


@click.command("delegate")
@click.argument("card")
@wallet_option
@seal_option("the wallet")
@click.option(
    "--to",
    "guardian",
    required=True,
    metavar="FILE",
    help="The public key of the guardian's right, of `idwallet guardian key`.",
)
@acts_option
@click.option(
    "--for",
    "life",
    type=Duration(),
    default="2h",
    show_default=True,
    metavar="TIME",
    help="How long, like 30m or 12h: less than a day.",
)
@at_option
@output_option("what the guardian is handed")
@lang_option
@json_option
def delegate_command(  # noqa: PLR0913 - one parameter for each option
    card: str,
    *,
    folder: str,
    seal_file: str | None,
    guardian: str,
    acts: tuple[str, ...],
    life: timedelta,
    at: datetime | None,
    output: str,
    force: bool,
    lang: Language,
    as_json: bool,
) -> None:
    """Let a guardian answer for whom the compact credential CARD is about.

    What is written holds the card itself: hand it to the guardian and nobody else, who
    takes it with `idwallet guardian add`. It ends by itself, or by `take-back`.
    """
    require_one_stream(seal_file, guardian)
    require_writable(output, force=force)
    key, moment = read_public_key(guardian), moment_or_now(at)
    with about(folder):
        pocket = open_pocket(folder, seal_file=seal_file)
        made = pocket.delegations.delegate(
            _card(pocket, card, folder=folder),
            to=key,
            acts=map(Act, acts),
            until=moment + life,
            at=moment,
        )
    _hand_out(made, output=output, speech=None if as_json else Speech(lang, part=PART))


def _hand_out(made: Delegated, *, output: str, speech: Speech | None) -> None:
    """Write it, and tell of it in words, or as JSON without any."""
    delegation = read_delegation(made.delegation, at="delegation")
    if output == STREAM and speech is None:
        write_json_document({**document_of(delegation), "delegated": made.to_json()})
        return
    write_output(output, made.to_json().encode() + b"\n")
    if speech is None:
        write_json_document({**document_of(delegation), "file": output})
        return
    told = {"acts": say_acts(delegation, speech), "until": utc(delegation.until)}
    note(speech.say("given", **told, name=short_name(delegation)))
