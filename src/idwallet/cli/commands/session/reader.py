"""`idwallet session reader`: ask a device, and judge what it answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import click

from idwallet import limits
from idwallet.adapters.tcp import TcpTransport, converse
from idwallet.cli.asking import query_of, query_options
from idwallet.cli.bundles import Believed, Pinned, operator_option
from idwallet.cli.commands.session.place import (
    clock_of,
    ended_line,
    place_of,
    speech_of,
)
from idwallet.cli.faults import OUTCOMES, ExitStatus, about
from idwallet.cli.files import read_input, require_one_stream
from idwallet.cli.options import (
    POLICIES,
    at_option,
    json_option,
    key_option,
    lang_option,
    moment_or_now,
    reader_option,
    trust_option,
    trusted_types_option,
)
from idwallet.cli.screen import note, write_json_document
from idwallet.cli.trusted import open_key, policy_named, read_certificates
from idwallet.cli.verdicts import Telling
from idwallet.credentials.model import Format
from idwallet.credentials.query import Query
from idwallet.explain.words import Language, Reader
from idwallet.protocols.proximity.machine import SessionEnded
from idwallet.protocols.proximity.reader import ReaderSession
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.reader_session import DeviceAnswered, SessionVerifier
from idwallet.roles.verifier import RelyingParty, Verifier
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.replay import MemoryReplay

_FORMATS: Final = (Format.MDOC.value,)
# Nothing is posted in person; a relying party has an address all the same.
_NOWHERE: Final = "https://in-person.invalid/"


@click.command("reader")
@click.argument("link")
@click.option(
    "--connect",
    "place",
    required=True,
    metavar="ADDRESS:PORT",
    help="Where the device waits: on this machine or in its network.",
)
@query_options
@key_option("The reader's key")
@click.option(
    "--certificates",
    required=True,
    metavar="FILE",
    help="The reader's certificate chain as PEM, its own certificate first.",
)
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    required=True,
    help="What the answer must meet.",
)
@trust_option("issuers")
@operator_option(required=False)
@trusted_types_option
@lang_option
@reader_option("clerk")
@at_option
@json_option
def reader_command(**given: Any) -> int:  # options by name, as declared above
    """Ask the device that shows LINK, and judge what it answers.

    LINK is a file with the text of the device's QR code (mdoc:...).
    """
    return _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    link: str
    place: str
    query: str | None
    age_over: int | None
    type_name: str | None
    claims: tuple[str, ...]
    key: str
    passphrase_file: str | None
    certificates: str
    policy: str
    anchors: tuple[str, ...]
    names: tuple[str, ...]
    operator: str | None
    bundle_state: str | None
    trusted_types: tuple[str, ...]
    lang: Language
    reader: Reader
    at: datetime | None
    as_json: bool

    def carry_out(self) -> int:
        require_one_stream(
            self.link,
            self.query,
            self.key,
            self.passphrase_file,
            self.certificates,
            *self.anchors,
        )
        query = self._query()
        verifier = self._verifier()
        trust = self._trust()
        with about(self.link, remedy="the text of the QR code that a device shows"):
            link = read_input(self.link, max_bytes=limits.FILE_BYTES)
            moment = moment_or_now(self.at)
            session = ReaderSession.by_qr(_text(link), at=moment)
        side = SessionVerifier(verifier, session)
        with TcpTransport.connect(*place_of(self.place)) as transport:
            transport.send(side.ask(query, at=moment))
            return self._heard(side, transport, trust=trust)

    def _heard(
        self, side: SessionVerifier, transport: TcpTransport, *, trust: TrustStore
    ) -> int:
        clock = clock_of(self.at)
        speech = speech_of(self.lang)
        ended = ""
        for event in converse(side, transport, clock=clock):
            if isinstance(event, DeviceAnswered):
                transport.send(side.end(at=clock()))
                judged = evaluate_presentation(
                    event.response, request=event.question, trust=trust, at=clock()
                )
                Telling(self.lang, self.reader, self.as_json).judged(judged)
                return OUTCOMES[judged.report.outcome]
            if isinstance(event, SessionEnded):
                ended = event.why
                note(ended_line(event, speech))
        if self.as_json:
            # Nobody answered, so that there is no report; a program is told as much.
            write_json_document({"report": None, "credentials": [], "ended": ended})
        return ExitStatus.FAILED

    def _query(self) -> Query:
        return query_of(
            self.query,
            age_over=self.age_over,
            type_name=self.type_name,
            claims=self.claims,
            formats=_FORMATS,
        )

    def _verifier(self) -> Verifier:
        signer = open_key(self.key, passphrase_file=self.passphrase_file)
        chain = read_certificates(self.certificates)
        with about(self.certificates, remedy="the chain of the reader's key as PEM"):
            identity = RelyingParty(
                signer=signer, answer_to=_NOWHERE, certificates=chain
            )
        # A question is of this conversation alone: no guard outlives it.
        return Verifier(
            identity=identity, policy=policy_named(self.policy), replay=MemoryReplay()
        )

    def _trust(self) -> TrustStore:
        believed = Believed(
            self.anchors, self.names, Purpose.ISSUE_CREDENTIALS, self.trusted_types
        )
        pinned = Pinned(
            self.operator, self.bundle_state, moment_or_now(self.at), self.policy
        )
        with Telling(self.lang, self.reader, self.as_json).refusals():
            return believed.store(pinned)


def _text(link: bytes) -> str:
    try:
        return link.decode("ascii").strip()
    except UnicodeDecodeError:
        return ""  # which is no link, as the reader of links says
