"""`idwallet trust verify`: judge a bundle, all of it, without taking it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from idwallet.cli.bundles import Pinned, bundle_file, operator_option
from idwallet.cli.faults import OUTCOMES
from idwallet.cli.options import (
    POLICIES,
    at_option,
    json_option,
    lang_option,
    moment_or_now,
    reader_option,
)
from idwallet.cli.progress import progress
from idwallet.cli.screen import say, write_json_document
from idwallet.cli.verdicts import Telling
from idwallet.errors import VerificationError
from idwallet.explain.words import Language, Reader
from idwallet.report import Report
from idwallet.trust.bundle import (
    Bundle,
    BundleContext,
    BundleRefused,
    evaluate_bundle,
    store_of,
)
from idwallet.trust.bundle.structures import PartEntry


@click.command("verify")
@click.argument("bundle")
@operator_option(required=True)
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    default="strict",
    show_default=True,
    help="Says which algorithms may sign, and what becomes of a bundle too old.",
)
@lang_option
@reader_option("integrator")
@at_option
@json_option
def verify_command(**given: Any) -> int:  # options by name, as declared above
    """Judge BUNDLE and every part of it, and say why.

    Nothing is taken or remembered. What is remembered of the last bundle taken counts,
    where there is such a file.
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
    reader: Reader
    at: datetime | None
    as_json: bool

    def carry_out(self) -> int:
        pinned = Pinned(
            self.operator, self.bundle_state, moment_or_now(self.at), self.policy
        )
        report = judged_whole(self.bundle, pinned.context(self.bundle))
        if self.as_json:
            write_json_document({"report": report.to_json()})
        else:
            say(Telling(self.lang, self.reader).text(report))
        return OUTCOMES[report.outcome]


def judged_whole(source: str, context: BundleContext) -> Report:
    """Return the verdict on all of a bundle, its anchors included."""
    with bundle_file(source) as file:
        found = evaluate_bundle(file, context)
        if isinstance(found, BundleRefused):
            return found.report
        try:
            whole = check_all(found)
            store_of(whole)
        except VerificationError as error:
            return error.report
        return whole.report


def check_all(bundle: Bundle) -> Bundle:
    """Check every part, with a bar for whoever watches.

    Raises:
        VerificationFailed: a part is not what was signed for.
    """
    parts = bundle.manifest.parts
    with progress("Checking") as told:
        done = 0

        def step(_: PartEntry) -> None:
            nonlocal done
            done += 1
            told(done, len(parts))

        return bundle.check_parts(step)
