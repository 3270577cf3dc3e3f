"""`idwallet augment`: raise the level of a signed document, or renew its archive."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from idwallet import limits
from idwallet.cli.bundles import operator_option
from idwallet.cli.documents.network import Judges, authority_at, policy_named
from idwallet.cli.documents.options import (
    document_policy_option,
    out_option,
    revocation_options,
    roots_option,
    tsa_option,
)
from idwallet.cli.documents.shapes import LEVELS
from idwallet.cli.faults import about
from idwallet.cli.fetching import Fetching
from idwallet.cli.files import (
    read_input,
    require_one_stream,
    require_writable,
    write_output,
)
from idwallet.cli.options import at_option, fetch_options, moment_or_now
from idwallet.cli.verdicts import Telling
from idwallet.documents.model import Level


@click.command("augment")
@click.argument("signed")
@click.option(
    "--level",
    type=click.Choice([name for name, each in LEVELS.items() if each is not Level.B_B]),
    required=True,
    help="The level to reach; b-lta puts on another archive timestamp each time.",
)
@click.option(
    "--document",
    metavar="FILE",
    help="What was signed, where it is not inside SIGNED.",
)
@tsa_option
@roots_option
@operator_option(required=False)
@revocation_options
@fetch_options
@document_policy_option
@out_option
@at_option
def augment_command(**given: Any) -> None:  # options by name, as declared above
    """Raise the level of SIGNED, a signed document, so that it can be verified longer.

    It is verified first, and once more at the end. Nothing in it is changed: a
    timestamp and evidence are added, from --tsa, --fetch, --crl and --ocsp.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    signed: str
    level: str
    document: str | None
    tsa: str | None
    anchors: tuple[str, ...]
    operator: str | None
    bundle_state: str | None
    crls: tuple[str, ...]
    ocsp: tuple[str, ...]
    fetch: bool
    fetch_origins: tuple[str, ...]
    private_hosts: tuple[str, ...]
    fetch_roots: str | None
    policy: str
    output: str
    force: bool
    at: datetime | None

    def carry_out(self) -> None:
        require_one_stream(self.signed, self.document, *self.anchors)
        require_writable(self.output, force=self.force)
        fetching = Fetching(
            self.fetch, self.fetch_origins, self.private_hosts, self.fetch_roots
        )
        fetching.require_meant(asks_authority=self.tsa is not None)
        at = moment_or_now(self.at)
        signed = read_input(self.signed)
        document = None
        if self.document is not None:
            document = read_input(self.document, max_bytes=limits.ENVELOPED_BYTES)
        judges = Judges(
            anchors=self.anchors,
            operator=self.operator,
            bundle_state=self.bundle_state,
            crls=self.crls,
            ocsp=self.ocsp,
            fetching=fetching,
            policy=policy_named(self.policy),
            at=at,
        )
        with (
            Telling().refusals(),
            authority_at(self.tsa, fetching=fetching, at=at) as authority,
        ):
            trust = judges.trust()
            with about(self.signed, remedy="a signed document"):
                made = judges.augmented(
                    signed,
                    LEVELS[self.level],
                    trust=trust,
                    document=document,
                    authority=authority,
                )
        write_output(self.output, made)
