"""Forged responses whose presentation is an object, as a JSON form of SD-JWT is."""

from collections.abc import Callable
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.credentials.sdjwt.structures import json_form, read_sd_jwt
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.forgery import Forgery
from idwallet.testing.draft import Bend, Draft, loose_json
from idwallet.testing.scene import PID

_RESPONSE: Final = CheckId.PRESENTATION_FORMAT
_CREDENTIAL: Final = CheckId.CREDENTIAL_FORMAT
_BINDING: Final = CheckId.HOLDER_BINDING
_MALFORMED: Final = Reason.MALFORMED

_Change = Callable[[JsonObject], JsonValue]


def _shown_as(change: _Change = lambda shown: shown) -> Callable[[Draft], None]:
    """Return what puts the presentation there as an object, changed."""

    def bend(body: str) -> str:
        members = read_object(body, at="test response")
        token = members["vp_token"]
        listed = token["pid"] if isinstance(token, dict) else None
        text = listed[0] if isinstance(listed, list) else None
        shown = json_form(read_sd_jwt(str(text)))
        changed: JsonObject = {**members, "vp_token": {"pid": [change(shown)]}}
        return loose_json(changed).decode()

    def forge(made: Draft) -> None:
        made.bend_response = bend

    return forge


def _then(change: Bend) -> Callable[[Draft], None]:
    """Return what changes the text of a response whose presentation is an object."""
    as_object = _shown_as()

    def forge(made: Draft) -> None:
        as_object(made)
        before = made.bend_response
        made.bend_response = lambda body: change(before(body))

    return forge


def _header(change: Callable[[JsonObject], JsonObject]) -> _Change:
    def changed(shown: JsonObject) -> JsonValue:
        header = shown["header"]
        return {**shown, "header": change(header if isinstance(header, dict) else {})}

    return changed


def _without(name: str) -> Callable[[JsonObject], JsonObject]:
    return lambda members: {k: v for k, v in members.items() if k != name}


def _one_less(header: JsonObject) -> JsonObject:
    listed = header["disclosures"]
    return {**header, "disclosures": listed[:-1] if isinstance(listed, list) else []}


def _with_a_claim_to_spare(made: Draft) -> None:
    made.claims = {**made.claims, "nickname": "Аня"}
    _shown_as()(made)


def _mixed(shown: JsonObject) -> JsonObject:
    entry = {k: v for k, v in shown.items() if k != "payload"}
    return {**shown, "signatures": [entry]}


def _response(name: str, change: _Change) -> Forgery:
    return Forgery(name, _RESPONSE, _MALFORMED, _shown_as(change), _shown_as())


def _credential(
    name: str, change: _Change, *, reason: Reason = Reason.MALFORMED
) -> Forgery:
    return Forgery(name, _CREDENTIAL, reason, _shown_as(change), _shown_as())


OBJECT_FORGERIES: Final = (
    _response("a presentation that is a number", lambda _: 1),
    _response("a presentation that is an array", lambda shown: [shown]),
    _response("a presentation that is an empty object", lambda _: {}),
    Forgery(
        "a presentation object with a member twice",
        _RESPONSE,
        _MALFORMED,
        _then(lambda body: body.replace('"payload":', '"payload":"e30","payload":', 1)),
        _shown_as(),
    ),
    _credential(
        "a presentation object of another format",
        lambda _: {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": PID},
    ),
    _credential("an object of both JSON forms", _mixed),
    _credential("an object without its payload", _without("payload")),
    _credential(
        "an object whose key binding is a number",
        _header(lambda header: {**header, "kb_jwt": 1}),
    ),
    _credential(
        "an object with a disclosure outside ASCII",
        _header(lambda header: {**header, "disclosures": ["é"]}),
    ),
    _credential(
        "an object larger than any SD-JWT",
        lambda shown: {**shown, "note": "n" * limits.SD_JWT_BYTES},
        reason=Reason.LIMIT_EXCEEDED,
    ),
    Forgery(
        "an object without its key binding",
        _BINDING,
        Reason.ABSENT,
        _shown_as(_header(_without("kb_jwt"))),
        _shown_as(),
    ),
    Forgery(
        "an object with a disclosure left out",
        _BINDING,
        Reason.PRESENTATION_HASH_MISMATCH,
        _shown_as(_header(_one_less)),
        _with_a_claim_to_spare,
    ),
)
