"""Judge what the holder of a compact credential signed: for whom, and when."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from idwallet.codec.text import show
from idwallet.credentials.compact.bound_to import hint_of
from idwallet.credentials.compact.structures import CompactProof
from idwallet.credentials.presence import PersonVerified
from idwallet.credentials.required import Context
from idwallet.envelope.cose import signature_reason
from idwallet.report import CheckId, Checks, Facts, Reason
from idwallet.report.verdict import Answer
from idwallet.trust.policy import OneWayRule, PresenceRule

_BINDING: Final = CheckId.HOLDER_BINDING
_NONCE: Final = CheckId.PRESENTATION_NONCE
_AUDIENCE: Final = CheckId.PRESENTATION_AUDIENCE
_FRESHNESS: Final = CheckId.PRESENTATION_FRESHNESS
_RELAY: Final = CheckId.PRESENTATION_RELAY


@dataclass(frozen=True, slots=True)
class Bound:
    """What a proof has to be bound to.

    With a `nonce` it answers one question of `audience`. Without one it is shown of the
    holder's own accord: then `audience` is what is printed at the till, and `window`
    how old the proof may be, by the clock of whoever judges. `withdrawn` are statements
    that take delegations back.
    """

    audience: str
    nonce: str | None = field(repr=False)
    window: timedelta
    withdrawn: tuple[bytes, ...] = ()


class HolderJudgement:
    """The holder of one proof, at one moment; adds checks to those collected."""

    __slots__ = ("_at", "_bound", "_context", "_policy", "_proof", "_skew")

    def __init__(self, proof: CompactProof, *, bound: Bound, context: Context) -> None:
        """Take what is judged."""
        self._proof = proof
        self._bound = bound
        self._context = context
        self._policy = context.policy
        self._at = context.at
        # Nobody's clock makes a window of seconds one of minutes: a code that is shown
        # of the holder's own accord is too old when the till says so.
        self._skew = self._policy.clock_skew if bound.nonce is not None else timedelta()

    @property
    def moment(self) -> datetime:
        """When the holder signed, as it says."""
        return self._proof.moment

    def conclude(self, checks: Checks) -> bool:
        """Answer for the holder; return whether the holder's key signed just this."""
        nonce, audience = self._nonce(), self._audience()
        against = next(
            (each[0] for each in (audience, nonce) if each and each[1] in _OTHERS),
            None,
        )
        is_proven = against is None and self._signature(checks)
        if against is not None:
            # What was signed covers the other audience or nonce, which nobody knows.
            checks.wait(_BINDING, against)
        for each in (nonce, audience):
            if each is None:
                continue
            if is_proven or each[1] in _OTHERS:
                checks.answers.append(each)
            else:
                checks.wait(each[0], _BINDING if against is None else against)
        self._freshness(checks, is_proven=is_proven)
        if self._bound.nonce is None:
            self._relay(checks)
        checks.answers.append(self._presence(is_proven=is_proven))
        return is_proven

    def _presence(self, *, is_proven: bool) -> Answer:
        """Say whether the person was there: the word of the wallet, once proven."""
        rule, how = self._policy.presence, self._proof.person
        if is_proven and how is not _NOBODY and rule is not PresenceRule.COMPARED:
            return CheckId.HOLDER_PRESENCE, Reason.ATTESTED, (("what", how.value),)
        lenient = rule is PresenceRule.NOT_ESTABLISHED_ACCEPTED
        return _ABSENCE_ACCEPTED if lenient else _ABSENCE

    def _nonce(self) -> Answer | None:
        expected, hint = self._bound.nonce, self._proof.nonce_hint
        if expected is None:
            # It answers a question, and none was asked.
            return None if hint is None else (_NONCE, Reason.MISMATCH, ())
        if hint is None:
            return _NONCE, Reason.ABSENT, ()
        same = hmac.compare_digest(hint, hint_of(expected))
        return _NONCE, Reason.MATCHES if same else Reason.MISMATCH, ()

    def _audience(self) -> Answer:
        hint = self._proof.audience_hint
        if hint is None:
            if self._bound.nonce is not None:
                return _AUDIENCE, Reason.ABSENT, ()
            lenient = self._policy.one_way is OneWayRule.UNBOUND_ACCEPTED
            reason = Reason.NOT_BOUND_ACCEPTED if lenient else Reason.NOT_BOUND
            return _AUDIENCE, reason, ()
        same = hmac.compare_digest(hint, hint_of(self._bound.audience))
        return _AUDIENCE, Reason.MATCHES if same else Reason.MISMATCH, ()

    def _signature(self, checks: Checks) -> bool:
        proof = self._proof
        signed = proof.signed_for(
            None if proof.audience_hint is None else self._bound.audience,
            None if proof.nonce_hint is None else self._bound.nonce,
        )
        reason = signature_reason(
            signed, key=proof.key, allowed=self._policy.algorithms
        )
        if reason is Reason.VALID:
            checks.answers.append(_PROVEN)
            return True
        facts: Facts = {}
        if reason is Reason.ALGORITHM_NOT_ALLOWED:
            facts = {"found": show(str(signed.header.algorithm))}
        elif reason is Reason.KEY_UNUSABLE:
            facts = {"what": "the key does not do what the header names"}
        checks.say(_BINDING, reason, facts=facts)
        return False

    def _freshness(self, checks: Checks, *, is_proven: bool) -> None:
        if not is_proven:
            checks.wait(_FRESHNESS, _BINDING)
            return
        # Ages and not moments are compared: no sum passes the last date there is.
        moment, at = self._proof.moment, self._at
        reason, facts = _FRESH, dict[str, datetime | int]()
        if self._is_till_behind():
            reason = Reason.CLOCK_BEHIND
            facts = {"signed": moment, "since": self._taken or at}
        elif self._proof.credential.valid_from - moment > self._policy.clock_skew:
            # No honest phone shows what was not there yet: its clock is wrong.
            reason = Reason.CLOCK_BEFORE_CREDENTIAL
            facts = {"signed": moment, "since": self._proof.credential.valid_from}
        elif moment - at > self._ahead():
            reason, facts = Reason.FROM_THE_FUTURE, {"signed": moment}
        elif at - moment > self._bound.window + self._skew:
            window = int(self._bound.window.total_seconds())
            reason, facts = Reason.TOO_OLD, {"signed": moment, "window": window}
        checks.answers.append((_FRESHNESS, reason, tuple(facts.items())))

    def _ahead(self) -> timedelta:
        """Return how far a phone's clock may go before ours."""
        if self._bound.nonce is not None:
            return self._skew
        return min(self._policy.clock_skew, self._bound.window)

    @property
    def _taken(self) -> datetime | None:
        return self._context.trust.evidence.anchors.taken

    def _is_till_behind(self) -> bool:
        """Whether our own clock stands before what we were given: then it is unset."""
        taken = self._taken
        return taken is not None and taken - self._at > self._policy.clock_skew

    def _relay(self, checks: Checks) -> None:
        refused = self._policy.one_way is OneWayRule.REFUSED
        reason = Reason.RELAY_POSSIBLE if refused else Reason.RELAY_POSSIBLE_ACCEPTED
        window = int(self._bound.window.total_seconds())
        checks.answers.append((_RELAY, reason, (("window", window),)))


_NOBODY: Final = PersonVerified.NONE
_FRESH: Final = Reason.FRESH
_PROVEN: Final[Answer] = (_BINDING, Reason.PROVEN, ())
_ABSENCE: Final[Answer] = (CheckId.HOLDER_PRESENCE, Reason.NOT_ESTABLISHED, ())
_ABSENCE_ACCEPTED: Final[Answer] = (
    CheckId.HOLDER_PRESENCE,
    Reason.NOT_ESTABLISHED_ACCEPTED,
    (),
)
_OTHERS: Final = frozenset({Reason.MISMATCH})
"""With what the signature cannot be judged: it covers what only others know."""
