"""`idwallet request`: ask for a presentation, and read what others ask."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from idwallet.cli.asking import query_of, query_options
from idwallet.cli.commands.reading import read_command
from idwallet.cli.commands.standing import standing_command
from idwallet.cli.credential import FORMATS
from idwallet.cli.faults import STREAM, usage_fault
from idwallet.cli.files import (
    require_one_stream,
    require_writable,
    write_output,
)
from idwallet.cli.options import (
    POLICIES,
    at_option,
    format_option,
    json_option,
    key_option,
    moment_or_now,
    output_option,
    seal_option,
)
from idwallet.cli.party import certificates_options, certified_party
from idwallet.cli.passphrase import new_passphrase
from idwallet.cli.screen import write_json_document
from idwallet.cli.state import save_request
from idwallet.cli.trusted import open_key, policy_named
from idwallet.credentials.query import Query
from idwallet.protocols.openid4vp.message import RequestMessage
from idwallet.roles.verifier import PresentationRequest, RelyingParty, Verifier
from idwallet.trust.replay import MemoryReplay


class _Requests(click.Group):
    """Asking is what was meant where no other command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["ask", *args]
        return super().parse_args(ctx, args)


@click.group("request", cls=_Requests)
def request_command() -> None:
    """Ask for a presentation, or read what somebody asks.

    `idwallet request --age-over 18 ...` is short for `idwallet request ask ...`.
    `idwallet request standing ...` makes what is put up at a till.
    """


request_command.add_command(read_command)
request_command.add_command(standing_command)


@request_command.command("ask")
@query_options
@format_option("The one encoding that --age-over or --type takes.", default=None)
@key_option("The verifier's key")
@certificates_options(required=False)
@click.option(
    "--client-id",
    metavar="NAME",
    help="The verifier's name where wallets pinned its key; no --certificates then.",
)
@click.option(
    "--kid",
    metavar="KID",
    help="Which of several keys that wallets pinned for --client-id.",
)
@click.option(
    "--answer-to",
    required=True,
    metavar="URL",
    help="The https address that answers are for.",
)
@click.option("--purpose", required=True, help="Why; the person reads it.")
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    required=True,
    help="What the answer must meet.",
)
@click.option(
    "--save",
    required=True,
    metavar="FILE",
    help="Where the sealed half goes that `idwallet verify` needs.",
)
@seal_option("what --save keeps")
@click.option(
    "--as",
    "form",
    type=click.Choice(["json", "uri", "jwt", "qr"]),
    default="json",
    show_default=True,
    help="How the request travels.",
)
@at_option
@output_option("the request")
@json_option
def ask_command(**given: Any) -> None:  # options by name, as declared above
    """Ask for a presentation with a signed OpenID4VP request.

    The request (-o) is public: give it to the wallet. What --save keeps stays here.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    query: str | None
    age_over: int | None
    type_name: str | None
    claims: tuple[str, ...]
    form_name: str | None
    key: str
    passphrase_file: str | None
    certificates: str | None
    prefix: str
    dns_name: str | None
    client_id: str | None
    kid: str | None
    answer_to: str
    purpose: str
    policy: str
    save: str
    seal_file: str | None
    form: str
    at: datetime | None
    output: str
    force: bool
    as_json: bool

    def carry_out(self) -> None:
        if self.save == STREAM:
            raise usage_fault("--save names a file: what it keeps stays here")
        require_one_stream(
            self.query,
            self.key,
            self.passphrase_file,
            self.certificates,
            self.seal_file,
        )
        require_writable(self.output, self.save, force=self.force)
        query = self._query()
        verifier = Verifier(
            identity=self._identity(),
            policy=policy_named(self.policy),
            # Only whoever judges the answer consults its guard.
            replay=MemoryReplay(),
        )
        request = verifier.request(
            query, purpose=self.purpose, at=moment_or_now(self.at)
        )
        passphrase = new_passphrase(
            self.seal_file, prompt="New passphrase for the state", option="--seal-file"
        )
        # First what nothing can make again, so that no request goes out without it.
        write_output(self.save, save_request(request, passphrase=passphrase))
        self._hand_out(request)

    def _query(self) -> Query:
        formats = () if self.form_name is None else (FORMATS[self.form_name].value,)
        asked = query_of(
            self.query,
            age_over=self.age_over,
            type_name=self.type_name,
            claims=self.claims,
            formats=formats,
        )
        if formats and self.query is not None:
            raise usage_fault("--format is for --age-over and --type: DCQL says it")
        return asked

    def _identity(self) -> RelyingParty:
        if (self.certificates is None) is (self.client_id is None):
            raise usage_fault("give either --certificates or --client-id")
        if self.kid is not None and self.client_id is None:
            raise usage_fault("--kid needs --client-id")
        if self.certificates is not None:
            return certified_party(
                self.key,
                passphrase_file=self.passphrase_file,
                certificates=self.certificates,
                prefix=self.prefix,
                dns_name=self.dns_name,
                answer_to=self.answer_to,
            )
        if self.dns_name is not None:
            raise usage_fault("--dns-name needs --certificates")
        return RelyingParty(
            signer=open_key(self.key, passphrase_file=self.passphrase_file),
            answer_to=self.answer_to,
            client_id=self.client_id,
            kid=self.kid,
        )

    def _hand_out(self, request: PresentationRequest) -> None:
        text = written(request.message, self.form)
        told = {
            "client_id": request.client_id,
            "expires": f"{request.expires:%Y-%m-%dT%H:%M:%SZ}",
            "state": self.save,
        }
        if self.output == STREAM and self.as_json:
            write_json_document({**told, "request": text})
            return
        write_output(self.output, text.encode() + b"\n")
        if self.as_json:
            write_json_document({**told, "file": self.output})


def written(message: RequestMessage, form: str) -> str:
    """Return a request as JSON, as a link or bare."""
    if form == "uri":
        return message.to_uri()
    if form == "qr":
        return message.to_qr()
    return message.to_json() if form == "json" else message.raw
