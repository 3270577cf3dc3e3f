"""`idwallet verify`: judge an answer, or a signed document."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from idwallet import limits
from idwallet.cli.bundles import Believed, Pinned, operator_option
from idwallet.cli.codes import answer_in
from idwallet.cli.decode.mdoc import as_octets, is_map
from idwallet.cli.documents.network import Judges
from idwallet.cli.documents.network import policy_named as policy_named_for_documents
from idwallet.cli.documents.options import DOCUMENT_POLICIES
from idwallet.cli.documents.verifying import (
    DocumentVerification,
    is_document,
    is_shown_otherwise,
)
from idwallet.cli.evidence import read_evidence
from idwallet.cli.faults import OUTCOMES, STREAM, about, name_of, usage_fault
from idwallet.cli.fetching import Fetching
from idwallet.cli.files import (
    read_input,
    require_one_stream,
    require_writable,
    write_output,
)
from idwallet.cli.guards import SUFFIX, open_guard
from idwallet.cli.options import (
    POLICIES,
    at_option,
    evidence_options,
    fetch_options,
    issuer_certificates_option,
    json_option,
    lang_option,
    moment_or_now,
    reader_option,
    seal_option,
    trust_option,
    trusted_types_option,
    types_option,
    withdrawn_option,
)
from idwallet.cli.passphrase import asker
from idwallet.cli.portraits import Comparison, portrait_options
from idwallet.cli.screen import json_text
from idwallet.cli.standing import SavedStanding
from idwallet.cli.state import SavedRequest, reopen_request
from idwallet.cli.trusted import policy_named, read_types
from idwallet.cli.verdicts import Telling
from idwallet.cli.words import Speech
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.errors import MalformedError
from idwallet.explain.words import Language, Reader
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.standing import StandingRequest
from idwallet.roles.verifier import PresentationRequest
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.evidence import EvidenceAtHand


@click.command("verify")
@click.argument("response")
@click.option(
    "--request",
    "state",
    metavar="FILE",
    help="What `idwallet request --save` kept, or `request standing --save`: an "
    "answer, or a code shown at that till, is judged against it.",
)
@trust_option("issuers")
@operator_option(required=False)
@trusted_types_option
@seal_option("what --save kept")
@click.option(
    "--policy",
    type=click.Choice((*POLICIES, *DOCUMENT_POLICIES)),
    help="For an answer the one that the request was made under, which also is the "
    "default. For a document: documents (the default), archive or offline.",
)
@click.option(
    "--document",
    metavar="FILE",
    help="What was signed, where a signed document does not hold it.",
)
@click.option(
    "--replay",
    metavar="PLACE",
    help="What remembers the requests that were answered: a folder, or a URL like "
    f"sqlite:///till.db. Default: the folder beside --request that ends in {SUFFIX}.",
)
@click.option(
    "--qr",
    is_flag=True,
    help="RESPONSE is a picture, PNG or JPEG, of the QR code or codes of the answer, "
    "or of a code shown at a till.",
)
@types_option
@evidence_options
@issuer_certificates_option
@withdrawn_option
@fetch_options
@portrait_options
@click.option("--report", metavar="FILE", help="Write the report as JSON here, too.")
@click.option("--force", is_flag=True, help="Replace a report that is already there.")
@lang_option
@reader_option("integrator")
@at_option
@json_option
def verify_command(**given: Any) -> int:  # options by name, as declared above
    """Judge RESPONSE, the answer of a wallet or a signed document, and say why.

    An answer is the form or JSON that the wallet wrote, and needs --request. A signed
    document is a PDF, CMS, XML or JSON file, or a container; what it signs apart is
    given with --document. Whatever is wrong is part of the verdict. A request takes one
    answer: once the verdict is final, the same answer does not pass again. A standing
    request takes many codes, each of them once.
    """
    return _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    response: str
    state: str | None
    anchors: tuple[str, ...]
    names: tuple[str, ...]
    trusted_types: tuple[str, ...]
    operator: str | None
    bundle_state: str | None
    seal_file: str | None
    policy: str | None
    document: str | None
    replay: str | None
    qr: bool
    types: tuple[str, ...]
    lists: tuple[str, ...]
    crls: tuple[str, ...]
    ocsp: tuple[str, ...]
    issuer_certificates: tuple[str, ...]
    withdrawn: tuple[str, ...]
    fetch: bool
    fetch_origins: tuple[str, ...]
    private_hosts: tuple[str, ...]
    fetch_roots: str | None
    portrait: str | None
    matches: bool | None
    clerk: str | None
    report: str | None
    force: bool
    lang: Language
    reader: Reader
    at: datetime | None
    as_json: bool

    def carry_out(self) -> int:
        require_one_stream(
            self.response, self.state, self.document, self.seal_file, *self._files()
        )
        require_writable(self.report, force=self.force)
        if self.report == STREAM:
            raise usage_fault("--report names a file; --json prints the report")
        self._fetching().require_meant()
        self._comparison().require_meant(force=self.force)
        answer = self._answer()
        at = moment_or_now(self.at)
        if self.state is None:
            if self.document is None and not is_document(answer):
                raise usage_fault(_without_request(answer))
            return self._document(answer, at=at).carry_out()
        if self.document is not None:
            raise usage_fault("--document is for a signed document, without --request")
        request = self._request(self.state)
        believed = Believed(
            self.anchors, self.names, Purpose.ISSUE_CREDENTIALS, self.trusted_types
        )
        pinned = Pinned(
            self.operator, self.bundle_state, at, request.verifier.policy.name
        )
        with Telling(self.lang, self.reader, self.as_json).refusals():
            trust = believed.store(pinned)
        trust = trust.with_evidence(trust.evidence.plus(self._evidence()))
        judged = self._judge(answer, request, trust=trust, at=at)
        judged = self._comparison().settle(judged, at=self.at, speech=Speech(self.lang))
        # The request is spent by now: neither a reader that goes away nor a full disk
        # may cost the verdict in the other place.
        try:
            if self.report is not None:
                text = json_text(judged.report.to_json()) + "\n"
                write_output(self.report, text.encode())
        finally:
            Telling(self.lang, self.reader, self.as_json).judged(judged)
        return OUTCOMES[judged.report.outcome]

    def _evidence(self) -> EvidenceAtHand:
        return read_evidence(
            self.lists,
            crls=self.crls,
            ocsp=self.ocsp,
            certificates=self.issuer_certificates,
            withdrawn=self.withdrawn,
        )

    def _answer(self) -> bytes:
        if not self.qr:
            return read_input(self.response)
        if self.state is None:
            raise usage_fault("--qr is for the answer to a request: give --request")
        return answer_in([self.response])

    def _judge(
        self,
        answer: bytes,
        request: PresentationRequest | StandingRequest,
        *,
        trust: TrustStore,
        at: datetime,
    ) -> VerifiedPresentation | Unverified:
        fetching = self._fetching()
        if isinstance(request, StandingRequest):
            if fetching.wanted or self.types:
                raise usage_fault("a code is judged by what is at hand: without that")
            return evaluate_presentation(answer, request=request, trust=trust, at=at)
        if not fetching.wanted:
            return evaluate_presentation(answer, request=request, trust=trust, at=at)
        with fetching.online(trust, at=at, speech=Speech(self.lang)) as online:
            return online.evaluate_presentation(answer, request=request, at=at)

    def _document(self, signed: bytes, *, at: datetime) -> DocumentVerification:
        """Return the judging of what is no answer but a signed document."""
        if is_shown_otherwise(self.response, signed):
            raise usage_fault(
                "the file is named like a PDF and is none: what programs show of it is "
                "not what would be judged; name it by what it is"
            )
        name = "documents" if self.policy is None else self.policy
        if name not in DOCUMENT_POLICIES:
            raise usage_fault(f"the policy {name} is for answers to a request")
        others = (self.lists, self.names, self.trusted_types, self.types, self.replay)
        if any(others) or self.issuer_certificates or self._comparison().is_wanted:
            raise usage_fault("a signed document has no such options: see --help")
        judges = Judges(
            anchors=self.anchors,
            operator=self.operator,
            bundle_state=self.bundle_state,
            crls=self.crls,
            ocsp=self.ocsp,
            fetching=self._fetching(),
            policy=policy_named_for_documents(name),
            at=at,
            lang=self.lang,
        )
        return DocumentVerification(
            signed=signed,
            document=self.document,
            judges=judges,
            telling=Telling(self.lang, self.reader, self.as_json),
            report=self.report,
        )

    def _comparison(self) -> Comparison:
        return Comparison(
            portrait=self.portrait, matches=self.matches, clerk=self.clerk
        )

    def _fetching(self) -> Fetching:
        return Fetching(
            self.fetch, self.fetch_origins, self.private_hosts, self.fetch_roots
        )

    def _files(self) -> tuple[str, ...]:
        beside = (*self.crls, *self.ocsp, *self.issuer_certificates)
        return (*self.anchors, *self.lists, *beside, *self.withdrawn)

    def _request(self, source: str) -> PresentationRequest | StandingRequest:
        data = read_input(source, max_bytes=limits.JSON_BYTES)
        if SavedStanding.is_meant(data):
            return self._standing(source, data)
        remedy = "what `idwallet request --save` kept, and its passphrase"
        with about(source, remedy=remedy):
            saved = SavedRequest.from_bytes(data)
            policy = self._policy(source, saved)
            types = read_types(self.types)
            ask = asker(self.seal_file, option="--seal-file")
            passphrase = ask("Passphrase of the state")
            guard = open_guard(self.replay, state=source)
            return reopen_request(
                saved,
                passphrase=passphrase,
                policy=policy_named(policy),
                replay=guard,
                types=types,
            )

    def _standing(self, source: str, data: bytes) -> StandingRequest:
        with about(source, remedy="what `idwallet request standing --save` kept"):
            saved = SavedStanding.from_bytes(data)
            policy = policy_named(self._policy(source, saved))
            guard = open_guard(self.replay, state=source)
            return saved.reopened(policy=policy, replay=guard)

    def _policy(self, source: str, saved: SavedRequest | SavedStanding) -> str:
        if saved.policy not in POLICIES:
            raise MalformedError(
                "no such policy", at="/policy", clause="idwallet request state 1"
            )
        if self.policy not in {None, saved.policy}:
            raise usage_fault(
                f"{name_of(source)} was asked under the policy {saved.policy}; "
                "another one cannot judge its answer"
            )
        return saved.policy


def _without_request(answer: bytes) -> str:
    is_mdoc = is_map(answer) or as_octets(answer.strip()) is not None
    is_sd_jwt = b"~" in answer and not answer.lstrip().startswith((b"{", b"vp_token="))
    if is_mdoc or is_sd_jwt:
        return (
            "that is a credential and no answer: shown without a request it proves "
            "nothing about who shows it; ask with `idwallet request`, add it to a "
            "wallet with `idwallet wallet add`, look at it with `idwallet inspect`"
        )
    return "name with --request what `idwallet request --save` kept"
