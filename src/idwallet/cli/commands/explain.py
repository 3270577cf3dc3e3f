"""`idwallet explain`: what a check asks, and what each of its reasons means."""

import difflib
from typing import Final

import click

from idwallet.cli.faults import usage_fault
from idwallet.cli.options import json_option, lang_option, reader_option
from idwallet.cli.screen import heading, in_colour_of, say, write_json_document
from idwallet.codec.text import show
from idwallet.explain.words import Language, Reader, Words, words
from idwallet.report import TABLE, CheckId, Reason

_ALIKE: Final = 0.5


@click.command("explain")
@click.argument("check", required=False)
@click.argument("reason", required=False)
@lang_option
@reader_option("integrator")
@json_option
def explain_command(
    check: str | None,
    reason: str | None,
    *,
    lang: Language,
    reader: Reader,
    as_json: bool,
) -> None:
    """Say what CHECK asks and what each REASON of it means.

    Without CHECK every check is listed.
    """
    text = words(lang)
    if check is None:
        _list(text, as_json=as_json)
        return
    check_id = _check(check)
    reasons = _reasons(check_id, reason)
    if as_json:
        write_json_document(_document(check_id, reasons, text=text, reader=reader))
        return
    said = text["checks"][check_id.value]
    say(heading(f"{check_id.value}: {said['name']}"))
    say(said["asks"])
    for each in reasons:
        _tell(check_id, each, text=text, reader=reader)


def _list(text: Words, *, as_json: bool) -> None:
    names = {each.value: text["checks"][each.value]["name"] for each in CheckId}
    if as_json:
        write_json_document({"checks": names})
        return
    width = max(map(len, names))
    for check_id, name in names.items():
        say(f"{check_id:<{width}}  {name}")


def _check(name: str) -> CheckId:
    for each in CheckId:
        if each.value == name:
            return each
    raise usage_fault(_unknown("check", name, known=[each.value for each in CheckId]))


def _reasons(check_id: CheckId, name: str | None) -> list[Reason]:
    known = [reason for on, reason in TABLE if on is check_id]
    if name is None:
        return known
    found = [reason for reason in known if reason.value == name]
    if found:
        return found
    label = f"reason of {check_id.value}"
    raise usage_fault(_unknown(label, name, known=[each.value for each in known]))


def _unknown(kind: str, name: str, *, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, cutoff=_ALIKE)
    ending = f"; there is: {', '.join(close or known)}"
    return f"no {kind} is called {show(name)}{ending}"


def _tell(check_id: CheckId, reason: Reason, *, text: Words, reader: Reader) -> None:
    row = TABLE[check_id, reason]
    phrase = text["checks"][check_id.value]["reasons"][reason.value][reader]
    outcome = text["outcomes"][row.outcome.value]
    say()
    say(f"{heading(reason.value)}: {in_colour_of(row.outcome, outcome)} ({row.clause})")
    say(f"  {phrase['text']}")
    if phrase["next"]:
        # The integrator's words hold the advice, the others' stand before it.
        lead = text["next"][reader].replace("{next}", "").strip()
        say(f"  {lead} {phrase['next']}")
    for name in row.facts:
        say(f"  {{{name}}}: {text['facts'][name]}")


def _document(
    check_id: CheckId, reasons: list[Reason], *, text: Words, reader: Reader
) -> dict[str, object]:
    said = text["checks"][check_id.value]
    told = {}
    for reason in reasons:
        row = TABLE[check_id, reason]
        phrase = said["reasons"][reason.value][reader]
        told[reason.value] = {
            "outcome": row.outcome.value,
            "clause": row.clause,
            "facts": list(row.facts),
            "text": phrase["text"],
            "next": phrase["next"],
        }
    return {
        "check": check_id.value,
        "name": said["name"],
        "asks": said["asks"],
        "reasons": told,
    }
