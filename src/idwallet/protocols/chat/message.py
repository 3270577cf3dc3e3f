"""One text of a chat: what it is, its name, and what it answers."""

import re
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError

_MARK: Final = "idwallet_chat"
_VERSION: Final = 1
_CLAUSE: Final = "idwallet chat message 1"
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
# A link is the whole message, or none: in the middle of a sentence it is not taken up.
_LINK: Final = re.compile(r"([a-z][a-z0-9+.-]*):[!-~]+")


class ChatKind(StrEnum):
    """What a text of a chat is."""

    OFFER = "offer"
    """A credential offer, as a link or JSON (OpenID4VCI 1.0 section 4.1)."""
    REQUEST = "request"
    """A request for a presentation, as a link or JSON (OpenID4VP 1.0 section 5)."""
    ANSWER = "answer"
    """An answer to one, as JSON; encrypted where the request asked for it (section 8).
    """
    RECEIPT = "receipt"
    """A receipt for an answer, a JWT."""
    CARRIED_REQUEST = "http-request"
    """An HTTP request to somebody who is there in the chat."""
    CARRIED_RESPONSE = "http-response"
    """What they answer to it."""
    FILE = "file"
    """A file: its name, its media type and what is in it."""
    SIGNING_SESSION = "signing-session"
    """A document that is to be signed, as `SigningSession.to_bytes` has it."""
    SIGNATURE = "signature"
    """What a key made of one, and the session as it came back."""
    DELEGATED = "delegated"
    """A child's card and what was delegated over it, as `Delegated.to_json` has it."""
    TAKEN_BACK = "taken-back"
    """A statement that ends a delegation, base64url of what `take_back` returned."""


_SCHEMES: Final = MappingProxyType(
    {
        "openid-credential-offer": ChatKind.OFFER,
        "openid4vp": ChatKind.REQUEST,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ChatMessage:
    """A typed text. Nothing of `body` is verified, and whoever wrote it wrote `kind`.

    `name` is the writer's own name of this message, `answers` the name of the one that
    it answers; None where nothing is to be told apart. Both are of ``A-Z a-z 0-9 - _``,
    64 characters at most.

    Raises:
        UsageError: a name is none, the body is empty, or `kind` is no `ChatKind`.
        LimitError: the body is longer than `limits.CHAT_BYTES`.
    """

    kind: ChatKind
    body: str
    name: str | None = None
    answers: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be written."""
        if type(self.kind) is not ChatKind or not self.body:
            raise UsageError("a chat message has a ChatKind and a body")
        for each in (self.name, self.answers):
            if each is not None and _NAME.fullmatch(each) is None:
                raise UsageError("a message's name is 1 to 64 of A-Z a-z 0-9 - _")
        _require_bounded(self.body)

    def __repr__(self) -> str:
        """Show what it is, and nothing of what it says."""
        return f"ChatMessage({self.kind.value}, <{len(self.body)} characters>)"

    def to_text(self) -> str:
        """Return it as one line of JSON, for whatever a chat takes as text."""
        value: JsonObject = {_MARK: _VERSION, "kind": self.kind.value}
        if self.name is not None:
            value["name"] = self.name
        if self.answers is not None:
            value["answers"] = self.answers
        return write_json({**value, "body": self.body}).decode()


def read_chat(text: str | bytes) -> ChatMessage | None:
    """Read a text that came in a chat; None where it is none of ours.

    Besides what `ChatMessage.to_text` writes, a text that is nothing but the link of an
    offer or a request is known, and the JSON of an offer, a request or an answer: so
    what was copied from elsewhere works, too.

    Raises:
        MalformedError: it says that it is such a message, and breaks its form.
        UnsupportedError: it is of another version, or of a kind that is not known here.
        LimitError: it is longer than `limits.CHAT_BYTES`.
    """
    _require_bounded(text)
    try:
        plain = (text.decode() if isinstance(text, bytes) else text).strip()
        plain.encode()
    except UnicodeError:
        return None
    link = _LINK.fullmatch(plain)
    if link is not None:
        kind = _SCHEMES.get(link[1])
        return None if kind is None else ChatMessage(kind=kind, body=plain)
    return _read_document(plain) if plain.startswith("{") else None


def _read_document(plain: str) -> ChatMessage | None:
    try:
        value = read_object(
            plain, at="chat message", clause=_CLAUSE, max_bytes=limits.CHAT_BYTES
        )
    except MalformedError:
        if f'"{_MARK}"' in plain:
            raise
        return None  # somebody just writes in braces
    if _MARK in value:
        return _read_own(value)
    kind = _recognised(value)
    return None if kind is None else ChatMessage(kind=kind, body=plain)


def _read_own(value: JsonObject) -> ChatMessage:
    version = value[_MARK]
    if type(version) is not int or version != _VERSION:
        raise UnsupportedError("another version of chat messages", clause=_CLAUSE)
    kind, body = value.get("kind"), value.get("body")
    if not isinstance(kind, str) or not isinstance(body, str) or not body:
        raise _fault("no kind, or no body")
    if kind not in set(ChatKind):
        raise UnsupportedError("a kind of chat message not known here", clause=_CLAUSE)
    return ChatMessage(
        kind=ChatKind(kind),
        body=body,
        name=_name(value, "name"),
        answers=_name(value, "answers"),
    )


def _name(value: JsonObject, member: str) -> str | None:
    if member not in value:
        return None
    found = value[member]
    if not isinstance(found, str) or _NAME.fullmatch(found) is None:
        raise _fault("no name of a message", at=f"/{member}")
    return found


def _recognised(value: JsonObject) -> ChatKind | None:
    if "credential_issuer" in value:
        return ChatKind.OFFER
    if "client_id" in value:
        return ChatKind.REQUEST
    answers = "vp_token" in value or "response" in value
    return ChatKind.ANSWER if answers else None


def _require_bounded(text: str | bytes) -> None:
    if len(text) > limits.CHAT_BYTES:
        raise LimitError("chat message too long", at="chat", clause="idwallet limits")


def _fault(what: str, *, at: str = "chat message") -> MalformedError:
    return MalformedError(what, at=at, clause=_CLAUSE)
