"""Whether a wallet is what its provider says, where the rules demand to know."""

from datetime import datetime
from typing import NamedTuple

from idwallet.credentials.required import Context
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols.http import HttpRequest
from idwallet.protocols.oauth import client_attestation
from idwallet.protocols.oauth.client_attestation import AttestedClient, judge_client
from idwallet.protocols.oauth.errors import OAuthCode, OAuthError
from idwallet.roles.credential_service.desk import Desk
from idwallet.roles.credential_service.rules import AttestationRule
from idwallet.roles.credential_service.tickets import Kind


class Instance(NamedTuple):
    """One wallet: who attests it, and the key that is attested; "" if not asked."""

    provider: str = ""
    thumbprint: str = ""


def instance_of(
    desk: Desk,
    request: HttpRequest,
    *,
    client_id: str | None,
    jkt: str | None,
    at: datetime,
) -> Instance:
    """Return which wallet sent a request to the authorization server.

    `client_id` is what the request says, if it does, `jkt` the key that it proves.

    Raises:
        OAuthError: an attestation is demanded, and there is none that is accepted for
            that client, with a challenge of ours, for the first time.
    """
    rule = desk.rules.attestation
    if rule is AttestationRule.NOT_ASKED:
        return Instance()
    found = _judged(desk, request, at=at)
    if client_id is not None and client_id != found.client_id:
        raise _refused("attested for another client")
    known = desk.rules.clients.get(found.client_id)
    may = frozenset[str]() if known is None else known.providers
    if may and found.provider.name not in may:
        raise _refused("attested by somebody else's provider")
    if rule is AttestationRule.REQUIRED_SAME_KEY and jkt != found.key.thumbprint:
        raise _refused("another key than the one that is attested")
    _require_fresh(desk, found, at=at)
    return Instance(found.provider.name, found.key.thumbprint)


def _require_fresh(desk: Desk, found: AttestedClient, *, at: datetime) -> None:
    known = desk.tickets.read(Kind.CHALLENGE, found.challenge or "", at=at)
    if known is None:
        fresh = desk.nonce(Kind.CHALLENGE, at=at)
        raise OAuthError(
            "no challenge of ours",
            OAuthCode.USE_ATTESTATION_CHALLENGE,
            headers=((client_attestation.CHALLENGE_HEADER, fresh),),
        )
    if not desk.once(found.identity, until=known.until, at=at):
        raise _refused("a proof that came before")


def _judged(desk: Desk, request: HttpRequest, *, at: datetime) -> AttestedClient:
    attestation = request.header(client_attestation.HEADER)
    proof = request.header(client_attestation.POP_HEADER)
    if attestation is None or proof is None or desk.trust is None:
        raise _refused("no attestation")
    try:
        return judge_client(
            attestation,
            proof,
            audience=desk.server.issuer,
            context=Context(desk.trust, desk.rules.policy, at),
            status=desk.rules.attestation_status,
        )
    except (MalformedError, UnsupportedError) as error:
        raise _refused("an attestation that is not accepted") from error


def _refused(message: str) -> OAuthError:
    return OAuthError(message, OAuthCode.INVALID_CLIENT)
