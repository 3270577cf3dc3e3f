"""What goes wrong between a verifier and a wallet online, each beside its valid twin.

Every case is the honest exchange with one thing changed, and comes to the error that
the standard names, to the very constant on the wire, and to nothing proven. The honest
exchange is run first in each of them.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import pytest

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.form import read_form, write_form
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.crypto.agreement import EphemeralKey
from idwallet.envelope.jwe import encrypt
from idwallet.errors import MalformedError
from idwallet.protocols.http import FORM, HttpRequest, HttpResponse
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.protocols.openid4vp.encryption import AnswerKey
from idwallet.protocols.openid4vp.evaluate import RequestVerdict, evaluate_request
from idwallet.protocols.openid4vp.inquiry import (
    REQUEST_OBJECT,
    RequestFailed,
    RequestReady,
)
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.refusals import ErrorCode
from idwallet.protocols.openid4vp.reply import read_reply
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.presentation_service import AnswerState, Flow, Started
from idwallet.roles.verifier import PresentationRequest
from idwallet.testing.draft import ABSENT, Draft, draft, loose_json
from idwallet.testing.request_draft import RequestDraft, request_draft
from idwallet.testing.scene import ANSWER_TO
from tests.unit.roles.presentation_service_world import (
    BACK,
    MINUTE,
    OTHER,
    PUBLIC,
    World,
    request_of,
    scene,
)

REFUSED: Final = (400, b'{"error":"invalid_request"}')
JWT: Final = ResponseMode.DIRECT_POST_JWT


# --- fetching a request --------------------------------------------------------------


@dataclass(frozen=True)
class Fetched:
    """A request on its way to the wallet, with one thing changed on the way."""

    name: str
    code: ErrorCode
    clause: str
    link: Callable[[str], str] = lambda link: link
    sent: Callable[[HttpRequest], HttpRequest] = lambda request: request
    came: Callable[[HttpResponse], HttpResponse] = lambda response: response
    encrypted: bool = False


def relinked(**changes: str) -> Callable[[str], str]:
    def change(link: str) -> str:
        head, _, query = link.partition("?")
        members = {k: v.decode() for k, v in read_form(query.encode(), at="").items()}
        return f"{head}?{write_form({**members, **changes})}"

    return change


def reformed(**changes: str | None) -> Callable[[HttpRequest], HttpRequest]:
    def change(request: HttpRequest) -> HttpRequest:
        made = {**request.form(), **changes}
        body = write_form({k: v for k, v in made.items() if v is not None})
        return replace(request, body=body.encode())

    return change


def headed(*headers: tuple[str, str]) -> Callable[[HttpResponse], HttpResponse]:
    return lambda response: replace(response, headers=headers)


def status(number: int) -> Callable[[HttpResponse], HttpResponse]:
    return lambda response: replace(response, status=number)


def bodied(body: bytes) -> Callable[[HttpResponse], HttpResponse]:
    return lambda response: replace(response, body=body)


def repaid(payload: bytes) -> Callable[[HttpResponse], HttpResponse]:
    """A request object of another payload, under the old signature."""

    def change(response: HttpResponse) -> HttpResponse:
        head, _, signature = response.body.split(b".")
        body = b".".join((head, b64.encode(payload).encode(), signature))
        return replace(response, body=body)

    return change


def _of_another_fetch(response: HttpResponse) -> HttpResponse:
    """A request that was signed for another wallet, which somebody kept."""
    world = World()
    kept: list[HttpResponse] = []
    world.fetch(world.start().link, bend_back=lambda r: kept.append(r) or r)
    return replace(response, body=kept[0].body)


URI_ERROR, OBJECT_ERROR = (
    ErrorCode.INVALID_REQUEST_URI,
    ErrorCode.INVALID_REQUEST_OBJECT,
)
REQUEST_ERROR: Final = ErrorCode.INVALID_REQUEST
VP: Final = "OpenID4VP 1.0"

FETCHED: Final = (
    Fetched(
        "the link names another client",
        REQUEST_ERROR,
        f"{VP} §5.10.1",
        link=relinked(client_id=f"x509_hash:{'A' * 43}"),
    ),
    Fetched(
        "the link names the client without its prefix",
        REQUEST_ERROR,
        f"{VP} §5.10.1",
        link=lambda link: link.replace("x509_hash%3A", ""),
    ),
    Fetched(
        "the link names a client of another prefix",
        REQUEST_ERROR,
        f"{VP} §5.10.1",
        link=relinked(client_id="x509_san_dns:shop.example"),
    ),
    Fetched(
        "the link names nobody",
        REQUEST_ERROR,
        "RFC 9101 §5.2",
        link=lambda link: link.replace("client_id=", "client="),
    ),
    Fetched(
        "the link names a client twice",
        REQUEST_ERROR,
        "RFC 6749 §3.1",
        link=lambda link: f"{link}&client_id=x509_hash%3AA",
    ),
    Fetched(
        "the link has a request and its address",
        URI_ERROR,
        "RFC 9101 §5.2",
        link=lambda link: f"{link}&request=e30.e30.e30",
    ),
    Fetched(
        "the request is to be fetched without TLS",
        URI_ERROR,
        "RFC 9101 §5.2",
        link=lambda link: link.replace("https", "http"),
    ),
    Fetched(
        "the address of the request shows one host and asks another",
        URI_ERROR,
        "RFC 3986 §3",
        link=lambda link: link.replace("shop.example", "shop.example%40evil.example"),
    ),
    Fetched(
        "the address of the request has a fragment",
        URI_ERROR,
        "RFC 3986 §3",
        link=relinked(request_uri=f"{PUBLIC}/request/1#x"),
    ),
    Fetched(
        "the address of the request is too long",
        URI_ERROR,
        "idwallet limits",
        link=relinked(request_uri=f"{PUBLIC}/{'a' * limits.URI_CHARACTERS}"),
    ),
    Fetched(
        "the method is spelled in capitals",
        ErrorCode.INVALID_REQUEST_URI_METHOD,
        f"{VP} §5.1",
        link=relinked(request_uri_method="POST"),
    ),
    Fetched(
        "the method is another one",
        ErrorCode.INVALID_REQUEST_URI_METHOD,
        f"{VP} §5.1",
        link=relinked(request_uri_method="put"),
    ),
    Fetched(
        "the request does not repeat the wallet's nonce",
        REQUEST_ERROR,
        f"{VP} §5.10.1",
        sent=reformed(wallet_nonce=None),
    ),
    Fetched(
        "the request repeats another nonce",
        REQUEST_ERROR,
        f"{VP} §5.10.1",
        sent=reformed(wallet_nonce="A" * 43),
    ),
    Fetched(
        "the request was signed for another fetch",
        REQUEST_ERROR,
        f"{VP} §5.10.1",
        came=_of_another_fetch,
    ),
    Fetched(
        "the verifier answers with another content type",
        URI_ERROR,
        f"{VP} §5.10.1",
        came=headed(("Content-Type", "application/jwt")),
    ),
    Fetched(
        "the verifier names no content type", URI_ERROR, f"{VP} §5.10.1", came=headed()
    ),
    Fetched(
        "the verifier names two content types",
        URI_ERROR,
        "RFC 9110 §5",
        came=headed(("Content-Type", REQUEST_OBJECT), ("content-type", "text/html")),
    ),
    Fetched(
        "the verifier sends the wallet elsewhere",
        URI_ERROR,
        f"{VP} §5.10.2",
        came=status(302),
    ),
    Fetched("there is no such request", URI_ERROR, f"{VP} §5.10.2", came=status(404)),
    Fetched("the verifier failed", URI_ERROR, f"{VP} §5.10.2", came=status(500)),
    Fetched(
        "the request is no request object",
        OBJECT_ERROR,
        "RFC 7515 §7.1",
        came=bodied(b"{}"),
    ),
    Fetched(
        "the request is not ASCII",
        OBJECT_ERROR,
        f"{VP} §5.10.1",
        came=bodied("é".encode()),
    ),
    Fetched(
        "the request is too large",
        OBJECT_ERROR,
        "idwallet limits",
        came=bodied(b"e30." + b"A" * limits.REQUEST_BYTES * 2 + b".e30"),
    ),
    Fetched(
        "the request says who asks twice",
        OBJECT_ERROR,
        "RFC 7493 §2.3",
        came=repaid(b'{"client_id":"a","client_id":"b"}'),
    ),
    Fetched(
        "the request is too deep",
        OBJECT_ERROR,
        "idwallet limits",
        came=repaid(b'{"a":' + b"[" * 99 + b"]" * 99 + b"}"),
    ),
    Fetched(
        "the request comes in the clear though it must be encrypted",
        OBJECT_ERROR,
        "RFC 7516 §7.1",
        encrypted=True,
        sent=reformed(wallet_metadata=None),
    ),
)


@pytest.mark.parametrize("case", FETCHED, ids=lambda each: each.name)
def test_a_request_that_was_changed_on_its_way_is_not_judged_at_all(
    case: Fetched,
) -> None:
    world = World()
    link = world.start().link
    assert isinstance(world.fetch(link, encrypted=case.encrypted).step, RequestReady)
    step = world.fetch(
        case.link(link),
        bend=case.sent,
        bend_back=case.came,
        encrypted=case.encrypted,
    ).step
    assert isinstance(step, RequestFailed), step
    assert (step.code, step.clause) == (case.code, case.clause)


# --- what a request object says ------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A request object with one thing changed before, or after, it was signed."""

    name: str
    change: Callable[[RequestDraft], None]
    check: CheckId
    reason: Reason
    code: ErrorCode
    twin: Callable[[RequestDraft], None] = lambda made: None


FORMATS: Final[JsonObject] = {"vp_formats_supported": {"dc+sd-jwt": {}}}
KEY: Final = AnswerKey.generate("ours")


def says(**claims: JsonValue) -> Callable[[RequestDraft], None]:
    def change(made: RequestDraft) -> None:
        made.claims = {**made.claims, **claims}

    return change


def encrypts(**metadata: JsonValue) -> Callable[[RequestDraft], None]:
    """A request for an encrypted answer; `metadata` overlays what it says of keys."""
    said: JsonObject = {**FORMATS, **KEY.public.to_metadata(), **metadata}
    kept: JsonObject = {k: v for k, v in said.items() if v is not None}
    return says(response_mode="direct_post.jwt", client_metadata=kept)


def jwk(**members: JsonValue) -> JsonValue:
    made: JsonObject = {**KEY.key.public_key.to_jwk(), "use": "enc"}
    made |= {"alg": "ECDH-ES", "kid": "ours", **members}
    return {"keys": [{k: v for k, v in made.items() if v is not None}]}


def times(**away: int) -> Callable[[RequestDraft], None]:
    def change(made: RequestDraft) -> None:
        moment = int(made.scene.at.timestamp())
        made.claims = {**made.claims, **{k: moment + v for k, v in away.items()}}

    return change


def signed_by_another(made: RequestDraft) -> None:
    made.signer = made.scene.issuer_identity.signer


def tampered(made: RequestDraft) -> None:
    def bend(token: str) -> str:
        head, body, signature = token.split(".")
        claims = read_object(b64.decode(body, at=""), at="")
        claims["response_uri"] = "https://evil.example/answer"
        return f"{head}.{b64.encode(loose_json(claims))}.{signature}"

    made.bend_token = bend


def by_name(made: RequestDraft) -> None:
    made.prefix = ClientIdPrefix.X509_SAN_DNS


def elsewhere(made: RequestDraft) -> None:
    by_name(made)
    says(response_uri="https://evil.example/answer")(made)


def pinned(made: RequestDraft) -> None:
    made.pin()


def pinned_with_metadata(made: RequestDraft) -> None:
    made.pin()
    says(client_metadata=FORMATS)(made)


def typed_otherwise(made: RequestDraft) -> None:
    made.header = {**made.header, "typ": "JWT"}


FORM_CHECK, VALID, BY = (
    CheckId.REQUEST_FORMAT,
    CheckId.REQUEST_VALIDITY,
    CheckId.READER_AUTHORISED,
)
BAD, UNSUPPORTED = Reason.MALFORMED, Reason.UNSUPPORTED

ASKED: Final = (
    Asked(
        "an expired request",
        times(iat=-900, exp=-600),
        VALID,
        Reason.EXPIRED,
        OBJECT_ERROR,
    ),
    Asked(
        "a request of tomorrow",
        times(iat=3600, exp=7200),
        VALID,
        Reason.NOT_YET_VALID,
        OBJECT_ERROR,
    ),
    Asked(
        "a request that was tampered with",
        tampered,
        CheckId.REQUEST_SIGNATURE,
        Reason.INVALID,
        OBJECT_ERROR,
    ),
    Asked(
        "a request that another signed",
        signed_by_another,
        CheckId.REQUEST_SIGNATURE,
        Reason.INVALID,
        OBJECT_ERROR,
    ),
    Asked(
        "a request of another type of token",
        typed_otherwise,
        FORM_CHECK,
        Reason.TYP_MISMATCH,
        REQUEST_ERROR,
    ),
    Asked(
        "a request for another audience",
        says(aud="https://wallet.example"),
        FORM_CHECK,
        BAD,
        REQUEST_ERROR,
    ),
    Asked(
        "an answer to a host that the certificate does not name",
        elsewhere,
        BY,
        Reason.RESPONSE_URI_MISMATCH,
        REQUEST_ERROR,
        twin=by_name,
    ),
    Asked(
        "a redirect beside an address to post to",
        says(redirect_uri=ANSWER_TO),
        FORM_CHECK,
        BAD,
        REQUEST_ERROR,
    ),
    Asked(
        "a fragment for an address to post to",
        says(response_mode="fragment"),
        FORM_CHECK,
        BAD,
        REQUEST_ERROR,
    ),
    Asked(
        "metadata of a client that is known",
        pinned_with_metadata,
        FORM_CHECK,
        UNSUPPORTED,
        ErrorCode.INVALID_CLIENT,
        twin=pinned,
    ),
    Asked(
        "a query by a scope that nobody knows",
        says(scope="org.example.id", dcql_query=ABSENT),
        FORM_CHECK,
        UNSUPPORTED,
        ErrorCode.INVALID_SCOPE,
    ),
    Asked(
        "a query and a scope",
        says(scope="org.example.id"),
        FORM_CHECK,
        BAD,
        REQUEST_ERROR,
    ),
    Asked(
        "transaction data that nobody can show",
        says(
            transaction_data=[
                b64.encode(b'{"type":"unknown","credential_ids":["pid"]}')
            ]
        ),
        FORM_CHECK,
        UNSUPPORTED,
        ErrorCode.INVALID_TRANSACTION_DATA,
    ),
    Asked(
        "an encrypted answer to no key",
        encrypts(jwks=None),
        FORM_CHECK,
        BAD,
        REQUEST_ERROR,
        twin=encrypts(),
    ),
    Asked(
        "an encrypted answer to a key without a name",
        encrypts(jwks=jwk(kid=None)),
        FORM_CHECK,
        BAD,
        REQUEST_ERROR,
        twin=encrypts(),
    ),
    Asked(
        "an encrypted answer to a key that signs",
        encrypts(jwks=jwk(use="sig")),
        FORM_CHECK,
        UNSUPPORTED,
        REQUEST_ERROR,
        twin=encrypts(),
    ),
    Asked(
        "an encrypted answer by another algorithm",
        encrypts(jwks=jwk(alg="RSA-OAEP-256")),
        FORM_CHECK,
        UNSUPPORTED,
        REQUEST_ERROR,
        twin=encrypts(),
    ),
    Asked(
        "an encrypted answer to a private key",
        encrypts(jwks=jwk(d="AAAA")),
        FORM_CHECK,
        BAD,
        REQUEST_ERROR,
        twin=encrypts(),
    ),
    Asked(
        "an encrypted answer by a content encryption that is not spoken",
        encrypts(encrypted_response_enc_values_supported=["A128CBC-HS256"]),
        FORM_CHECK,
        UNSUPPORTED,
        REQUEST_ERROR,
        twin=encrypts(),
    ),
)


@pytest.mark.parametrize("case", ASKED, ids=lambda each: each.name)
def test_a_request_that_breaks_a_rule_gets_the_code_of_the_standard(
    case: Asked,
) -> None:
    def judged(change: Callable[[RequestDraft], None]) -> RequestVerdict:
        made = request_draft(scene())
        change(made)
        return evaluate_request(
            made.message(), trust=made.trust, policy=made.policy, at=scene().at
        )

    twin = judged(case.twin)
    assert twin.error is None, [e for e in twin.checks if e.outcome is Outcome.FAILED]
    verdict = judged(case.change)
    failed = {e.id: e.reason for e in verdict.checks if e.outcome is Outcome.FAILED}
    assert failed == {case.check: case.reason}
    assert verdict.error is case.code


# --- answers -------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One request, and how to post to it."""

    world: World
    started: Started
    request: PresentationRequest

    def honest(self) -> JsonObject:
        made = draft(scene(), self.request)
        return read_object(made.answer(), at="")

    def sealed(
        self,
        members: JsonObject | bytes,
        *,
        to: EphemeralKey | None = None,
        kid: str | None = "",
    ) -> str:
        key = self.request.decryption
        assert key is not None
        inside = members if isinstance(members, bytes) else loose_json(members)
        name = key.kid if kid == "" else kid
        return encrypt(
            inside,
            to=key.key.public_key if to is None else to.public_key,
            random=secrets.token_bytes,
            header={} if name is None else {"kid": name},
        )

    def post(
        self, body: str | Mapping[str, str], *, content_type: str | None = FORM
    ) -> tuple[int, bytes]:
        text = body if isinstance(body, str) else write_form(body)
        headers = () if content_type is None else (("Content-Type", content_type),)
        sent = HttpRequest("POST", f"{PUBLIC}/answer", headers, text.encode())
        said = self.world.carry(sent)
        return said.status, said.body


def line(asked: JsonObject | None = None, mode: ResponseMode = JWT) -> Line:
    world = World(mode=mode)
    started = world.start() if asked is None else world.start(asked=asked)
    return Line(world, started, request_of(world, started))


Posts = Callable[[Line], tuple[int, bytes]]


@dataclass(frozen=True)
class Answered:
    """An answer that is not the honest one, and what it comes to.

    `fault` stands in what the operator is told, or is the check that fails; `spent`
    says whether the request is used up by it.
    """

    name: str
    post: Posts
    fault: str | tuple[CheckId, Reason]
    mode: ResponseMode = JWT


def inside(**changes: JsonValue) -> Posts:
    """Parameters changed within the encryption."""

    def post(to: Line) -> tuple[int, bytes]:
        members = {**to.honest(), **changes}
        kept = {k: v for k, v in members.items() if v != ABSENT}
        return to.post({"response": to.sealed(kept)})

    return post


def presented(change: Callable[[Draft], None], **more: JsonValue) -> Posts:
    """A presentation that was made otherwise, in an honest answer."""

    def post(to: Line) -> tuple[int, bytes]:
        made = draft(scene(), to.request)
        change(made)
        members: JsonObject = {**read_object(made.answer(), at=""), **more}
        return to.post({"response": to.sealed(members)})

    return post


def bound(**said: JsonValue) -> Callable[[Draft], None]:
    def change(made: Draft) -> None:
        made.binding = said

    return change


def reheaded(**header: JsonValue) -> Posts:
    def post(to: Line) -> tuple[int, bytes]:
        head, _, rest = to.sealed(to.honest()).partition(".")
        members = {**read_object(b64.decode(head, at=""), at=""), **header}
        return to.post({"response": f"{b64.encode(loose_json(members))}.{rest}"})

    return post


def _other_request(to: Line) -> tuple[int, bytes]:
    """The whole of an answer to one request, posted for another one's name."""
    other = line()
    members = other.honest() | {"state": to.request.state}
    return to.post({"response": to.sealed(members)})


def _nonce_of_another(to: Line) -> tuple[int, bytes]:
    other = line()
    made = draft(scene(), to.request)
    made.binding = {"nonce": other.request.nonce}
    return to.post({"response": to.sealed(read_object(made.answer(), at=""))})


def _to_another_key(to: Line) -> tuple[int, bytes]:
    stranger = EphemeralKey.generate()
    return to.post({"response": to.sealed(to.honest(), to=stranger)})


def _key_of_another_request(to: Line) -> tuple[int, bytes]:
    """Encrypted to the key of one request, in the name of another."""
    other = line()
    key, own = other.request.decryption, to.request.decryption
    assert key is not None
    assert own is not None
    return to.post({"response": to.sealed(to.honest(), to=key.key, kid=own.kid)})


def _in_the_clear(to: Line) -> tuple[int, bytes]:
    said = to.honest()
    token = write_json(said["vp_token"]).decode()
    return to.post({"vp_token": token, "state": to.request.state})


def _both(to: Line) -> tuple[int, bytes]:
    token = write_json(to.honest()["vp_token"]).decode()
    return to.post({"response": to.sealed(to.honest()), "vp_token": token})


def _nested(to: Line) -> tuple[int, bytes]:
    return to.post({"response": to.sealed({"response": to.sealed(to.honest())})})


def _twice_in_the_form(to: Line) -> tuple[int, bytes]:
    one = write_form({"response": to.sealed(to.honest())})
    return to.post(f"{one}&{one}")


def _twice_inside(to: Line) -> tuple[int, bytes]:
    text = loose_json(to.honest()).decode()
    token = write_json(to.honest()["vp_token"]).decode()
    body = text[:-1] + f',"vp_token":{token}}}'
    return to.post({"response": to.sealed(body.encode())})


def _as(content_type: str | None) -> Posts:
    return lambda to: to.post(
        {"response": to.sealed(to.honest())}, content_type=content_type
    )


def _as_json(to: Line) -> tuple[int, bytes]:
    body = write_json({"response": to.sealed(to.honest())}).decode()
    return to.post(body, content_type="application/json")


def _too_large(to: Line) -> tuple[int, bytes]:
    large = to.honest() | {"junk": "x" * limits.RESPONSE_BYTES}
    return to.post({"response": to.sealed(large)})


def _too_deep(to: Line) -> tuple[int, bytes]:
    deep = b'{"junk":' + b"[" * 99 + b"]" * 99 + b"}"
    return to.post({"response": to.sealed(deep)})


def _over(to: Line) -> tuple[int, bytes]:
    to.world.at += 7 * MINUTE
    return to.post({"response": to.sealed(to.honest())})


def _no_name(to: Line) -> tuple[int, bytes]:
    return to.post({"response": to.sealed(to.honest(), kid=None)})


def _clear_state_of_another(to: Line) -> tuple[int, bytes]:
    token = write_json(to.honest()["vp_token"]).decode()
    return to.post({"vp_token": token, "state": line().request.state})


def _clear_without_state(to: Line) -> tuple[int, bytes]:
    return to.post({"vp_token": write_json(to.honest()["vp_token"]).decode()})


def _encrypted_unasked(to: Line) -> tuple[int, bytes]:
    key = AnswerKey.generate(_reference(to))
    token = encrypt(
        loose_json(to.honest()),
        to=key.key.public_key,
        random=secrets.token_bytes,
        header={"kid": key.kid},
    )
    return to.post({"response": token})


def _reference(to: Line) -> str:
    assert to.started.reference is not None
    return to.started.reference.request_uri.rpartition("/")[2]


def _false(made: Draft) -> None:
    made.claims = {**made.claims, "age_equal_or_over": {"18": False}}


def _partly(made: Draft) -> None:
    made.claims = {"family_name": "Образцова"}


def _token(to: Line) -> str:
    return draft(scene(), to.request).token()


def _several(to: Line) -> tuple[int, bytes]:
    members: JsonObject = {
        "vp_token": {"pid": [_token(to), _token(to)]},
        "state": to.request.state,
    }
    return to.post({"response": to.sealed(members)})


def _beyond(to: Line) -> tuple[int, bytes]:
    members: JsonObject = {
        "vp_token": {"pid": [_token(to)], "licence": [_token(to)]},
        "state": to.request.state,
    }
    return to.post({"response": to.sealed(members)})


def _unbound(made: Draft) -> None:
    made.bend_binding = lambda _: ""


def _another_holder(made: Draft) -> None:
    """The credential stays bound to who it was issued to."""
    made.payload = {"cnf": {"jwk": made.holder_signer.public_key.to_jwk()}}
    made.holder_signer = scene().new_holder_signer()


FORMAT, QUERY, BINDING = (
    CheckId.PRESENTATION_FORMAT,
    CheckId.PRESENTATION_QUERY,
    CheckId.HOLDER_BINDING,
)

ANSWERED: Final = (
    Answered("another state", inside(state="A" * 43), "another state"),
    Answered("no state", inside(state=ABSENT), "another state"),
    Answered("a state that is a number", inside(state=1), "/state"),
    Answered(
        "the audience of somebody else",
        presented(bound(aud="x509_hash:AAAA")),
        (CheckId.PRESENTATION_AUDIENCE, Reason.MISMATCH),
    ),
    Answered(
        "the audience without its prefix",
        presented(bound(aud="shop.example")),
        (CheckId.PRESENTATION_AUDIENCE, Reason.MISMATCH),
    ),
    Answered(
        "the nonce of another request",
        _nonce_of_another,
        (CheckId.PRESENTATION_NONCE, Reason.MISMATCH),
    ),
    Answered(
        "what was shown for another request",
        _other_request,
        (CheckId.PRESENTATION_NONCE, Reason.MISMATCH),
    ),
    Answered(
        "without key binding",
        presented(_unbound),
        (BINDING, Reason.ABSENT),
    ),
    Answered(
        "signed by another holder",
        presented(_another_holder),
        (BINDING, Reason.INVALID),
    ),
    Answered("in the clear", _in_the_clear, "in the clear"),
    Answered("in the clear beside the encrypted one", _both, "beside"),
    Answered("an answer in an answer", _nested, "inside a response"),
    Answered("to another key", _to_another_key, "does not open"),
    Answered("to the key of another request", _key_of_another_request, "does not open"),
    Answered("without the name of the key", _no_name, "no such request"),
    Answered("compressed", reheaded(zip="DEF"), "compressed"),
    Answered("another content encryption named", reheaded(enc="A256GCM"), "not open"),
    Answered(
        "a content encryption of others", reheaded(enc="A128CBC-HS256"), "content"
    ),
    Answered("another algorithm named", reheaded(alg="ECDH-ES+A128KW"), "algorithm"),
    Answered("no encryption named", reheaded(alg="none"), "algorithm"),
    Answered("something critical", reheaded(crit=["x"], x=1), "critical"),
    Answered(
        "another curve",
        reheaded(epk=EphemeralKey.generate("P-384").public_key.to_jwk()),
        "curve",
    ),
    Answered("as JSON", _as_json, "application/x-www-form-urlencoded"),
    Answered("as text", _as("text/plain"), "application/x-www-form-urlencoded"),
    Answered("of no content type", _as(None), "application/x-www-form-urlencoded"),
    Answered("a parameter twice in the form", _twice_in_the_form, "repeated"),
    Answered("a parameter twice inside", _twice_inside, "duplicate"),
    Answered("too large", _too_large, "too long"),
    Answered("too deep", _too_deep, "deep"),
    Answered("too late", _over, "over"),
    Answered("an answer and an error", inside(error="access_denied"), "error"),
    Answered("no presentations", inside(vp_token={}), "/vp_token"),
    Answered("presentations as a text", inside(vp_token="{}"), "/vp_token"),
    Answered(
        "presentations that are no list", inside(vp_token={"pid": "x"}), "/vp_token"
    ),
    Answered(
        "credentials outside of the query",
        _beyond,
        (QUERY, Reason.CREDENTIAL_NOT_REQUESTED),
    ),
    Answered(
        "several where one was asked for",
        _several,
        (QUERY, Reason.TOO_MANY_CREDENTIALS),
    ),
    Answered(
        "a value that was not asked for",
        presented(_false),
        (QUERY, Reason.VALUE_DIFFERS),
    ),
    Answered(
        "a part of what was asked for",
        presented(_partly),
        (QUERY, Reason.CLAIM_MISSING),
    ),
    Answered(
        "in the clear with the state of another",
        _clear_state_of_another,
        "no such request",
        mode=ResponseMode.DIRECT_POST,
    ),
    Answered(
        "in the clear without a state",
        _clear_without_state,
        "no such request",
        mode=ResponseMode.DIRECT_POST,
    ),
    Answered(
        "encrypted though nobody asked for that",
        _encrypted_unasked,
        "encrypted response",
        mode=ResponseMode.DIRECT_POST,
    ),
)


@pytest.mark.parametrize("case", ANSWERED, ids=lambda each: each.name)
def test_an_answer_that_is_not_the_honest_one_is_refused_by_a_constant(
    case: Answered,
) -> None:
    twin = line(mode=case.mode)
    members = twin.honest()
    if case.mode is JWT:
        assert twin.post({"response": twin.sealed(members)}) == (200, b"{}")
    else:
        assert _in_the_clear(twin) == (200, b"{}")
    assert twin.world.outcome(twin.started).state is AnswerState.PASSED

    to = line(mode=case.mode)
    assert case.post(to) == REFUSED
    told = to.world.noticed[-1]
    found = to.world.outcome(to.started)
    assert found.presentation is None
    if isinstance(case.fault, str):
        assert case.fault in (told.fault or ""), told
        assert found.state in {AnswerState.WAITING, AnswerState.EXPIRED}
        return
    assert told.report is not None
    failed = {
        (e.id, e.reason) for e in told.report.checks if e.outcome is Outcome.FAILED
    }
    assert failed == {case.fault}
    assert found.state is AnswerState.FAILED


@pytest.mark.parametrize(
    "body", [b"a%0Ab%1b[31m%E2%80%AE=%ff", b"%0A" * 100_000 + b"=%ff"]
)
def test_no_name_that_somebody_made_up_writes_into_the_log(body: bytes) -> None:
    world = World()
    posted = (("Content-Type", FORM),)
    world.carry(HttpRequest("POST", f"{PUBLIC}/answer", posted, body))
    (told,) = world.noticed
    assert told.fault is not None
    assert told.fault.isprintable()
    assert len(told.fault) <= limits.TEXT_CHARACTERS


def test_what_used_nothing_up_leaves_the_request_to_be_answered() -> None:
    for case in ANSWERED:
        if isinstance(case.fault, str) and case.name != "too late":
            to = line(mode=case.mode)
            case.post(to)
            sent = (
                to.post({"response": to.sealed(to.honest())})
                if case.mode is JWT
                else _in_the_clear(to)
            )
            assert sent == (200, b"{}"), case.name


# --- sessions ------------------------------------------------------------------------


def test_a_code_serves_the_answer_and_the_session_that_it_was_made_for() -> None:
    world = World()
    mine, other = (
        world.start(Flow.SAME_DEVICE),
        world.start(Flow.SAME_DEVICE, session=OTHER),
    )
    back = [world.post(world.answer(e.link)).redirect_uri for e in (mine, other)]
    # Every way to mix them up, before the one that is right.
    assert world.state(mine, url=back[1]) is AnswerState.FOREIGN
    assert world.state(mine, session=OTHER, url=back[0]) is AnswerState.FOREIGN
    assert world.state(mine, session=OTHER, url=back[1]) is AnswerState.FOREIGN
    assert world.state(other, url=back[1]) is AnswerState.FOREIGN
    assert world.state(mine) is AnswerState.ANSWERED
    for url in (BACK, f"{BACK}?response_code=", f"{BACK}?code=1", "javascript:1"):
        assert world.outcome(mine, url=url).presentation is None
    assert world.state(mine, url=back[0]) is AnswerState.PASSED
    assert world.state(other, session=OTHER, url=back[1]) is AnswerState.PASSED


# --- what a verifier says ------------------------------------------------------------

JSON_HEADER: Final = (("Content-Type", "application/json"),)

REPLIES: Final = {
    "a script": {"redirect_uri": "javascript:alert(1)"},
    "a page without TLS": {"redirect_uri": "http://shop.example/done"},
    "a file": {"redirect_uri": "file:///etc/passwd"},
    "a document in itself": {"redirect_uri": "data:text/html,x"},
    "an intent": {"redirect_uri": "intent://x#Intent;end"},
    "another wallet": {"redirect_uri": "openid4vp://?client_id=a"},
    "a relative address": {"redirect_uri": "/done"},
    "a page past a user": {"redirect_uri": "https://shop.example@evil.example/"},
    "a page past a backslash": {"redirect_uri": "https://evil.example\\@shop.example"},
    "a page with a line break": {"redirect_uri": "https://shop.example/\r\nX: y"},
    "a fragment with a space": {"redirect_uri": "https://shop.example/# x"},
    "no text": {"redirect_uri": ["https://shop.example/"]},
    "too long": {"redirect_uri": f"https://shop.example/{'a' * limits.URI_CHARACTERS}"},
}


@pytest.mark.parametrize("name", REPLIES)
def test_a_person_is_sent_to_a_page_or_an_app_and_nowhere_else(name: str) -> None:
    for twin in (
        "https://shop.example/done?response_code=1",
        "https://shop.example/done#response_code=1",
        "com.example.shop:/done?response_code=1",
    ):
        body = write_json({"redirect_uri": twin, "junk": 1})
        assert read_reply(HttpResponse(200, JSON_HEADER, body)).redirect_uri == twin
    said: JsonObject = {**REPLIES[name]}
    with pytest.raises(MalformedError):
        read_reply(HttpResponse(200, JSON_HEADER, write_json(said)))


def test_a_reply_of_another_kind_is_none() -> None:
    for headers, body in (
        ((("Content-Type", "text/html"),), b"{}"),
        ((), b"{}"),
        (JSON_HEADER, b"[]"),
        (JSON_HEADER, b'{"redirect_uri":"https://a/","redirect_uri":"https://b/"}'),
    ):
        with pytest.raises(MalformedError):
            read_reply(HttpResponse(200, headers, body))
    elsewhere = (("Location", "https://evil.example"), *JSON_HEADER)
    for number in (302, 307, 400, 500):
        assert not read_reply(HttpResponse(number, elsewhere, b"{}")).is_taken


# --- what a wallet says of itself ----------------------------------------------------

HEARD: Final[dict[str, dict[str, str | None]]] = {
    "no prefix of ours": {"client_id_prefixes_supported": '["redirect_uri"]'},
    "no format that is asked": {"vp_formats_supported": '{"ldp_vc":{}}'},
    "no signature of ours": {
        "request_object_signing_alg_values_supported": '["RS256"]'
    },
    "no encryption of ours": {
        "authorization_encryption_alg_values_supported": '["RSA-OAEP"]'
    },
    "no content encryption of ours": {
        "authorization_encryption_enc_values_supported": '["A128CBC-HS256"]'
    },
    "a key of another kind": {"jwks": '{"keys":[{"kty":"RSA","alg":"RSA-OAEP"}]}'},
    "a list that is none": {"client_id_prefixes_supported": '"x509_hash"'},
}


@pytest.mark.parametrize("name", HEARD)
def test_a_wallet_that_could_not_answer_is_not_asked(name: str) -> None:
    world = World()
    reference = world.start().reference
    assert reference is not None

    def post(metadata: str, nonce: str = "n", media: str = FORM) -> HttpResponse:
        body = write_form({"wallet_metadata": metadata, "wallet_nonce": nonce})
        headers = (("Content-Type", media),)
        sent = HttpRequest("POST", reference.request_uri, headers, body.encode())
        return world.carry(sent)

    assert post("{}").status == 200
    ((member, value),) = HEARD[name].items()
    said = post(f'{{"{member}":{value}}}')
    assert (said.status, said.body) == REFUSED
    for wrong in ("[]", "{", '{"a":1,"a":2}', "x" * limits.REQUEST_BYTES):
        assert post(wrong).status == 400
    for nonce in ("", "a b", "é", "n" * (limits.NONCE_CHARACTERS + 1)):
        assert post("{}", nonce).status == 400
    assert post("{}", media="application/json").status == 400


def test_of_the_content_encryptions_those_are_named_that_the_wallet_has() -> None:
    world = World()

    def bend(request: HttpRequest) -> HttpRequest:
        said = read_object(request.form()["wallet_metadata"], at="")
        said["authorization_encryption_enc_values_supported"] = ["A256GCM"]
        return reformed(wallet_metadata=write_json(said).decode())(request)

    step = world.fetch(world.start().link, bend=bend).step
    assert isinstance(step, RequestReady)
    token = str(read_object(step.raw, at="")["request"])
    claims = read_object(b64.decode(token.split(".")[1], at=""), at="")
    metadata = claims["client_metadata"]
    assert isinstance(metadata, dict)
    assert metadata["encrypted_response_enc_values_supported"] == ["A256GCM"]


def test_every_case_is_one_of_at_least_thirty_five() -> None:
    cases = [*FETCHED, *ASKED, *ANSWERED]
    assert len({(type(e), e.name) for e in cases}) == len(cases)
    assert len(cases) + len(REPLIES) + len(HEARD) >= 100
