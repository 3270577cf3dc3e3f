"""`idwallet trust reissue-plan`: what to issue again after a key was compromised."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import click

from idwallet.cli.bundles import bundle_file
from idwallet.cli.commands.trust.diff import authentic, utc
from idwallet.cli.faults import CommandFault, about, input_fault, name_of, usage_fault
from idwallet.cli.files import read_input, require_writable, write_output
from idwallet.cli.options import Moment, json_option, lang_option
from idwallet.cli.screen import json_text, note, say
from idwallet.cli.trusted import read_public_key
from idwallet.cli.verdicts import Telling
from idwallet.cli.words import Speech
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.explain.words import Language
from idwallet.trust.anchors import TrustAnchor
from idwallet.trust.bundle import store_of
from idwallet.trust.distrust import Standing, standing

_CLAUSE: Final = "idwallet reissue records 1"
_MEMBERS: Final = frozenset({"id", "issued", "existed"})


@click.command("reissue-plan")
@click.argument("bundle")
@click.argument("records")
@click.option(
    "--operator",
    required=True,
    metavar="FILE",
    help="The key of who makes the bundles, pinned: a public key or certificate.",
)
@click.option(
    "--anchor", required=True, metavar="NAME", help="The compromised anchor's name."
)
@click.option(
    "--from",
    "since",
    type=Moment(),
    metavar="MOMENT",
    help="From when its keys may have been somebody else's. Default: what the bundle "
    "says (distrusted_after).",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write the whole plan here, one JSON object on a line.",
)
@click.option("--force", is_flag=True, help="Replace a plan that is already there.")
@lang_option
@json_option
def reissue_command(**given: Any) -> None:  # options by name, as declared above
    """List what to issue again, of RECORDS, after the keys of an anchor were stolen.

    RECORDS is a file of the issuer's: on each line a JSON object with "id", "issued"
    (when it was issued, as the credential says) and, where somebody else can prove it,
    "existed" (a moment at which it existed). What was issued from the moment on is not
    the issuer's word. What was issued before and proven stands. The rest cannot be
    told from a forgery: it is to be issued again, too.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True)
class _Planned:
    """One credential of the records, and how it stands."""

    name: str
    issued: datetime
    standing: Standing

    def document(self) -> JsonObject:
        return {
            "id": self.name,
            "issued": utc(self.issued),
            "standing": self.standing.value,
            "reissue": self.standing is not Standing.BEFORE,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    bundle: str
    records: str
    operator: str
    anchor: str
    since: datetime | None
    output: str | None
    force: bool
    lang: Language
    as_json: bool

    def carry_out(self) -> None:
        require_writable(self.output, force=self.force)
        anchor = self._anchor()
        since = self.since or anchor.distrusted_after
        if since is None:
            raise usage_fault(
                f"the bundle trusts {name_of(self.anchor)} without an end; say with "
                "--from since when its keys may have been somebody else's"
            )
        plan = list(_planned(_lines(self.records), since, source=self.records))
        if self.output is not None:
            lines = (write_json(each.document()).decode() + "\n" for each in plan)
            write_output(self.output, "".join(lines).encode())
        self._tell(plan, anchor, since=since)

    def _anchor(self) -> TrustAnchor:
        key = read_public_key(self.operator)
        with (
            Telling(self.lang, as_json=self.as_json).refusals(),
            bundle_file(self.bundle) as file,
        ):
            anchors = store_of(authentic(file, key, name=self.bundle)).anchors
        named = [each for each in anchors if each.name == self.anchor]
        if len(named) != 1:
            raise usage_fault(
                f"{len(named)} anchors are called {name_of(self.anchor)}; "
                "`idwallet trust show` lists them"
            )
        return named[0]

    def _tell(
        self, plan: list[_Planned], anchor: TrustAnchor, *, since: datetime
    ) -> None:
        counts = Counter(each.standing for each in plan)
        if self.as_json:
            document = {
                "anchor": anchor.name,
                "from": utc(since),
                "counts": {each.value: counts[each] for each in Standing},
                "successors": sorted(each.hex() for each in anchor.successors),
                "plan": [each.document() for each in plan],
            }
            say(json_text(document))
            return
        speech = Speech(self.lang, part="trust")
        for line in _words(speech, counts, name=anchor.name, since=since):
            say(line)
        if self.output is None:
            for each in plan:
                if each.standing is not Standing.BEFORE:
                    name = f"plan.{each.standing.value}"
                    issued = utc(each.issued)
                    say(speech.say(name, id=each.name, issued=issued))
        if not anchor.successors:
            note(speech.say("plan.no_successor"))


def _words(
    speech: Speech, counts: Counter[Standing], *, name: str, since: datetime
) -> Iterator[str]:
    yield speech.say("plan.head", name=name, since=utc(since))
    for each in Standing:
        yield speech.say(f"plan.count.{each.value}", count=counts[each])


def _lines(source: str) -> Iterator[tuple[int, bytes]]:
    data = read_input(source)
    for number, line in enumerate(data.splitlines(), start=1):
        if line.strip():
            yield number, line


def _planned(
    lines: Iterable[tuple[int, bytes]], since: datetime, *, source: str
) -> Iterator[_Planned]:
    seen: set[str] = set()
    for number, line in lines:
        place = f"line {number}"
        with about(source, remedy='lines like {"id": "1", "issued": "..."}'):
            record = read_object(line, at=place, clause=_CLAUSE)
        name = record.get("id")
        if not isinstance(name, str) or not name or record.keys() - _MEMBERS:
            raise _wrong(
                source, place, what="id is a text, beside issued and existed only"
            )
        if name in seen:
            raise _wrong(source, place, what="an id twice")
        seen.add(name)
        issued = _moment(record, "issued", source=source, place=place)
        if issued is None:
            raise _wrong(source, place, what="issued is absent")
        existed = _moment(record, "existed", source=source, place=place)
        how = standing(since, signed=issued, existed=existed)
        yield _Planned(name, issued, how)


def _moment(
    record: JsonObject, name: str, *, source: str, place: str
) -> datetime | None:
    value = record.get(name)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None:
        raise _wrong(
            source, place, what=f"{name} is no moment like 2026-11-24T12:00:00Z"
        )
    return found.astimezone(UTC)


def _wrong(source: str, place: str, *, what: str) -> CommandFault:
    return input_fault(f"{name_of(source)}: {place}: {what}")
