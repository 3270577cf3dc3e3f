"""`idwallet request read`: who asks for what, verified and judged; no wallet needed."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from idwallet.adapters.store import MemoryStore
from idwallet.cli.bundles import Believed, Pinned, operator_option
from idwallet.cli.codes import answer_in, is_picture
from idwallet.cli.consent import (
    asked_by,
    first_lines,
    judgement_document,
    transaction_document,
)
from idwallet.cli.faults import STREAM, about, usage_fault
from idwallet.cli.files import require_one_stream
from idwallet.cli.online.answering import fetched, host_of, reference_in
from idwallet.cli.online.carrying import Carrying, carrying_options
from idwallet.cli.online.source import named_link, read_link
from idwallet.cli.options import (
    at_option,
    json_option,
    lang_option,
    moment_or_now,
    reader_option,
    trust_option,
)
from idwallet.cli.profiles import known_purposes, profiles_option
from idwallet.cli.screen import say, write_json_document
from idwallet.cli.tills import heard
from idwallet.cli.verdicts import Telling
from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.consent.purpose import Judgement
from idwallet.credentials.query import CredentialQuery
from idwallet.crypto.seal import SealKey
from idwallet.crypto.software import MemoryKeyStore
from idwallet.explain.words import Language, Reader
from idwallet.roles.asked import Asked
from idwallet.roles.holder import Holder
from idwallet.trust.anchors import Purpose


@click.command("read")
@click.argument("request")
@click.option(
    "--fetch",
    is_flag=True,
    help="Fetch the request where the link only says where it is.",
)
@trust_option("verifiers who ask")
@operator_option(required=False)
@profiles_option
@carrying_options
@lang_option
@reader_option("holder")
@at_option
@json_option
def read_command(**given: Any) -> None:  # options by name, as declared above
    """Verify REQUEST, and say who asks for what, and what to beware of.

    REQUEST is a link, or a file with one, with JSON, or with the bare signed request,
    or with the text or the picture of a QR code, that of a till's printed code too.
    Nothing is answered, and no wallet is looked into.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    request: str
    fetch: bool
    anchors: tuple[str, ...]
    names: tuple[str, ...]
    operator: str | None
    bundle_state: str | None
    profiles: tuple[str, ...]
    ca: str | None
    private_hosts: tuple[str, ...]
    trace: bool
    lang: Language
    reader: Reader
    at: datetime | None
    as_json: bool

    def carry_out(self) -> None:
        require_one_stream(STREAM if self.request == STREAM else None, *self.anchors)
        moment = moment_or_now(self.at)
        believed = Believed(self.anchors, self.names, Purpose.READ_CREDENTIALS)
        pinned = Pinned(self.operator, self.bundle_state, moment, "wallet")
        telling = Telling(self.lang, self.reader, self.as_json)
        with telling.refusals():
            trust = believed.store(pinned)
            purposes = known_purposes(
                self.profiles, bundles=self.anchors, pinned=pinned
            )
        raw = self._at_hand()
        wallet = Holder(
            store=MemoryStore(),
            seal=SealKey.generate(secrets.token_bytes),
            keys=MemoryKeyStore(),
            trust=trust,
            purposes=purposes,
        )
        with telling.refusals():
            asked = heard(wallet, raw, at=moment)
        self._tell(asked, wallet.match(asked, at=moment).judgement)

    def _at_hand(self) -> str | bytes:
        """Return the request, fetched if it lies elsewhere and the command says so."""
        raw = read_link(self.request)
        with about(named_link(self.request, what="the request")):
            if is_picture(raw):
                return answer_in([self.request])
            reference = reference_in(raw)
        if reference is None:
            return raw
        if not self.fetch:
            raise usage_fault(
                f"the request lies at {host_of(reference)}, and nothing of it is here: "
                "--fetch fetches it"
            )
        how = Carrying(
            ca=self.ca,
            private_hosts=self.private_hosts,
            trace=self.trace,
            as_json=self.as_json,
        )
        with how.open() as carrier:
            return fetched(raw, carrier=carrier)

    def _tell(self, asked: Asked, judgement: Judgement | None) -> None:
        if self.as_json:
            write_json_document(_document(asked, judgement))
            return
        for line in _lines(asked, judgement, speech=Speech(self.lang, part="request")):
            say(line)


def _lines(
    asked: Asked, judgement: Judgement | None, *, speech: Speech
) -> Iterator[str]:
    yield from first_lines(asked, judgement, speech=speech)
    for each in asked.query.credentials:
        yield speech.say("request.of", kind=speech.query(each.id), form=each.format)
        yield from _claims(each, judgement, speech=speech)
    if len(asked.query.credentials) > 1:
        yield speech.say("request.choices")
    if asked.answer_to:
        yield speech.say("request.answer_to", address=asked.answer_to)


def _claims(
    query: CredentialQuery, judgement: Judgement | None, *, speech: Speech
) -> Iterator[str]:
    for claim in query.claims:
        found = None if judgement is None else judgement.of(query.id, claim.path)
        name = speech.claim(claim.path)
        over = found is not None and found.finding.is_excessive
        yield (
            speech.say("request.too_much", claim=name) if over else f"  - {show(name)}"
        )
    if not query.claims:
        yield speech.say("request.no_claims")


def _document(asked: Asked, judgement: Judgement | None) -> dict[str, object]:
    return {
        "asked_by": asked_by(asked),
        "purpose": asked.purpose,
        "judgement": None if judgement is None else judgement_document(judgement),
        "transactions": [transaction_document(each) for each in asked.transactions],
        "query": asked.query.to_dcql(),
        "answer_to": asked.answer_to,
        "report": asked.report.to_json(),
    }
