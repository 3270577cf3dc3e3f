"""What is known of issuer and server at a step, read again from what is kept."""

from typing import Final

from idwallet.codec.json import JsonObject, write_json
from idwallet.errors import MalformedError
from idwallet.protocols.oauth.server_metadata import (
    AuthorizationServer,
    read_authorization_server,
)
from idwallet.protocols.oauth.token import TokenResponse
from idwallet.protocols.openid4vci.metadata import (
    CredentialConfiguration,
    IssuerMetadata,
    configuration_of,
    read_issuer_metadata,
)
from idwallet.protocols.openid4vci.offer import CredentialOffer, read_offer_object
from idwallet.protocols.openid4vci.wallet.progress import Progress

_CLAUSE: Final = "OpenID4VCI 1.0 §4.1.1"


def offer_of(progress: Progress) -> CredentialOffer:
    """Return the offer."""
    return read_offer_object(write_json(progress.document("offer")))


def issuer_of(progress: Progress) -> IssuerMetadata:
    """Return the issuer's metadata."""
    offer = offer_of(progress)
    return read_issuer_metadata(progress.document("issuer"), identifier=offer.issuer)


def server_of(progress: Progress) -> AuthorizationServer:
    """Return the authorization server's metadata."""
    identifier = progress.text("server_identifier")
    return read_authorization_server(progress.document("server"), identifier=identifier)


def token_of(progress: Progress) -> TokenResponse:
    """Return the access token."""
    found = progress.document("token")
    details = found.get("details")
    expires, refresh = found.get("expires_in"), found.get("refresh_token")
    return TokenResponse(
        access_token=str(found.get("access_token", "")),
        token_type=str(found.get("token_type", "")),
        expires_in=expires if isinstance(expires, int) else None,
        refresh_token=refresh if isinstance(refresh, str) else None,
        details=tuple(e for e in details if isinstance(e, dict))
        if isinstance(details, list)
        else (),
    )


def token_document(token: TokenResponse) -> JsonObject:
    """Return an access token as it is kept."""
    return {
        "access_token": token.access_token,
        "token_type": token.token_type,
        "expires_in": token.expires_in,
        "refresh_token": token.refresh_token,
        "details": list(token.details),
    }


def wanted_now(progress: Progress) -> tuple[str, str | None]:
    """Return the configuration that is asked for now, and its identifier if any."""
    return _pair(progress.items("wanted")[0])


def configuration_now(progress: Progress) -> CredentialConfiguration:
    """Return what is asked for now."""
    name, _ = wanted_now(progress)
    return configuration_of(issuer_of(progress), name, at="offer")


def _pair(value: object) -> tuple[str, str | None]:
    if isinstance(value, list) and value and isinstance(value[0], str):
        identifier = value[1]
        return value[0], identifier if isinstance(identifier, str) else None
    raise MalformedError("nothing is wanted", at="/wanted", clause=_CLAUSE)


def choose_server(progress: Progress) -> str:
    """Return the identifier of the authorization server to be used.

    Raises:
        MalformedError: the offer names one that the issuer does not (4.1.1), or there
            are several and none is named.
    """
    metadata, offer = issuer_of(progress), offer_of(progress)
    grant = offer.pre_authorized or offer.code
    hint = None if grant is None else grant.authorization_server
    servers = metadata.authorization_servers
    if hint is not None:
        if hint not in servers:
            raise MalformedError(
                "a server of somebody else", at="offer", clause=_CLAUSE
            )
        return hint
    if len(servers) > 1:
        raise MalformedError(
            "several servers and no choice", at="offer", clause=_CLAUSE
        )
    return servers[0] if servers else metadata.issuer
