"""`idwallet describe`: what a document holds, before anybody signs it."""

from typing import TYPE_CHECKING

import click

from idwallet import limits
from idwallet.cli.faults import ExitStatus
from idwallet.cli.files import read_input
from idwallet.cli.options import json_option, lang_option
from idwallet.cli.screen import say, write_json_document
from idwallet.explain.words import Language

if TYPE_CHECKING:
    from idwallet.documents.describe import Description


@click.command("describe")
@click.argument("document")
@lang_option
@json_option
def describe_command(*, document: str, lang: Language, as_json: bool) -> int:
    """Say what DOCUMENT holds, does and hides, before you sign it.

    Nothing in it is run, drawn or fetched. Exit status 1: something is there that
    honest documents do not have.
    """
    from idwallet.documents.describe import describe_document
    from idwallet.explain import explain_description

    description = describe_document(read_input(document, max_bytes=limits.FILE_BYTES))
    if as_json:
        write_json_document(_document(description))
    else:
        say(explain_description(description, lang=lang).rstrip("\n"))
    return ExitStatus.FAILED if description.is_hostile else ExitStatus.PASSED


def _document(told: "Description") -> dict[str, object]:
    return {
        "kind": told.kind.value,
        "size": told.size,
        "sha256": told.sha256,
        "weight": told.weight.value,
        "findings": [
            {"code": each.code.value, "weight": each.weight.value, "place": each.place}
            for each in told.findings
        ],
        "pages": [each._asdict() for each in told.pages],
        "fields": [each._asdict() for each in told.fields],
        "signatures": [
            {
                "field": each.field,
                "signer": each.signer,
                "is_timestamp": each.is_timestamp,
                "covers_revision": each.covers_revision,
                "is_certification": each.is_certification,
                "changes": len(each.changes),
            }
            for each in told.signatures
        ],
    }
