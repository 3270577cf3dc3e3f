"""Forged requests: what a wallet must not even show to its owner.

    for forgery in REQUESTS:
        valid, forged = forgery.twins(scene)
        my_wallet.read(valid.message())      # must be taken
        my_wallet.read(forged.message())     # must be refused, for forgery.reason

The wallet under test trusts `RequestDraft.trust` under `RequestDraft.policy` at
`Scene.at`. `judge_request` is this library's own answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonValue
from idwallet.protocols.openid4vp import evaluate_request
from idwallet.report import CheckId, Reason, Report
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.corpus.tokens import (
    MALFORMED_HEADERS,
    UNREADABLE,
)
from idwallet.testing.draft import ABSENT, Bend, loose_json, overlaid
from idwallet.testing.request_draft import RequestDraft, request_draft
from idwallet.testing.scene import ANSWER_TO, Scene

_FORMAT: Final = CheckId.REQUEST_FORMAT
_VALIDITY: Final = CheckId.REQUEST_VALIDITY
_MALFORMED: Final = Reason.MALFORMED
_LIMIT: Final = Reason.LIMIT_EXCEEDED
_UNSUPPORTED: Final = Reason.UNSUPPORTED


@dataclass(frozen=True, slots=True)
class RequestForgery(Forged[RequestDraft]):
    """A request that a wallet must refuse; see `Forged`."""

    def twins(self, scene: Scene) -> tuple[RequestDraft, RequestDraft]:
        """Return the valid request and the forged one."""
        return self.apart(lambda: request_draft(scene))


def judge_request(made: RequestDraft) -> Report:
    """Evaluate a request as a wallet of this library would."""
    verdict = evaluate_request(
        made.message(), trust=made.trust, policy=made.policy, at=made.scene.at
    )
    return Report(
        checks=verdict.checks,
        required=verdict.required,
        at=made.scene.at,
        policy=made.policy.name,
        evidence=verdict.evidence,
    )


Change = Callable[[RequestDraft], None]


def asks(**claims: JsonValue) -> Change:
    """Return a forger that overlays the claims of the request."""

    def forge(made: RequestDraft) -> None:
        made.claims = {**made.claims, **claims}

    return forge


def header(**members: JsonValue) -> Change:
    """Return a forger that overlays the header of the request."""

    def forge(made: RequestDraft) -> None:
        made.header = {**made.header, **members}

    return forge


def bent(bend: Bend) -> Change:
    """Return a forger that changes the finished request object."""

    def forge(made: RequestDraft) -> None:
        made.bend_token = bend

    return forge


def _payload(bend: Callable[[bytes], bytes]) -> Change:
    def forge(made: RequestDraft) -> None:
        made.bend_payload = bend

    return forge


def _link(bend: Bend) -> Change:
    def forge(made: RequestDraft) -> None:
        made.bend_message = bend

    return forge


def _times(**away: timedelta) -> Change:
    """Return a forger that sets dates relative to the moment judged."""

    def forge(made: RequestDraft) -> None:
        at = made.scene.at
        moments = {name: int((at + each).timestamp()) for name, each in away.items()}
        made.claims = {**made.claims, **moments}

    return forge


def _credential(**members: JsonValue) -> dict[str, JsonValue]:
    asked: dict[str, JsonValue] = {
        "id": "pid",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": ["urn:eudi:pid:1"]},
    }
    return overlaid(asked, members)


def _query(**members: JsonValue) -> dict[str, JsonValue]:
    return {"credentials": [_credential(**members)]}


def _nested(levels: int) -> JsonValue:
    value: JsonValue = []
    for _ in range(levels):
        value = [value]
    return value


def _bound_by_state(made: RequestDraft) -> None:
    unbound = _query(require_cryptographic_holder_binding=False)
    made.claims = {**made.claims, "dcql_query": unbound}


_PARAMETERS: Final[tuple[tuple[str, dict[str, JsonValue]], ...]] = (
    ("no nonce", {"nonce": ABSENT}),
    ("an empty nonce", {"nonce": ""}),
    ("a nonce with a space", {"nonce": "a b"}),
    ("a nonce that is a number", {"nonce": 1}),
    ("a state that is empty", {"state": ""}),
    ("a state with a line break", {"state": "a\n"}),
    ("an audience of another wallet", {"aud": "https://wallet.example"}),
    (
        "an audience among others",
        {"aud": ["https://self-issued.me/v2", "https://wallet.example"]},
    ),
    ("a request inside the request", {"request": "eyJ"}),
    ("an address inside the request", {"request_uri": f"{ANSWER_TO}/1"}),
    ("a redirect beside direct_post", {"redirect_uri": ANSWER_TO}),
    ("a fragment for an address to post to", {"response_mode": "fragment"}),
    ("an encrypted answer to no key", {"response_mode": "direct_post.jwt"}),
    ("no response type", {"response_type": ABSENT}),
    ("no response mode", {"response_mode": ABSENT}),
    ("no place for the answer", {"response_uri": ABSENT}),
    ("an answer in clear", {"response_uri": "http://shop.example/answer"}),
    ("an answer past a user part", {"response_uri": "https://shop.example@evil.test"}),
    (
        "an answer past a backslash",
        {"response_uri": "https://evil.test\\@shop.example/"},
    ),
    ("an answer to a fragment", {"response_uri": f"{ANSWER_TO}#x"}),
    ("an answer to a host in Cyrillic", {"response_uri": "https://\u0455hop.example/"}),
    ("an answer written backwards", {"response_uri": f"{ANSWER_TO}\u202e"}),
    ("an answer to no port", {"response_uri": "https://shop.example:0/"}),
    ("no metadata", {"client_metadata": ABSENT}),
    ("metadata without formats", {"client_metadata": {"vp_formats_supported": {}}}),
    ("no query", {"dcql_query": ABSENT}),
    ("a query for nothing", {"dcql_query": {"credentials": []}}),
    ("a query without a type", {"dcql_query": _query(meta=ABSENT)}),
    ("a query identifier in Cyrillic", {"dcql_query": _query(id="\u0440id")}),
    (
        "a query identifier twice",
        {"dcql_query": {"credentials": [_credential(), _credential()]}},
    ),
    ("a query beside a scope", {"scope": "org.example.id"}),
    ("a purpose that is no text", {"idwallet_purpose": ["x"]}),
    ("an unsigned kind of client", {"client_id": f"redirect_uri:{ANSWER_TO}"}),
    ("nobody asks", {"client_id": ABSENT}),
    ("somebody without a name asks", {"client_id": ""}),
    ("somebody written backwards asks", {"client_id": "x509_hash:\u202eA"}),
)

_NOT_UNDERSTOOD: Final[tuple[tuple[str, dict[str, JsonValue]], ...]] = (
    ("an answer that is also a login", {"response_type": "vp_token id_token"}),
    ("an answer through a browser", {"response_mode": "dc_api"}),
    ("a query of earlier drafts", {"presentation_definition": {}}),
    ("a query by scope", {"dcql_query": ABSENT, "scope": "org.example.id"}),
    ("a client of a DID", {"client_id": "decentralized_identifier:did:example:1"}),
    ("a client that is an origin", {"client_id": "origin:https://shop.example"}),
)

_TOO_LARGE: Final[tuple[tuple[str, dict[str, JsonValue]], ...]] = (
    ("a nonce too long", {"nonce": "n" * (limits.NONCE_CHARACTERS + 1)}),
    ("a state too long", {"state": "s" * (limits.STATE_CHARACTERS + 1)}),
    (
        "an address too long",
        {"response_uri": f"{ANSWER_TO}/{'a' * limits.URI_CHARACTERS}"},
    ),
    ("a purpose too long", {"idwallet_purpose": "p" * (limits.TEXT_CHARACTERS + 1)}),
    ("a name too long", {"client_id": "c" * (limits.CLIENT_ID_CHARACTERS + 1)}),
    ("a request too long", {"note": "x" * limits.REQUEST_BYTES}),
    ("a request too deep", {"note": _nested(limits.JSON_DEPTH)}),
    ("a number too long", {"note": 10**limits.JSON_NUMBER_CHARACTERS}),
)

_WAYS: Final[tuple[tuple[str, Reason, Bend], ...]] = (
    ("no bytes at all", _MALFORMED, lambda _: ""),
    ("a link without a query", _MALFORMED, lambda _: "openid4vp://"),
    ("a link with a fragment", _MALFORMED, lambda link: f"{link}#request=x"),
    ("a link with a request twice", _MALFORMED, lambda link: f"{link}&request=x"),
    ("a link with a client twice", _MALFORMED, lambda link: f"{link}&client_id=x"),
    (
        "a link with a request and its address",
        _MALFORMED,
        lambda link: f"{link}&request_uri=https%3A%2F%2Fshop.example",
    ),
    (
        "a document with a request twice",
        _MALFORMED,
        lambda _: '{"request":"","request":""}',
    ),
    (
        "a request by reference",
        _UNSUPPORTED,
        lambda _: "openid4vp://?client_id=a&request_uri=https%3A%2F%2Fshop.example",
    ),
    (
        "a request in clear",
        _UNSUPPORTED,
        lambda _: "openid4vp://?client_id=a&response_type=vp_token&nonce=1",
    ),
)

_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)

REQUEST_FORMATS: Final = (
    *(
        RequestForgery(name, _FORMAT, _MALFORMED, asks(**claims))
        for name, claims in _PARAMETERS
    ),
    *(
        RequestForgery(name, _FORMAT, _UNSUPPORTED, asks(**claims))
        for name, claims in _NOT_UNDERSTOOD
    ),
    *(
        RequestForgery(name, _FORMAT, _LIMIT, asks(**claims))
        for name, claims in _TOO_LARGE
    ),
    *(RequestForgery(name, _FORMAT, why, _link(bend)) for name, why, bend in _WAYS),
    *(
        RequestForgery(name, _FORMAT, _MALFORMED, bent(bend))
        for name, bend in UNREADABLE
    ),
    *(
        RequestForgery(name, _FORMAT, _MALFORMED, header(**members))
        for name, members in MALFORMED_HEADERS
    ),
    *(
        RequestForgery(name, _FORMAT, Reason.TYP_MISMATCH, header(typ=typ))
        for name, typ in (
            ("typ of a plain JWT", "JWT"),
            ("typ of a credential", "dc+sd-jwt"),
            ("typ of a key binding", "kb+jwt"),
            ("typ of a proof of possession", "openid4vci-proof+jwt"),
            ("typ in capitals", "OAUTH-AUTHZ-REQ+JWT"),
            ("no typ", ABSENT),
        )
    ),
    RequestForgery("an unknown crit", _FORMAT, _UNSUPPORTED, header(crit=["x"], x=1)),
    RequestForgery(
        "a parameter twice",
        _FORMAT,
        _MALFORMED,
        _payload(lambda payload: payload[:-1] + b',"nonce":"of-an-attacker"}'),
    ),
    RequestForgery(
        "a payload that is an array",
        _FORMAT,
        _MALFORMED,
        _payload(lambda p: b"[%s]" % p),
    ),
    RequestForgery(
        "a request signed inside a request",
        _FORMAT,
        _MALFORMED,
        _payload(lambda _: loose_json("eyJhbGciOiJFUzI1NiJ9.e30.AAAA")),
    ),
    RequestForgery(
        "a byte order mark",
        _FORMAT,
        _MALFORMED,
        _payload(lambda p: b"\xef\xbb\xbf" + p),
    ),
    RequestForgery(
        "broken UTF-8",
        _FORMAT,
        _MALFORMED,
        _payload(lambda p: p[:-1] + b',"x":"\xff"}'),
    ),
    RequestForgery(
        "no session where nothing else binds the answer",
        _FORMAT,
        _MALFORMED,
        asks(state=ABSENT),
        _bound_by_state,
    ),
)

REQUEST_VALIDITIES: Final = (
    RequestForgery(
        "expired", _VALIDITY, Reason.EXPIRED, _times(iat=-_DAY / 2, exp=-_DAY / 4)
    ),
    RequestForgery(
        "asked tomorrow",
        _VALIDITY,
        Reason.NOT_YET_VALID,
        _times(iat=_DAY, exp=1.5 * _DAY),
    ),
    RequestForgery(
        "not to be read before later",
        _VALIDITY,
        Reason.NOT_YET_VALID,
        _times(nbf=2 * _MINUTE),
        _times(nbf=-_MINUTE),
    ),
    RequestForgery("valid for a week", _VALIDITY, _MALFORMED, _times(exp=7 * _DAY)),
    RequestForgery(
        "ended before it began", _VALIDITY, _MALFORMED, _times(iat=_MINUTE, exp=_MINUTE)
    ),
    RequestForgery(
        "without any date", _VALIDITY, _MALFORMED, asks(iat=ABSENT, exp=ABSENT)
    ),
    *(
        RequestForgery(f"an end that is {name}", _VALIDITY, _MALFORMED, asks(exp=end))
        for name, end in (
            ("a string", "2099-01-01"),
            ("true", True),
            ("null", None),
            ("before 1970", -1),
            ("after the year 9999", 10**15),
        )
    ),
)
