"""Forged responses: what is around the credential, and what it leaves unanswered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.credentials.query import Query
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.disclosures import signs
from idwallet.testing.corpus.forgery import Forgery
from idwallet.testing.draft import Bend, Draft, loose_json
from idwallet.testing.scene import PID
from idwallet.trust.certificate import Certificate

_FORMAT: Final = CheckId.PRESENTATION_FORMAT
_QUERY: Final = CheckId.PRESENTATION_QUERY
_REPLAY: Final = CheckId.PRESENTATION_REPLAY
_MALFORMED: Final = Reason.MALFORMED


def _body(text: str) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        made.bend_response = lambda _: text

    return forge


def _text(change: Bend) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        made.bend_response = change

    return forge


def _members(change: Callable[[JsonObject], JsonObject]) -> Callable[[Draft], None]:
    """Return a forger that changes the members of the response."""

    def bend(body: str) -> str:
        return loose_json(change(read_object(body, at="test response"))).decode()

    def forge(made: Draft) -> None:
        made.bend_response = bend

    return forge


def _claims(**claims: JsonValue) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        made.claims = {**made.claims, **claims}

    return forge


def _without_name(made: Draft) -> None:
    made.claims = {k: v for k, v in made.claims.items() if k != "family_name"}


def _twice(members: JsonObject) -> JsonObject:
    token = members["vp_token"]
    shown = token["pid"] if isinstance(token, dict) else []
    both = [*shown, *shown] if isinstance(shown, list) else []
    return {**members, "vp_token": {"pid": both}}


def _beside(members: JsonObject) -> JsonObject:
    token = members["vp_token"]
    shown = token["pid"] if isinstance(token, dict) else []
    return {**members, "vp_token": {"pid": shown, "other": shown}}


def _asked_yesterday(made: Draft) -> None:
    made.request = made.scene.verifier.request(
        made.request.query, purpose="a test", at=made.scene.at - timedelta(days=1)
    )


def _pid(query_id: str, *, key_id: bytes | None = None) -> JsonObject:
    asked: JsonObject = {
        "id": query_id,
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [PID]},
    }
    if key_id is not None:
        authority: JsonObject = {"type": "aki", "values": [b64.encode(key_id)]}
        asked["trusted_authorities"] = [authority]
    return asked


def _asks(*credentials: JsonObject) -> Callable[[Draft], None]:
    """Return what has the verifier ask for other credentials."""
    query = Query.from_dcql({"credentials": [*credentials]})

    def forge(made: Draft) -> None:
        made.request = made.scene.request(query)

    return forge


def _asks_for_the_right_authority(made: Draft) -> None:
    leaf = Certificate.from_der(made.chain[0], at="test chain")
    _asks(_pid("pid", key_id=leaf.authority_key_id))(made)


def _used_up(made: Draft) -> None:
    """Answer the request once before, with another response."""
    guard = made.scene.verifier.replay
    key = made.request.key()
    guard.consume(key, bytes(32), until=made.request.expires, at=made.scene.at)
    guard.settle(key)


RESPONSE_FORGERIES: Final = (
    Forgery("an empty response", _FORMAT, _MALFORMED, _body("")),
    Forgery("a response that is no form", _FORMAT, _MALFORMED, _body("vp_token")),
    Forgery(
        "a response that is broken JSON", _FORMAT, _MALFORMED, _body('{"vp_token":')
    ),
    Forgery(
        "a vp_token twice", _FORMAT, _MALFORMED, _body('{"vp_token":{},"vp_token":{}}')
    ),
    Forgery(
        "a form with a parameter twice",
        _FORMAT,
        _MALFORMED,
        _body("vp_token=%7B%7D&vp_token=%7B%7D"),
    ),
    Forgery(
        "a vp_token that is a string",
        _FORMAT,
        _MALFORMED,
        _members(lambda m: {**m, "vp_token": "token"}),
    ),
    Forgery(
        "a vp_token with a bare string",
        _FORMAT,
        _MALFORMED,
        _members(lambda m: {**m, "vp_token": {"pid": "token"}}),
    ),
    Forgery(
        "a vp_token with an empty array",
        _FORMAT,
        _MALFORMED,
        _members(lambda m: {**m, "vp_token": {"pid": []}}),
    ),
    Forgery(
        "a vp_token beside an error",
        _FORMAT,
        _MALFORMED,
        _members(lambda m: {**m, "error": "access_denied"}),
    ),
    Forgery(
        "a query identifier in Cyrillic",
        _FORMAT,
        _MALFORMED,
        _members(lambda m: {**m, "vp_token": {"\u0440id": ["token"]}}),
    ),
    Forgery(
        "a session twice",
        _FORMAT,
        _MALFORMED,
        _text(lambda body: body[:-1] + ',"state":"x"}'),
    ),
    Forgery("a byte order mark", _FORMAT, _MALFORMED, _text(lambda b: f"\ufeff{b}")),
    Forgery(
        "an encrypted response",
        _FORMAT,
        Reason.UNSUPPORTED,
        _members(lambda m: {**m, "response": "e.e.e.e.e"}),
    ),
    Forgery(
        "more presentations than allowed",
        _FORMAT,
        Reason.LIMIT_EXCEEDED,
        _members(
            lambda m: {**m, "vp_token": {"pid": ["x"] * (limits.PRESENTATIONS + 1)}}
        ),
    ),
    Forgery(
        "the holder declined",
        _FORMAT,
        Reason.DECLINED,
        _body('{"error":"access_denied"}'),
    ),
    Forgery(
        "an answer from another session",
        _REPLAY,
        Reason.MISMATCH,
        _members(lambda m: {**m, "state": "A" * 43}),
    ),
    Forgery(
        "an answer without its session",
        _REPLAY,
        Reason.MISMATCH,
        _members(lambda m: {"vp_token": m["vp_token"]}),
    ),
    Forgery("a request answered before", _REPLAY, Reason.ALREADY_USED, _used_up),
    Forgery(
        "a request answered too late",
        CheckId.PRESENTATION_FRESHNESS,
        Reason.REQUEST_EXPIRED,
        _asked_yesterday,
    ),
    Forgery(
        "one credential where two were asked",
        _QUERY,
        Reason.CREDENTIAL_MISSING,
        _asks(_pid("pid"), _pid("spare")),
        _asks(_pid("pid")),
    ),
    Forgery(
        "an authority that nobody asked for",
        _QUERY,
        Reason.AUTHORITY_NOT_REQUESTED,
        _asks(_pid("pid", key_id=bytes(20))),
        _asks_for_the_right_authority,
    ),
    Forgery("a claim left out", _QUERY, Reason.CLAIM_MISSING, _without_name),
    Forgery(
        "not yet 18",
        _QUERY,
        Reason.VALUE_DIFFERS,
        _claims(age_equal_or_over={"18": False}),
    ),
    Forgery(
        "18 as a string",
        _QUERY,
        Reason.VALUE_DIFFERS,
        _claims(age_equal_or_over={"18": "true"}),
    ),
    Forgery(
        "18 as a number",
        _QUERY,
        Reason.VALUE_DIFFERS,
        _claims(age_equal_or_over={"18": 1}),
    ),
    Forgery(
        "another type than asked",
        _QUERY,
        Reason.TYPE_NOT_REQUESTED,
        signs(vct="urn:example:library-card"),
    ),
    Forgery(
        "two where one was asked", _QUERY, Reason.TOO_MANY_CREDENTIALS, _members(_twice)
    ),
    Forgery(
        "one beside what was asked",
        _QUERY,
        Reason.CREDENTIAL_NOT_REQUESTED,
        _members(_beside),
    ),
)
