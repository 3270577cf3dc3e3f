"""The rooms of a kiosk: a till, a hotel desk, or what you add.

A room is a folder beside this file with an ``__init__.py`` in which `ROOM` stands. It
is found by itself: nothing here names it.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from examples.web.elements import Html
from examples.web.language import Words
from sqlalchemy import Connection
from starlette.routing import BaseRoute

from idwallet import Policy, Query, VerifiedPresentation

if TYPE_CHECKING:
    from examples.kiosk.desk import Desk, Question, Visit


@dataclass(frozen=True)
class Taken:
    """What passed, while nobody has been told yet.

    `database` is the transaction in which the verdict is kept: what a room writes there
    is on the disk together with it, or not at all. `request` is what was asked.
    """

    desk: "Desk"
    database: Connection
    visit: "Visit"
    request: "Question"
    presentation: VerifiedPresentation
    at: datetime


class Shows(Protocol):
    """What a room shows under its verdict, None where that says everything."""

    def __call__(self, desk: "Desk", visit: "Visit", /, *, words: Words) -> Html | None:
        """Return it."""


class Begins(Protocol):
    """What a room notes when a visit begins."""

    def __call__(
        self, database: Connection, visit: int, /, *, given: Mapping[str, str]
    ) -> None:
        """Note it."""


class Reads(Protocol):
    """What a room reads beside answers by code."""

    def __call__(self, desk: "Desk", visit: "Visit", /, *, text: str) -> bool:
        """Take it, and say whether it was such a thing."""


def _keeps_nothing(_: Taken) -> None:
    """Keep nothing of what was shown."""


def _shows_nothing(_desk: "Desk", _visit: "Visit", *, words: Words) -> Html | None:  # noqa: ARG001 - what rooms are given
    return None


def _asks_nothing(_desk: "Desk", _words: Words) -> Html | None:
    return None


def _notes_nothing(_: Connection, _visit: int, *, given: Mapping[str, str]) -> None:
    """Note nothing of what the clerk said."""


def _reads_codes_alone(_desk: "Desk", _visit: "Visit", *, text: str) -> bool:  # noqa: ARG001 - what rooms are given
    return False


def _has_no_chores(_: "Desk") -> None:
    """Do nothing each hour."""


def _has_no_routes(_: "Desk") -> Sequence[BaseRoute]:
    return ()


def _forgets_nothing(_database: Connection, _visit: "Visit") -> None:
    """Forget nothing, for nothing was kept."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """One counter: what it asks, by which rules, and what becomes of the answer.

    `words` is a file of sentences in both languages, which may also say in other words
    what the kiosk's own ``words.json`` says. `party` is the DNS name of who asks.
    `counter` is the name of this very counter, to which codes are bound that people
    show unasked; None where the room takes no such codes; `others` are the party's
    other counters, whose signs are made here, too. They are good for `window`. A
    visit `lasts` so long without a verdict, and a verdict `stays` so long on the
    screen.

    `taken` is called once for each answer that passed, within the transaction of its
    verdict; `shows` adds to the page; `over` is called in the transaction that ends a
    visit, to forget; `tables` are SQL statements that make tables of its own; `routes`
    are further addresses, each below ``/NAME/``. `fields` are what a clerk says before
    anybody is asked, `began` notes it in the transaction that begins the visit. `reads`
    takes what is no answer by code, and says whether it did. `chores` are done when the
    kiosk starts, and each hour.
    """

    name: str
    words: Path
    query: Query
    purpose: str
    policy: Policy
    party: str
    counter: str | None = None
    others: tuple[str, ...] = ()
    window: timedelta = timedelta(seconds=60)
    lasts: timedelta = timedelta(minutes=5)
    stays: timedelta = timedelta(minutes=2)
    tables: tuple[str, ...] = ()
    taken: Callable[[Taken], None] = field(default=_keeps_nothing)
    shows: Shows = field(default=_shows_nothing)
    over: Callable[[Connection, "Visit"], None] = field(default=_forgets_nothing)
    fields: Callable[["Desk", Words], Html | None] = field(default=_asks_nothing)
    began: Begins = field(default=_notes_nothing)
    reads: Reads = field(default=_reads_codes_alone)
    chores: Callable[["Desk"], object] = field(default=_has_no_chores)
    routes: Callable[["Desk"], Sequence[BaseRoute]] = field(default=_has_no_routes)


def rooms() -> Mapping[str, Room]:
    """Return every room there is, by its name."""
    found: dict[str, Room] = {}
    here = str(Path(__file__).parent)
    for each in sorted(pkgutil.iter_modules([here]), key=lambda e: e.name):
        if each.ispkg:
            module = importlib.import_module(f"examples.kiosk.{each.name}")
            room = getattr(module, "ROOM", None)
            if isinstance(room, Room):
                found[room.name] = room
    # The till comes first: it is the simplest to understand.
    return dict(sorted(found.items(), key=lambda item: item[0] != "till"))
