"""The program's own sentences to people, in their language."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from idwallet.codec.json import JsonValue
from idwallet.codec.text import show
from idwallet.credentials.catalogue import ClaimKind, CredentialType, catalogue
from idwallet.credentials.paths import ClaimPath, show_path
from idwallet.explain.words import Language, claim_names

_VALUE_CHARACTERS: Final = 80


class Speech:
    """Sentences of one language, filled with what is safe to show."""

    def __init__(self, language: Language, *, part: str = "") -> None:
        """Read the catalogue of that language, with that further part of it."""
        folder = files("idwallet.cli").joinpath("catalogue")
        sentences: dict[str, str] = {}
        for name in (f"{language}.json", f"{part}.{language}.json" if part else ""):
            if name:
                sentences |= json.loads(folder.joinpath(name).read_text("utf-8"))
        self.language = language
        self._sentences: Mapping[str, str] = sentences
        self._claims = claim_names(language)

    def say(self, name: str, /, **values: str | int) -> str:
        """Return the sentence of that name; texts in it are made safe here."""
        shown = {
            key: show(value) if isinstance(value, str) else self._number(value)
            for key, value in values.items()
        }
        return self._sentences[name].format_map(shown)

    def _number(self, number: int) -> str:
        # Russian parts thousands with a space that does not break the line.
        separator = "\u00a0" if self.language == "ru" else ","
        return f"{number:,}".replace(",", separator)

    def kind(self, credential_type: str) -> str:
        """Return what people call a type of credential, by its vct."""
        for each in catalogue().values():
            if credential_type in each.types.values():
                return self.query(each.name)
        return credential_type

    def query(self, query_id: str) -> str:
        """Return what people call a query that is named after the catalogue."""
        listed = catalogue().get(query_id.removesuffix("-mdoc"))
        return query_id if listed is None else self.type_name(listed)

    def type_name(self, listed: CredentialType) -> str:
        """Return what people call a type of credential."""
        return listed.display.ru if self.language == "ru" else listed.display.en

    def claim(self, path: ClaimPath) -> str:
        """Return what people call a claim, or its path."""
        written = show_path(path)
        return self._claims.get(written, written.removeprefix("/"))

    def claim_line(self, path: ClaimPath, value: JsonValue) -> str:
        """Return a claim's name and value on one line, both made safe."""
        if isinstance(value, str) and show_path(path) in _images():
            shown = self.say("value.image", count=len(value))
        else:
            shown = self.value(value)
        filled = {"claim": show(self.claim(path)), "value": shown}
        return self._sentences["claim"].format_map(filled)

    def value(self, value: JsonValue) -> str:
        """Return a claim's value on one short line."""
        if isinstance(value, bool):
            return self._sentences["yes" if value else "no"]
        if isinstance(value, str):
            if value.startswith("data:image/"):
                return self.say("value.image", count=len(value))
            return show(value, limit=_VALUE_CHARACTERS)
        if isinstance(value, dict | list):
            return show(outline(value, self.value), limit=_VALUE_CHARACTERS)
        return json.dumps(value)


@cache
def _images() -> frozenset[str]:
    """Return where pictures stand, as `show_path` writes it."""
    return frozenset(
        show_path(path)
        for each in catalogue().values()
        for claim in each.claims.values()
        if claim.kind is ClaimKind.IMAGE
        for path in (*claim.paths.values(), (claim.name,))
    )


def outline(value: JsonValue, scalar: Callable[[JsonValue], str]) -> str:
    """Return a value on one line: its members by name, its elements in a row.

    `scalar` says how what holds no other values is written; nothing is made safe here.
    """
    if isinstance(value, dict) and value:
        return ", ".join(f"{k}: {outline(each, scalar)}" for k, each in value.items())
    if isinstance(value, list) and value:
        nested = any(isinstance(each, dict | list) for each in value)
        return ("; " if nested else ", ").join(outline(e, scalar) for e in value)
    return "" if isinstance(value, dict | list) else scalar(value)
