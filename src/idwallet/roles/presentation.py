"""Judge the answer to a presentation request (OpenID4VP 1.0, RFC 9901 7.3).

One engine, two doors: `evaluate_presentation` returns a verdict whatever the bytes
are, `verify_presentation` raises unless it passed.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from idwallet.credentials.compact.holder import Bound
from idwallet.credentials.model import (
    Format,
    Unverified,
    VerifiedPresentation,
)
from idwallet.credentials.query import (
    Candidate,
    CredentialQuery,
    judge_answer,
)
from idwallet.credentials.required import (
    SHOWN,
    SHOWN_COMPACT,
    SHOWN_MDOC,
    Context,
    Expected,
    required_of,
)
from idwallet.credentials.sdjwt.evaluate import evaluate
from idwallet.credentials.sdjwt.narrow import Narrowed
from idwallet.errors import (
    MalformedError,
    UnsupportedError,
    UsageError,
    VerificationFailed,
    VerificationIndeterminate,
    fault_reason,
)
from idwallet.ports import Use
from idwallet.protocols.openid4vp.response import (
    ResponseParts,
    WalletRefusal,
    read_response,
)
from idwallet.report import (
    CheckId,
    Outcome,
    Reason,
    waiting,
)
from idwallet.roles.answering import RESPONSE, WELL_FORMED, Answering
from idwallet.roles.compact_shown import CompactShown, judge_compact
from idwallet.roles.device_presentation import judge_device_response
from idwallet.roles.mdoc_shown import judge_mdoc
from idwallet.roles.page_question import PageQuestion
from idwallet.roles.portrait import AwaitingPortrait
from idwallet.roles.qr_answer import out_of_qr
from idwallet.roles.reader import DeviceQuestion
from idwallet.roles.shown import (
    Shown,
    Verdict,
    candidate_of,
    foreign,
    narrowed_of,
    said_of,
    unreadable,
    with_surplus,
)
from idwallet.roles.standing import StandingRequest, judge_shown_code
from idwallet.roles.transactions import Agreed, judge_transactions
from idwallet.roles.verifier import PresentationRequest
from idwallet.trust.anchors import TrustStore


def verify_presentation(
    response: str | bytes,
    *,
    request: PresentationRequest | DeviceQuestion | PageQuestion | StandingRequest,
    trust: TrustStore,
    at: datetime,
) -> VerifiedPresentation:
    """Return what was proven, or raise.

    `response` is the body that the wallet posted, a form or JSON. `request` is the
    one it answers, from `Verifier.request` or `Verifier.restore`; it is used up. An
    answer may come as the text of a QR code. To a `Verifier.standing_request` it is the
    text of a code that was shown unasked, and the request goes on standing. To a
    question of `Verifier.ask_device` the response is a DeviceResponse, octets; to one
    of `Verifier.ask_page` it is the DigitalCredential that the page got, as JSON.

    Raises:
        VerificationFailed: a check failed; `report` on it says which.
        VerificationIndeterminate: nothing failed, but something could not be decided;
            `report.missing()` names what would settle it. Where only the person is to
            be compared with the portrait, `awaiting` is an `AwaitingPortrait`.
        UsageError: `request` is no `PresentationRequest`, or `at` has no time zone.
        PortError: the replay guard did not answer.
    """
    judged = evaluate_presentation(response, request=request, trust=trust, at=at)
    if isinstance(judged, VerifiedPresentation):
        return judged
    if judged.report.outcome is Outcome.FAILED:
        raise VerificationFailed(judged.report)
    awaiting = judged if isinstance(judged, AwaitingPortrait) else None
    raise VerificationIndeterminate(judged.report, awaiting=awaiting)


def evaluate_presentation(
    response: str | bytes,
    *,
    request: PresentationRequest | DeviceQuestion | PageQuestion | StandingRequest,
    trust: TrustStore,
    at: datetime,
) -> VerifiedPresentation | Unverified:
    """Judge an answer; never raises because of the bytes judged.

    Where everything passed but whether the person is there, and the portrait was asked
    for and shown, it returns an `AwaitingPortrait`, which is an `Unverified` that a
    clerk can settle.

    Raises:
        UsageError: `request` is no `PresentationRequest`, or `at` has no time zone.
        PortError: the replay guard did not answer.
    """
    if not isinstance(request, _QUESTIONS):
        raise UsageError("judge against a PresentationRequest of Verifier.request")
    if request.policy_digest != request.verifier.policy.digest():
        raise UsageError("the request was made under another policy")
    if at.utcoffset() is None:
        raise UsageError("`at` carries its time zone: use an aware datetime")
    if isinstance(request, DeviceQuestion):
        octets = _octets(response)
        return judge_device_response(octets, question=request, trust=trust, at=at)
    if isinstance(request, PageQuestion):
        return _PageAnswer(request, trust=trust, at=at).judge(response)
    if isinstance(request, StandingRequest):
        text = _text(response)
        return judge_shown_code(text, request=request, trust=trust, at=at)
    response = out_of_qr(response, request=request)
    return _Answer(request, trust=trust, at=at).judge(response)


def _text(response: str | bytes) -> str:
    # Octets outside of ASCII are in no code, and are judged as such.
    return response if isinstance(response, str) else response.decode("latin-1")


_SHOWN: Final[Mapping[str, tuple[CheckId, ...]]] = MappingProxyType(
    {Format.MDOC: SHOWN_MDOC, Format.COMPACT: SHOWN_COMPACT}
)


_QUESTIONS: Final = (
    PresentationRequest,
    DeviceQuestion,
    PageQuestion,
    StandingRequest,
)


def _octets(response: str | bytes) -> bytes:
    # Text that is none, with half of a surrogate pair, is judged as well.
    if isinstance(response, str):
        return response.encode("utf-8", "surrogatepass")
    return response


class _Answer(Answering):
    """One response to one request; collects checks."""

    __slots__ = ()

    _question: PresentationRequest | PageQuestion

    def judge(self, response: str | bytes) -> VerifiedPresentation | Unverified:
        parts = self._read(response)
        self._freshness()
        if parts is None:
            return Unverified(self._report())
        use = self._replay(parts, _octets(response))
        shown = self._credentials(parts)
        narrowed = self._query(parts, shown)
        self._transactions(shown)
        return self._concluded(use, shown, narrowed=narrowed)

    def _read(self, response: str | bytes) -> ResponseParts | None:
        try:
            parts = self._parts(response)
        except (MalformedError, UnsupportedError) as error:
            self._unreadable(error)
            return None
        if isinstance(parts, WalletRefusal):
            self._say(CheckId.PRESENTATION_FORMAT, Reason.DECLINED)
            return None
        self._told(WELL_FORMED)
        return parts

    def _unreadable(self, error: MalformedError | UnsupportedError) -> None:
        self._say(
            CheckId.PRESENTATION_FORMAT,
            fault_reason(error),
            facts={"what": error.what, "at": error.at},
        )

    def _parts(self, response: str | bytes) -> ResponseParts | WalletRefusal:
        return read_response(response, key=self._question.decryption)

    def _replay(self, parts: ResponseParts, raw: bytes) -> Use | None:
        state = self._question.state
        if not hmac.compare_digest((parts.state or "").encode(), state.encode()):
            # It answers another session; this request stays unanswered.
            self._say(CheckId.PRESENTATION_REPLAY, Reason.MISMATCH)
            return None
        return self._consume(raw)

    def _credentials(self, parts: ResponseParts) -> list[Shown]:
        asked = {each.id: each for each in self._question.query.credentials}
        shown: list[Shown] = []
        for query_id, presentations in parts.presentations.items():
            query = asked.get(query_id)
            if query is None:
                continue  # nothing is judged that nobody asked for; `_query` says so
            for number, text in enumerate(presentations):
                subject = query_id if number == 0 else f"{query_id}[{number}]"
                shown.append(
                    Shown(query_id, subject, self._judge(text, query, subject=subject))
                )
        return shown

    def _judge(self, text: str, query: CredentialQuery, *, subject: str) -> Verdict:
        verifier = self._question.verifier
        context = Context(self._trust, verifier.policy, self._at)
        self._required |= required_of(_SHOWN.get(query.format, SHOWN), subject)
        verdict: Verdict
        if query.format == Format.COMPACT:
            verdict = self._compact(text, context=context, subject=subject)
        elif query.format == Format.MDOC:
            verdict = judge_mdoc(
                text,
                handover=self._question.handover,
                context=context,
                subject=subject,
            )
        elif query.format == Format.SD_JWT_VC:
            verdict = evaluate(
                text,
                expected=Expected(
                    self._question.nonce,
                    self._question.audience,
                    query.require_cryptographic_holder_binding,
                    self._question.others,
                ),
                context=context,
                subject=subject,
                types=verifier.types,
            )
        else:
            verdict = foreign(subject)
        self._checks += verdict.checks
        self._evidence += verdict.evidence
        return verdict

    def _compact(self, text: str, *, context: Context, subject: str) -> CompactShown:
        question = self._question
        age = context.policy.key_binding_age
        withdrawn = question.verifier.withdrawn
        bound = Bound(question.audience, question.nonce, age, withdrawn)
        shown = judge_compact(text, bound=bound, context=context, subject=subject)
        self._required |= shown.required
        return shown

    def _query(self, parts: ResponseParts, shown: list[Shown]) -> dict[str, Narrowed]:
        """Judge the answer as a whole; return what each credential may hand on."""
        if any(unreadable(each.verdict) for each in shown):
            # Whether it answers the query cannot be said of what cannot be read.
            self._wait_for_reading(shown)
            return {}
        answers: dict[str, list[Candidate]] = {name: [] for name in parts.presentations}
        for each in shown:
            answers[each.query_id].append(candidate_of(each.verdict))
        judged = judge_answer(self._question.query, answers)
        asked = {each.id: each for each in self._question.query.credentials}
        narrowed = {
            each.subject: found
            for each in shown
            if (found := narrowed_of(each.verdict, asked[each.query_id])) is not None
        }
        self._checks += [with_surplus(each, narrowed) for each in judged]
        return narrowed

    def _transactions(self, shown: list[Shown]) -> None:
        """Judge what was agreed to beside, if anything was to be."""
        asked = self._question.transaction_data
        if not asked:
            return
        judged = judge_transactions(
            asked, (Agreed(each.query_id, said_of(each.verdict)) for each in shown)
        )
        self._checks += judged
        self._required |= frozenset((each.id, each.subject) for each in judged)

    def _wait_for_reading(self, shown: list[Shown]) -> None:
        cause = next(filter(None, (unreadable(each.verdict) for each in shown)))
        for subject in (*(each.subject for each in shown), RESPONSE):
            self._checks.append(
                waiting(CheckId.PRESENTATION_QUERY, subject=subject, waits_for=cause)
            )


class _PageAnswer(_Answer):
    """What a page got from a wallet: the same in the envelope of the browser's API."""

    __slots__ = ()

    _question: PageQuestion

    def judge(self, response: str | bytes) -> VerifiedPresentation | Unverified:
        device = self._question.device
        if device is None:
            return super().judge(response)
        try:
            octets = self._question.documents_in(response)
        except (MalformedError, UnsupportedError) as error:
            self._unreadable(error)
            self._freshness()
            return Unverified(self._report())
        return judge_device_response(
            octets, question=device, trust=self._trust, at=self._at
        )

    def _parts(self, response: str | bytes) -> ResponseParts | WalletRefusal:
        return self._question.parts_of(response)

    def _replay(self, parts: ResponseParts, raw: bytes) -> Use | None:  # noqa: ARG002 - the browser keeps the session, there is no state (section A.2)
        return self._consume(raw)
