"""`idwallet guardian add`, `list` and `remove`: a child's card in another wallet."""

from collections.abc import Iterator
from datetime import datetime

import click

from idwallet import limits
from idwallet.cli.bundles import Believed, Pinned, operator_option
from idwallet.cli.commands.guardian.acts import PART, document_of, say_acts, utc
from idwallet.cli.faults import about, input_fault
from idwallet.cli.files import read_input, require_one_stream
from idwallet.cli.options import (
    at_option,
    json_option,
    lang_option,
    moment_or_now,
    seal_option,
    trust_option,
    wallet_option,
)
from idwallet.cli.pocket import open_pocket
from idwallet.cli.screen import heading, say, write_json_document
from idwallet.cli.verdicts import Telling, personal_claims
from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.credentials.compact.guardian import Delegation
from idwallet.explain.words import Language
from idwallet.roles.wards import Delegated, Ward
from idwallet.trust.anchors import Purpose


@click.command("add")
@click.argument("delegated")
@wallet_option
@trust_option("issuers")
@operator_option(required=False)
@seal_option("the wallet")
@at_option
@lang_option
@json_option
def add_command(  # noqa: PLR0913 - one parameter for each option
    delegated: str,
    *,
    folder: str,
    anchors: tuple[str, ...],
    names: tuple[str, ...],
    operator: str | None,
    bundle_state: str | None,
    seal_file: str | None,
    at: datetime | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Verify what a child DELEGATED and keep it, apart from the wallet's own cards.

    The right behind it (`urn:idwallet:guardian:1`) has to be in the wallet already. Of
    one child one delegation is kept, the last.
    """
    require_one_stream(delegated, seal_file, *anchors)
    data = read_input(delegated, max_bytes=limits.DELEGATED_BYTES)
    with about(delegated, remedy="what `idwallet guardian delegate` wrote"):
        handed = Delegated.from_json(data)
    moment = moment_or_now(at)
    believed = Believed(anchors, names, Purpose.ISSUE_CREDENTIALS)
    pinned = Pinned(operator, bundle_state, moment, "wallet")
    with Telling(lang, "holder", as_json).refusals():
        trust = believed.store(pinned)
    with about(folder):
        pocket = open_pocket(folder, seal_file=seal_file)
    with Telling(lang, "holder", as_json).refusals(), about(delegated):
        ward = pocket.holder(trust).add_ward(handed, at=moment)
    if as_json:
        write_json_document(_ward_document(ward))
        return
    speech = Speech(lang, part=PART)
    said = {"kind": speech.kind(ward.credential_type), "issuer": ward.issuer}
    told = {"acts": say_acts(ward.delegation, speech), "until": utc(ward.until)}
    say(speech.say("added", **said, **told, name=ward.name))


@click.command("list")
@wallet_option
@seal_option("the wallet")
@at_option
@lang_option
@json_option
def list_command(
    *,
    folder: str,
    seal_file: str | None,
    at: datetime | None,
    lang: Language,
    as_json: bool,
) -> None:
    """List the children for whom this wallet answers, and what its cards delegated.

    Of a child's card the claims are told that may be shown, with their values.
    """
    moment = moment_or_now(at)
    with about(folder):
        record = open_pocket(folder, seal_file=seal_file).delegations.record()
        wards = [each.ward(None) for each in record.wards]
        given = [each.delegation for each in record.given]
    if as_json:
        write_json_document(
            {
                "children": [_ward_document(each) for each in wards],
                "given": [document_of(each) for each in given],
            }
        )
        return
    for line in _lines(wards, given, at=moment, speech=Speech(lang, part=PART)):
        say(line)


def _lines(
    wards: list[Ward], given: list[Delegation], *, at: datetime, speech: Speech
) -> Iterator[str]:
    if not wards and not given:
        yield speech.say("none")
    for each in wards:
        yield heading(f"{speech.kind(each.credential_type)} ({each.name})")
        yield f"  {_standing(each.delegation, at=at, speech=speech)}"
        lines = (speech.claim_line(*claim) for claim in personal_claims(each.claims))
        yield from (f"  {line}" for line in sorted(lines))
    for delegation in given:
        name = str(document_of(delegation)["delegation"])
        yield heading(speech.say("own", name=name))
        yield f"  {_standing(delegation, at=at, speech=speech)}"


def _standing(delegation: Delegation, *, at: datetime, speech: Speech) -> str:
    word = "current" if at < delegation.until else "over"
    acts = say_acts(delegation, speech)
    return speech.say(word, acts=acts, until=utc(delegation.until))


def _ward_document(ward: Ward) -> dict[str, object]:
    return {
        "name": ward.name,
        "child": ward.pseudonym,
        "type": ward.credential_type,
        "issuer": ward.issuer,
        "claims": ward.claims,
        **document_of(ward.delegation),
    }


@click.command("remove")
@click.argument("name")
@wallet_option
@seal_option("the wallet")
def remove_command(name: str, *, folder: str, seal_file: str | None) -> None:
    """Remove the card of the child NAME from a parent's wallet.

    The delegation stands until it ends: `take-back` ends it at once.
    """
    with about(folder):
        kept = open_pocket(folder, seal_file=seal_file).delegations
        if name not in {each.name for each in kept.record().wards}:
            raise input_fault(f"{show(folder)}: there is no child {show(name)}")
        kept.delete_ward(name)
