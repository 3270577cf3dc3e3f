"""`idwallet status audit`: does the history stand, and do the lists follow from it?"""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

import click
from click.exceptions import Exit

from idwallet.cli.commands.status.store import open_store
from idwallet.cli.faults import ExitStatus, about
from idwallet.cli.files import read_input, require_writable, write_output
from idwallet.cli.options import database_option, json_option
from idwallet.cli.screen import in_colour_of, say, write_json_document
from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.codec.text import show
from idwallet.errors import MalformedError
from idwallet.report import Outcome
from idwallet.roles.status_issuer import ListAudit, Seal, audit

_VERSION: Final = 1
_HEAD: Final = re.compile(r"[0-9a-f]{64}")
_CLAUSE: Final = "idwallet status seals 1"


@click.command("audit")
@database_option
@click.option(
    "--earlier",
    metavar="FILE",
    help="What an earlier audit wrote with -o: the history of then must still stand.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write the seals of today; keep them where the database's owner cannot write.",
)
@click.option("--force", is_flag=True, help="Replace files that are already there.")
@json_option
def audit_command(**given: Any) -> None:  # options by name, as declared above
    """Check that no history was rewritten, and that the lists follow from it.

    Who owns the database could write the whole history anew: only seals that were kept
    elsewhere tell. Exit status 1 where anything is wrong.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    database: str
    earlier: str | None
    output: str | None
    force: bool
    as_json: bool

    def carry_out(self) -> None:
        require_writable(self.output, force=self.force)
        known = {} if self.earlier is None else _read(self.earlier)
        with open_store(self.database) as store, about(self.database):
            found = list(audit(store, seals=known))
        wrong = [each for each in found if each.fault is not None]
        if self.output is not None and not wrong:
            write_output(self.output, _written(found))
        self._tell(found, wrong)
        if wrong:
            raise Exit(ExitStatus.FAILED)

    def _tell(self, found: list[ListAudit], wrong: list[ListAudit]) -> None:
        if self.as_json:
            write_json_document({"lists": [_document(each) for each in found]})
            return
        for each in wrong:
            line = f"{show(each.uri)}: {each.fault}"
            say(in_colour_of(Outcome.FAILED, line))
        changes = sum(each.seal.changes for each in found)
        say(f"{len(found):,} lists, {changes:,} changes, {len(wrong):,} lists wrong")


def _document(found: ListAudit) -> dict[str, object]:
    return {
        "uri": found.uri,
        "changes": found.seal.changes,
        "head": found.seal.head.hex(),
        "fault": None if found.fault is None else found.fault.value,
    }


def _written(found: list[ListAudit]) -> bytes:
    seals = {
        each.uri: {"changes": each.seal.changes, "head": each.seal.head.hex()}
        for each in found
    }
    return json.dumps({"v": _VERSION, "seals": seals}, indent=2).encode() + b"\n"


def _read(source: str) -> dict[str, Seal]:
    data = read_input(source)
    with about(source, remedy="what `status audit -o` wrote"):
        document = read_object(data, at="seals", max_bytes=len(data))
        seals = document.get("seals")
        if document.get("v") != _VERSION or not isinstance(seals, dict):
            raise MalformedError("no seals", at="seals", clause=_CLAUSE)
        return {uri: _seal(each) for uri, each in seals.items()}


def _seal(value: JsonValue) -> Seal:
    members: JsonObject = value if isinstance(value, dict) else {}
    changes, head = members.get("changes"), members.get("head")
    if type(changes) is not int or not isinstance(head, str):
        raise MalformedError("no seal", at="seals", clause=_CLAUSE)
    if changes < 0 or _HEAD.fullmatch(head) is None:
        raise MalformedError("no seal", at="seals", clause=_CLAUSE)
    return Seal(changes, bytes.fromhex(head))
