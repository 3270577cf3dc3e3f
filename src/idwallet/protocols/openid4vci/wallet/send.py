"""The step that belongs to a state: what is to be sent, shown or asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.keys import PublicKey
from idwallet.errors import UnsupportedError
from idwallet.protocols.http import (
    Headers,
    HttpRequest,
    form_request,
    json_request,
    require_https,
    with_headers,
)
from idwallet.protocols.oauth import dpop, pkce
from idwallet.protocols.oauth.authorization import (
    AuthorizationRequest,
    browser_url,
    push,
)
from idwallet.protocols.oauth.server_metadata import WELL_KNOWN as SERVER_PLACE
from idwallet.protocols.oauth.server_metadata import metadata_url
from idwallet.protocols.oauth.token import (
    AUTHORIZATION_CODE,
    PRE_AUTHORIZED,
    REFRESH,
    authorization_header,
)
from idwallet.protocols.openid4vci.credential import CredentialRequest, ProofKind
from idwallet.protocols.openid4vci.encryption import (
    ALG,
    AnswerTo,
    encrypted_request,
    preferred,
)
from idwallet.protocols.openid4vci.metadata import (
    WELL_KNOWN,
    CredentialConfiguration,
    configuration_of,
)
from idwallet.protocols.openid4vci.signed_metadata import ACCEPT
from idwallet.protocols.openid4vci.wallet.attested import shown
from idwallet.protocols.openid4vci.wallet.client import WalletClient
from idwallet.protocols.openid4vci.wallet.known import (
    configuration_now,
    issuer_of,
    offer_of,
    server_of,
    token_of,
    wanted_now,
)
from idwallet.protocols.openid4vci.wallet.progress import Phase, Progress
from idwallet.protocols.openid4vci.wallet.proofs import proof_type_of
from idwallet.protocols.openid4vci.wallet.steps import (
    ConfirmCredentials,
    ConfirmOffer,
    Done,
    Failed,
    OpenBrowser,
    ProveKeys,
    Received,
    Send,
    SendFor,
    Step,
    Wait,
)

_ENCRYPTED: Final = "OpenID4VCI 1.0 §8.2"
_JSON: Final[Headers] = (("Accept", "application/json"),)


def step_of(
    progress: Progress, client: WalletClient, *, key: PublicKey, at: datetime
) -> Step:
    """Return what is to be done next; proofs in it are of the moment `at`.

    Where an answer may come encrypted it is asked for encrypted to `key`.
    """
    return _STEPS[progress.phase](_Moment(progress, client, key, at))


@dataclass(frozen=True, slots=True, repr=False)
class _Moment:
    """A state, the wallet that is in it, and when."""

    progress: Progress
    client: WalletClient
    key: PublicKey
    at: datetime

    def asking(self, url: str, value: JsonObject) -> HttpRequest:
        """Return a request, encrypted both ways where the issuer offers it (8.2).

        An answer is asked for encrypted in an encrypted request only: else whoever is
        between could put another key into it.
        """
        metadata = issuer_of(self.progress)
        requests, responses = metadata.request_encryption, metadata.response_encryption
        if requests is None:
            if responses is not None and responses.required:
                raise UnsupportedError(
                    "encrypted answers to requests in the clear", clause=_ENCRYPTED
                )
            return json_request(url, value)
        if responses is not None:
            content = preferred(responses.contents)
            if ALG not in responses.algorithms:
                raise UnsupportedError("another agreement", clause=_ENCRYPTED)
            answer = AnswerTo(self.key, content).to_json()
            value = {**value, "credential_response_encryption": answer}
        return encrypted_request(url, value, to=requests, random=self.client.random)

    def let_in(self, request: HttpRequest) -> HttpRequest:
        """Return a request to the server: with what this wallet is, and its key."""
        fields = shown(self.progress, self.client, at=self.at)
        return self.bound(with_headers(request, fields), token=False)

    def bound(self, request: HttpRequest, *, token: bool) -> HttpRequest:
        """Return the request with the proof of this wallet's key, and the token."""
        held = token_of(self.progress) if token else None
        if held is not None and held.token_type != dpop.TOKEN_TYPE:
            return with_headers(request, (authorization_header(held),))
        if held is None and not server_of(self.progress).dpop_algorithms:
            return request
        nonce = self.progress.document("dpop_nonces").get(request.address().origin)
        proof = dpop.make_dpop(
            self.client.dpop,
            dpop.Bound(
                request.method,
                request.url,
                None if held is None else held.access_token,
                nonce if isinstance(nonce, str) else None,
            ),
            at=self.at,
            random=self.client.random,
        )
        headers: Headers = ((dpop.HEADER, proof),)
        if held is not None:
            headers = (authorization_header(held), *headers)
        return with_headers(request, headers)


def authorization_of(progress: Progress, client: WalletClient) -> AuthorizationRequest:
    """Return what the wallet asks the person's server to allow.

    By scope where every credential has one, else by authorization details (5.1).
    """
    offer, metadata = offer_of(progress), issuer_of(progress)
    chosen = {
        name: configuration_of(metadata, name, at="offer")
        for name in offer.configurations
    }
    scopes = tuple(dict.fromkeys(each.scope for each in chosen.values() if each.scope))
    by_scope = all(each.scope for each in chosen.values())
    grant = offer.code
    return AuthorizationRequest(
        client_id=client.client_id,
        redirect_uri=client.redirect_uri,
        challenge=pkce.challenge_of(progress.text("verifier")),
        state=progress.text("state"),
        scope=scopes if by_scope else (),
        details=() if by_scope else details_of(progress),
        issuer_state=None if grant is None else grant.issuer_state,
        resource=metadata.issuer if metadata.authorization_servers else None,
    )


def details_of(progress: Progress) -> tuple[JsonObject, ...]:
    """Return the authorization details of everything that is offered (5.1.1)."""
    metadata = issuer_of(progress)
    found: list[JsonObject] = []
    for name in offer_of(progress).configurations:
        one: JsonObject = {
            "type": "openid_credential",
            "credential_configuration_id": name,
        }
        if metadata.authorization_servers:
            one["locations"] = [metadata.issuer]
        found.append(one)
    return tuple(found)


def _offer(now: _Moment) -> Step:
    return Send(HttpRequest("GET", now.progress.text("url"), _JSON), SendFor.OFFER)


def _issuer(now: _Moment) -> Step:
    identifier = offer_of(now.progress).issuer
    url = metadata_url(identifier, WELL_KNOWN, at="credential_issuer")
    asks_signed = now.client.trust is not None and not now.progress.number("plain")
    accepted = (("Accept", ACCEPT),) if asks_signed else _JSON
    return Send(HttpRequest("GET", url, accepted), SendFor.ISSUER_METADATA)


def _server(now: _Moment) -> Step:
    identifier = now.progress.text("server_identifier")
    url = metadata_url(identifier, SERVER_PLACE, at="authorization_server")
    return Send(HttpRequest("GET", url, _JSON), SendFor.SERVER_METADATA)


def _confirm(now: _Moment) -> Step:
    progress = now.progress
    offer, metadata = offer_of(progress), issuer_of(progress)
    grant = offer.pre_authorized
    endpoint = server_of(progress).token_endpoint
    address = require_https(endpoint, at="token_endpoint", clause="RFC 8414 §2")
    return ConfirmOffer(
        metadata,
        tuple(
            configuration_of(metadata, name, at="offer")
            for name in offer.configurations
        ),
        None if grant is None else grant.transaction_code,
        address.authority,
        progress.text("signed_by") or None,
        progress.text("offered_from") or None,
    )


def _push(now: _Moment) -> Step:
    request = push(authorization_of(now.progress, now.client), server_of(now.progress))
    return Send(now.let_in(request), SendFor.PUSHED_REQUEST)


def _challenge(now: _Moment) -> Step:
    endpoint = server_of(now.progress).challenge_endpoint or ""
    return Send(HttpRequest("POST", endpoint, _JSON), SendFor.CHALLENGE)


def _browser(now: _Moment) -> Step:
    asked = authorization_of(now.progress, now.client)
    reference = now.progress.text("reference") or None
    return OpenBrowser(browser_url(server_of(now.progress), asked, reference=reference))


def _token(now: _Moment) -> Step:
    progress, server = now.progress, server_of(now.progress)
    grant, refresh = offer_of(progress).pre_authorized, progress.text("refresh")
    if refresh:
        form = {
            "grant_type": REFRESH,
            "refresh_token": refresh,
            "client_id": now.client.client_id,
        }
    elif grant is not None:
        form = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": grant.code}
        if progress.text("transaction_code"):
            form["tx_code"] = progress.text("transaction_code")
        if not server.anonymous_pre_authorized:
            form["client_id"] = now.client.client_id
    else:
        form = {
            "grant_type": AUTHORIZATION_CODE,
            "code": progress.text("code"),
            "redirect_uri": now.client.redirect_uri,
            "code_verifier": progress.text("verifier"),
            "client_id": now.client.client_id,
        }
    request = form_request(server.token_endpoint, form)
    return Send(now.let_in(request), SendFor.TOKEN)


def _nonce(now: _Moment) -> Step:
    endpoint = issuer_of(now.progress).nonce_endpoint or ""
    return Send(HttpRequest("POST", endpoint, _JSON), SendFor.NONCE)


def _prove(now: _Moment) -> Step:
    metadata, configuration = issuer_of(now.progress), configuration_now(now.progress)
    kind, proof = proof_type_of(configuration)
    return ProveKeys(
        configuration=configuration,
        audience=metadata.issuer,
        nonce=now.progress.text("nonce") or None,
        count=metadata.batch_size,
        algorithms=proof.algorithms,
        attested=proof.attested or kind is ProofKind.ATTESTATION,
        kind=kind,
        key_storage=proof.key_storage,
        user_authentication=proof.user_authentication,
        made=now.progress.texts("keys"),
    )


def _credential(now: _Moment) -> Step:
    name, identifier = wanted_now(now.progress)
    request = CredentialRequest(
        configuration=name if identifier is None else None,
        identifier=identifier,
        proofs=now.progress.texts("proofs"),
        proof_kind=ProofKind(now.progress.text("proof_kind") or ProofKind.JWT),
    )
    sent = now.asking(issuer_of(now.progress).credential_endpoint, request.to_json())
    return Send(now.bound(sent, token=True), SendFor.CREDENTIAL)


def _deferred(now: _Moment) -> Step:
    first = now.progress.items("pending")[0]
    transaction = first.get("transaction") if isinstance(first, dict) else None
    endpoint = issuer_of(now.progress).deferred_endpoint or ""
    sent = now.asking(endpoint, {"transaction_id": transaction})
    return Send(now.bound(sent, token=True), SendFor.DEFERRED)


def _wait(now: _Moment) -> Step:
    return Wait(datetime.fromtimestamp(now.progress.number("due"), UTC))


def _pause(now: _Moment) -> Step:
    return Wait(datetime.fromtimestamp(now.progress.number("goes_on_at"), UTC))


def _show(now: _Moment) -> Step:
    metadata = issuer_of(now.progress)
    return ConfirmCredentials(
        tuple(
            _received(each, configuration_of(metadata, _name(each), at="received"))
            for each in now.progress.items("received")
            if isinstance(each, dict)
        )
    )


def _name(received: JsonObject) -> str:
    return str(received.get("configuration", ""))


def _texts(value: JsonValue) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else []
    return tuple(each for each in listed if isinstance(each, str))


def _received(found: JsonObject, configuration: CredentialConfiguration) -> Received:
    notification = found.get("notification")
    return Received(
        name=_name(found),
        configuration=configuration,
        credentials=_texts(found.get("credentials")),
        thumbprints=_texts(found.get("keys")),
        notification=notification if isinstance(notification, str) else None,
    )


def _notify(now: _Moment) -> Step:
    first = now.progress.items("notify")[0]
    identifier, event = first if isinstance(first, list) else ("", "")
    sent = json_request(
        issuer_of(now.progress).notification_endpoint or "",
        {"notification_id": identifier, "event": event},
    )
    return Send(now.bound(sent, token=True), SendFor.NOTIFICATION)


def _done(now: _Moment) -> Step:
    return Done(bool(now.progress.values.get("stored")))


def _failed(now: _Moment) -> Step:
    text = now.progress.text
    during = SendFor(text("during")) if text("during") else None
    return Failed(text("failure"), during, text("what"), text("clause"))


_STEPS: Final[Mapping[Phase, Callable[[_Moment], Step]]] = {
    Phase.OFFER: _offer,
    Phase.ISSUER: _issuer,
    Phase.SERVER: _server,
    Phase.CONFIRM: _confirm,
    Phase.PUSH: _push,
    Phase.BROWSER: _browser,
    Phase.CHALLENGE: _challenge,
    Phase.TOKEN: _token,
    Phase.NONCE: _nonce,
    Phase.PROVE: _prove,
    Phase.CREDENTIAL: _credential,
    Phase.SHOW: _show,
    Phase.NOTIFY: _notify,
    Phase.WAIT: _wait,
    Phase.DEFERRED: _deferred,
    Phase.PAUSE: _pause,
    Phase.DONE: _done,
    Phase.FAILED: _failed,
}
