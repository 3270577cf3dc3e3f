"""`idwallet trust diff`: what one bundle says that another does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import click

from idwallet.adapters.bundle import BundleFile
from idwallet.cli.bundles import bundle_file
from idwallet.cli.faults import about
from idwallet.cli.files import require_writable, write_output
from idwallet.cli.options import json_option, lang_option
from idwallet.cli.screen import say, write_json_document
from idwallet.cli.trusted import read_public_key
from idwallet.cli.verdicts import Telling
from idwallet.cli.words import Speech
from idwallet.crypto.keys import PublicKey
from idwallet.explain.words import Language
from idwallet.trust.bundle import Bundle, BundleContext, make_delta, verify_bundle
from idwallet.trust.bundle.compare import (
    AnchorChange,
    Differences,
    PartChange,
    compare_bundles,
)
from idwallet.trust.bundle.delta import unverified_manifest
from idwallet.trust.bundle.state import MemoryBundleState


@click.command("diff")
@click.argument("before")
@click.argument("after")
@click.option(
    "--operator",
    required=True,
    metavar="FILE",
    help="The key of who makes the bundles, pinned: a public key or certificate.",
)
@click.option(
    "--delta",
    metavar="FILE",
    help="Write here what makes AFTER of BEFORE, for `idwallet trust update`.",
)
@click.option("--force", is_flag=True, help="Replace a delta that is already there.")
@lang_option
@json_option
def diff_command(  # noqa: PLR0913 - one for each option
    *,
    before: str,
    after: str,
    operator: str,
    delta: str | None,
    force: bool,
    lang: Language,
    as_json: bool,
) -> None:
    """Say what AFTER holds that BEFORE does not, and what no more.

    Both must be signed by the operator; how old they are does not matter.
    """
    require_writable(delta, force=force)
    key = read_public_key(operator)
    with (
        Telling(lang, as_json=as_json).refusals(),
        bundle_file(before) as old_file,
        bundle_file(after) as new_file,
    ):
        old = authentic(old_file, key, name=before)
        new = authentic(new_file, key, name=after)
        found = compare_bundles(old, new)
        if delta is not None:
            with about(after):
                write_output(delta, make_delta(old_file, new_file))
    told = _Told(Speech(lang, part="trust"), old, new)
    if as_json:
        write_json_document(told.document(found))
    else:
        for line in told.lines(found):
            say(line)


def authentic(file: BundleFile, key: PublicKey, *, name: str) -> Bundle:
    """Return a bundle of the operator's, judged as of its own issue.

    Raises:
        VerificationFailed: it is not the operator's, or broken.
    """
    with about(name, remedy="a trust bundle"):
        issued = unverified_manifest(file).issued
    return verify_bundle(file, BundleContext(key, MemoryBundleState(), issued))


@dataclass(frozen=True, slots=True)
class _Told:
    """Two bundles on their way into words."""

    speech: Speech
    old: Bundle
    new: Bundle

    def lines(self, found: Differences) -> Iterator[str]:
        was, now = self.old.manifest, self.new.manifest
        yield self.speech.say("diff.numbers", before=was.sequence, after=now.sequence)
        if not found.parts:
            yield self.speech.say("diff.same")
        for anchor in found.anchors:
            yield self._anchor(anchor)
        for part in found.parts:
            yield self._part(part)

    def _anchor(self, each: AnchorChange) -> str:
        line = self.speech.say(
            f"diff.anchor.{each.change.value}",
            name=each.name,
            members=", ".join(each.members),
        )
        if each.announced is None:
            return line
        word = "announced" if each.announced else "unannounced"
        return f"{line} {self.speech.say(f'diff.key.{word}')}"

    def _part(self, each: PartChange) -> str:
        size = 0 if each.after is None else each.after.size
        name = f"diff.part.{each.change.value}"
        return self.speech.say(name, place=each.place, size=size)

    def document(self, found: Differences) -> dict[str, object]:
        return {
            "before": _bundle(self.old),
            "after": _bundle(self.new),
            "anchors": [
                {
                    "change": each.change.value,
                    "name": each.name,
                    "members": list(each.members),
                    "announced": each.announced,
                }
                for each in found.anchors
            ],
            "parts": [
                {"change": each.change.value, "part": each.place}
                for each in found.parts
            ],
        }


def _bundle(bundle: Bundle) -> dict[str, object]:
    manifest = bundle.manifest
    return {
        "series": manifest.series,
        "sequence": manifest.sequence,
        "digest": bundle.digest.hex(),
        "issued": utc(manifest.issued),
        "next_update": utc(manifest.next_update),
    }


def utc(moment: datetime) -> str:
    """Return a moment as JSON has it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
