"""Responses of OpenID4VP 1.0, in the clear or encrypted, read and written strictly."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from idwallet import limits
from idwallet.codec import json
from idwallet.codec.form import read_form, read_utf8, write_form
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.protocols.openid4vp.encryption import AnswerKey
from idwallet.protocols.openid4vp.message import read_text
from idwallet.protocols.openid4vp.parameters import require_url_safe
from idwallet.protocols.openid4vp.refusals import ErrorCode

_PARAMETERS: Final = "OpenID4VP 1.0 §8.1"
_DIRECT_POST: Final = "OpenID4VP 1.0 §8.2"
_ENCRYPTED: Final = "OpenID4VP 1.0 §8.3"
_ERROR: Final = "OpenID4VP 1.0 §8.5"

_QUERY_ID: Final = re.compile(r"[A-Za-z0-9_-]+")
_CODES: Final = {each.value: each for each in ErrorCode}
_TEXTS: Final = (
    ("error", "/error"),
    ("state", "/state"),
    ("response", "/response"),
)

ACCEPTANCE_BODY: Final = b"{}"
"""What a verifier answers, with HTTP status 200 and ``application/json``, to a
response that it took (OpenID4VP 1.0 section 8.2)."""

REFUSAL_BODY: Final = b'{"error":"invalid_request"}'
"""What a verifier answers, with HTTP status 400 and ``application/json``, to every
response that it did not take. It is one constant, whatever the reason: a reason would
tell an attacker which check to try next."""


@dataclass(frozen=True, slots=True)
class ResponseParts:
    """The presentations of a response, of which nothing is verified.

    `presentations` maps identifiers of the query to what was presented for them, in
    the order of the response; nobody has compared them with a query yet. One that came
    as an object stands there as its JSON text: what is signed or digested in a JSON
    form are strings inside it, never the text around them (RFC 9901 section 8.1).
    `state` is as received, or None.
    """

    presentations: Mapping[str, tuple[str, ...]] = field(repr=False)
    state: str | None = None


@dataclass(frozen=True, slots=True)
class WalletRefusal:
    """The wallet answered with an error instead of presentations.

    `code` is None for a code that no standard names. Free text that came along is
    dropped: anybody can have written it.
    """

    code: ErrorCode | None
    state: str | None = None


def read_response(
    body: str | bytes, *, key: AnswerKey | None = None
) -> ResponseParts | WalletRefusal:
    """Read the body of a response: a form, or a JSON object with the same members.

    With a `key` the request asked for an encrypted response: what is inside counts and
    nothing else; in the clear a wallet may then say only why it has none (section
    8.3.1). Unknown parameters are ignored (section 8.1), repeated ones refused.

    Raises:
        MalformedError: it is neither, holds both or none of ``vp_token`` and
            ``error``, comes in the clear where it must not, or breaks the rules of
            section 8.1. `WrongKey`: it is encrypted to another key.
        LimitError: more bytes, presentations or characters than `limits` allows.
        UnsupportedError: it is encrypted, and nobody asked for that, or in a way that
            is not spoken.
    """
    data = read_text(body, max_bytes=limits.RESPONSE_BYTES, at="response")
    if data.startswith(b"{"):
        members = json.read_object(
            data,
            at="response",
            clause=_DIRECT_POST,
            max_bytes=limits.RESPONSE_BYTES,
        )
    else:
        members = _read_form(data)
    return read_members(_opened(members, key))


def read_members(members: JsonObject) -> ResponseParts | WalletRefusal:
    """Read the parameters of a response, however they came.

    Raises:
        MalformedError: they hold both or none of ``vp_token`` and ``error``, or break
            the rules of section 8.1.
        LimitError: more presentations or characters than `limits` allows.
    """
    state = _state(members)
    if "error" in members:
        return _refusal(members, state)
    if "vp_token" not in members:
        raise MalformedError("no vp_token", at="/vp_token", clause=_PARAMETERS)
    return ResponseParts(_presentations(members["vp_token"]), state)


def _opened(members: JsonObject, key: AnswerKey | None) -> JsonObject:
    """Return what a response says, decrypted where the request asked for that."""
    if "response" not in members:
        if key is not None and "vp_token" in members:
            # Whoever takes the encryption away could read it, or wrote it.
            raise MalformedError(
                "in the clear, though asked for encrypted",
                at="/vp_token",
                clause=_ENCRYPTED,
            )
        return members
    if key is None:
        raise UnsupportedError(
            "an encrypted response", at="/response", clause=_ENCRYPTED
        )
    token = members["response"]
    if not isinstance(token, str):
        raise MalformedError("not a string", at="/response", clause=_ENCRYPTED)
    for name in ("vp_token", "error"):
        if name in members:
            raise MalformedError(
                "beside an encrypted response", at=f"/{name}", clause=_ENCRYPTED
            )
    inside = key.decrypted(token)
    if "response" in inside:
        raise MalformedError(
            "a response inside a response", at="/response", clause=_ENCRYPTED
        )
    return inside


def response_members(
    presentations: Mapping[str, Sequence[str]], *, state: str | None = None
) -> JsonObject:
    """Return the parameters of a response (section 8.1).

    A presentation in a JSON form becomes an object, any other a string. `state` is
    that of the request, which must come back unchanged.

    Raises:
        UsageError: no presentation, an empty list, an identifier that no query has, or
            a presentation that begins like a JSON object and is none.
    """
    return _with_state({"vp_token": _token(presentations)}, state)


def refusal_members(code: ErrorCode, *, state: str | None = None) -> JsonObject:
    """Return the parameters of an error response: the code and nothing else."""
    return _with_state({"error": code.value}, state)


def to_form(members: JsonObject) -> str:
    """Return parameters as the form that ``direct_post`` sends, or a fragment holds."""
    return write_form(
        {
            name: each if isinstance(each, str) else json.write_json(each).decode()
            for name, each in members.items()
        }
    )


def to_json(members: JsonObject) -> str:
    """Return parameters as JSON, for applications that carry them themselves."""
    return json.write_json(members).decode()


def write_response(
    presentations: Mapping[str, Sequence[str]], *, state: str | None = None
) -> str:
    """Write a response in the clear as a form; see `response_members`.

    Raises:
        UsageError: see there.
    """
    return to_form(response_members(presentations, state=state))


def write_response_json(
    presentations: Mapping[str, Sequence[str]], *, state: str | None = None
) -> str:
    """Write a response in the clear as JSON; see `response_members`.

    Raises:
        UsageError: see there.
    """
    return to_json(response_members(presentations, state=state))


def write_refusal(code: ErrorCode, *, state: str | None = None) -> str:
    """Write a wallet's error response as a form: the code and nothing else.

    It is for a request that was verified; to an address that nobody vouches for, a
    wallet answers nothing at all (OpenID4VP 1.0 sections 14.3.1 and 15.9).
    """
    return to_form(refusal_members(code, state=state))


def write_refusal_json(code: ErrorCode, *, state: str | None = None) -> str:
    """Write a wallet's error response as JSON; see `write_refusal`."""
    return to_json(refusal_members(code, state=state))


def _read_form(data: bytes) -> JsonObject:
    form = read_form(data, at="response")
    members: JsonObject = {}
    for name, at in _TEXTS:
        if name in form:
            members[name] = read_utf8(form[name], at=at)
    if "vp_token" in form:
        members["vp_token"] = json.read_json(
            form["vp_token"],
            at="/vp_token",
            clause=_PARAMETERS,
            max_bytes=limits.RESPONSE_BYTES,
        )
    return members


def _state(members: JsonObject) -> str | None:
    if "state" not in members:
        return None
    state = members["state"]
    if not isinstance(state, str):
        raise MalformedError("not a string", at="/state", clause=_DIRECT_POST)
    require_url_safe(state, limits.STATE_CHARACTERS, at="/state")
    return state


def _refusal(members: JsonObject, state: str | None) -> WalletRefusal:
    code = members["error"]
    if "vp_token" in members:
        raise MalformedError("vp_token and error together", at="/error", clause=_ERROR)
    if not isinstance(code, str):
        raise MalformedError("not a string", at="/error", clause=_ERROR)
    return WalletRefusal(_CODES.get(code), state)


def _presentations(token: JsonValue) -> dict[str, tuple[str, ...]]:
    if not isinstance(token, dict):
        raise MalformedError("not an object", at="/vp_token", clause=_PARAMETERS)
    if not token:
        raise MalformedError("no presentation", at="/vp_token", clause=_PARAMETERS)
    found = {}
    count = 0
    for query_id, listed in token.items():
        if len(query_id) > limits.TEXT_CHARACTERS:
            # No query has it, and it would stand in the report: a megabyte of it.
            raise LimitError("a name is too long", at="/vp_token", clause=_PARAMETERS)
        if _QUERY_ID.fullmatch(query_id) is None:
            raise MalformedError(
                "a name that no query can have", at="/vp_token", clause=_PARAMETERS
            )
        # The identifier comes from outside, but these characters are safe to show.
        at = f"/vp_token/{query_id}"
        if not isinstance(listed, list) or not listed:
            raise MalformedError("not a non-empty array", at=at, clause=_PARAMETERS)
        count += len(listed)
        if count > limits.PRESENTATIONS:
            raise LimitError(
                "too many presentations", at="/vp_token", clause=_PARAMETERS
            )
        found[query_id] = tuple([_presentation(each, at) for each in listed])
    return found


def _presentation(value: JsonValue, at: str) -> str:
    if not isinstance(value, str | dict):
        raise MalformedError("neither string nor object", at=at, clause=_PARAMETERS)
    if not value:
        raise MalformedError("an empty presentation", at=at, clause=_PARAMETERS)
    return value if isinstance(value, str) else json.write_json(value).decode()


def _token(presentations: Mapping[str, Sequence[str]]) -> JsonObject:
    try:
        token: JsonObject = {
            name: [_written(text, at=f"/vp_token/{name}") for text in texts]
            for name, texts in presentations.items()
        }
        _presentations(token)
    except MalformedError as error:
        raise UsageError(f"no verifier takes this response: {error}") from error
    return token


def _written(text: str, *, at: str) -> JsonValue:
    """Return a presentation as it stands in a response: an object if it is JSON."""
    if not text.startswith("{"):
        return text
    return json.read_object(text, at=at, clause=_PARAMETERS)


def _with_state(parameters: JsonObject, state: str | None) -> JsonObject:
    return parameters if state is None else {**parameters, "state": state}
