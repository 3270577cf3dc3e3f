"""`idwallet trust update`: put a newer bundle in the place of the one at hand."""

from datetime import datetime

import click

from idwallet.adapters.bundle import update_bundle
from idwallet.cli.bundles import Pinned, bundle_file, operator_option
from idwallet.cli.faults import about
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
from idwallet.cli.words import Speech
from idwallet.explain.words import Language, Reader
from idwallet.trust.bundle import Bundle
from idwallet.trust.bundle.structures import PartEntry


@click.command("update")
@click.argument("bundle")
@click.argument("update")
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
def update_command(  # noqa: PLR0913 - one for each option
    *,
    bundle: str,
    update: str,
    operator: str,
    bundle_state: str | None,
    policy: str,
    lang: Language,
    reader: Reader,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Put UPDATE, a newer bundle or a delta, in the place of BUNDLE.

    All of it is checked before anything is written, and it is written whole or not at
    all: a full disk, a crash or another updater leave a bundle that can be used.
    BUNDLE need not be there yet, unless UPDATE is a delta.
    """
    context = Pinned(operator, bundle_state, moment_or_now(at), policy).context(bundle)
    with (
        Telling(lang, reader, as_json=as_json).refusals(),
        bundle_file(update, remedy="a trust bundle or a delta") as file,
        progress("Checking") as told,
        about(bundle),
    ):
        done = 0

        def step(_: PartEntry) -> None:
            nonlocal done
            done += 1
            told(done, done)

        new = update_bundle(bundle, file, context=context, progress=step)
    _tell(new, speech=Speech(lang, part="trust"), as_json=as_json)


def _tell(new: Bundle, *, speech: Speech, as_json: bool) -> None:
    manifest = new.manifest
    if as_json:
        write_json_document(
            {
                "report": new.report.to_json(),
                "series": manifest.series,
                "sequence": manifest.sequence,
                "digest": new.digest.hex(),
            }
        )
        return
    say(
        speech.say(
            "update.done",
            series=manifest.series,
            sequence=manifest.sequence,
            digest=new.digest.hex(),
        )
    )
