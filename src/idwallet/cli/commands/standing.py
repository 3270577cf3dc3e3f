"""`idwallet request standing`: what is put up at a till and takes many codes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click

from idwallet.cli.asking import query_of, query_options
from idwallet.cli.codes import write_code
from idwallet.cli.faults import STREAM, about, usage_fault
from idwallet.cli.files import require_one_stream, require_writable, write_output
from idwallet.cli.options import (
    POLICIES,
    Duration,
    at_option,
    json_option,
    key_option,
    moment_or_now,
)
from idwallet.cli.party import certificates_options, certified_party
from idwallet.cli.screen import write_json_document
from idwallet.cli.standing import SavedStanding
from idwallet.cli.trusted import policy_named
from idwallet.credentials.model import Format
from idwallet.roles.standing import StandingRequest
from idwallet.roles.verifier import Verifier
from idwallet.trust.replay import MemoryReplay


@click.command("standing")
@query_options
@key_option("The verifier's key")
@certificates_options(required=True)
@click.option(
    "--till",
    default="till",
    show_default=True,
    metavar="NAME",
    help="Which of this party's tills it is: codes are bound to it.",
)
@click.option(
    "--window",
    type=Duration(),
    default="30s",
    show_default=True,
    metavar="TIME",
    help="How old a code may be, by the till's clock; from 5s to 5m.",
)
@click.option("--purpose", required=True, help="Why; the person reads it.")
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    required=True,
    help="What a code must meet; not every policy takes one that was shown unasked.",
)
@click.option(
    "--valid-for",
    type=Duration(),
    default="1d",
    show_default=True,
    metavar="TIME",
    help="How long what is printed may hang there, like 365d; 400d at most.",
)
@click.option(
    "--save",
    required=True,
    metavar="FILE",
    help="Where it is kept for `idwallet verify`; nothing in it is secret.",
)
@at_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default=STREAM,
    help="Where the code goes that is printed: a picture, .png or .svg, or its text. "
    "Default: drawn on the terminal.",
)
@click.option("--force", is_flag=True, help="Replace files that are already there.")
@json_option
def standing_command(**given: Any) -> None:  # options by name, as declared above
    """Make a code to print and put up at a till, for as long as it may hang there.

    Whoever reads it (`idwallet present --qr`) sees who asks there, and for what, and
    shows a code for this till; `idwallet verify --qr` takes each of those once.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    query: str | None
    age_over: int | None
    type_name: str | None
    claims: tuple[str, ...]
    key: str
    passphrase_file: str | None
    certificates: str
    prefix: str
    dns_name: str | None
    till: str
    window: timedelta
    purpose: str
    policy: str
    valid_for: timedelta
    save: str
    at: datetime | None
    output: str
    force: bool
    as_json: bool

    def carry_out(self) -> None:
        if self.save == STREAM:
            raise usage_fault("--save names a file: `idwallet verify` reads it")
        require_one_stream(
            self.query, self.key, self.passphrase_file, self.certificates
        )
        require_writable(self.output, self.save, force=self.force)
        since = moment_or_now(self.at)
        until = since + self.valid_for
        with about("the request"):
            standing = self._standing()
            printed = standing.printed_code(since=since, until=until)
        write_output(self.save, SavedStanding.of(standing).to_bytes())
        self._hand_out(standing, printed, until=until)

    def _standing(self) -> StandingRequest:
        verifier = Verifier(
            identity=certified_party(
                self.key,
                passphrase_file=self.passphrase_file,
                certificates=self.certificates,
                prefix=self.prefix,
                dns_name=self.dns_name,
            ),
            policy=policy_named(self.policy),
            # Only whoever judges what is shown consults its guard.
            replay=MemoryReplay(),
        )
        asked = query_of(
            self.query,
            age_over=self.age_over,
            type_name=self.type_name,
            claims=self.claims,
            formats=() if self.query is not None else (Format.COMPACT.value,),
        )
        return verifier.standing_request(
            asked, window=self.window, till=self.till, purpose=self.purpose
        )

    def _hand_out(
        self, standing: StandingRequest, printed: str, *, until: datetime
    ) -> None:
        told = {
            "client_id": standing.verifier.identity.client_id,
            "till": standing.till,
            "audience": standing.audience,
            "window": int(standing.window.total_seconds()),
            "until": f"{until:%Y-%m-%dT%H:%M:%SZ}",
            "state": self.save,
        }
        if self.output == STREAM and self.as_json:
            write_json_document({**told, "code": printed})
            return
        write_code(self.output, printed)
        if self.as_json:
            write_json_document({**told, "file": self.output})
