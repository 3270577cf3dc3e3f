"""`idwallet status set`: revoke, suspend and reinstate credentials."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import click

from idwallet.cli.commands.status.store import as_documents, open_store, read_places
from idwallet.cli.faults import about, usage_fault
from idwallet.cli.options import (
    Moment,
    database_option,
    json_option,
    moment_or_now,
)
from idwallet.cli.screen import say, write_json_document
from idwallet.roles.status_issuer import INVALID, SUSPENDED, VALID, Why, set_status

_NAMES: Final = {"valid": VALID, "revoked": INVALID, "suspended": SUSPENDED}


@click.command("set")
@database_option
@click.option(
    "--status-list", "uri", metavar="URI", help="The status list that a place is in."
)
@click.option(
    "--status-index",
    "indexes",
    type=click.IntRange(min=0),
    multiple=True,
    metavar="N",
    help="Its index in --status-list. May be repeated.",
)
@click.option(
    "--places",
    metavar="FILE",
    help="Many places at once, as `status allocate` writes them.",
)
@click.option(
    "--to",
    required=True,
    metavar="STATUS",
    help="valid, revoked, suspended, or a number that you agreed on with readers.",
)
@click.option("--actor", required=True, help="Who makes the change, for the history.")
@click.option("--reason", required=True, help="Why, for the history.")
@click.option(
    "--at", type=Moment(), metavar="MOMENT", help="When it is made. Default: now."
)
@json_option
def set_command(**given: Any) -> None:  # options by name, as declared above
    """Set what the lists say about places: all of them, or none.

    Readers learn of it from the next `status publish` on. What was revoked stays so.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    database: str
    uri: str | None
    indexes: tuple[int, ...]
    places: str | None
    to: str
    actor: str
    reason: str
    at: datetime | None
    as_json: bool

    def carry_out(self) -> None:
        wanted = read_places(self.places, uri=self.uri, indexes=self.indexes)
        why = Why(self.actor, self.reason, moment_or_now(self.at))
        with open_store(self.database) as store, about(self.database):
            changed = set_status(store, wanted, to=_number(self.to), why=why)
        if self.as_json:
            document = {"status": self.to, "changed": as_documents(changed)}
            write_json_document(document)
            return
        lists = len({each.uri for each in changed})
        places = len(set(wanted))
        say(f"changed {len(changed):,} of {places:,} places, in {lists:,} lists")


def _number(status: str) -> int:
    if status.isascii() and status.isdecimal() and len(status) < 4:
        return int(status)
    if status not in _NAMES:
        raise usage_fault("--to is valid, revoked, suspended or a number")
    return _NAMES[status]
