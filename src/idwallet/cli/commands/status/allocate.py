"""`idwallet status allocate`: give places in status lists to credentials."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import click

from idwallet import limits
from idwallet.cli.commands.status.store import as_documents, as_lines, open_store
from idwallet.cli.faults import STREAM, about
from idwallet.cli.files import require_writable, write_output
from idwallet.cli.options import (
    Moment,
    database_option,
    json_option,
    output_option,
)
from idwallet.cli.progress import progress
from idwallet.cli.screen import write_json_document
from idwallet.roles.status_issuer import StatusIssuer, StatusPlan, StatusReference

_AT_ONCE: Final = 20_000
_ENTRIES: Final = StatusPlan(uri="https://status.example/").entries


@click.command("allocate")
@database_option
@click.option(
    "--uri",
    required=True,
    metavar="URL",
    help="What the address of every list begins with: https://id.example/status/.",
)
@click.option(
    "--valid-until",
    type=Moment(),
    required=True,
    metavar="MOMENT",
    help="When the last of these credentials expires; lists are published until then.",
)
@click.option(
    "--count",
    type=click.IntRange(1, 1_000_000_000),
    default=1,
    show_default=True,
    help="How many places: one for each credential.",
)
@click.option(
    "--bits",
    type=click.Choice(["1", "2", "4", "8"]),
    default="1",
    show_default=True,
    help="Bits of an entry in new lists; suspending takes 2 or more.",
)
@click.option(
    "--entries",
    type=click.IntRange(limits.STATUS_ENTRIES_MINIMUM),
    default=_ENTRIES,
    show_default=True,
    help="Entries of a new list, those that nobody has among them.",
)
@click.option(
    "--open",
    "open_lists",
    type=click.IntRange(1, limits.STATUS_OPEN_LISTS),
    default=1,
    show_default=True,
    help="How many lists are filled side by side.",
)
@output_option("the places")
@json_option
def allocate_command(**given: Any) -> None:  # options by name, as declared above
    """Give out places in status lists: an address and an index on each line.

    No place is ever given out twice, and none tells when it was. What is printed goes
    into `idwallet issue --status-list URI --status-index N`.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    database: str
    uri: str
    valid_until: datetime
    count: int
    bits: str
    entries: int
    open_lists: int
    output: str
    force: bool
    as_json: bool

    def carry_out(self) -> None:
        require_writable(self.output, force=self.force)
        plan = StatusPlan(
            uri=self.uri,
            bits=int(self.bits),
            entries=self.entries,
            open_lists=self.open_lists,
        )
        with open_store(self.database, create=True) as store, about(self.database):
            issuer = StatusIssuer(store=store, plan=plan)
            places = _allocated(issuer, self.count, valid_until=self.valid_until)
        told: dict[str, object] = {"count": self.count}
        if self.output == STREAM and self.as_json:
            write_json_document({**told, "places": as_documents(places)})
            return
        write_output(self.output, as_lines(places))
        if self.as_json:
            write_json_document({**told, "file": self.output})


def _allocated(
    issuer: StatusIssuer, count: int, *, valid_until: datetime
) -> list[StatusReference]:
    places: list[StatusReference] = []
    with progress("Giving out places") as show:
        while len(places) < count:
            show(len(places), count)
            wanted = min(_AT_ONCE, count - len(places))
            places += issuer.allocate(wanted, valid_until=valid_until)
    return places
