"""`idwallet trust build`: make a bundle of what a description names."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from idwallet import limits
from idwallet.cli.commands.trust.description import NAME, Overrides, read_description
from idwallet.cli.faults import STREAM, about
from idwallet.cli.files import require_writable, write_output
from idwallet.cli.options import (
    at_option,
    json_option,
    key_option,
    moment_or_now,
    output_option,
)
from idwallet.cli.progress import progress
from idwallet.cli.screen import note, write_json_document
from idwallet.cli.trusted import open_key
from idwallet.cli.verdicts import Telling
from idwallet.trust.bundle import BundleContent, build_bundle, build_manifest


@click.command("build")
@click.argument("description")
@key_option("The operator's private key")
@click.option(
    "--sequence",
    type=click.IntRange(1, limits.BUNDLE_SEQUENCE),
    metavar="NUMBER",
    help="The number of this bundle in its series. Default: what the description says.",
)
@output_option("the bundle")
@at_option
@json_option
def build_command(**given: Any) -> None:  # options by name, as declared above
    """Make a bundle of what DESCRIPTION names: a TOML file, or a folder with one.

    Its form stands in docs/howto/give-a-till-its-trust.md. In a folder it is called
    bundle.toml. The same description and files give the same bundle, but for the
    signature.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    description: str
    key: str
    passphrase_file: str | None
    sequence: int | None
    output: str
    force: bool
    at: datetime | None
    as_json: bool

    def carry_out(self) -> None:
        require_writable(self.output, force=self.force)
        overrides = Overrides(self.sequence, moment_or_now(self.at))
        with Telling(as_json=self.as_json).refusals(), progress("Reading") as told:
            content = read_description(self.description, overrides, progress=told)
        with about(self.description, remedy=f"a description like {NAME}"):
            manifest = build_manifest(content)
        signer = open_key(self.key, passphrase_file=self.passphrase_file)
        with about(self.description):
            data = build_bundle(content, signer=signer)
        write_output(self.output, data)
        self._tell(content, digest=hashlib.sha256(manifest).hexdigest())

    def _tell(self, content: BundleContent, *, digest: str) -> None:
        if self.as_json and self.output != STREAM:
            write_json_document(
                {
                    "series": content.series,
                    "sequence": content.sequence,
                    "digest": digest,
                    "issued": f"{content.issued:%Y-%m-%dT%H:%M:%SZ}",
                    "next_update": f"{content.next_update:%Y-%m-%dT%H:%M:%SZ}",
                    "parts": len(content.parts),
                }
            )
        else:
            number = f"number {content.sequence}, {len(content.parts)} parts"
            note(f"{number}, digest {digest}")
