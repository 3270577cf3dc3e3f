"""A wallet that shows what it is, to servers that ask for it (Appendix E)."""

from datetime import datetime

from idwallet.codec.json import JsonObject
from idwallet.credentials.cursor import Cursor
from idwallet.protocols.http import Headers, HttpResponse
from idwallet.protocols.oauth.client_attestation import (
    CHALLENGE_HEADER,
    METHOD,
    attested_headers,
)
from idwallet.protocols.oauth.dpop import is_nonce
from idwallet.protocols.oauth.token import refusal_of
from idwallet.protocols.openid4vci.wallet.client import WalletClient
from idwallet.protocols.openid4vci.wallet.known import server_of
from idwallet.protocols.openid4vci.wallet.progress import Phase, Progress

_CLAUSE = "draft-ietf-oauth-attestation-based-client-auth-08 §8"
_SHOWN_AT = frozenset({Phase.PUSH, Phase.TOKEN})
_OK = 200


def shows_itself(progress: Progress, client: WalletClient) -> bool:
    """Whether the wallet authenticates by its attestation at that server."""
    asked = METHOD in server_of(progress).client_authentication
    return asked and client.attestation is not None


def challenged_first(progress: Progress, client: WalletClient) -> Progress:
    """Return the state that gets a challenge first, where one is needed and absent."""
    if progress.phase not in _SHOWN_AT or progress.text("challenge"):
        return progress
    server = server_of(progress)
    if server.challenge_endpoint is None or not shows_itself(progress, client):
        return progress
    then = progress.phase.value
    return Progress(Phase.CHALLENGE, {**progress.values, "then": then})


def shown(progress: Progress, client: WalletClient, *, at: datetime) -> Headers:
    """Return the header fields by which the wallet shows what it is, () if it does not.

    Raises:
        SignerError: the key could not sign.
    """
    if client.attestation is None or not shows_itself(progress, client):
        return ()
    return attested_headers(
        client.attestation,
        client_id=client.client_id,
        audience=server_of(progress).issuer,
        challenge=progress.text("challenge") or None,
        at=at,
        random=client.random,
    )


def with_challenge(progress: Progress, response: HttpResponse) -> Progress:
    """Keep the challenge that a server gives out with any answer (section 8.1)."""
    found = response.header(CHALLENGE_HEADER)
    if found is None or not is_nonce(found):
        return progress
    return Progress(progress.phase, {**progress.values, "challenge": found})


def read_challenge(response: HttpResponse) -> str:
    """Return the challenge that the endpoint for them gave out (section 8).

    Raises:
        ProtocolError: it refused.
        MalformedError: it is no such answer.
    """
    if response.status != _OK:
        raise refusal_of(response, at="challenge")
    document: JsonObject = response.json(at="challenge")
    found = Cursor(document, "", _CLAUSE).member("attestation_challenge")
    if not is_nonce(found.text()):
        raise found.fault("no challenge")
    return found.text()
