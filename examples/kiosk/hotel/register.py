"""What the hotel desk keeps: sealed cards, each until the moment that was promised.

A card, its receipt, the verdict and the used answer are one transaction of the kiosk's
store. What is over is deleted, overwritten, and taken out of the journal as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from examples.kiosk.hotel.card import NIGHTS, Card, filled
from examples.kiosk.hotel.rules import CARD, PROFILE
from examples.kiosk.store import moment, note, seconds
from sqlalchemy import Connection

from idwallet import SealKey
from idwallet.consent import PurposeProfile, promise_for
from idwallet.errors import UsageError
from idwallet.roles import StandingRequest, give_receipt

if TYPE_CHECKING:
    from examples.kiosk.desk import Desk, Visit
    from examples.kiosk.rooms import Taken

TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS hotel_stay (
      visit INTEGER PRIMARY KEY,
      nights INTEGER NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS hotel_card (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      visit INTEGER NOT NULL UNIQUE,
      erase_at INTEGER,
      sealed BLOB NOT NULL,
      receipt TEXT)""",
)
_MOST: Final = 2**63 - 1  # what SQLite takes for a number
_COLUMNS: Final = "number, visit, erase_at, sealed, receipt"


@dataclass(frozen=True)
class Kept:
    """One card as the desk keeps it; `receipt` is there while the guest is."""

    number: int
    visit: int
    erase_at: datetime | None
    card: Card
    receipt: str | None


def nights_of(given: Mapping[str, str]) -> int:
    """Return the nights that a clerk typed, one where that was no number."""
    text = given.get("nights", "")
    nights = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 1
    return min(max(nights, 1), NIGHTS)


def begin(database: Connection, visit: int, *, given: Mapping[str, str]) -> None:
    """Note how long the guest of this visit stays."""
    row = (visit, nights_of(given))
    database.exec_driver_sql("INSERT INTO hotel_stay VALUES (?, ?)", row)


def register(taken: "Taken", *, profile: PurposeProfile = PROFILE) -> None:
    """Fill the card of a guest who was verified, and sign the receipt."""
    database, visit, request = taken.database, taken.visit, taken.request
    if isinstance(request, StandingRequest):
        raise UsageError("a card is filled by who was asked, and given a receipt")
    row = database.exec_driver_sql(
        "SELECT nights FROM hotel_stay WHERE visit = ?", (visit.id,)
    ).fetchone()
    card, promise = filled(
        taken.presentation,
        profile=profile,
        name=CARD,
        at=taken.at,
        nights=1 if row is None else row[0],
    )
    receipt = give_receipt(
        taken.presentation, request=request, at=taken.at, retention=promise
    )
    erase_at = None if card.erase_at is None else seconds(card.erase_at)
    sealed = _sealed(card, taken.desk.seal, visit=visit.id)
    database.exec_driver_sql(
        "INSERT INTO hotel_card (visit, erase_at, sealed, receipt) VALUES (?, ?, ?, ?)",
        (visit.id, erase_at, sealed, receipt),
    )


def over(database: Connection, visit: "Visit") -> None:
    """Forget what is of no more use when the guest has left the desk."""
    database.exec_driver_sql("DELETE FROM hotel_stay WHERE visit = ?", (visit.id,))
    database.exec_driver_sql(
        "DELETE FROM hotel_card WHERE visit = ? AND erase_at IS NULL", (visit.id,)
    )
    database.exec_driver_sql(
        "UPDATE hotel_card SET receipt = NULL WHERE visit = ?", (visit.id,)
    )


def purge(desk: "Desk") -> int:
    """Erase every card whose time is over; return how many.

    Raises:
        StoreError: the disk did not take it; nothing is erased, and it is to be tried
            again.
    """
    at = desk.clock()
    with desk.store.writing() as database:
        gone = database.exec_driver_sql(
            "DELETE FROM hotel_card WHERE erase_at <= ?", (seconds(at),)
        ).rowcount
        if gone:
            note(database, "erased", room=desk.room.name, at=at, outcome=str(gone))
    desk.store.squeeze()
    return gone


def tidy(desk: "Desk") -> None:
    """End a visit that nobody is at any more, and erase what is over.

    Raises:
        StoreError: the disk did not take it.
    """
    desk.tidy()
    purge(desk)


def depart(desk: "Desk", number: int, *, profile: PurposeProfile | None = None) -> bool:
    """Have a guest depart now: what is kept for the stay alone is erased.

    Where the purpose counts from somewhere else than the end of the stay, the card
    stays until the moment that was promised. An end is never put off.
    """
    kept = card_of(desk, number)
    if kept is None or kept.erase_at is None:
        return False
    at = desk.clock()
    known = PROFILE if profile is None else profile
    earlier = promise_for(known, shown=kept.card.checked, ended=at).until or at
    with desk.store.writing() as database:
        database.exec_driver_sql(
            "UPDATE hotel_card SET erase_at = min(erase_at, ?) WHERE number = ?",
            (seconds(earlier), number),
        )
    purge(desk)
    return True


def cards(desk: "Desk") -> Sequence[tuple[int, datetime | None]]:
    """Return the number of each card that is kept, and when it is erased."""
    rows = desk.store.rows("SELECT number, erase_at FROM hotel_card ORDER BY number")
    return [(int(str(n)), None if e is None else moment(int(str(e)))) for n, e in rows]


def card_of(desk: "Desk", number: int) -> Kept | None:
    """Return the card of that number, None where there is none any more."""
    return _one(desk, "number", value=number)


def card_at(desk: "Desk", visit: "Visit") -> Kept | None:
    """Return the card of the guest who is at the desk."""
    return _one(desk, "visit", value=visit.id)


def _one(desk: "Desk", column: str, *, value: int) -> Kept | None:
    if value > _MOST:
        return None
    rows = desk.store.rows(
        f"SELECT {_COLUMNS} FROM hotel_card WHERE {column} = ?",  # noqa: S608 - no text from outside
        value,
    )
    for number, visit, erase_at, sealed, receipt in rows:
        text = desk.seal.unseal(sealed, context=_context(visit), at="card")
        card = Card.from_json(text.decode())
        until = None if erase_at is None else moment(erase_at)
        return Kept(number, visit, until, card, receipt)
    return None


def _sealed(card: Card, key: SealKey, *, visit: int) -> bytes:
    return key.seal(card.to_json().encode(), context=_context(visit))


def _context(visit: int) -> bytes:
    """Say where a sealed card belongs: in the place of another it does not open."""
    return f"idwallet example hotel card 1 {visit}".encode()
