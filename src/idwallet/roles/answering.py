"""What judging any answer has in common: one moment, one use, one verdict."""

import hashlib
from datetime import datetime
from typing import Final, Protocol

from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.credentials.required import ANSWERED, required_of
from idwallet.credentials.sdjwt.narrow import Narrowed
from idwallet.ports import Use
from idwallet.report import (
    Check,
    CheckId,
    EvidenceUsed,
    Facts,
    Outcome,
    Reason,
    Report,
    Required,
    check,
)
from idwallet.roles.portrait import Compared, awaiting_portrait
from idwallet.roles.shown import Shown, handed_on
from idwallet.trust.anchors import TrustStore

RESPONSE: Final = "response"
"""What the checks of an answer as a whole are about."""

# Ready made: most answers say these.
WELL_FORMED: Final = check(
    CheckId.PRESENTATION_FORMAT, Reason.WELL_FORMED, subject=RESPONSE
)
_FRESH: Final = check(CheckId.PRESENTATION_FRESHNESS, Reason.FRESH, subject=RESPONSE)
_USES: Final = {
    use: check(CheckId.PRESENTATION_REPLAY, reason, subject=RESPONSE)
    for use, reason in (
        (Use.FIRST, Reason.FIRST_USE),
        (Use.SAME_AGAIN, Reason.SAME_RESPONSE_AGAIN),
        (Use.USED, Reason.ALREADY_USED),
    )
}


class Question(Compared, Protocol):
    """A request that was made, and by whom; one answer uses it up."""

    @property
    def issued(self) -> datetime:
        """From when on it can be answered."""
        ...


class Answering:
    """One answer to one question; collects checks."""

    __slots__ = ("_at", "_checks", "_evidence", "_question", "_required", "_trust")

    def __init__(self, question: Question, *, trust: TrustStore, at: datetime) -> None:
        """Begin with nothing said."""
        self._question = question
        self._trust = trust
        self._at = at
        self._checks: list[Check] = []
        self._evidence: tuple[EvidenceUsed, ...] = ()
        self._required: Required = required_of(ANSWERED, RESPONSE)

    def _told(self, made: Check) -> None:
        """Take a check of the answer as a whole."""
        self._checks.append(made)

    def _say(
        self, check_id: CheckId, reason: Reason, *, facts: Facts | None = None
    ) -> None:
        self._told(check(check_id, reason, subject=RESPONSE, facts=facts))

    def _report(self) -> Report:
        return Report(
            checks=tuple(self._checks),
            required=self._required,
            at=self._at,
            policy=self._question.verifier.policy.name,
            evidence=self._evidence,
            anchors=self._trust.evidence.anchors,
        )

    def _freshness(self) -> None:
        question, skew = self._question, self._question.verifier.policy.clock_skew
        if self._at >= question.expires + skew:  # RFC 7519 §4.1.4: "on or after"
            facts: Facts = {"until": question.expires}
            self._say(
                CheckId.PRESENTATION_FRESHNESS, Reason.REQUEST_EXPIRED, facts=facts
            )
        elif self._at + skew < question.issued:
            # A clock that stands before the request was made proves nothing.
            facts = {"signed": question.issued}
            self._say(
                CheckId.PRESENTATION_FRESHNESS, Reason.FROM_THE_FUTURE, facts=facts
            )
        else:
            self._told(_FRESH)

    def _consume(self, response: bytes) -> Use:
        question = self._question
        use = question.verifier.replay.consume(
            question.key(),
            hashlib.sha256(response).digest(),
            until=question.expires + question.verifier.policy.clock_skew,
            at=self._at,
        )
        self._told(_USES[use])
        return use

    def _concluded(
        self, use: Use | None, shown: list[Shown], *, narrowed: dict[str, Narrowed]
    ) -> VerifiedPresentation | Unverified:
        report = self._settled(use)
        if report.outcome is Outcome.PASSED:
            return VerifiedPresentation(report, handed_on(shown, narrowed))
        awaiting = None
        if use in {Use.FIRST, Use.SAME_AGAIN}:
            awaiting = awaiting_portrait(
                report, shown, narrowed=narrowed, request=self._question
            )
        return awaiting or Unverified(report)

    def _settled(self, use: Use | None) -> Report:
        """Conclude; a final verdict uses the question up, for one caller only."""
        report = self._report()
        if report.outcome is Outcome.INDETERMINATE or use in {None, Use.USED}:
            return report
        if self._question.verifier.replay.settle(self._question.key()):
            return report
        # Somebody else judged the same response meanwhile: one of us lets them in.
        self._checks = [
            each for each in self._checks if each.id is not CheckId.PRESENTATION_REPLAY
        ]
        self._told(_USES[Use.USED])
        return self._report()
