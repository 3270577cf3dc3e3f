"""`idwallet wallet history`, `erase`, `receipt` and more: what was asked and shown."""

import secrets
from datetime import datetime
from typing import Final

import click
from click.exceptions import Exit

from idwallet import limits
from idwallet.cli.bundles import Believed, Pinned, operator_option
from idwallet.cli.faults import ExitStatus, about, usage_fault
from idwallet.cli.files import (
    read_input,
    read_text,
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
    trust_option,
    wallet_option,
)
from idwallet.cli.pocket import Pocket, open_pocket
from idwallet.cli.screen import heading, json_text, note, say, write_json_document
from idwallet.cli.verdicts import Telling
from idwallet.codec.json import read_object
from idwallet.codec.text import show
from idwallet.consent import (
    Checkpoint,
    CompletenessRule,
    Entry,
    Happening,
    Ledger,
    draft_deletion,
    happenings,
    transaction_log,
    verify_ledger_export,
)
from idwallet.explain.ledger import (
    claims_shown,
    explain_deletion,
    explain_ledger,
    ledger_words,
    write_moment,
)
from idwallet.explain.words import Language
from idwallet.trust.anchors import Purpose
from idwallet.trust.policies import WALLET

_INDEX: Final = click.argument("index", type=click.IntRange(0, limits.LEDGER_ENTRIES))


def _ledger(pocket: Pocket) -> Ledger:
    return Ledger(pocket.vault, random=secrets.token_bytes)


@click.command("history")
@wallet_option
@seal_option("the wallet")
@click.option(
    "--ts10", is_flag=True, help="Print the log in the shape of TS10 (EUDI Wallet)."
)
@lang_option
@json_option
def history_command(
    *, folder: str, seal_file: str | None, ts10: bool, lang: Language, as_json: bool
) -> None:
    """List who asked, what was shown, and what became of it; no values."""
    with about(folder):
        entries = _ledger(open_pocket(folder, seal_file=seal_file)).entries()
    if ts10:
        write_json_document({"TransactionLog": transaction_log(entries)})
        return
    found = happenings(entries)
    if as_json:
        write_json_document({"entries": [_document(each) for each in found]})
        return
    for each in found:
        _tell(each, lang)


def _document(each: Happening) -> dict[str, object]:
    return {
        "index": each.index,
        "entry": None if each.entry is None else each.entry.to_json(),
        "sending": None if each.sending is None else each.sending.value,
        "receipts": list(each.receipts),
        "deletions": list(each.deletions),
    }


def _tell(each: Happening, lang: Language) -> None:
    words, entry = ledger_words(lang), each.entry
    if entry is None:
        say(heading(f"{each.index}: -"))
        return
    date = write_moment(entry.time, lang=lang)
    say(heading(f"{each.index}: {date}, {words['kinds'][entry.kind.value]}"))
    say(f"  {_party(entry, lang)}")
    if entry.acted_for is not None:
        say(f"  {words['acted_for'].format(name=show(entry.acted_for))}")
    if entry.purpose:
        say(f"  {show(entry.purpose)}")
    for line in claims_shown(entry.shown, lang=lang):
        say(f"  {line}")
    if each.sending is not None:
        say(f"  {words['sending'][each.sending.value]}")
    for number in each.receipts:
        say(f"  {words['kinds']['receipt']}: {number}")
    for number in each.deletions:
        say(f"  {words['kinds']['deletion']}: {number}")


def _party(entry: Entry, lang: Language) -> str:
    words, party = ledger_words(lang), entry.party
    if party is None:
        return words["nobody"]
    name = show(party.name) or words["nobody"]
    return f"{name} ({words['authenticated'][party.authenticated.value]})"


@click.command("erase")
@_INDEX
@wallet_option
@seal_option("the wallet")
@click.option(
    "--evidence-only", is_flag=True, help="Erase the request and receipt only."
)
@click.option("--yes", is_flag=True, help="Erase it without a question.")
@json_option
def erase_command(
    index: int,
    *,
    folder: str,
    seal_file: str | None,
    evidence_only: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Erase entry INDEX of the history, and every later entry about it.

    That an entry was there stays provable; what it said is gone for ever.
    """
    with about(folder):
        ledger = _ledger(open_pocket(folder, seal_file=seal_file))
        if index >= len(ledger):
            raise usage_fault("the history has no such entry")
    if not yes and not click.confirm(f"Erase entry {index} for ever?", err=True):
        raise Exit(ExitStatus.FAILED)
    with about(folder):
        erased = (index,) if evidence_only else ledger.erase(index)
        if evidence_only:
            ledger.erase_evidence(index)
    if as_json:
        write_json_document({"erased": list(erased), "evidence_only": evidence_only})
        return
    say(", ".join(map(str, erased)) or "-")


@click.command("receipt")
@click.argument("receipt")
@click.option(
    "--entry",
    "index",
    required=True,
    type=click.IntRange(0, limits.LEDGER_ENTRIES),
    help="The entry of the history that it is for.",
)
@wallet_option
@trust_option("verifiers who ask")
@operator_option(required=False)
@seal_option("the wallet")
@at_option
@lang_option
@json_option
def receipt_command(  # noqa: PLR0913 - one parameter for each option
    receipt: str,
    *,
    index: int,
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
    """Verify RECEIPT against what the history says was shown, and keep it."""
    require_one_stream(receipt, seal_file, *anchors)
    token = read_text(receipt, max_bytes=limits.RECEIPT_BYTES)
    moment = moment_or_now(at)
    believed = Believed(anchors, names, Purpose.READ_CREDENTIALS)
    telling = Telling(lang, "holder", as_json)
    with telling.refusals():
        trust = believed.store(Pinned(operator, bundle_state, moment, "wallet"))
    with about(folder):
        wallet = open_pocket(folder, seal_file=seal_file).holder(trust)
    with telling.refusals():
        found = wallet.keep_receipt(token, index=index, at=moment)
    if as_json:
        report = found.report.to_json()
        write_json_document({"receipt": found.receipt.to_claims(), "report": report})
        return
    say(telling.text(found.report))


@click.command("deletion")
@_INDEX
@wallet_option
@seal_option("the wallet")
@at_option
@lang_option
@json_option
def deletion_command(
    index: int,
    *,
    folder: str,
    seal_file: str | None,
    at: datetime | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Draft a letter that asks to delete what entry INDEX says was shown.

    Nothing is sent. The history says from then on that it was begun.
    """
    with about(folder):
        ledger = _ledger(open_pocket(folder, seal_file=seal_file))
        entry = None if index >= len(ledger) else ledger.entry(index).entry
        if entry is None:
            raise usage_fault("the history has no such entry, or it was erased")
        made = draft_deletion(entry, index=index, at=moment_or_now(at))
        ledger.enter(made.entry())
    letter = explain_deletion(made, lang=lang)
    if as_json:
        text = {"subject": letter.subject, "body": letter.body}
        write_json_document({"request": made.to_json(), "letter": text})
        return
    for each in made.contacts:
        note(f"{each.way.value}: {show(each.address)}")
    say(letter.subject)
    say()
    say(letter.body)


@click.command("export")
@wallet_option
@seal_option("the wallet")
@click.option(
    "--show",
    "shown",
    multiple=True,
    type=click.IntRange(0, limits.LEDGER_ENTRIES),
    help="Show this entry and conceal the others; may be given again.",
)
@click.option("--evidence", is_flag=True, help="Put requests and receipts in as well.")
@click.option(
    "--checkpoint", is_flag=True, help="Write the checkpoint alone, to keep elsewhere."
)
@at_option
@output_option("the history")
def export_command(  # noqa: PLR0913 - one parameter for each option
    *,
    folder: str,
    seal_file: str | None,
    shown: tuple[int, ...],
    evidence: bool,
    checkpoint: bool,
    at: datetime | None,
    output: str,
    force: bool,
) -> None:
    """Write the history so that somebody else can judge it."""
    require_writable(output, force=force)
    moment = moment_or_now(at)
    with about(folder):
        ledger = _ledger(open_pocket(folder, seal_file=seal_file))
        if checkpoint:
            data = json_text(ledger.checkpoint(at=moment).to_json()).encode()
        else:
            chosen = set(shown) or None
            data = ledger.export(at=moment, show=chosen, evidence=evidence)
    write_output(output, data + b"\n")


@click.command("judge")
@click.argument("export")
@trust_option("authorities and verifiers who bear witness")
@operator_option(required=False)
@click.option(
    "--kept",
    multiple=True,
    metavar="FILE",
    help="A checkpoint that you have from before; may be given again.",
)
@click.option(
    "--self-asserted",
    "owners_word",
    is_flag=True,
    help="Take its owner's word that no entry is missing.",
)
@at_option
@lang_option
@json_option
def judge_command(  # noqa: PLR0913 - one parameter for each option
    export: str,
    *,
    anchors: tuple[str, ...],
    names: tuple[str, ...],
    operator: str | None,
    bundle_state: str | None,
    kept: tuple[str, ...],
    owners_word: bool,
    at: datetime | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Judge EXPORT, somebody's history, and say exactly what it proves."""
    require_one_stream(export, *anchors)
    data = read_input(export, max_bytes=limits.LEDGER_EXPORT_BYTES)
    moment = moment_or_now(at)
    believed = Believed(anchors, names, Purpose.SIGN_TIMESTAMPS)
    telling = Telling(lang, "integrator", as_json)
    rule = CompletenessRule.ANCHORED
    if owners_word:
        rule = CompletenessRule.SELF_ASSERTED_ACCEPTED
    with telling.refusals():
        found = verify_ledger_export(
            data.strip(),
            trust=believed.store(Pinned(operator, bundle_state, moment, "wallet")),
            policy=WALLET,
            at=moment,
            kept=tuple(map(_checkpoint, kept)),
            rule=rule,
        )
    if as_json:
        report, proves = found.report.to_json(), [each.value for each in found.proves]
        write_json_document({"report": report, "proves": proves})
        return
    say(telling.text(found.report))
    say()
    say(explain_ledger(found, lang=lang))


def _checkpoint(path: str) -> Checkpoint:
    with about(path):
        data = read_input(path, max_bytes=limits.LEDGER_ENTRY_BYTES)
        return Checkpoint.from_json(
            read_object(data, at="checkpoint", clause="idwallet consent ledger 1 §4")
        )


COMMANDS: Final = (
    history_command,
    erase_command,
    receipt_command,
    deletion_command,
    export_command,
    judge_command,
)
"""What `idwallet wallet` has of these."""
