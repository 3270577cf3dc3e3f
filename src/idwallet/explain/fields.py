"""Fields of a form in words: what each is called, and its value safe to show."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from idwallet.codec.json import JsonValue
from idwallet.codec.text import show
from idwallet.credentials.catalogue import ClaimKind, catalogue
from idwallet.errors import UsageError
from idwallet.explain.claims import day_of
from idwallet.explain.words import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class ExplainedField:
    """One field: its name in the form, what people call it, and its value in words.

    A value that says yes or no is ``+`` or ``-``: no language, and no colour.
    """

    name: str
    label: str
    text: str = field(repr=False)


def explain_fields(
    fields: Mapping[str, JsonValue], *, credential: str, lang: Language = "en"
) -> tuple[ExplainedField, ...]:
    """Return fields as `idwallet.consent.fields_for` filled them, in their order.

    `credential` is the type's name in the catalogue; of another type a field is called
    by its name. Values come from outside: control characters, directions and look-alike
    tricks are shown as what they are. A list is its elements, an object its members,
    a date is written as people do.

    Raises:
        UsageError: there is no such language.
    """
    if lang not in LANGUAGES:
        raise UsageError(f"lang is one of {', '.join(LANGUAGES)}")
    listed = catalogue().get(credential)
    known = {} if listed is None else listed.claims
    return tuple(
        ExplainedField(
            name,
            getattr(known[name].display, lang) if name in known else show(name),
            _dated(value, lang)
            if name in known and known[name].kind is ClaimKind.DATE
            else _told(value),
        )
        for name, value in fields.items()
    )


def _dated(value: JsonValue, lang: Language) -> str:
    day = day_of(value, lang) if isinstance(value, str) else None
    return _told(value) if day is None else day


def _told(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "+" if value else "-"
    if isinstance(value, Mapping):
        return ", ".join(map(_told, value.values()))
    if isinstance(value, list | tuple):
        return ", ".join(map(_told, value))
    return "" if value is None else show(str(value))
