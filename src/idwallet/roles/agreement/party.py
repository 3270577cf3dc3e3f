"""One party of an agreement, judged as of the moment when it agreed."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from idwallet.codec.json import read_object
from idwallet.codec.numeric_date import numeric_date
from idwallet.consent.transaction import (
    CONTRACT,
    TRANSACTION_TYPES,
    Contract,
    read_contract,
)
from idwallet.credentials.model import VerifiedCredential
from idwallet.credentials.query import Candidate, judge_answer
from idwallet.credentials.required import SHOWN, Context, Expected, required_of
from idwallet.credentials.sdjwt.evaluate import SdJwtVerdict, evaluate
from idwallet.credentials.sdjwt.narrow import Narrowed
from idwallet.credentials.sdjwt.present import holder_thumbprint
from idwallet.credentials.sdjwt.structures import read_sd_jwt
from idwallet.envelope.jws import read_compact
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols.openid4vp.evaluate import RequestVerdict, evaluate_request
from idwallet.protocols.openid4vp.request import RequestObject
from idwallet.report import Check, CheckId, EvidenceUsed, Reason, Required, check
from idwallet.roles.agreement.context import AgreementContext
from idwallet.roles.agreement.evidence import PartyEvidence
from idwallet.roles.shown import (
    Shown,
    candidate_of,
    handed_on,
    narrowed_of,
    said_of,
    unreadable,
    with_surplus,
)
from idwallet.roles.transactions import (
    Agreed,
    has_agreed,
    held_to_types,
    judge_transactions,
)

_TRANSACTION: Final = CheckId.PRESENTATION_TRANSACTION


class JudgedParty(NamedTuple):
    """What judging one party came to; it counts only where every check passed."""

    party: str
    checks: tuple[Check, ...]
    required: Required
    agreed: datetime
    contract: Contract | None = None
    credentials: tuple[VerifiedCredential, ...] = ()
    beside: tuple[VerifiedCredential, ...] = ()
    asked_by: str = ""
    evidence: tuple[EvidenceUsed, ...] = ()
    shown: tuple[bytes, ...] = ()
    keys: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Show the number of checks only."""
        return f"JudgedParty(<{len(self.checks)} checks>)"


def judge_party(
    given: PartyEvidence,
    *,
    subject: str,
    previous: bytes | None,
    context: AgreementContext,
) -> JudgedParty:
    """Judge one party; never raises because of what is in the evidence.

    `previous` is the digest of what the party before it in the file agreed to.
    """
    agreed = _agreed(given) or _issued(given) or context.at
    verdict = _asked(given, agreed=agreed, context=context)
    checks = [_of(each, subject) for each in verdict.checks]
    required = {(each, f"{subject} {about}") for each, about in verdict.required}
    checks += _too_late(agreed, context, subject=subject)
    if verdict.request is None:
        return JudgedParty(given.party, tuple(checks), frozenset(required), agreed)
    answer = _Answer(given, verdict.request, context=context, agreed=agreed)
    checks += [_of(each, subject) for each in answer.checks]
    contract, said = answer.contract(previous)
    checks.append(check(_TRANSACTION, said, subject=subject))
    required |= {(each, f"{subject} {about}") for each, about in answer.required}
    keys = {holder_thumbprint(text) or "" for text in _texts(given)}
    return JudgedParty(
        given.party,
        tuple(checks),
        frozenset(required),
        agreed,
        contract=contract,
        credentials=answer.credentials(who_agreed=True),
        beside=answer.credentials(who_agreed=False),
        asked_by=verdict.asker or "",
        evidence=answer.evidence,
        shown=tuple(_digests(given)),
        keys=tuple(keys),
    )


def _too_late(
    agreed: datetime, context: AgreementContext, *, subject: str
) -> Iterator[Check]:
    """Yield what speaks against a time after the one that is proven, or the present."""
    if agreed > (context.existed_by or context.at) + context.policy.clock_skew:
        yield check(
            CheckId.PRESENTATION_FRESHNESS,
            Reason.FROM_THE_FUTURE,
            subject=subject,
            facts={"signed": agreed},
        )


def _asked(
    given: PartyEvidence, *, agreed: datetime, context: AgreementContext
) -> RequestVerdict:
    return held_to_types(
        evaluate_request(
            given.request,
            trust=context.trust,
            policy=context.asker_policy,
            at=agreed,
            transactions=TRANSACTION_TYPES,
        )
    )


def _of(each: Check, subject: str) -> Check:
    return each._replace(subject=f"{subject} {each.subject}")


def _texts(given: PartyEvidence) -> Iterator[str]:
    for texts in given.presentations.values():
        yield from texts


def _digests(given: PartyEvidence) -> Iterator[bytes]:
    for text in _texts(given):
        yield hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _agreed(given: PartyEvidence) -> datetime | None:
    """Return when the party's device says that it agreed: its latest binding."""
    found = [_bound(text) for text in _texts(given)]
    moments = [each for each in found if each is not None]
    return max(moments, default=None)


def _issued(given: PartyEvidence) -> datetime | None:
    """Return when the request was made, for want of what the party says."""
    try:
        jws = read_compact(given.request, at="request", understood=frozenset())
        said = read_object(jws.payload, at="request", clause="RFC 9101 §4")
    except (MalformedError, UnsupportedError):
        return None
    return numeric_date(said.get("iat"))


def _bound(text: str) -> datetime | None:
    try:
        binding = read_sd_jwt(text).key_binding
        if binding is None:
            return None
        jws = read_compact(binding, at="key binding", understood=frozenset())
        said = read_object(jws.payload, at="key binding", clause="RFC 9901 §4.3")
    except (MalformedError, UnsupportedError):
        return None
    return numeric_date(said.get("iat"))


class _Answer:
    """What one party showed in answer to its request; collects checks."""

    def __init__(
        self,
        given: PartyEvidence,
        request: RequestObject,
        *,
        context: AgreementContext,
        agreed: datetime,
    ) -> None:
        self._given = given
        self._request = request
        self._context = Context(context.trust, context.policy, agreed)
        self._types = context.types
        self.required: Required = frozenset()
        self.evidence: tuple[EvidenceUsed, ...] = ()
        self.checks: list[Check] = []
        self._shown = list(self._each())
        self._narrowed = self._queried()
        self._judge_transactions()

    def _each(self) -> Iterator[Shown]:
        for name, texts in self._given.presentations.items():
            for number, text in enumerate(texts):
                subject = name if number == 0 else f"{name}[{number}]"
                verdict = self._one(text, subject)
                self.checks += verdict.checks
                self.evidence += verdict.evidence
                self.required |= required_of(SHOWN, subject)
                yield Shown(name, subject, verdict)

    def _one(self, text: str, subject: str) -> SdJwtVerdict:
        request = self._request
        return evaluate(
            text,
            expected=Expected(request.nonce, request.client_id),
            context=self._context,
            subject=subject,
            types=self._types,
        )

    def _queried(self) -> dict[str, Narrowed]:
        if any(unreadable(each.verdict) for each in self._shown):
            return {}
        answers: dict[str, list[Candidate]] = {n: [] for n in self._given.presentations}
        for each in self._shown:
            answers[each.query_id].append(candidate_of(each.verdict))
        judged = judge_answer(self._request.query, answers)
        narrowed: dict[str, Narrowed] = {}
        for each in self._shown:
            asked = self._request.query.credential(each.query_id)
            found = None if asked is None else narrowed_of(each.verdict, asked)
            if found is not None:
                narrowed[each.subject] = found
        self.checks += [with_surplus(each, narrowed) for each in judged]
        return narrowed

    def _judge_transactions(self) -> None:
        asked = self._request.transaction_data
        said = (Agreed(each.query_id, said_of(each.verdict)) for each in self._shown)
        judged = judge_transactions(asked, said)
        self.checks += judged
        self.required |= frozenset((each.id, each.subject) for each in judged)

    def contract(self, previous: bytes | None) -> tuple[Contract | None, Reason]:
        """Return what was agreed to, and whether it is what the file says."""
        asked = [e for e in self._request.transaction_data if e.type == CONTRACT]
        if len(asked) != 1:
            return None, Reason.ABSENT
        try:
            found = read_contract(asked[0].content)
        except MalformedError:  # it was held to its type before
            return None, Reason.MALFORMED
        fits = found.party == self._given.party
        if found.contract.in_turn:
            fits = fits and found.previous == previous
        return found.contract, Reason.MATCHES if fits else Reason.MISMATCH

    def credentials(self, *, who_agreed: bool) -> tuple[VerifiedCredential, ...]:
        """Return whose key agreed, or what was shown beside: the claims asked for."""
        if self._narrowed.keys() != {each.subject for each in self._shown}:
            return ()
        shown = [e for e in self._shown if self._has_agreed(e) is who_agreed]
        return handed_on(shown, self._narrowed)

    def _has_agreed(self, shown: Shown) -> bool:
        asked = self._request.transaction_data
        said = Agreed(shown.query_id, said_of(shown.verdict))
        return any(
            each.type == CONTRACT and has_agreed(each, said, asked=asked)
            for each in asked
        )
