"""Whether an issuer is within the profile that a wallet, or the issuer, keeps to."""

from collections.abc import Iterable, Iterator

from idwallet.errors import UnsupportedError
from idwallet.profiles import IssuanceProfile, IssuanceRule
from idwallet.protocols.oauth.client_attestation import METHOD
from idwallet.protocols.oauth.server_metadata import AuthorizationServer
from idwallet.protocols.oauth.token import AUTHORIZATION_CODE
from idwallet.protocols.openid4vci.metadata import (
    CredentialConfiguration,
    IssuerMetadata,
)

_Rule = IssuanceRule


def require_metadata_within(
    metadata: IssuerMetadata, names: Iterable[str], *, profile: IssuanceProfile
) -> None:
    """Return only if what is offered by these names is within the profile.

    Raises:
        UnsupportedError: it is not; `clause` is the profile's.
    """
    broken = _outside(metadata, tuple(names), profile=profile)
    for what, at, clause in broken:
        raise UnsupportedError(what, at=at, clause=clause)


def require_server_within(
    server: AuthorizationServer, *, profile: IssuanceProfile
) -> None:
    """Return only if an authorization server is within the profile.

    Raises:
        UnsupportedError: it is not; `clause` is the profile's.
    """
    by_code = server.authorization_endpoint is not None
    kept = {
        _Rule.CODE_GRANT: by_code and AUTHORIZATION_CODE in server.grant_types,
        _Rule.PUSHED: server.par_endpoint is not None or not by_code,
        _Rule.BOUND_TOKENS: bool(server.dpop_algorithms),
        _Rule.SERVER_NAMED: server.names_itself or not by_code,
        _Rule.ATTESTED_WALLETS: METHOD in server.client_authentication,
    }
    for rule, keeps in kept.items():
        clause = profile.clause(rule)
        if clause is not None and not keeps:
            what = f"a server outside of the profile: {rule.value}"
            raise UnsupportedError(what, at="server", clause=clause)


_Broken = tuple[str, str, str]


def _outside(
    metadata: IssuerMetadata, names: tuple[str, ...], *, profile: IssuanceProfile
) -> Iterator[_Broken]:
    for name in names:
        if profile.offered and name not in profile.offered:
            yield "another name than the profile has", "offer", profile.within
        yield from _credential(name, metadata.configurations[name], profile=profile)
    bound = any(metadata.configurations[name].is_bound for name in names)
    kept = {
        _Rule.NONCES: metadata.nonce_endpoint is not None or not bound,
        _Rule.BATCHES: metadata.batch_size > 1,
    }
    for rule, keeps in kept.items():
        clause = profile.clause(rule)
        if clause is not None and not keeps:
            what = f"an issuer outside of the profile: {rule.value}"
            yield what, "metadata", clause


def _credential(
    name: str, found: CredentialConfiguration, *, profile: IssuanceProfile
) -> Iterator[_Broken]:
    if profile.formats and found.format not in profile.formats:
        yield "a format outside of the profile", name, profile.within
    if profile.types and found.credential_type not in profile.types:
        yield "a type outside of the profile", name, profile.within
    clause = profile.clause(_Rule.SCOPES)
    if clause is not None and found.scope is None:
        yield "no scope", name, clause
