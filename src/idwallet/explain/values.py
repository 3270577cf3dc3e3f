"""Facts in words: moments, names, paths."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from idwallet.codec.text import show
from idwallet.explain.words import Words
from idwallet.report import Check, FactValue

_LISTED: Final = 12


def write_moment(moment: datetime, words: Words) -> str:
    """Write the moment in UTC, to the minute."""
    utc = moment.astimezone(UTC)
    return words["date"].format(
        day=utc.day,
        month=words["months"][utc.month - 1],
        year=utc.year,
        time=f"{utc:%H:%M}",
    )


def write_quoted(text: str, words: Words) -> str:
    """Write text that may come from outside: safe for any surface, and in quotes."""
    return words["quoted"].format(text=show(text))


def write_fact(name: str, value: FactValue, *, words: Words) -> str:
    """Write one fact as it stands in a sentence."""
    if isinstance(value, datetime):
        return write_moment(value, words)
    if isinstance(value, int):
        template = words["seconds"] if name == "window" else "{number}"
        return template.format(number=value)
    if isinstance(value, tuple):
        if name == "changes":
            value = tuple(words["changes"].get(each, each) for each in value)
            return words["separator"].join(map(show, value))
        return _write_list(value, words)
    if name == "waits_for" and value in words["checks"]:
        return write_quoted(words["checks"][value]["name"], words)
    if name == "what":
        # The library's own words: no quotation marks, and codes are told in words.
        return words["what"].get(value) or show(value)
    return write_quoted(value, words)


def _write_list(values: tuple[str, ...], words: Words) -> str:
    listed = words["separator"].join(
        write_quoted(value, words) for value in values[:_LISTED]
    )
    return listed if len(values) <= _LISTED else words["more"].format(list=listed)


def write_facts(check: Check, words: Words) -> Mapping[str, str]:
    """Write every fact of the check, by name."""
    return {name: write_fact(name, value, words=words) for name, value in check.facts}


def name_claims(check: Check, names: Mapping[str, str]) -> Check:
    """Return the check with what people call its claims in place of their paths."""
    facts = tuple((name, _named(value, names)) for name, value in check.facts)
    told = (check.id, check.subject, check.outcome, check.reason, check.clause)
    return Check(*told, needs=check.needs, facts=facts)


def _named(value: FactValue, names: Mapping[str, str]) -> FactValue:
    if not isinstance(value, tuple):
        return value
    return tuple(names.get(each, each) for each in value)
