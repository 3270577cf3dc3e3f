"""What wallets post to a service: found, judged once, remembered, answered by a word.

The store alone says which answer was first: it is judged before it is remembered, and
what was not remembered has not happened.
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from idwallet.codec.form import write_form
from idwallet.codec.text import show
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.crypto.seal import SealKey
from idwallet.envelope.jwe import read_jwe_header
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.ports import Use
from idwallet.protocols.http import HttpRequest, HttpResponse
from idwallet.protocols.openid4vp.refusals import ErrorCode
from idwallet.protocols.openid4vp.reply import accepted, refused
from idwallet.protocols.openid4vp.response import (
    ResponseParts,
    WalletRefusal,
    read_response,
)
from idwallet.report import Outcome
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.presentation_service.exchange import (
    Exchange,
    Exchanges,
    Flow,
    Kept,
    Phase,
    digest_of,
)
from idwallet.roles.presentation_service.outcome import (
    AnswerState,
    Noticed,
    PresentationOutcome,
)
from idwallet.roles.verifier import PresentationRequest, Verifier, reference_of
from idwallet.trust.anchors import TrustStore

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_STATES: Final = {
    Outcome.PASSED: AnswerState.PASSED,
    Outcome.FAILED: AnswerState.FAILED,
    Outcome.INDETERMINATE: AnswerState.INDETERMINATE,
}
_UNKNOWN: Final = "no such request"
_OVER: Final = "the request is over"
_OTHERS: Final = "a request of another policy or relying party"


class _Guard:
    """The replay guard of one look at one answer; the store decides, not this.

    What a look comes to uses nothing up, until the exchange is told to be `bound`: then
    whoever settles first has taken it, as a clerk does who compared a portrait.
    """

    __slots__ = ("_settle",)

    def __init__(self) -> None:
        """Begin unbound."""
        self._settle: Callable[[], bool] = lambda: True

    def consume(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> Use:
        """Say that it is the first: the store has kept that one alone."""
        del request, response, until, at
        return Use.FIRST

    def settle(self, request: bytes) -> bool:
        """Say whether this one settles it."""
        del request
        return self._settle()

    def bound(self, settle: Callable[[], bool]) -> None:
        """Let the store decide from now on."""
        self._settle = settle


class Answers:
    """Hears what wallets post, and says what became of it."""

    __slots__ = ("_exchanges", "_key", "_noticed", "_return_to", "_trust", "_verifier")

    def __init__(
        self,
        verifier: Verifier,
        exchanges: Exchanges,
        *,
        trust: Callable[[], TrustStore],
        key: SealKey,
        return_to: str | None,
        noticed: Callable[[Noticed], None],
    ) -> None:
        """Take the parts."""
        self._verifier = verifier
        self._exchanges = exchanges
        self._trust = trust
        self._key = key
        self._return_to = return_to
        self._noticed = noticed

    def hear(self, request: HttpRequest, *, at: datetime) -> HttpResponse:
        """Take what a wallet posted; what it is told is one of two constants."""
        try:
            body = _body(request)
            name = _name_of(request.form(at="response"))
        except (MalformedError, UnsupportedError) as fault:
            self._noticed(Noticed(None, fault=show(f"{fault.what} at {fault.at}")))
            return refused()
        for _ in range(2):
            kept = None if name is None else self._exchanges.find(name)
            if kept is None:
                self._noticed(Noticed(name, fault=_UNKNOWN))
                return refused()
            said = self._taken(kept, body, at=at)
            if said is not None:
                return said
        # Two others were quicker, which only a crowd that answers one request is.
        return refused()

    def _taken(self, kept: Kept, body: str, *, at: datetime) -> HttpResponse | None:
        """Return what to say, None where somebody else was quicker: look again."""
        exchange = kept.exchange
        if exchange.is_over:
            # A wallet that did not hear us sends the very same again.
            same = hmac.compare_digest(exchange.digest, digest_of(body))
            self._noticed(Noticed(kept.name, fault=None if same else _OVER))
            return self._said(exchange, accepts=same and exchange.accepted)
        request = self._restored(exchange, _Guard())
        if request is None:
            self._noticed(Noticed(kept.name, fault=_OTHERS))
            return refused()
        if at >= request.expires + self._verifier.policy.clock_skew:
            self._noticed(Noticed(kept.name, fault=_OVER))
            return refused()
        parts = self._read(kept.name, body, request=request)
        if parts is None:
            return refused()
        if isinstance(parts, WalletRefusal):
            return self._declined(kept, parts)
        return self._judged(kept, body, request=request, at=at)

    def _read(
        self, name: str, body: str, *, request: PresentationRequest
    ) -> ResponseParts | WalletRefusal | None:
        """Return what an answer says, None where it is none to this request."""
        try:
            parts = read_response(body, key=request.decryption)
        except (MalformedError, UnsupportedError) as fault:
            self._noticed(Noticed(name, fault=show(f"{fault.what} at {fault.at}")))
            return None
        if not hmac.compare_digest(
            (parts.state or "").encode(), request.state.encode()
        ):
            self._noticed(Noticed(name, fault="another state"))
            return None
        return parts

    def _declined(self, kept: Kept, parts: WalletRefusal) -> HttpResponse | None:
        error = parts.code
        said = "" if error is None else error.value
        code = self._exchanges.code()
        exchange = self._exchanges.settle(kept, lambda e: e.declined(said, code=code))
        if exchange is None:
            return None
        self._noticed(Noticed(kept.name, error=error))
        return self._said(exchange, accepts=True)

    def _judged(
        self, kept: Kept, body: str, *, request: PresentationRequest, at: datetime
    ) -> HttpResponse | None:
        verdict = self._judge(body, request, at=at)
        accepts = verdict.report.outcome is not Outcome.FAILED
        # A new one: who declined before, on a device of their own, has the last one.
        code = self._exchanges.code()
        exchange = self._exchanges.settle(
            kept, lambda e: e.answered(body, accepted=accepts, code=code, at=at)
        )
        if exchange is None:
            return None
        self._noticed(Noticed(kept.name, report=verdict.report))
        return self._said(exchange, accepts=accepts)

    def _said(self, exchange: Exchange, *, accepts: bool) -> HttpResponse:
        if not accepts:
            return refused()
        if exchange.flow is Flow.CROSS_DEVICE or self._return_to is None:
            return accepted()
        joins = "&" if "?" in self._return_to else "?"
        code = write_form({"response_code": exchange.code})
        return accepted(f"{self._return_to}{joins}{code}")

    def unanswered(self, exchange: Exchange, *, at: datetime) -> PresentationOutcome:
        """Say what became of a request that has no answer to hand out."""
        if exchange.phase is Phase.TAKEN:
            return PresentationOutcome(AnswerState.TAKEN)
        if at >= exchange.until + self._verifier.policy.clock_skew:
            return PresentationOutcome(AnswerState.EXPIRED)
        if exchange.phase is Phase.DECLINED:
            known = {each.value: each for each in ErrorCode}
            error = known.get(exchange.error)
            return PresentationOutcome(AnswerState.DECLINED, error=error)
        return PresentationOutcome(AnswerState.WAITING)

    def outcome(self, kept: Kept) -> PresentationOutcome:
        """Judge what came, as of when it came; hand out what passed, once."""
        exchange, guard = kept.exchange, _Guard()
        request = self._restored(exchange, guard)
        if request is None:
            return PresentationOutcome(AnswerState.UNKNOWN)
        at = exchange.received or exchange.until
        verdict = self._judge(exchange.body, request, at=at)
        # Where a clerk is to compare a portrait, one clerk's word counts.
        guard.bound(lambda: self._exchanges.advance(kept, exchange.taken()))
        state = _STATES[verdict.report.outcome]
        if not exchange.accepted and state is not AnswerState.FAILED:
            # It was refused then: no later look makes a yes of it, and none hands a
            # clerk a portrait to make one, which no browser's code was brought for.
            return PresentationOutcome(AnswerState.FAILED)
        if state is AnswerState.PASSED and not self._exchanges.advance(
            kept, exchange.taken()
        ):
            return PresentationOutcome(AnswerState.TAKEN)
        return PresentationOutcome(state, verdict, request=request)

    def _judge(
        self, body: str, request: PresentationRequest, *, at: datetime
    ) -> VerifiedPresentation | Unverified:
        return evaluate_presentation(body, request=request, trust=self._trust(), at=at)

    def _restored(
        self, exchange: Exchange, guard: _Guard
    ) -> PresentationRequest | None:
        """Return the request, with a guard for one look; see `restored`."""
        alone = replace(self._verifier, replay=guard)
        request = restored(alone, exchange, key=self._key)
        if request is None:
            return None
        return request.addressed(exchange.addressed or request.message.raw)


def restored(
    verifier: Verifier, exchange: Exchange, *, key: SealKey
) -> PresentationRequest | None:
    """Return the request of an exchange, None where this verifier did not make it.

    So it is for what was under way when a service was given another policy.
    """
    try:
        return verifier.restore(exchange.request, key)
    except UsageError:
        return None


def _body(request: HttpRequest) -> str:
    """Return the body as text; that it is a form shows where it is read (8.2)."""
    if not request.body.isascii():
        raise MalformedError("not ASCII", at="body", clause="RFC 6749 Appendix B")
    return request.body.decode("ascii")


def _name_of(form: dict[str, str]) -> str | None:
    """Return the name of the request that an answer says it is for.

    An encrypted one says so by the name of its key, one in the clear by its state.
    """
    if "response" in form:
        kid = read_jwe_header(form["response"], at="/response").members.get("kid")
        named = isinstance(kid, str) and _NAME.fullmatch(kid) is not None
        return str(kid) if named else None
    return reference_of(form["state"]) if "state" in form else None
