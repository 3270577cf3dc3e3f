"""The operator's log as a table: what the counters did, and nothing about a person."""

from collections.abc import Iterator, Mapping
from typing import Final

from examples.kiosk.store import Store
from examples.web.elements import Html, element
from examples.web.language import Words

_COLUMNS: Final = ("at", "room", "event", "outcome", "why")
_LAST: Final = (
    "SELECT at, room, event, outcome, why FROM log ORDER BY id DESC LIMIT 200"
)


def log_table(store: Store, words: Words, *, places: Mapping[str, str]) -> Html:
    """Return the last lines, newest first; `places` are the names of the counters.

    Raises:
        StoreError: the disk cannot be read.
    """
    names = [words(f"log.{each}") for each in _COLUMNS]
    heads = [element("th", {"scope": "col"}, name) for name in names]
    rows = []
    for line in store.rows(_LAST):
        said = zip(names, _said(tuple(line), words, places=places), strict=True)
        cells = (element("td", {"data-name": name}, text) for name, text in said)
        rows.append(element("tr", None, *cells))
    return element(
        "table",
        None,
        element("thead", None, element("tr", None, *heads)),
        element("tbody", None, *rows),
    )


def _said(
    line: tuple[str, ...], words: Words, *, places: Mapping[str, str]
) -> Iterator[str]:
    """Yield what a line says; codes that the words do not know stay codes."""
    at, room, event, outcome, why = line
    yield at.partition("+")[0].replace("T", " ")
    yield places.get(room, room)
    kind, _, number = event.partition(":")
    known = words("log.bundle", number=number) if kind == "bundle" else None
    yield known or words.optional(f"log.{event}") or event
    yield words.optional(f"log.{outcome}") or outcome
    yield why
