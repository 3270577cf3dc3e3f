"""Writing what a page asks for: unsigned, signed, or signed in several names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import (
    JsonShape,
    JsonSigner,
    sign_compact,
    sign_json_serialization,
)
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.protocols.dc_api.message import PageMessage, PageProtocol
from idwallet.protocols.dc_api.request import (
    EXPECTED_ORIGINS,
    PageRequest,
    require_origin,
)
from idwallet.protocols.openid4vp.attached import (
    TRANSACTION_DATA,
    VERIFIER_INFO,
    VerifierInfo,
)
from idwallet.protocols.openid4vp.client import ClientId, ClientIdPrefix, read_client_id
from idwallet.protocols.openid4vp.known_by import header_of
from idwallet.protocols.openid4vp.parameters import (
    AUDIENCE,
    PURPOSE,
    RESPONSE_TYPE,
    read_parameters,
)
from idwallet.protocols.openid4vp.request import metadata_of

_CLIENT: Final = "client_id"


@dataclass(frozen=True, slots=True)
class PageSigner:
    """Who signs a page's request, and how wallets know them; see `header_of`."""

    client_id: str
    signer: Signer
    certificates: tuple[bytes, ...] = ()
    kid: str | None = None
    attestation: str | None = None
    verifier_info: tuple[VerifierInfo, ...] = ()

    def client(self) -> ClientId:
        """Return the client identifier, taken apart."""
        return read_client_id(self.client_id, at="/client_id")

    def header(self) -> JsonObject:
        """Return the header to sign under.

        Raises:
            UsageError: what is there does not belong together.
        """
        return header_of(
            self.client(),
            signer=self.signer,
            certificates=self.certificates,
            kid=self.kid,
            attestation=self.attestation,
        )

    def own(self) -> JsonObject:
        """Return what is said of this signer alone (section A.3.2.2)."""
        said: JsonObject = {_CLIENT: self.client_id}
        if self.verifier_info:
            said[VERIFIER_INFO] = [each.to_json() for each in self.verifier_info]
        return said


def write_unsigned(request: PageRequest) -> PageMessage:
    """Write a request that nobody signs: the browser vouches for the origin alone.

    Raises:
        UsageError: a wallet would refuse it whatever its policy.
    """
    claims = _claims(request)
    origin = ClientId(request.audience, ClientIdPrefix.ORIGIN, request.origin)
    _require_taken(claims, origin, request=request)
    return PageMessage(PageProtocol.UNSIGNED, claims)


def write_signed(request: PageRequest, *, by: PageSigner) -> PageMessage:
    """Write a request that one party signs, for wallets that know it.

    Raises:
        UsageError: a wallet would refuse it: see `build_request_object`.
        SignerError: the key could not sign.
    """
    claims = {**_signed_claims(request), **by.own()}
    _require_taken(claims, by.client(), request=request)
    token = sign_compact(write_json(claims), header=by.header(), signer=by.signer)
    return PageMessage(PageProtocol.SIGNED, {"request": token})


def write_multisigned(request: PageRequest, *, by: Sequence[PageSigner]) -> PageMessage:
    """Write one request that is signed in several names, one for each ecosystem.

    Raises:
        UsageError: a wallet would refuse it, or a name stands twice.
        SignerError: a key could not sign.
    """
    claims = _signed_claims(request)
    names = [each.client_id for each in by]
    if not names or len(set(names)) != len(names):
        raise UsageError("each signer of a request has a name of its own")
    for each in by:
        _require_taken({**claims, **each.own()}, each.client(), request=request)
    made = sign_json_serialization(
        write_json(claims),
        signers=[JsonSigner(e.signer, {**e.header(), **e.own()}) for e in by],
        shape=JsonShape.GENERAL,
    )
    return PageMessage(PageProtocol.MULTISIGNED, {"request": made})


def _claims(request: PageRequest) -> JsonObject:
    claims: JsonObject = {
        "response_type": RESPONSE_TYPE,
        "response_mode": request.mode.value,
        "nonce": request.nonce,
        "dcql_query": request.query.to_dcql(),
    }
    metadata = metadata_of(request.formats, request.encryption)
    if metadata:
        claims["client_metadata"] = metadata
    if request.purpose is not None:
        claims[PURPOSE] = request.purpose
    if request.transaction_data:
        raw: list[JsonValue] = [each.raw for each in request.transaction_data]
        claims[TRANSACTION_DATA] = raw
    return claims


def _signed_claims(request: PageRequest) -> JsonObject:
    claims: JsonObject = {
        **_claims(request),
        "aud": AUDIENCE,
        EXPECTED_ORIGINS: [require_origin(request.origin)],
    }
    for name, moment in (("iat", request.issued), ("exp", request.expires)):
        if moment is not None:
            claims[name] = int(moment.timestamp())
    return claims


def _require_taken(
    claims: JsonObject, client: ClientId, *, request: PageRequest
) -> None:
    """Hold what is about to be written to everything that reading asks."""
    require_origin(request.origin)
    types = frozenset(each.type for each in request.transaction_data)
    try:
        read_parameters(claims, client, transactions=types, origin=request.origin)
    except (MalformedError, UnsupportedError) as error:
        raise UsageError(f"no wallet takes this request: {error}") from error
    if len(request.nonce) < limits.NONCE_CHARACTERS_MINIMUM:
        # §14.1: at least 16 random bytes, which are 22 characters of base64url.
        raise UsageError("a nonce holds at least 16 random bytes")
