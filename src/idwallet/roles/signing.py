"""Signing what a person chose to show, and writing the answer."""

from collections.abc import Iterable
from datetime import datetime

from idwallet.codec.json import JsonObject
from idwallet.credentials.sdjwt.structures import Serialisation
from idwallet.crypto.signer import StoredKeySigner
from idwallet.ports import Random
from idwallet.protocols.openid4vp.encryption import encrypt_answer
from idwallet.protocols.openid4vp.request import RequestObject
from idwallet.protocols.openid4vp.response import to_form, to_json
from idwallet.roles.asked import Choice, PresentationResponse
from idwallet.roles.consenting import Ready
from idwallet.roles.held.format import Conversation


def signed(
    choice: Choice, taken: Ready, *, bound: Iterable[Conversation], at: datetime
) -> dict[str, list[str]]:
    """Sign what was chosen, by credential query.

    Raises:
        SignerError: a key could not sign.
    """
    shown: dict[str, list[str]] = {}
    for each, (stored, chosen), spoken in zip(choice.shown, taken, bound, strict=True):
        text = chosen.show(StoredKeySigner(stored), spoken, at=at)
        shown.setdefault(each.query_id, []).append(text)
    return shown


def conversation_of(
    request: RequestObject, serialisation: Serialisation
) -> Conversation:
    """Return the conversation that an answer to the request is signed for."""
    return Conversation(
        client_id=request.client_id,
        nonce=request.nonce,
        response_uri=request.response_uri,
        thumbprint=None
        if request.encryption is None
        else request.encryption.thumbprint,
        serialisation=serialisation,
    )


def answered(
    request: RequestObject, members: JsonObject, *, entry: int, random: Random
) -> PresentationResponse:
    """Return an answer as it is sent, encrypted where that was asked for.

    `members` are its parameters; `entry` is the ledger's.
    """
    sent = members
    if request.encryption is not None:
        token = encrypt_answer(members, to=request.encryption, random=random)
        sent = {"response": token}
    return PresentationResponse(
        body=to_form(sent),
        json=to_json(sent),
        send_to=request.response_uri,
        entry=entry,
        mode=request.mode,
    )
