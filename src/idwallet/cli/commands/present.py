"""`idwallet present`: answer a request from a wallet."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import click

from idwallet import limits
from idwallet.cli.bundles import Believed, Pinned, operator_option
from idwallet.cli.consent import (
    asked_by,
    consent_lines,
    judgement_document,
    links_document,
    refusal_lines,
    transaction_document,
    unanswered_document,
)
from idwallet.cli.faults import STREAM, ExitStatus, about, usage_fault
from idwallet.cli.files import (
    require_one_stream,
    write_output,
)
from idwallet.cli.online.answering import Sending, fetched
from idwallet.cli.online.carrying import Carrying, carrying_options
from idwallet.cli.online.source import named_link, read_link
from idwallet.cli.online.trace import Carrier
from idwallet.cli.options import (
    at_option,
    json_option,
    lang_option,
    moment_or_now,
    output_option,
    reader_option,
    seal_option,
    serialisation_option,
    trust_option,
    wallet_option,
)
from idwallet.cli.pocket import open_pocket
from idwallet.cli.profiles import known_purposes, profiles_option
from idwallet.cli.screen import note, write_json_document
from idwallet.cli.tills import hand_out_codes, heard, paths_for, read_question, till_of
from idwallet.cli.verdicts import Telling
from idwallet.cli.words import Speech
from idwallet.consent.linking.visits import VisitLink
from idwallet.consent.purpose import Purposes
from idwallet.credentials.paths import show_path
from idwallet.credentials.sdjwt.structures import Serialisation
from idwallet.explain.words import Language, Reader
from idwallet.roles.asked import (
    Asked,
    Choice,
    Match,
    PresentationResponse,
)
from idwallet.roles.holder import Holder
from idwallet.roles.record import HeldCredential
from idwallet.roles.wards import Ward
from idwallet.trust.anchors import Purpose, TrustStore


@click.command("present")
@click.argument("request", required=False)
@click.option(
    "--to",
    "link",
    metavar="LINK",
    help="Answer the verifier of this link, or of a file that holds it: fetch the "
    "request if it lies elsewhere, and send the answer where it asks for it.",
)
@wallet_option
@trust_option("verifiers who ask")
@operator_option(required=False)
@seal_option("the wallet")
@click.option(
    "--credential",
    metavar="NAME",
    help="Show this one (a name of `idwallet wallet list`) wherever it answers.",
)
@click.option(
    "--for",
    "child",
    metavar="NAME",
    help="Answer for this child, of `idwallet guardian list`, with its card alone.",
)
@click.option("--yes", is_flag=True, help="Agree to what is listed without a question.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["form", "json"]),
    default="form",
    show_default=True,
    help="How the answer is written: as direct_post sends it, or as JSON.",
)
@click.option(
    "--qr",
    is_flag=True,
    help="Answer with the QR code of one compact credential: drawn on the terminal, or "
    "a picture where --output ends in .png or .svg.",
)
@click.option(
    "--steps",
    type=click.IntRange(1, limits.QR_STEPS),
    default=1,
    show_default=True,
    help="With --qr, at a till: so many codes, each to be shown for 15 seconds.",
)
@serialisation_option("each presentation")
@profiles_option
@carrying_options
@lang_option
@reader_option("holder")
@at_option
@output_option("the answer")
@json_option
def present_command(**given: Any) -> None:  # options by name, as declared above
    """Answer a request from a wallet, after saying what would be shown to whom.

    REQUEST is a file with a signed request as JSON, as a link or bare, or with the
    text or the picture of its QR code, or of the code that is printed at a till. It is
    verified first. Nothing is sent: the answer is a file. With --to in place of
    REQUEST the answer is sent, and what the verifier says to it is shown.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    request: str | None
    link: str | None
    folder: str
    anchors: tuple[str, ...]
    names: tuple[str, ...]
    operator: str | None
    bundle_state: str | None
    seal_file: str | None
    credential: str | None
    child: str | None
    yes: bool
    form: str
    qr: bool
    steps: int
    serialisation: str
    profiles: tuple[str, ...]
    ca: str | None
    private_hosts: tuple[str, ...]
    trace: bool
    lang: Language
    reader: Reader
    at: datetime | None
    output: str
    force: bool
    as_json: bool

    def carry_out(self) -> None:
        self._require_meant()
        moment = moment_or_now(self.at)
        believed = Believed(self.anchors, self.names, Purpose.READ_CREDENTIALS)
        pinned = Pinned(self.operator, self.bundle_state, moment, "wallet")
        with Telling(self.lang, self.reader, self.as_json).refusals():
            trust = believed.store(pinned)
            purposes = known_purposes(
                self.profiles, bundles=self.anchors, pinned=pinned
            )
        if self.link is None:
            source = self.request or STREAM
            with about(source):
                raw = read_question(source)
            self._answer(raw, self._wallet(trust, purposes), carrier=None)
            return
        link = read_link(self.link)
        with self._carrying.open() as carrier:
            wallet = self._wallet(trust, purposes)
            with about(named_link(self.link, what="the request")):
                found = fetched(link, carrier=carrier)
            self._answer(found, wallet, carrier=carrier)

    def _require_meant(self) -> None:
        if (self.request is None) is (self.link is None):
            raise usage_fault("name either REQUEST or --to LINK")
        source = self.request or self.link
        stream = STREAM if source == STREAM else None
        require_one_stream(stream, self.seal_file, *self.anchors)
        if self.link is None:
            paths_for(self.output, self.steps, force=self.force)
        elif self.output != STREAM or self.form != "form":
            raise usage_fault("--to sends the answer: -o and --as are for a file")

    @property
    def _carrying(self) -> Carrying:
        return Carrying(
            ca=self.ca,
            private_hosts=self.private_hosts,
            trace=self.trace,
            as_json=self.as_json,
        )

    def _wallet(self, trust: TrustStore, purposes: Purposes) -> Holder:
        with about(self.folder):
            pocket = open_pocket(self.folder, seal_file=self.seal_file)
        return pocket.holder(trust, purposes)

    def _answer(
        self, raw: str | bytes, wallet: Holder, *, carrier: Carrier | None
    ) -> None:
        """Match, ask, and answer: into a file, or where `carrier` brings it."""
        moment = moment_or_now(self.at)
        with Telling(self.lang, self.reader, self.as_json).refusals():
            asked = heard(wallet, raw, at=moment)
        self._require_answerable(asked)
        match = self._matched(asked, wallet)
        choice = self._choose(match)
        with about(self.folder):
            links = wallet.linked(choice)
        sending = None if carrier is None else Sending(wallet, carrier, self.lang)
        if not self._agrees(choice, links):
            self._refuse(match, wallet, sending=sending)
        if self.qr:
            self._show_codes(choice, wallet, links=links)
            return
        with about(self.folder):
            response = wallet.present(
                asked,
                choice,
                at=moment,
                serialisation=Serialisation(self.serialisation),
            )
        told = {
            **_document(choice),
            "send_to": response.send_to,
            "linked": links_document(links),
        }
        if sending is not None:
            sending.send(response, at=moment, told=told if self.as_json else None)
            return
        self._hand_out(response, told)

    def _matched(self, asked: Asked, wallet: Holder) -> Match:
        """Match the owner's own cards, or those of the child that is answered for."""
        moment = moment_or_now(self.at)
        with about(self.folder):
            if self.child is None:
                return wallet.match(asked, at=moment)
            wards = {each.name: each for each in wallet.wards()}
            if self.child not in wards:
                raise usage_fault("this wallet answers for no child of that name")
            with Telling(self.lang, self.reader, self.as_json).refusals():
                return wallet.match_ward(asked, wards[self.child], at=moment)

    def _require_answerable(self, asked: Asked) -> None:
        if till_of(asked) is not None and not self.qr:
            raise usage_fault("what is printed at a till is answered with --qr")
        if till_of(asked) is None and self.steps > 1:
            raise usage_fault("one code answers a request: --steps is for a till's")

    def _refuse(
        self, match: Match, wallet: Holder, *, sending: Sending | None
    ) -> NoReturn:
        asked = match.asked
        moment, judgement = moment_or_now(self.at), match.judgement
        with about(self.folder):
            if till_of(asked) is not None:
                wallet.decline_till(asked, at=moment, judgement=judgement)
            else:
                refusal = wallet.decline(asked, at=moment, judgement=judgement)
                if sending is not None:
                    sending.refuse(refusal)
        note(Speech(self.lang).say("consent.declined"))
        raise click.exceptions.Exit(ExitStatus.FAILED)

    def _show_codes(
        self, choice: Choice, wallet: Holder, *, links: Sequence[VisitLink]
    ) -> None:
        paths = paths_for(self.output, self.steps, force=self.force)
        moment = moment_or_now(self.at)
        with about(self.folder):
            answer = wallet.present_qr(
                choice.asked, choice, at=moment, codes=self.steps
            )
        told = {**_document(choice), "linked": links_document(links)}
        speech = Speech(self.lang, part="request")
        hand_out_codes(
            answer.codes, paths, told=told if self.as_json else None, speech=speech
        )

    def _choose(self, match: Match) -> Choice:
        if not match.found.is_satisfiable():
            if self.as_json:
                write_json_document(unanswered_document(match))
            for line in refusal_lines(match, Speech(self.lang)):
                note(line)
            raise click.exceptions.Exit(ExitStatus.FAILED)
        if self.credential is None:
            return match.choose()
        held = [each for each in match.credentials if each.name == self.credential]
        if not held:
            raise usage_fault("the wallet holds no credential of that name")
        preferred = {
            each.id: held[0]
            for each in match.found.credentials
            if any(match.credentials[m.candidate] == held[0] for m in each.matches)
        }
        return match.choose(preferred)

    def _agrees(self, choice: Choice, links: Sequence[VisitLink]) -> bool:
        speech = Speech(self.lang)
        for line in consent_lines(choice, speech, links=links):
            note(line)
        note(self._where(choice.asked))
        if self.yes:
            return True
        if not sys.stdin.isatty():
            raise usage_fault("no terminal to ask on: --yes agrees to what is listed")
        question = "consent.agree" if choice.asked.transactions else "consent.question"
        return click.confirm(speech.say(question), err=True)

    def _where(self, asked: Asked) -> str:
        """Say where the answer goes."""
        own, till = Speech(self.lang, part="request"), till_of(asked)
        if till is not None:
            return own.say("present.at_till", till=till)
        if self.link is not None:
            return own.say("present.goes_to", address=asked.answer_to or "")
        return own.say("consent.goes_to", address=asked.answer_to or "")

    def _hand_out(
        self, response: PresentationResponse, told: Mapping[str, object]
    ) -> None:
        text = response.json if self.form == "json" else response.body
        if self.output == STREAM and self.as_json:
            write_json_document({**told, "response": text})
            return
        write_output(self.output, text.encode() + b"\n")
        if self.as_json:
            write_json_document({**told, "file": self.output})


def _judgement(choice: Choice) -> dict[str, object] | None:
    found = choice.judgement
    return None if found is None else judgement_document(found)


def _acted_for(card: HeldCredential) -> dict[str, object]:
    return {"acted_for": card.pseudonym} if isinstance(card, Ward) else {}


def _document(choice: Choice) -> dict[str, object]:
    asked = choice.asked
    return {
        "asked_by": asked_by(asked),
        "purpose": asked.purpose,
        "judgement": _judgement(choice),
        "transactions": [transaction_document(each) for each in asked.transactions],
        "shown": [
            {
                "query": each.query_id,
                **_acted_for(each.credential),
                "credential": each.credential.name,
                "type": each.credential.credential_type,
                "issuer": each.credential.issuer,
                "claims": [show_path(path) for path in each.paths],
                "reveals": [show_path(path) for path in each.reveals],
                "more_than_asked": [show_path(path) for path in each.more_than_asked],
            }
            for each in choice.shown
        ],
    }
