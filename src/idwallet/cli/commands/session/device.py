"""`idwallet session device`: be asked by a reader, and answer from a wallet."""

import sys
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import click

from idwallet.adapters.tcp import TcpListener, TcpTransport, converse
from idwallet.cli.bundles import Believed, Pinned, operator_option
from idwallet.cli.commands.session.place import (
    clock_of,
    ended_line,
    place_of,
    speech_of,
    waiting,
)
from idwallet.cli.consent import (
    consent_lines,
    judgement_document,
    refusal_lines,
    unanswered_document,
)
from idwallet.cli.faults import STREAM, ExitStatus, about, usage_fault
from idwallet.cli.files import require_one_stream, require_writable, write_output
from idwallet.cli.options import (
    at_option,
    json_option,
    lang_option,
    moment_or_now,
    output_option,
    reader_option,
    seal_option,
    trust_option,
    wallet_option,
)
from idwallet.cli.pocket import open_pocket
from idwallet.cli.profiles import known_purposes, profiles_option
from idwallet.cli.screen import note, write_json_document
from idwallet.cli.verdicts import Telling
from idwallet.cli.words import Speech
from idwallet.credentials.paths import show_path
from idwallet.explain.words import Language, Reader
from idwallet.protocols.proximity.device import DeviceSession
from idwallet.protocols.proximity.machine import SessionEnded
from idwallet.roles.asked import Asked, Authenticated, Choice, Match
from idwallet.roles.device_session import (
    DeviceEvent,
    PersonAsked,
    RequestRefused,
    SessionHolder,
)
from idwallet.roles.holder import Holder
from idwallet.trust.anchors import Purpose


@click.command("device")
@wallet_option
@trust_option("readers who ask")
@operator_option(required=False)
@seal_option("the wallet")
@click.option(
    "--listen",
    "place",
    default="127.0.0.1:0",
    show_default=True,
    metavar="ADDRESS:PORT",
    help="Where to wait for a reader, on this machine. Port 0 is a free one.",
)
@click.option(
    "--wait",
    "seconds",
    type=int,
    default=300,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for a reader.",
)
@click.option("--yes", is_flag=True, help="Agree to what is listed without a question.")
@click.option(
    "--signed",
    is_flag=True,
    help="Prove the device by a signature, which convinces others too, not by a MAC.",
)
@profiles_option
@lang_option
@reader_option("holder")
@at_option
@output_option("the link that a phone would show as a QR code")
@json_option
def device_command(**given: Any) -> int:  # options by name, as declared above
    """Wait for a reader, and answer it from a wallet.

    The link comes out first. Who asks is verified before anything is shown to you, and
    nothing leaves the wallet before you agree.
    """
    return _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    folder: str
    anchors: tuple[str, ...]
    names: tuple[str, ...]
    operator: str | None
    bundle_state: str | None
    seal_file: str | None
    place: str
    seconds: int
    yes: bool
    signed: bool
    profiles: tuple[str, ...]
    lang: Language
    reader: Reader
    at: datetime | None
    output: str
    force: bool
    as_json: bool

    def carry_out(self) -> int:
        if self.as_json and self.output == STREAM:
            raise usage_fault("with --json a file takes the link: name it with -o")
        require_one_stream(self.seal_file, *self.anchors)
        require_writable(self.output, force=self.force)
        wait = waiting(self.seconds)
        wallet = self._wallet()
        moment = moment_or_now(self.at)
        device = DeviceSession.by_qr(at=moment)
        meeting = _Meeting(self, SessionHolder(wallet, device), wallet)
        with TcpListener(*place_of(self.place)) as listener:
            host, port = listener.address
            write_output(self.output, device.engagement.to_uri().encode() + b"\n")
            speech = speech_of(self.lang)
            address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            note(speech.say("session.waiting", address=address))
            with listener.accept(wait=wait) as transport:
                return meeting.hold(transport)

    def _wallet(self) -> Holder:
        believed = Believed(self.anchors, self.names, Purpose.READ_CREDENTIALS)
        moment = moment_or_now(self.at)
        pinned = Pinned(self.operator, self.bundle_state, moment, "wallet")
        with Telling(self.lang, self.reader, self.as_json).refusals():
            trust = believed.store(pinned)
            purposes = known_purposes(
                self.profiles, bundles=self.anchors, pinned=pinned
            )
        with about(self.folder):
            pocket = open_pocket(self.folder, seal_file=self.seal_file)
        return pocket.holder(trust, purposes)


@dataclass(slots=True)
class _Meeting:
    """One session with one reader."""

    order: _Order
    side: SessionHolder
    wallet: Holder
    told: list[dict[str, object]] = field(default_factory=list)
    is_shown: bool = False

    @property
    def speech(self) -> Speech:
        return speech_of(self.order.lang)

    def hold(self, transport: TcpTransport) -> int:
        """Carry the session to its end, and say how it ended."""
        clock = clock_of(self.order.at)
        ended = ""
        for event in converse(self.side, transport, clock=clock):
            self._take(event, transport)
            if isinstance(event, SessionEnded):
                ended = event.why
                note(ended_line(event, self.speech))
        if self.order.as_json:
            write_json_document({"asked": self.told, "ended": ended})
        return ExitStatus.PASSED if self.is_shown else ExitStatus.FAILED

    def _take(self, event: DeviceEvent, transport: TcpTransport) -> None:
        if isinstance(event, RequestRefused):
            note(Telling(self.order.lang, self.order.reader).text(event.report))
            self.told.append({"report": event.report.to_json(), "shown": []})
        elif isinstance(event, PersonAsked):
            self._ask(event.asked, transport)

    def _ask(self, asked: Asked, transport: TcpTransport) -> None:
        moment = moment_or_now(self.order.at)
        with about(self.order.folder):
            match = self.side.match(at=moment)
        told: dict[str, object] = {"asked_by": _name(asked), "shown": []}
        self.told.append(told)
        choice = self._agreed(match, told)
        # The person may have thought for long: what is said now is said at this moment.
        moment = moment_or_now(self.order.at)
        if moment >= self.side.session.deadline:
            return  # the session is over its time, and its next look at it says so
        if choice is None:
            answer = self.side.decline(at=moment, judgement=match.judgement)
            transport.send(answer.octets)
            is_held = match.found.is_satisfiable()
            said = "consent.declined" if is_held else "session.nothing_held"
            note(self.speech.say(said))
            return
        with about(self.order.folder):
            answer = self.side.present(choice, at=moment, mac=not self.order.signed)
        transport.send(answer.octets)
        with about(self.order.folder):
            self.wallet.record_sent(answer.entry, at=moment)
        self.is_shown = True
        told["shown"] = [
            {
                "query": each.query_id,
                "credential": each.credential.name,
                "type": each.credential.credential_type,
                "reveals": [show_path(path) for path in each.reveals],
            }
            for each in choice.shown
        ]

    def _agreed(self, match: Match, told: dict[str, object]) -> Choice | None:
        """Return what the person agrees to show, or None."""
        if match.judgement is not None:
            told["judgement"] = judgement_document(match.judgement)
        if not match.found.is_satisfiable():
            told |= unanswered_document(match)
            for line in refusal_lines(match, self.speech):
                note(line)
            return None
        choice = match.choose()
        with about(self.order.folder):
            links = self.wallet.linked(choice)
        for line in consent_lines(choice, self.speech, links=links):
            note(line)
        if self.order.yes:
            return choice
        if not sys.stdin.isatty():
            note(self.speech.say("session.no_terminal"))
            return None
        question = self.speech.say("consent.question")
        return choice if click.confirm(question, err=True) else None


def _name(asked: Asked) -> str | None:
    return asked.by.name if isinstance(asked.by, Authenticated) else None
