"""Files in a chat, documents to be signed, and the signatures that come back."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.codec.zip.names import name_fault
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.protocols.chat.message import ChatKind, ChatMessage

_CLAUSE: Final = "idwallet chat message 1"
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,64}/[a-z0-9.+-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ChatFile:
    """A file of a chat. What is in it is whatever somebody put there.

    `name` is that of one file in one folder, the same on every machine: it leads
    nowhere else. `media_type` is the sender's word, as ``application/pdf``.

    Raises:
        UsageError: the name leads elsewhere or to nowhere, or there is no such type.
        LimitError: there is more in it than `limits.CHAT_FILE_BYTES`.
    """

    name: str
    content: bytes
    media_type: str = "application/octet-stream"

    def __post_init__(self) -> None:
        """Refuse what nobody should save."""
        if "/" in self.name or name_fault(self.name) is not None:
            raise UsageError("the name of a file names one file and no folder")
        if _MEDIA_TYPE.fullmatch(self.media_type) is None:
            raise UsageError("a media type is two words of a-z 0-9 . + - and a stroke")
        if len(self.content) > limits.CHAT_FILE_BYTES:
            raise LimitError("file too long", at="file", clause="idwallet limits")

    def __repr__(self) -> str:
        """Show its type and size only."""
        return f"ChatFile({self.media_type}, <{len(self.content)} octets>)"


class ChatSignature(NamedTuple):
    """What came back: the session with what was added, and what the key made of it.

    Both are what `SigningSessions.finish` takes, and nothing of it is verified.
    """

    returned: bytes
    signature: bytes

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "ChatSignature(<...>)"


def carried_file(file: ChatFile, *, name: str | None = None) -> ChatMessage:
    """Return a file as a message of that name.

    Raises:
        UsageError: the message's name is none.
    """
    value: JsonObject = {
        "name": file.name,
        "type": file.media_type,
        "content": b64.encode(file.content),
    }
    body = write_json(value).decode()
    return ChatMessage(kind=ChatKind.FILE, body=body, name=name)


def file_in(message: ChatMessage) -> ChatFile:
    """Return the file that a message carries.

    Raises:
        UsageError: it carries none: see `ChatMessage.kind`.
        MalformedError: it breaks the form, or its name leads out of a folder.
        LimitError: there is more in it than `limits.CHAT_FILE_BYTES`.
    """
    value = _read(message, ChatKind.FILE)
    name, media_type = _text(value, "name"), _text(value, "type")
    content = _octets(value, "content")
    try:
        return ChatFile(name=name, content=content, media_type=media_type)
    except UsageError as error:
        raise MalformedError(str(error), at="/name", clause=_CLAUSE) from error


def carried_signature(
    returned: bytes, signature: bytes, *, to: ChatMessage
) -> ChatMessage:
    """Return a signature as the answer to the message that the session came in.

    `returned` is `ToBeSigned.to_bytes`.

    Raises:
        UsageError: `to` is no such message, or has no name.
        LimitError: it is too long for a chat.
    """
    if to.kind is not ChatKind.SIGNING_SESSION or to.name is None:
        raise UsageError("what is signed is a session that came with a name")
    value: JsonObject = {
        "returned": b64.encode(returned),
        "signature": b64.encode(signature),
    }
    body = write_json(value).decode()
    return ChatMessage(kind=ChatKind.SIGNATURE, body=body, answers=to.name)


def signature_in(message: ChatMessage) -> ChatSignature:
    """Return the signature that a message carries; `message.answers` names its session.

    Raises:
        UsageError: it carries none: see `ChatMessage.kind`.
        MalformedError: it breaks the form, or says not what it answers.
    """
    value = _read(message, ChatKind.SIGNATURE)
    if message.answers is None:
        raise MalformedError("it answers no session", at="/answers", clause=_CLAUSE)
    return ChatSignature(_octets(value, "returned"), _octets(value, "signature"))


def _read(message: ChatMessage, kind: ChatKind) -> JsonObject:
    if message.kind is not kind:
        raise UsageError(f"this message is no {kind.value}: see its kind")
    return read_object(
        message.body, at="body", clause=_CLAUSE, max_bytes=limits.CHAT_BYTES
    )


def _text(value: JsonObject, member: str) -> str:
    found = value.get(member)
    if not isinstance(found, str):
        raise MalformedError("no text", at=f"/{member}", clause=_CLAUSE)
    return found


def _octets(value: JsonObject, member: str) -> bytes:
    return b64.decode(_text(value, member), at=f"/{member}", clause=_CLAUSE)
