"""The messages of the online protocols as texts of a chat, typed, so nobody guesses.

What travels is what travels elsewhere: a link, a JSON document, an encrypted answer.
The chat only carries it, and is believed about nothing.
"""

from idwallet.protocols.chat.carried import (
    carried_request,
    carried_response,
    request_in,
    response_in,
)
from idwallet.protocols.chat.message import ChatKind, ChatMessage, read_chat
from idwallet.protocols.chat.signing import (
    ChatFile,
    ChatSignature,
    carried_file,
    carried_signature,
    file_in,
    signature_in,
)

__all__ = [
    "ChatFile",
    "ChatKind",
    "ChatMessage",
    "ChatSignature",
    "carried_file",
    "carried_request",
    "carried_response",
    "carried_signature",
    "file_in",
    "read_chat",
    "request_in",
    "response_in",
    "signature_in",
]
