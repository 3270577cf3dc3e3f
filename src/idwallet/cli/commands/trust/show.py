"""`idwallet trust show`: what a device could decide with a bundle, in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from idwallet.cli.bundles import Pinned, bundle_file, operator_option
from idwallet.cli.commands.trust.diff import authentic, utc
from idwallet.cli.faults import OUTCOMES
from idwallet.cli.options import (
    POLICIES,
    at_option,
    json_option,
    lang_option,
    moment_or_now,
)
from idwallet.cli.progress import progress
from idwallet.cli.screen import heading, say, write_json_document
from idwallet.cli.trusted import policy_named
from idwallet.cli.verdicts import Telling
from idwallet.cli.words import Speech
from idwallet.explain.words import Language
from idwallet.report import Outcome, Report
from idwallet.trust.bundle import Bundle, PartKind, evaluate_bundle, store_of
from idwallet.trust.bundle.outlook import (
    AnchorOutlook,
    EvidenceOutlook,
    Outlook,
    outlook,
)


@click.command("show")
@click.argument("bundle")
@operator_option(required=True)
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    default="retail",
    show_default=True,
    help="The policy that the device judges by: how old is too old.",
)
@lang_option
@at_option
@json_option
def show_command(**given: Any) -> int:  # options by name, as declared above
    """Say in words what a device with BUNDLE could decide today, and what not.

    A bundle that is not the operator's is refused. One that is too old is told of,
    and the command ends as a verdict on it would.
    """
    return _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    bundle: str
    operator: str
    bundle_state: str | None
    policy: str
    lang: Language
    at: datetime | None
    as_json: bool

    def carry_out(self) -> int:
        at, policy = moment_or_now(self.at), policy_named(self.policy)
        pinned = Pinned(self.operator, self.bundle_state, at, self.policy)
        context = pinned.context(self.bundle)
        with (
            Telling(self.lang, as_json=self.as_json).refusals(),
            bundle_file(self.bundle) as file,
        ):
            found = authentic(file, context.operator, name=self.bundle)
            report = evaluate_bundle(file, context).report
            with progress("Reading") as told:
                step = _Steps(told, len(found.manifest.parts)).step
                seen = outlook(store_of(found), policy=policy, at=at, progress=step)
        if self.as_json:
            write_json_document(_document(found, report, seen=seen))
        else:
            for line in _Told(Speech(self.lang, part="trust"), found, report).all(seen):
                say(line)
        return OUTCOMES[report.outcome]


class _Steps:
    """Counts pieces for whoever watches."""

    def __init__(self, told: Callable[[int, int], None], whole: int) -> None:
        self._told = told
        self._whole = whole
        self._done = 0

    def step(self) -> None:
        self._done += 1
        self._told(self._done, self._whole)


@dataclass(frozen=True, slots=True)
class _Told:
    """A bundle on its way into words."""

    speech: Speech
    bundle: Bundle
    report: Report

    def all(self, seen: Outlook) -> Iterator[str]:
        yield from self._head()
        can = [*self._decided(seen)] if self.report.outcome is Outcome.PASSED else []
        cannot = [*self._open(seen)]
        yield ""
        yield heading(self.speech.say("show.can"))
        yield from (f"- {line}" for line in can or [self.speech.say("show.nothing")])
        if cannot:
            yield ""
            yield heading(self.speech.say("show.cannot"))
            yield from (f"- {line}" for line in cannot)

    def _head(self) -> Iterator[str]:
        say_, manifest = self.speech.say, self.bundle.manifest
        yield say_("show.head", series=manifest.series, sequence=manifest.sequence)
        yield say_("show.digest", digest=self.bundle.digest.hex())
        yield say_(
            "show.times", issued=utc(manifest.issued), due=utc(manifest.next_update)
        )
        parts = manifest.parts
        size = sum(each.size for each in parts)
        yield say_("show.parts", count=len(parts), size=size)

    def _decided(self, seen: Outlook) -> Iterator[str]:
        for anchor in seen.anchors:
            if anchor.use.is_usable:
                yield self._anchor("show.anchor", anchor)
        for each in seen.lists:
            if each.use.is_usable:
                yield self._evidence(f"show.list.{each.use.value}", each)
        for kind, pieces in (("crl", seen.crls), ("withdrawn", seen.withdrawn)):
            usable = (each for each in pieces if each.use.is_usable)
            yield from (self._evidence(f"show.{kind}.current", e) for e in usable)
        yield from self._counted(seen)

    def _counted(self, seen: Outlook) -> Iterator[str]:
        """Tell what is read only when a credential asks for it."""
        if seen.responses:
            yield self.speech.say("show.ocsp", count=seen.responses)
        certificates = len(self.bundle.entries(PartKind.CERTIFICATE))
        if certificates:
            yield self.speech.say("show.certificates", count=certificates)

    def _open(self, seen: Outlook) -> Iterator[str]:
        for check in (*self.report.failed(), *self.report.indeterminate()):
            yield self.speech.say(
                "show.verdict", check=check.id.value, reason=check.reason.value
            )
        for anchor in seen.anchors:
            if not anchor.use.is_usable:
                yield self._anchor(f"show.anchor.{anchor.use.value}", anchor)
        for kind, pieces in (
            ("list", seen.lists),
            ("crl", seen.crls),
            ("withdrawn", seen.withdrawn),
        ):
            for each in pieces:
                if not each.use.is_usable:
                    yield self._evidence(f"show.{kind}.{each.use.value}", each)
        yield from self._missing(seen)

    def _missing(self, seen: Outlook) -> Iterator[str]:
        if not seen.lists:
            yield self.speech.say("show.no_lists")
        if not seen.crls and not seen.responses:
            yield self.speech.say("show.no_revocation")
        if seen.takes_delegations and not seen.withdrawn:
            yield self.speech.say("show.no_withdrawn")

    def _anchor(self, name: str, each: AnchorOutlook) -> str:
        anchor = each.anchor
        since = anchor.distrusted_after
        return self.speech.say(
            name,
            name=anchor.name,
            purposes=", ".join(
                self.speech.say(f"purpose.{purpose.value}")
                for purpose in sorted(anchor.purposes)
            ),
            until=self._moment(each.until),
            since=self._moment(since),
        )

    def _evidence(self, name: str, each: EvidenceOutlook) -> str:
        return self.speech.say(
            name,
            name=each.name,
            as_of=self._moment(each.as_of),
            until=self._moment(each.until),
            entries=each.entries,
        )

    def _moment(self, moment: datetime | None) -> str:
        return self.speech.say("show.no_end") if moment is None else utc(moment)


def _document(bundle: Bundle, report: Report, *, seen: Outlook) -> dict[str, object]:
    manifest = bundle.manifest
    return {
        "report": report.to_json(),
        "series": manifest.series,
        "sequence": manifest.sequence,
        "digest": bundle.digest.hex(),
        "issued": utc(manifest.issued),
        "next_update": utc(manifest.next_update),
        "parts": [
            {
                "kind": each.kind.value,
                "name": each.name,
                "size": each.size,
                "as_of": utc(each.as_of),
                "source": each.source.hex(),
            }
            for each in manifest.parts
        ],
        "anchors": [_anchor_document(each) for each in seen.anchors],
        "status_lists": [_evidence_document(each) for each in seen.lists],
        "crls": [_evidence_document(each) for each in seen.crls],
        "withdrawn": [_evidence_document(each) for each in seen.withdrawn],
    }


def _anchor_document(each: AnchorOutlook) -> dict[str, object]:
    since = each.anchor.distrusted_after
    return {
        "name": each.anchor.name,
        "purposes": sorted(purpose.value for purpose in each.anchor.purposes),
        "jurisdiction": each.anchor.jurisdiction,
        "use": each.use.value,
        "until": None if each.until is None else utc(each.until),
        "distrusted_after": None if since is None else utc(since),
    }


def _evidence_document(each: EvidenceOutlook) -> dict[str, object]:
    return {
        "name": each.name,
        "use": each.use.value,
        "as_of": None if each.as_of is None else utc(each.as_of),
        "until": None if each.until is None else utc(each.until),
        "entries": each.entries,
    }
