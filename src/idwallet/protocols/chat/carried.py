"""HTTP messages inside of a chat, for who has no address: asked and answered by name.

A chat knows who writes, not who has an address. What a TLS certificate tells elsewhere,
that only the named host reads a code, it does not tell: see the page about chats.
"""

import re
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.protocols.chat.message import ChatKind, ChatMessage
from idwallet.protocols.http import Headers, HttpRequest, HttpResponse, require_https

_CLAUSE: Final = "idwallet chat message 1"
_FIELD: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")
_VALUE: Final = re.compile(r"[ -~]*")
_METHODS: Final = frozenset({"GET", "POST"})
_STATUSES: Final = range(200, 600)


def carried_request(request: HttpRequest, *, name: str) -> ChatMessage:
    """Return an HTTP request as a message, to be answered under `name`.

    Raises:
        UsageError: the name is none.
        LimitError: it is too long for a chat.
    """
    value: JsonObject = {"method": request.method, "url": request.url}
    body = _written(value, request.headers, body=request.body)
    return ChatMessage(kind=ChatKind.CARRIED_REQUEST, body=body, name=name)


def carried_response(response: HttpResponse, *, to: ChatMessage) -> ChatMessage:
    """Return what is answered to a message that carried a request.

    Raises:
        UsageError: `to` is no such message, or has no name.
        LimitError: it is too long for a chat.
    """
    if to.kind is not ChatKind.CARRIED_REQUEST or to.name is None:
        raise UsageError("what is answered is a request that was carried, with a name")
    value: JsonObject = {"status": response.status}
    body = _written(value, response.headers, body=response.body)
    return ChatMessage(kind=ChatKind.CARRIED_RESPONSE, body=body, answers=to.name)


def request_in(message: ChatMessage) -> HttpRequest:
    """Return the HTTP request that a message carries.

    Raises:
        UsageError: it carries none: see `ChatMessage.kind`.
        MalformedError: it breaks the form, or is for an address that is not ``https``.
        LimitError: its body is longer than `limits.HTTP_BODY_BYTES`.
    """
    value = _read(message, ChatKind.CARRIED_REQUEST)
    method, url = value.get("method"), value.get("url")
    if message.name is None:
        raise _fault("a request without a name to be answered by", at="/name")
    if not isinstance(method, str) or method not in _METHODS:
        raise _fault("neither GET nor POST", at="/method")
    if not isinstance(url, str):
        raise _fault("no address", at="/url")
    require_https(url, at="/url", clause=_CLAUSE)
    return HttpRequest(method, url, _headers(value), _body(value))


def response_in(message: ChatMessage, *, to: ChatMessage) -> HttpResponse:
    """Return the HTTP response that a message carries to what was asked by `to`.

    Whether it is the other side who wrote it the chat has to say: compare who wrote
    both before this is called.

    Raises:
        UsageError: it carries none.
        MalformedError: it breaks the form, or answers another message.
        LimitError: its body is longer than `limits.HTTP_BODY_BYTES`.
    """
    value = _read(message, ChatKind.CARRIED_RESPONSE)
    if message.answers is None or message.answers != to.name:
        raise _fault("an answer to another message", at="/answers")
    status = value.get("status")
    if type(status) is not int or status not in _STATUSES:
        raise _fault("no status", at="/status")
    return HttpResponse(status, _headers(value), _body(value))


def _written(value: JsonObject, headers: Headers, *, body: bytes) -> str:
    fields: list[JsonValue] = [[name, text] for name, text in headers]
    whole: JsonObject = {**value, "headers": fields, "body": b64.encode(body)}
    return write_json(whole).decode()


def _read(message: ChatMessage, kind: ChatKind) -> JsonObject:
    if message.kind is not kind:
        raise UsageError(f"this message is no {kind.value}: see its kind")
    return read_object(
        message.body, at="body", clause=_CLAUSE, max_bytes=limits.CHAT_BYTES
    )


def _headers(value: JsonObject) -> Headers:
    listed = value.get("headers", [])
    if not isinstance(listed, list):
        raise _fault("no header fields", at="/headers")
    if len(listed) > limits.CHAT_HEADERS:
        raise LimitError(
            "too many header fields", at="/headers", clause="idwallet limits"
        )
    return tuple(_header(each) for each in listed)


def _header(value: JsonValue) -> tuple[str, str]:
    pair = value if isinstance(value, list) else []
    texts = [each for each in pair if isinstance(each, str)]
    if len(texts) == len(pair) == len(("name", "value")):
        name, text = texts
        # A line break would begin a field of its own wherever it is sent on.
        if _FIELD.fullmatch(name) and _VALUE.fullmatch(text):
            return name, text
    raise _fault("no header field", at="/headers")


def _body(value: JsonObject) -> bytes:
    found = value.get("body", "")
    if not isinstance(found, str):
        raise _fault("no octets", at="/body")
    body = b64.decode(found, at="/body", clause=_CLAUSE)
    if len(body) > limits.HTTP_BODY_BYTES:
        raise LimitError("body too long", at="/body", clause="idwallet limits")
    return body


def _fault(what: str, *, at: str) -> MalformedError:
    return MalformedError(what, at=at, clause=_CLAUSE)
