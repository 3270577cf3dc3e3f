"""Signing what a person chose to show, and writing the answer."""

from collections.abc import Iterable
from datetime import datetime

from idwallet.credentials.sdjwt.structures import Serialisation
from idwallet.crypto.signer import StoredKeySigner
from idwallet.protocols.openid4vp.request import RequestObject
from idwallet.protocols.openid4vp.response import write_response, write_response_json
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
        serialisation=serialisation,
    )


def answered(
    request: RequestObject, shown: dict[str, list[str]], *, entry: int
) -> PresentationResponse:
    """Return the answer to a request, as it is sent; `entry` is the ledger's."""
    return PresentationResponse(
        body=write_response(shown, state=request.state),
        json=write_response_json(shown, state=request.state),
        send_to=request.response_uri,
        entry=entry,
    )
