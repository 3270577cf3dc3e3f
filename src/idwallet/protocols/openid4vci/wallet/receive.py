"""What an answer means: from one state to the next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.cursor import Cursor
from idwallet.crypto.agreement import Agreement
from idwallet.errors import MalformedError, ProtocolError
from idwallet.protocols.http import HttpResponse
from idwallet.protocols.oauth import dpop, pkce
from idwallet.protocols.oauth.authorization import read_pushed
from idwallet.protocols.oauth.errors import OAuthCode
from idwallet.protocols.oauth.server_metadata import read_authorization_server
from idwallet.protocols.oauth.token import (
    TokenResponse,
    read_token_response,
    refusal_of,
)
from idwallet.protocols.openid4vci.credential import (
    CredentialCode,
    Deferred,
    Issued,
    read_credential_response,
    read_nonce_response,
)
from idwallet.protocols.openid4vci.encryption import JWT, decrypted
from idwallet.protocols.openid4vci.metadata import (
    configuration_of,
    read_issuer_metadata,
)
from idwallet.protocols.openid4vci.offer import read_offer_object
from idwallet.protocols.openid4vci.wallet.attested import (
    read_challenge,
    with_challenge,
)
from idwallet.protocols.openid4vci.wallet.client import WalletClient
from idwallet.protocols.openid4vci.wallet.described import described
from idwallet.protocols.openid4vci.wallet.known import (
    choose_server,
    configuration_now,
    issuer_of,
    offer_of,
    server_of,
    token_document,
    wanted_now,
)
from idwallet.protocols.openid4vci.wallet.pausing import is_busy, wait_of
from idwallet.protocols.openid4vci.wallet.progress import Phase, Progress
from idwallet.protocols.openid4vci.within import (
    require_metadata_within,
    require_server_within,
)

_CLAUSE: Final = "OpenID4VCI 1.0"
_OK: Final = 200
_DONE: Final = range(200, 300)
_LATER: Final = timedelta(minutes=1)
_STATE_BYTES: Final = 32

_Next = Callable[["Answer"], Progress]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Answer:
    """An answer, the state it came to, from which origin, to whom, and when.

    `key` is the one that it was asked for encrypted to.
    """

    response: HttpResponse
    progress: Progress
    origin: str
    client: WalletClient
    key: Agreement
    at: datetime


def next_of(answer: Answer) -> Progress:
    """Return the state after an answer.

    Raises:
        MalformedError: it is no answer to what was sent.
        ProtocolError: the peer refused; `reply` has its code.
    """
    progress = _with_nonce(answer)
    try:
        return _NEXT[progress.phase](replace(answer, progress=progress))
    except ProtocolError as refused:
        again = _again(progress, refused.reply.get("error", ""))
        if again is None:
            raise
        return again


def _with_nonce(answer: Answer) -> Progress:
    """Keep the nonce that a server gives out for the next proof (RFC 9449 8, 8.2)."""
    progress = with_challenge(answer.progress, answer.response)
    nonce = answer.response.header(dpop.NONCE_HEADER)
    if nonce is None or not dpop.is_nonce(nonce):
        return progress  # none is none: the server asks again, or refuses
    nonces = progress.document("dpop_nonces") | {answer.origin: nonce}
    return Progress(progress.phase, {**progress.values, "dpop_nonces": nonces})


def _again(progress: Progress, code: str) -> Progress | None:
    """Return the state in which the same is tried once more, None where it is not."""
    tried = progress.number("attempts")
    fresh = _FRESH.get(code, 0)
    if fresh and not tried & fresh:
        return Progress(progress.phase, {**progress.values, "attempts": tried | fresh})
    if tried:
        return None
    stale = code == CredentialCode.INVALID_NONCE and progress.phase is Phase.CREDENTIAL
    if stale and not progress.number("renewed") and issuer_of(progress).nonce_endpoint:
        # The keys stay, and are proven again: others would leave these behind.
        return progress.on(Phase.NONCE, renewed=1, proofs=[])
    return None


def _offer(answer: Answer) -> Progress:
    _require_ok(answer.response, at="offer")
    answer.response.json(at="offer")  # it has the media type that 4.1.3 asks for
    offer = read_offer_object(answer.response.body)
    return answer.progress.on(
        Phase.ISSUER, offer=offer.to_json(), url="", offered_from=answer.origin
    )


def _issuer(answer: Answer) -> Progress:
    _require_ok(answer.response, at="issuer metadata")
    offer = offer_of(answer.progress)
    came = described(answer.response, answer.client, issuer=offer.issuer, at=answer.at)
    if came is None:
        if answer.progress.number("plain"):
            raise MalformedError(
                "signed by nobody believed",
                at="issuer metadata",
                clause=f"{_CLAUSE} §12.2.3",
            )
        return answer.progress.on(Phase.ISSUER, plain=1)
    document = came.document
    metadata = read_issuer_metadata(document, identifier=offer.issuer)
    for name in offer.configurations:
        offered = configuration_of(metadata, name, at="offer")
        if offered.credential_type is None:
            raise ProtocolError(
                "a format that this wallet does not hold", reply={"error": UNSUPPORTED}
            )
    profile = answer.client.policy.profile.issuance
    require_metadata_within(metadata, offer.configurations, profile=profile)
    progress = answer.progress.on(
        Phase.SERVER, issuer=document, signed_by=came.signed_by
    )
    return progress.on(Phase.SERVER, server_identifier=choose_server(progress))


def _server(answer: Answer) -> Progress:
    _require_ok(answer.response, at="server metadata")
    document = answer.response.json(at="server metadata")
    identifier = answer.progress.text("server_identifier")
    server = read_authorization_server(document, identifier=identifier)
    require_server_within(server, profile=answer.client.policy.profile.issuance)
    offer = offer_of(answer.progress)
    if answer.progress.text("refresh"):
        return answer.progress.on(Phase.TOKEN, server=document)
    if offer.pre_authorized is None and (
        server.authorization_endpoint is None
        or pkce.METHOD not in server.code_challenge_methods
    ):
        # Without S256 whoever sees the code has the credential (RFC 9700 2.1.1).
        raise ProtocolError("no grant that is safe", reply={"error": UNSUPPORTED})
    random = answer.client.random
    return answer.progress.on(
        Phase.CONFIRM,
        server=document,
        verifier=pkce.new_verifier(random),
        state=pkce.new_verifier(random),
    )


def _pushed(answer: Answer) -> Progress:
    if answer.response.status not in _DONE:
        raise refusal_of(answer.response, at="par")
    return answer.progress.on(Phase.BROWSER, reference=read_pushed(answer.response))


def _challenge(answer: Answer) -> Progress:
    found = read_challenge(answer.response)
    progress = answer.progress
    return progress.on(Phase(progress.text("then")), challenge=found, then="")


def _token(answer: Answer) -> Progress:
    token = read_token_response(answer.response)
    bound = bool(server_of(answer.progress).dpop_algorithms)
    if bound and token.token_type != dpop.TOKEN_TYPE:
        # It proved its key: a token that serves anybody is not what it asked for.
        raise MalformedError(
            "a token bound to no key", at="token", clause="RFC 9449 §5"
        )
    if token.refresh_token is None and answer.progress.text("refresh"):
        # RFC 6749 section 6: without another one the old one serves on.
        token = replace(token, refresh_token=answer.progress.text("refresh"))
    until = 0 if token.expires_in is None else answer.at.timestamp() + token.expires_in
    resume = answer.progress.text("resume")
    progress = answer.progress.on(
        Phase.TOKEN,
        token=token_document(token),
        token_until=int(until),
        code="",
        transaction_code="",
        refresh="",
        resume="",
    )
    if resume:
        return progress.on(Phase(resume))
    wanted = _wanted(token, offer_of(progress).configurations)
    return begin_next(progress.on(Phase.TOKEN, wanted=wanted))


def _wanted(token: TokenResponse, offered: tuple[str, ...]) -> list[JsonValue]:
    """Return what is to be asked for, by identifiers where the server gave some (6.2).

    What was not offered is not asked for, whatever the token would allow.
    """
    by_name: dict[str, list[str]] = {}
    for each in token.details:
        root = Cursor(each, "/authorization_details", f"{_CLAUSE} §6.2")
        if root.member("type").text() != "openid_credential":
            continue
        name = root.member("credential_configuration_id").text()
        identifiers = root.member("credential_identifiers").texts(
            limit=limits.CREDENTIAL_IDENTIFIERS
        )
        by_name.setdefault(name, []).extend(identifiers)
    if not by_name:
        return [[name, None] for name in offered]
    found: list[JsonValue] = []
    for name in offered:
        found.extend([name, each] for each in by_name.get(name, ()))
    if not found:
        raise MalformedError(
            "a token for something else", at="token", clause=f"{_CLAUSE} §6.2"
        )
    return found


def begin_next(progress: Progress) -> Progress:
    """Return the state in which the next credential is asked for, or all are shown."""
    if not progress.items("wanted"):
        if progress.items("received"):
            return progress.on(Phase.SHOW)
        return progress.on(Phase.WAIT)
    fresh = progress.on(Phase.PROVE, proofs=[], keys=[], nonce="", renewed=0)
    if not configuration_now(fresh).is_bound:
        return fresh.on(Phase.CREDENTIAL)
    has_nonces = issuer_of(fresh).nonce_endpoint is not None
    return fresh.on(Phase.NONCE if has_nonces else Phase.PROVE)


def _nonce(answer: Answer) -> Progress:
    nonce = read_nonce_response(answer.response)
    return Progress(
        Phase.PROVE, {**answer.progress.values, "attempts": 0, "nonce": nonce}
    )


def _credential(answer: Answer) -> Progress:
    progress = answer.progress
    name, identifier = wanted_now(progress)
    found = _issued(answer)
    rest = progress.items("wanted")[1:]
    about: JsonObject = {
        "configuration": name,
        "identifier": identifier,
        "keys": progress.items("keys"),
    }
    if isinstance(found, Deferred):
        if issuer_of(progress).deferred_endpoint is None:
            raise MalformedError(
                "deferred to nowhere", at="credential", clause=f"{_CLAUSE} §8.3"
            )
        pending = [
            *progress.items("pending"),
            about | {"transaction": found.transaction},
        ]
        due = max(progress.number("due"), _due(answer.at, found))
        return begin_next(
            progress.on(Phase.CREDENTIAL, wanted=rest, pending=pending, due=due)
        )
    _require_no_more(found, proven=len(progress.items("keys")))
    received = [*progress.items("received"), about | _as_kept(found)]
    return begin_next(progress.on(Phase.CREDENTIAL, wanted=rest, received=received))


def _deferred(answer: Answer) -> Progress:
    progress = answer.progress
    first, *rest = progress.items("pending")
    about = first if isinstance(first, dict) else {}
    if is_busy(answer.response):
        # It says nothing of what was put off, and to give that up would lose it.
        due = int((answer.at + wait_of(answer.response, usual=_LATER)).timestamp())
        return progress.on(Phase.WAIT, pending=[*rest, first], due=due)
    found = _issued(answer)
    if isinstance(found, Deferred):
        if found.transaction != about.get("transaction"):
            raise MalformedError(
                "another transaction", at="deferred", clause=f"{_CLAUSE} §9.2"
            )
        # The next one comes first, so that one that takes long holds up no other.
        return progress.on(
            Phase.WAIT, pending=[*rest, first], due=_due(answer.at, found)
        )
    keys = about.get("keys")
    _require_no_more(found, proven=len(keys) if isinstance(keys, list) else 0)
    received = [*progress.items("received"), about | _as_kept(found)]
    return progress.on(Phase.SHOW, pending=rest, received=received)


def _issued(answer: Answer) -> Issued | Deferred:
    response = answer.response
    if response.status not in _DONE:
        raise refusal_of(response, at="credential")
    wanted = issuer_of(answer.progress).response_encryption
    if response.media_type == JWT:
        contents = () if wanted is None else wanted.contents
        document = decrypted(response, key=answer.key, contents=contents)
    elif wanted is not None and issuer_of(answer.progress).request_encryption:
        # It was asked for encrypted: somebody between has read, or made, this.
        raise MalformedError(
            "an answer in the clear", at="credential", clause=f"{_CLAUSE} §10"
        )
    else:
        document = response.json(at="credential")
    return read_credential_response(document, status=response.status)


def _as_kept(found: Issued) -> JsonObject:
    return {
        "credentials": list(found.credentials),
        "notification": found.notification,
    }


def _require_no_more(found: Issued, *, proven: int) -> None:
    """Refuse more credentials than keys were proven for (8.3): one each, at most."""
    if len(found.credentials) > max(proven, 1):
        raise MalformedError(
            "more credentials than keys", at="credential", clause=f"{_CLAUSE} §8.3"
        )


def _due(at: datetime, found: Deferred) -> int:
    return int((at + timedelta(seconds=found.interval)).timestamp())


def _notified(answer: Answer) -> Progress:
    """Go on whatever came: the issuer cannot rely on being told (section 11)."""
    rest = answer.progress.items("notify")[1:]
    return after_notification(answer.progress.on(Phase.NOTIFY, notify=rest))


def after_notification(progress: Progress) -> Progress:
    """Return the state after everything that came was told, or kept, or thrown away."""
    if progress.items("notify") and issuer_of(progress).notification_endpoint:
        return progress.on(Phase.NOTIFY)
    if progress.items("pending"):
        return progress.on(Phase.WAIT)
    return progress.on(Phase.DONE)


def _require_ok(response: HttpResponse, *, at: str) -> None:
    if response.status != _OK:
        # A redirect is followed nowhere: who is asked is who the offer names.
        raise MalformedError("not found there", at=at, clause="RFC 9110 §15")


UNSUPPORTED: Final = "unsupported"
# What a server may want fresh once more at one step, each by a bit of its own.
_FRESH: Final[Mapping[str, int]] = {
    OAuthCode.USE_DPOP_NONCE.value: 1,
    OAuthCode.USE_ATTESTATION_CHALLENGE.value: 2,
}

_NEXT: Final[Mapping[Phase, _Next]] = {
    Phase.OFFER: _offer,
    Phase.ISSUER: _issuer,
    Phase.SERVER: _server,
    Phase.PUSH: _pushed,
    Phase.CHALLENGE: _challenge,
    Phase.TOKEN: _token,
    Phase.NONCE: _nonce,
    Phase.CREDENTIAL: _credential,
    Phase.DEFERRED: _deferred,
    Phase.NOTIFY: _notified,
}
