"""Judge what a device answers a reader with (ISO/IEC 18013-5 8.3.2.1.2.2, 9.3).

Each document answers the first part of the question that asks for its type. Every rule
of an answer over OpenID4VP holds here too: everything asked for and no more is handed
on, one answer uses the question up, and what nobody asked for fails.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from idwallet.codec.json import JsonObject
from idwallet.codec.text import show
from idwallet.credentials.mdoc.match_request import answering
from idwallet.credentials.mdoc.rows import with_clauses
from idwallet.credentials.mdoc.structures import (
    DeviceResponse,
    Document,
    read_device_response,
)
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query import (
    Candidate,
    CredentialQuery,
    judge_answer,
    requested_paths,
)
from idwallet.credentials.required import SHOWN_MDOC, Context, required_of
from idwallet.credentials.sdjwt.narrow import Narrowed
from idwallet.errors import MalformedError, UnsupportedError, fault_reason
from idwallet.report import (
    Check,
    CheckId,
)
from idwallet.roles.answering import RESPONSE, WELL_FORMED, Answering
from idwallet.roles.mdoc_shown import MdocShown, judge_document
from idwallet.roles.reader import DeviceQuestion
from idwallet.roles.shown import Shown, with_surplus
from idwallet.trust.anchors import TrustStore

_STATUS: Final = "ISO/IEC 18013-5 §8.3.2.1.2.3"


def judge_device_response(
    response: bytes, *, question: DeviceQuestion, trust: TrustStore, at: datetime
) -> VerifiedPresentation | Unverified:
    """Judge a DeviceResponse; never raises because of its octets.

    Raises:
        PortError: the replay guard did not answer.
    """
    return _Answer(question, trust=trust, at=at).judge(response)


class _Answer(Answering):
    """One response to one question; collects checks."""

    __slots__ = ()

    _question: DeviceQuestion

    def _told(self, made: Check) -> None:
        self._checks += with_clauses((made,))

    def judge(self, response: bytes) -> VerifiedPresentation | Unverified:
        read = self._read(response)
        self._freshness()
        if read is None:
            return Unverified(self._report())
        use = self._consume(response)
        shown, unknown = self._documents(read)
        narrowed = self._query(shown, unknown)
        return self._concluded(use, shown, narrowed=narrowed)

    def _read(self, response: bytes) -> DeviceResponse | None:
        try:
            read = read_device_response(response, at=RESPONSE)
            if read.status:
                raise MalformedError(
                    "a status that is not 0", at=f"{RESPONSE}/status", clause=_STATUS
                )
        except (MalformedError, UnsupportedError) as error:
            facts = {"what": error.what, "at": error.at}
            self._say(CheckId.PRESENTATION_FORMAT, fault_reason(error), facts=facts)
            return None
        self._told(WELL_FORMED)
        return read

    def _documents(self, read: DeviceResponse) -> tuple[list[Shown], list[str]]:
        """Judge what was asked for; return it, and what was not."""
        open_ = list(self._question.query.credentials)
        shown: list[Shown] = []
        unknown: list[str] = []
        for number, document in enumerate(read.documents):
            asked = next((e for e in open_ if document.doc_type in e.types), None)
            if asked is None:
                # Nothing is judged that nobody asked for; `_query` says that it came.
                unknown.append(f"documents[{number}] {show(document.doc_type)}")
                continue
            open_.remove(asked)
            verdict = self._judge(document, subject=asked.id)
            shown.append(Shown(asked.id, asked.id, verdict))
        return shown, unknown

    def _judge(self, document: Document, *, subject: str) -> MdocShown:
        question = self._question
        context = Context(self._trust, question.verifier.policy, self._at)
        self._required |= required_of(SHOWN_MDOC, subject)
        verdict = judge_document(
            document, session=question.session, context=context, subject=subject
        )
        self._checks += verdict.checks
        self._evidence += verdict.evidence
        return verdict

    def _query(self, shown: list[Shown], unknown: list[str]) -> dict[str, Narrowed]:
        """Judge the answer as a whole; return what each document may hand on."""
        query = self._question.query
        answers: dict[str, list[Candidate]] = {name: [] for name in unknown}
        narrowed: dict[str, Narrowed] = {}
        for each in shown:
            asked, verdict = query.credential(each.query_id), each.verdict
            if asked is None or not isinstance(verdict, MdocShown):
                continue
            answers[each.query_id] = [_settled(verdict, asked)]
            used = _used(
                verdict.claims, requested_paths(asked, _claims(verdict, asked))
            )
            narrowed[each.subject] = Narrowed(*verdict.narrow(used))
        self._checks += [
            with_surplus(each, narrowed) for each in judge_answer(query, answers)
        ]
        return narrowed


def _used(claims: JsonObject, asked: Iterable[ClaimPath]) -> tuple[ClaimPath, ...]:
    """Return where what answers stands: of ages it may be another element (7.2.5)."""
    return tuple(
        (path[0], found)
        for path in asked
        if isinstance(elements := claims.get(str(path[0])), dict)
        and (found := answering(str(path[1]), elements)) is not None
    )


def _settled(verdict: MdocShown, asked: CredentialQuery) -> Candidate:
    """Return the document as the query is held against it."""
    plain = verdict.candidate()
    return Candidate(
        format=plain.format,
        types=plain.types,
        claims=_claims(verdict, asked),
        authority_key_ids=plain.authority_key_ids,
        holder_bound=plain.holder_bound,
        identity=plain.identity,
    )


def _claims(verdict: MdocShown, asked: CredentialQuery) -> JsonObject:
    """Return the claims, and for each age asked for what the nearest statement says.

    Who is 21 is 18, and who is not 16 is not 18: the value is that of the statement
    either way. It is for judging alone, and what is handed on is what was signed.
    """
    claims: JsonObject = {**verdict.claims}
    for each in asked.claims:
        namespace, name = str(each.path[0]), str(each.path[1])
        elements = claims.get(namespace)
        if not isinstance(elements, dict) or name in elements:
            continue
        found = answering(name, elements)
        if found is not None:
            claims[namespace] = {**elements, name: elements[found]}
    return claims
