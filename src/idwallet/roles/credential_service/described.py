"""What a service says of itself, and whether it does what it says."""

from collections.abc import Mapping, Sequence

from idwallet.codec.json import JsonObject
from idwallet.codec.web import read_web_address
from idwallet.credentials.model import Format
from idwallet.crypto.agreement import Agreement
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jwe import ContentEncryption
from idwallet.errors import UnsupportedError, UsageError
from idwallet.profiles import IssuanceRule
from idwallet.protocols.oauth import pkce
from idwallet.protocols.oauth.client_attestation import METHOD
from idwallet.protocols.oauth.server_metadata import (
    AuthorizationServer,
    metadata_url,
)
from idwallet.protocols.oauth.token import (
    AUTHORIZATION_CODE,
    PRE_AUTHORIZED,
    REFRESH,
)
from idwallet.protocols.openid4vci.credential import ProofKind
from idwallet.protocols.openid4vci.display import Display
from idwallet.protocols.openid4vci.encryption import ALG, RequestEncryption
from idwallet.protocols.openid4vci.metadata import (
    CredentialConfiguration,
    IssuerMetadata,
)
from idwallet.protocols.openid4vci.offer import require_issuer
from idwallet.protocols.openid4vci.within import (
    require_metadata_within,
    require_server_within,
)
from idwallet.roles.credential_service.rules import (
    AttestationRule,
    IssuanceRules,
    TokenRule,
)
from idwallet.roles.issuer import Issuer


def service_metadata(
    issuer: str,
    configurations: Mapping[str, CredentialConfiguration],
    *,
    batch_size: int = 1,
    display: Sequence[Display] = (),
) -> IssuerMetadata:
    """Return the metadata of a service with every endpoint below its identifier.

    Raises:
        MalformedError: `issuer` is no ``https`` address without query and fragment.
        UsageError: there is nothing to be issued.
    """
    require_issuer(issuer, at="credential_issuer")
    root = issuer.rstrip("/")
    return IssuerMetadata(
        issuer=issuer,
        credential_endpoint=f"{root}/credential",
        nonce_endpoint=f"{root}/nonce",
        deferred_endpoint=f"{root}/deferred",
        notification_endpoint=f"{root}/notification",
        configurations=configurations,
        batch_size=batch_size,
        display=tuple(display),
    )


def server_of(metadata: IssuerMetadata, rules: IssuanceRules) -> AuthorizationServer:
    """Return what the authorization server in the same service says of itself."""
    root = metadata.issuer.rstrip("/")
    grants = [PRE_AUTHORIZED]
    if rules.clients:
        grants.append(AUTHORIZATION_CODE)
    if rules.refresh_lifetime is not None:
        grants.append(REFRESH)
    attests = rules.attestation is not AttestationRule.NOT_ASKED
    algorithms = tuple(sorted(each.jose for each in rules.algorithms))
    return AuthorizationServer(
        issuer=metadata.issuer,
        token_endpoint=f"{root}/token",
        authorization_endpoint=f"{root}/authorize" if rules.clients else None,
        par_endpoint=f"{root}/par" if rules.clients else None,
        requires_par=bool(rules.clients),
        grant_types=tuple(grants),
        code_challenge_methods=(pkce.METHOD,) if rules.clients else (),
        dpop_algorithms=algorithms,
        client_authentication=(METHOD,) if attests else (),
        attestation_algorithms=algorithms if attests else (),
        attestation_proof_algorithms=algorithms if attests else (),
        challenge_endpoint=f"{root}/challenge" if attests else None,
        details_types=("openid_credential",),
        names_itself=bool(rules.clients),
        anonymous_pre_authorized=not attests,
    )


def require_served(
    metadata: IssuerMetadata, rules: IssuanceRules, *, trusts: bool
) -> None:
    """Return only if the service serves what the metadata name.

    `trusts`: it has a trust store, by which providers of wallets are believed.

    Raises:
        UsageError: another server, no nonces, a credential it cannot issue, or
            attestations by nobody who is believed.
    """
    _require_within(metadata, rules)
    if metadata.authorization_servers:
        raise UsageError("this service lets in by itself: name no other server")
    if metadata.nonce_endpoint is None or metadata.deferred_endpoint is None:
        raise UsageError("a service gives out nonces, and may put off")
    if rules.attestation is not AttestationRule.NOT_ASKED and not trusts:
        raise UsageError("attestations need a trust store: who is believed about them")
    if not rules.unbound <= metadata.configurations.keys():
        raise UsageError("unbound names what is not issued here")
    for name, each in metadata.configurations.items():
        if each.credential_type is None:
            raise UsageError(f"{name}: of a format that is not known")
        if name in rules.unbound:
            _require_unbound(name, each)
        else:
            _require_proven(name, each, trusts=trusts)


def _require_within(metadata: IssuerMetadata, rules: IssuanceRules) -> None:
    profile = rules.policy.profile.issuance
    try:
        require_metadata_within(metadata, metadata.configurations, profile=profile)
        require_server_within(server_of(metadata, rules), profile=profile)
    except UnsupportedError as error:
        raise UsageError(f"outside of the profile: {error}") from error
    clause = profile.clause(IssuanceRule.BOUND_TOKENS)
    if clause is not None and rules.tokens is not TokenRule.BOUND:
        raise UsageError(f"outside of the profile: a bearer token ({clause})")


def require_signer(issuer: Issuer, rules: IssuanceRules) -> None:
    """Return only if the issuer is known as the profile wants it.

    Raises:
        UsageError: certificates are demanded, and it has none.
    """
    clause = rules.policy.profile.issuance.clause(IssuanceRule.CERTIFICATES)
    if clause is not None and not issuer.names_certificates:
        raise UsageError(f"an issuer without certificates ({clause})")


def _require_unbound(name: str, configuration: CredentialConfiguration) -> None:
    if configuration.is_bound or configuration.format != Format.SD_JWT_VC.value:
        # A mobile document has a device key, always (ISO/IEC 18013-5 9.1.2.4).
        raise UsageError(f"{name}: unbound, so an SD-JWT VC without proofs")


def _require_proven(
    name: str, configuration: CredentialConfiguration, *, trusts: bool
) -> None:
    proofs = configuration.proofs
    if not proofs or not proofs.keys() <= {each.value for each in ProofKind}:
        raise UsageError(f"{name}: proven by jwt or attestation, or named unbound")
    attested = any(
        each.attested or kind == ProofKind.ATTESTATION.value
        for kind, each in proofs.items()
    )
    if attested and not trusts:
        raise UsageError(f"{name}: attestations of keys need a trust store")


def require_decrypted(metadata: IssuerMetadata, key: Agreement | None) -> None:
    """Return only if requests are decrypted by the key that the metadata name.

    Raises:
        UsageError: they are not, or answers are to be encrypted and requests are not.
    """
    named = metadata.request_encryption
    if (named is None) is not (key is None):
        raise UsageError("request_encryption and the key that decrypts go together")
    if metadata.response_encryption is not None and key is None:
        # A key for the answer is safe in an encrypted request only (section 8.2).
        raise UsageError("answers are encrypted where requests are")
    if named is not None and key is not None:
        thumbprints = {
            PublicKey.from_jwk(_bare(each), at="jwks").thumbprint for each in named.keys
        }
        if thumbprints != {key.public_key.thumbprint}:
            raise UsageError("request_encryption names another key")


def _bare(jwk: JsonObject) -> JsonObject:
    return {name: jwk[name] for name in ("kty", "crv", "x", "y") if name in jwk}


def request_encryption(key: Agreement, *, required: bool = False) -> RequestEncryption:
    """Return what metadata say of a key that requests are encrypted to."""
    jwk: JsonObject = {
        **key.public_key.to_jwk(),
        "use": "enc",
        "alg": ALG,
        "kid": key.public_key.thumbprint,
    }
    contents = tuple(each.value for each in ContentEncryption)
    return RequestEncryption(keys=(jwk,), contents=contents, required=required)


def well_known(identifier: str, place: str) -> str:
    """Return where the metadata of an identifier are asked for."""
    address = read_web_address(
        metadata_url(identifier, place, at="issuer"), at="issuer"
    )
    return f"{address.origin}{address.target}"
