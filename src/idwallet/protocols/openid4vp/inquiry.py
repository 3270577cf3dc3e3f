"""A wallet fetches a request: a machine that says what to send, and what came of it.

    inquiry = start_inquiry(link, wallet=abilities)
    while isinstance(inquiry.step, FetchRequest):
        inquiry = inquiry.receive(carrier.send(inquiry.step.request))
    if isinstance(inquiry.step, RequestReady):
        asked = holder.read_request(inquiry.step.raw, at=now())

A request that came by value is ready at once. Nothing that comes raises.
"""

import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec import b64, json
from idwallet.codec.form import write_form
from idwallet.codec.json import JsonObject
from idwallet.codec.web import read_web_address
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.envelope.jwe import decrypt
from idwallet.envelope.jws import read_compact
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.ports import Random
from idwallet.protocols.http import FORM, HttpRequest, HttpResponse
from idwallet.protocols.openid4vp.abilities import WalletAbilities
from idwallet.protocols.openid4vp.client import ClientIdPrefix, read_client_id
from idwallet.protocols.openid4vp.encryption import ALG
from idwallet.protocols.openid4vp.reference import (
    RequestReference,
    RequestUriMethod,
    read_reference,
)
from idwallet.protocols.openid4vp.refusals import ErrorCode, code_for

REQUEST_OBJECT: Final = "application/oauth-authz-req+jwt"
"""The media type of a request object (RFC 9101 section 10)."""

_CONTEXT: Final = b"idwallet inquiry/1"
_STATE: Final = "idwallet-inquiry/1"
_RESPONSE: Final = "OpenID4VP 1.0 §5.10.1"
_OK: Final = 200
_NONCE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """Send this, following no redirect, and hand the answer to `receive`."""

    request: HttpRequest


@dataclass(frozen=True, slots=True, repr=False)
class RequestReady:
    """The request, for `Holder.read_request`: nothing of it is verified yet."""

    raw: str

    def __repr__(self) -> str:
        """Show nothing of a request that nobody has judged."""
        return "RequestReady()"


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """There is no request to judge; to nobody verified a wallet answers nothing.

    `code` is the standard's name for it (OpenID4VP 1.0 section 8.5, RFC 9101 section
    7), `what` and `at` are for the integrator, `clause` says whose rule it was.
    """

    code: ErrorCode
    what: str
    at: str
    clause: str


InquiryStep = FetchRequest | RequestReady | RequestFailed
"""What is to be done next."""


class Inquiry:
    """One request being fetched. It is a value: `receive` returns the next one."""

    __slots__ = ("_key", "_nonce", "_reference", "step")

    def __init__(
        self,
        step: InquiryStep,
        *,
        reference: RequestReference | None = None,
        nonce: str | None = None,
        key: EphemeralKey | None = None,
    ) -> None:
        """Take a state; `start_inquiry` and `restore_inquiry` make one."""
        self.step: Final = step
        self._reference = reference
        self._nonce = nonce
        self._key = key

    def __repr__(self) -> str:
        """Show what is next."""
        return f"Inquiry({type(self.step).__name__})"

    def receive(self, response: HttpResponse) -> "Inquiry":
        """Take the answer to what `FetchRequest` sent.

        Raises:
            UsageError: nothing was sent.
        """
        if not isinstance(self.step, FetchRequest) or self._reference is None:
            raise UsageError("nothing is to be fetched: see step")
        try:
            _require_answered(response)
        except MalformedError as fault:
            return _failed(ErrorCode.INVALID_REQUEST_URI, fault)
        try:
            token = self._token(response.body)
            claims = _claims_of(token)
        except (MalformedError, UnsupportedError) as fault:
            return _failed(ErrorCode.INVALID_REQUEST_OBJECT, fault)
        try:
            self._require_ours(claims)
        except MalformedError as fault:
            return _failed(ErrorCode.INVALID_REQUEST, fault)
        members: JsonObject = {
            "client_id": self._reference.client_id,
            "request": token.decode("ascii"),
        }
        return Inquiry(RequestReady(json.write_json(members).decode()))

    def save(self, key: SealKey, *, random: Random = secrets.token_bytes) -> bytes:
        """Seal the state, so that another process can go on.

        Raises:
            UsageError: nothing is to be fetched any more.
        """
        found = self._reference
        if not isinstance(self.step, FetchRequest) or found is None:
            raise UsageError("there is nothing to go on with: see step")
        state: JsonObject = {
            "format": _STATE,
            "client_id": found.client_id,
            "request_uri": found.request_uri,
            "method": found.method.value,
            "body": self.step.request.body.decode("ascii"),
        }
        if self._nonce is not None:
            state["nonce"] = self._nonce
        if self._key is not None:
            own = self._key.to_sealed(key=key, context=_CONTEXT, random=random)
            state["key"] = b64.encode(own)
        plain = json.write_json(state)
        return seal(plain, key=key, context=_CONTEXT, random=random)

    def _token(self, body: bytes) -> bytes:
        """Return the signed request, decrypted where we asked for that.

        Raises:
            MalformedError: it is not ASCII, or in the clear though it must not be.
            LimitError: longer than `limits.REQUEST_BYTES`.
        """
        if len(body) > limits.REQUEST_BYTES:
            raise LimitError("too long", at="request", clause="idwallet limits")
        if not body.isascii():
            raise MalformedError("not ASCII", at="request", clause=_RESPONSE)
        if self._key is None:
            return body.strip()
        opened = decrypt(
            body.strip(), key=self._key, at="request", max_bytes=limits.REQUEST_BYTES
        )
        if not opened.plaintext.isascii():
            raise MalformedError("not ASCII", at="request", clause=_RESPONSE)
        return opened.plaintext

    def _require_ours(self, claims: JsonObject) -> None:
        """Return only if it is what the link spoke of, and made for this fetch."""
        found = self._reference
        if found is None or claims.get("client_id") != found.client_id:
            # §5.10.1: identical, with the prefix; else one party's link would show
            # another party's request.
            raise MalformedError(
                "another client_id than in the link", at="/client_id", clause=_RESPONSE
            )
        if self._nonce is None:
            return
        said = claims.get("wallet_nonce")
        text = said if isinstance(said, str) else ""
        if not hmac.compare_digest(
            text.encode("utf-8", "surrogatepass"), self._nonce.encode()
        ):
            raise MalformedError(
                "not made for this wallet's nonce",
                at="/wallet_nonce",
                clause=_RESPONSE,
            )


def start_inquiry(
    raw: str | bytes,
    *,
    wallet: WalletAbilities,
    encrypted: bool = False,
    elsewhere: frozenset[str] = frozenset(),
    random: Random = secrets.token_bytes,
) -> Inquiry:
    """Begin with a request as it came: a link, a scanned QR code, or JSON.

    With `encrypted` a verifier that is asked by POST must encrypt the request to a key
    of this fetch; one that comes in the clear is refused. Who is known by a DNS name
    has its requests on that host (section 15.8.1), and no other is asked, unless the
    identifier is one of `elsewhere`, which you know to be right.

    Raises:
        UsageError: the random source is broken.
    """
    try:
        found = read_reference(raw)
    except (MalformedError, UnsupportedError) as fault:
        return _failed(_link_code(fault), fault)
    if found is None:
        return Inquiry(RequestReady(raw if isinstance(raw, str) else _text(raw)))
    if found.client_id not in elsewhere and _is_astray(found):
        # A link is anybody's: nothing is told to a host that the name is not of.
        astray = MalformedError(
            "on another host than who asks",
            at="request_uri",
            clause="OpenID4VP 1.0 §15.8.1",
        )
        return _failed(ErrorCode.INVALID_REQUEST_URI, astray)
    if found.method is RequestUriMethod.GET:
        return Inquiry(_fetch(found), reference=found)
    nonce = b64.encode(random(_NONCE_BYTES))
    key = EphemeralKey.generate() if encrypted else None
    body = _body(found, wallet, nonce=nonce, key=key)
    step = _fetch(found, body=body)
    return Inquiry(step, reference=found, nonce=nonce, key=key)


def restore_inquiry(saved: bytes, *, key: SealKey) -> Inquiry:
    """Go on with what `Inquiry.save` sealed.

    Raises:
        MalformedError: another key sealed it, it was changed, or its version is not
            known here.
    """
    plain = unseal(saved, key=key, context=_CONTEXT, at="saved inquiry")
    state = json.read_object(plain, at="saved inquiry", max_bytes=limits.REQUEST_BYTES)
    if state.get("format") != _STATE:
        raise MalformedError("unknown version", at="/format", clause=_STATE)
    found = RequestReference(
        str(state["client_id"]),
        str(state["request_uri"]),
        RequestUriMethod(str(state["method"])),
    )
    own = None
    if "key" in state:
        sealed = b64.decode(str(state["key"]), at="/key", clause=_STATE)
        own = EphemeralKey.from_sealed(sealed, key=key, context=_CONTEXT, at="/key")
    return Inquiry(
        _fetch(found, body=str(state["body"])),
        reference=found,
        nonce=str(state["nonce"]) if "nonce" in state else None,
        key=own,
    )


def _is_astray(found: RequestReference) -> bool:
    """Whether who asks is known by a DNS name, and the request lies elsewhere."""
    client = read_client_id(found.client_id, at="client_id")
    if client.prefix is not ClientIdPrefix.X509_SAN_DNS:
        return False
    host = read_web_address(found.request_uri, at="request_uri").host
    return host != client.value.lower()


def _fetch(found: RequestReference, *, body: str = "") -> FetchRequest:
    accept = ("Accept", REQUEST_OBJECT)
    if found.method is RequestUriMethod.GET:
        return FetchRequest(HttpRequest("GET", found.request_uri, (accept,)))
    headers = (accept, ("Content-Type", FORM))
    return FetchRequest(HttpRequest("POST", found.request_uri, headers, body.encode()))


def _body(
    found: RequestReference,
    wallet: WalletAbilities,
    *,
    nonce: str,
    key: EphemeralKey | None,
) -> str:
    client = read_client_id(found.client_id, at="client_id")
    metadata = wallet.to_metadata(client.prefix)
    if key is not None:
        jwk: JsonObject = {**key.public_key.to_jwk(), "use": "enc", "alg": ALG}
        metadata["jwks"] = {"keys": [{**jwk, "kid": key.public_key.thumbprint}]}
    text = json.write_json(metadata).decode()
    return write_form({"wallet_metadata": text, "wallet_nonce": nonce})


def _require_answered(response: HttpResponse) -> None:
    """Return only if a request object came; any other status ends it (5.10.2)."""
    if response.status != _OK:
        raise MalformedError(
            f"HTTP status {response.status}",
            at="request_uri",
            clause="OpenID4VP 1.0 §5.10.2",
        )
    if response.media_type != REQUEST_OBJECT:
        raise MalformedError(
            "another content type than that of a request object",
            at="Content-Type",
            clause=_RESPONSE,
        )


def _claims_of(token: bytes) -> JsonObject:
    """Look into a request whose signature is judged later, over the same octets."""
    jws = read_compact(token, at="request", understood=frozenset())
    return json.read_object(
        jws.payload,
        at="request/payload",
        clause="RFC 9101 §4",
        max_bytes=limits.REQUEST_BYTES,
    )


def _text(raw: bytes) -> str:
    # What is no text is refused where it is read: there it gets its verdict.
    return raw.decode("utf-8", "replace")


def _link_code(fault: MalformedError | UnsupportedError) -> ErrorCode:
    if fault.at == "request_uri_method":
        return ErrorCode.INVALID_REQUEST_URI_METHOD
    if fault.at == "request_uri":
        return ErrorCode.INVALID_REQUEST_URI
    return code_for(fault)


def _failed(code: ErrorCode, fault: MalformedError | UnsupportedError) -> Inquiry:
    return Inquiry(RequestFailed(code, fault.what, fault.at, fault.clause))
