"""The service: it asks, answers wallets, and tells the session that began."""

import hmac
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.codec.moment import require_aware
from idwallet.codec.web import read_web_address
from idwallet.credentials.query import Query
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.ports import ExchangeStore, Random
from idwallet.protocols.http import HttpRequest, HttpResponse, require_https
from idwallet.protocols.openid4vp.abilities import Heard, read_wallet_metadata
from idwallet.protocols.openid4vp.addressed import address_request, encrypt_request
from idwallet.protocols.openid4vp.inquiry import REQUEST_OBJECT
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.reference import RequestReference, RequestUriMethod
from idwallet.protocols.openid4vp.reply import refused
from idwallet.roles.presentation_service.answers import Answers, restored
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
    Started,
)
from idwallet.roles.verifier import PresentationRequest, Verifier, reference_of
from idwallet.trust.anchors import TrustStore

_REFERENCE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_SESSION_CHARACTERS: Final = 16
_HANDLE: Final = "idwallet presentation handle/1"
_NOT_FOUND: Final = 404
_NOT_ALLOWED: Final = 405
_NO_STORE: Final = ("Cache-Control", "no-store")


def _unheard(_: Noticed) -> None:
    """Notice nothing."""


class PresentationService:
    """Asks over HTTP. Thread-safe, and alike in every process with the same parts.

    `public` is the https address that the world knows it by; requests are fetched
    below it, and answers are posted to ``{public}/answer``, which is the `answer_to` of
    the verifier's `RelyingParty`. `trust` returns the trust store to judge by. `store`
    remembers what is under way, and is the replay guard: each request is answered once,
    whichever process hears it. `seal` seals it: share it among the processes.
    `return_to` is the page that a wallet on the same device sends the browser back to.

    `noticed` is told everything that comes; wallets are told one of two constants.
    """

    __slots__ = (
        "_answers",
        "_exchanges",
        "_key",
        "_method",
        "_mode",
        "_public",
        "_random",
        "_return_to",
        "_verifier",
    )

    def __init__(  # noqa: PLR0913 - the parts that make a service
        self,
        *,
        verifier: Verifier,
        trust: Callable[[], TrustStore],
        public: str,
        store: ExchangeStore,
        seal: SealKey,
        return_to: str | None = None,
        mode: ResponseMode = ResponseMode.DIRECT_POST_JWT,
        method: RequestUriMethod = RequestUriMethod.POST,
        noticed: Callable[[Noticed], None] = _unheard,
        random: Random = secrets.token_bytes,
    ) -> None:
        """Take the parts together.

        Raises:
            UsageError: the verifier's answers go elsewhere, or the mode is none in
                which wallets post them.
            MalformedError: `public` or `return_to` is no ``https`` address.
        """
        self._public = _root(public)
        if verifier.identity.answer_to != f"{self._public}/answer":
            raise UsageError("the relying party's answer_to is {public}/answer")
        _require_posted(mode)
        if return_to is not None:
            require_https(return_to, at="return_to", clause="OpenID4VP 1.0 §8.2")
        self._verifier = verifier
        self._exchanges = Exchanges(store, seal, random=random)
        self._key = seal
        self._return_to = return_to
        self._mode = mode
        self._method = method
        self._random = random
        parts = (verifier, self._exchanges)
        self._answers = Answers(
            *parts, trust=trust, key=seal, return_to=return_to, noticed=noticed
        )

    def __repr__(self) -> str:
        """Show where it is."""
        return f"PresentationService({self._public!r})"

    def start(  # noqa: PLR0913 - what a request is for, and whose it is
        self,
        query: Query,
        *,
        purpose: str,
        flow: Flow,
        session: str,
        at: datetime,
        lifetime: timedelta = limits.REQUEST_LIFETIME,
        transactions: Sequence[JsonObject] = (),
    ) -> Started:
        """Ask for what `query` says, on behalf of one session of a browser.

        `session` is a secret of that session, such as the value of its cookie: the
        answer is handed out to it alone.

        Raises:
            UsageError: see `Verifier.request`; the session's secret is too short, or
                there is no page to come back to on the same device.
            SignerError: the key could not sign.
            PortError: the store failed; nothing was asked.
        """
        self._require_session(flow, session)
        request = self._verifier.request(
            query,
            purpose=purpose,
            at=at,
            lifetime=lifetime,
            transactions=transactions,
            mode=self._mode,
        )
        name = reference_of(request.state)
        exchange = self._exchange(request, flow=flow, session=session)
        if not self._exchanges.begin(name, exchange, at=at):
            raise UsageError("the random source gave the same twice")
        return self._started(request, name)

    def _require_session(self, flow: Flow, session: str) -> None:
        if len(session) < _SESSION_CHARACTERS:
            raise UsageError("a session's secret has 16 characters or more")
        if flow is Flow.SAME_DEVICE and self._return_to is None:
            raise UsageError("on the same device the browser comes back: return_to")

    def _exchange(
        self, request: PresentationRequest, *, flow: Flow, session: str
    ) -> Exchange:
        return Exchange(
            request=request.save(self._key, random=self._random),
            session=digest_of(session),
            flow=flow,
            until=request.expires,
        )

    def _started(self, request: PresentationRequest, name: str) -> Started:
        handle = seal(
            write_json({"request": name}),
            key=self._key,
            context=self._handles,
            random=self._random,
        )
        reference = None
        if not self._verifier.identity.is_anonymous:
            # Who has no key cannot sign, and only what is signed is fetched (5.10.1).
            uri = f"{self._public}/request/{name}"
            reference = RequestReference(request.client_id, uri, self._method)
        shown = request.message if reference is None else reference
        return Started(shown.to_uri(), b64.encode(handle), request.expires, reference)

    def handle(self, request: HttpRequest, *, at: datetime) -> HttpResponse:
        """Answer a wallet; nothing that comes raises.

        `request.url` is the public address, as the wallet wrote it.

        Raises:
            UsageError: `at` has no zone.
            PortError: the store failed; the wallet may send the same again.
            SignerError: the key could not sign a request.
        """
        require_aware(at)
        try:
            address = request.address()
            place = f"{address.origin}{address.target}".removeprefix(self._public)
        except MalformedError:
            return HttpResponse(_NOT_FOUND)
        if place == "/answer":
            if request.method != "POST":
                return HttpResponse(_NOT_ALLOWED, (("Allow", "POST"),))
            return self._answers.hear(request, at=at)
        head, _, name = place.rpartition("/")
        if head != "/request" or _REFERENCE.fullmatch(name) is None:
            return HttpResponse(_NOT_FOUND)
        if request.method not in {"GET", "POST"}:
            return HttpResponse(_NOT_ALLOWED, (("Allow", "GET, POST"),))
        return self._request(request, name, at=at)

    def outcome(
        self,
        handle: str,
        *,
        session: str,
        at: datetime,
        response_code: str | None = None,
    ) -> PresentationOutcome:
        """Say what became of a request, to the session that began it.

        On the same device `response_code` is what the wallet sent the browser back
        with (see `response_code_of`). What passed is handed out once.

        Raises:
            UsageError: `at` has no zone.
            PortError: the store failed; ask again.
        """
        require_aware(at)
        kept = self._kept(handle)
        if kept is None:
            return PresentationOutcome(AnswerState.UNKNOWN)
        exchange = kept.exchange
        if not _same(exchange.session, digest_of(session)):
            return PresentationOutcome(AnswerState.FOREIGN)
        if response_code is not None and not _same(exchange.code, response_code):
            return PresentationOutcome(AnswerState.FOREIGN)
        if exchange.phase is not Phase.ANSWERED:
            return self._answers.unanswered(exchange, at=at)
        waits = exchange.flow is Flow.SAME_DEVICE and exchange.accepted
        if waits and response_code is None:
            # Section 14.2: whoever passed the request on has no such code.
            return PresentationOutcome(AnswerState.ANSWERED)
        return self._answers.outcome(kept)

    def _kept(self, handle: str) -> Kept | None:
        """Return the exchange of a handle, which a browser may have made up."""
        try:
            sealed = b64.decode(handle, at="handle", clause=_HANDLE)
            plain = unseal(sealed, key=self._key, context=self._handles, at="handle")
            name = read_object(plain, at="handle", clause=_HANDLE)["request"]
        except MalformedError:
            return None
        return self._exchanges.find(str(name))

    @property
    def _handles(self) -> bytes:
        return f"{_HANDLE} {self._public}".encode()

    def _request(
        self, request: HttpRequest, name: str, *, at: datetime
    ) -> HttpResponse:
        kept = self._exchanges.find(name)
        if kept is None or not self._is_open(kept.exchange, at=at):
            return _gone()
        own = restored(self._verifier, kept.exchange, key=self._key)
        if own is None:
            return _gone()
        try:
            heard, addressed = self._addressed(own.message.raw, request)
        except (MalformedError, UnsupportedError):
            return refused()
        # What the wallet keeps of it is what a receipt has to name.
        settled = self._exchanges.settle(
            kept, lambda exchange: replace(exchange, addressed=addressed)
        )
        if settled is None:
            return _gone()
        token = addressed or own.message.raw
        token = encrypt_request(token, heard=heard, random=self._random)
        headers = (("Content-Type", REQUEST_OBJECT), _NO_STORE)
        return HttpResponse(200, headers, token.encode())

    def _is_open(self, exchange: Exchange, *, at: datetime) -> bool:
        is_fetched = not self._verifier.identity.is_anonymous
        return is_fetched and not exchange.is_over and at < exchange.until

    def _addressed(self, raw: str, request: HttpRequest) -> tuple[Heard, str]:
        """Return what a wallet said of itself, and the request signed for it, or ""."""
        if request.method != "POST":
            return Heard(), ""
        form, heard = request.form(), Heard()
        if "wallet_metadata" in form:
            heard = read_wallet_metadata(form["wallet_metadata"])
        addressed = address_request(
            raw,
            wallet_nonce=form.get("wallet_nonce"),
            heard=heard,
            signer=self._verifier.identity.signer,
        )
        return heard, addressed


def _gone() -> HttpResponse:
    return HttpResponse(_NOT_FOUND, (_NO_STORE,))


def _root(public: str) -> str:
    address = require_https(public, at="public", clause="OpenID4VP 1.0 §8.2")
    return f"{address.origin}{address.target.rstrip('/')}"


def _require_posted(mode: ResponseMode) -> None:
    if mode not in {ResponseMode.DIRECT_POST, ResponseMode.DIRECT_POST_JWT}:
        raise UsageError("a service is answered by direct_post or direct_post.jwt")


def response_code_of(url: str) -> str | None:
    """Return the code in the address that a wallet sent the browser back with.

    None: there is none, or it is no such address.
    """
    try:
        address = read_web_address(url, at="url")
        query = HttpRequest("GET", url).query()
    except MalformedError:
        return None
    return query.get("response_code") if address.scheme == "https" else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )
