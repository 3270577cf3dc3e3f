"""Signed request objects of OpenID4VP 1.0: written, and read without trust."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec import json
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.query import COMPACT, MDOC, Query
from idwallet.crypto.algorithms import COSE_ONLY, Algorithm
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import Jws, read_compact, sign_compact
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.protocols.openid4vp.attached import (
    TRANSACTION_DATA,
    VERIFIER_INFO,
    TransactionData,
    VerifierInfo,
)
from idwallet.protocols.openid4vp.client import (
    ClientId,
    ClientIdPrefix,
    read_client_id,
)
from idwallet.protocols.openid4vp.encryption import EncryptTo
from idwallet.protocols.openid4vp.known_by import TYP, header_of
from idwallet.protocols.openid4vp.message import Carried, read_carrier
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.parameters import (
    AUDIENCE,
    NO_TRANSACTIONS,
    PURPOSE,
    RESPONSE_TYPE,
    FormatSupport,
    Parameters,
    Validity,
    read_client,
    read_parameters,
    read_validity,
)

_SD_JWT_VC: Final = "dc+sd-jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestObject:
    """What a verifier asks for, and how it wants to be answered.

    `client_id` is the whole identifier with its prefix; presentations name it as
    their audience (OpenID4VP 1.0 section 14.8). `response_uri` is where the answer is
    posted, or handed to with `ResponseMode.FRAGMENT`; `encryption` is to which key it
    is encrypted, where `mode` wants that. `issued` and `expires` are aware, in UTC, and
    travel in whole seconds.
    `state` comes back with the answer and must be there when a credential is asked
    for without key binding (section 5.3).

    `purpose` is text by the verifier that nobody attests. OpenID4VP has no parameter
    for it, so it travels as ``idwallet_purpose``, which other wallets ignore. It must
    pass through `codec.text` before a person sees it.

    `verifier_info` is what others attest about the verifier, `transaction_data` what
    the person is asked to agree to beside (section 5.1).
    """

    client_id: str
    response_uri: str
    nonce: str
    query: Query
    expires: datetime
    issued: datetime | None = None
    not_before: datetime | None = None
    state: str | None = None
    purpose: str | None = None
    formats: tuple[FormatSupport, ...] = ()
    verifier_info: tuple[VerifierInfo, ...] = ()
    transaction_data: tuple[TransactionData, ...] = ()
    mode: ResponseMode = ResponseMode.DIRECT_POST
    encryption: EncryptTo | None = None

    def to_claims(self) -> JsonObject:
        """Return the claims of the request object, as they are signed.

        A pre-registered client sends no ``client_metadata``: a wallet that knows the
        client must refuse it (OpenID4VP 1.0 section 8.5, ``invalid_client``).
        """
        claims: JsonObject = {
            "aud": AUDIENCE,
            "client_id": self.client_id,
            "response_type": RESPONSE_TYPE,
            "response_mode": self.mode.value,
            self.mode.destination: self.response_uri,
            "nonce": self.nonce,
            "dcql_query": self.query.to_dcql(),
        }
        for name, value in (("state", self.state), (PURPOSE, self.purpose)):
            if value is not None:
                claims[name] = value
        metadata = metadata_of(self.formats, self.encryption)
        if metadata:
            claims["client_metadata"] = metadata
        if self.verifier_info:
            claims[VERIFIER_INFO] = [each.to_json() for each in self.verifier_info]
        if self.transaction_data:
            claims[TRANSACTION_DATA] = [each.raw for each in self.transaction_data]
        times = (("iat", self.issued), ("nbf", self.not_before), ("exp", self.expires))
        for name, moment in times:
            if moment is not None:
                claims[name] = int(moment.timestamp())
        return claims


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A request object that was read, and of which nothing is verified.

    Use `evaluate_request` for anything but looking at it.
    """

    jws: Jws
    request: RequestObject


def metadata_of(
    formats: Sequence[FormatSupport], encryption: EncryptTo | None
) -> JsonObject:
    """Return what ``client_metadata`` says (OpenID4VP 1.0 section 5.1)."""
    metadata: JsonObject = {}
    if formats:
        metadata["vp_formats_supported"] = {
            each.format: _format_claims(each) for each in formats
        }
    if encryption is not None:
        metadata |= encryption.to_metadata()
    return metadata


def formats_supported(
    algorithms: frozenset[Algorithm], query: Query
) -> tuple[FormatSupport, ...]:
    """Return what a verifier that accepts these algorithms can verify of what it asks.

    The names are fully specified, as OpenID4VP 1.0 B.3.4 asks: ``Ed25519`` and not
    ``EdDSA`` (RFC 9864).
    """
    accepted = [each for each in Algorithm if each in algorithms]
    names = tuple(
        "Ed25519" if each is Algorithm.EDDSA else each.jose
        for each in accepted
        if each not in COSE_ONLY
    )
    numbers = tuple(each.cose for each in accepted)
    # No compact credential holds a key on another curve; who issued it says its kid.
    short = tuple(each.cose for each in accepted if each not in COSE_ONLY)
    found = {
        _SD_JWT_VC: FormatSupport(_SD_JWT_VC, names, names),
        MDOC: FormatSupport(MDOC, numbers, numbers),
        COMPACT: FormatSupport(COMPACT, (), short),
    }
    asked = {each.format for each in query.credentials}
    # A QR code has no room for what nobody asks for.
    named = asked if asked == {COMPACT} else {_SD_JWT_VC, *asked}
    return tuple(each for name, each in found.items() if name in named)


def build_request_object(
    request: RequestObject,
    *,
    signer: Signer,
    certificates: Sequence[bytes] = (),
    kid: str | None = None,
    attestation: str | None = None,
) -> str:
    """Sign a request object and return it as a compact JWT.

    With an ``x509_`` client identifier `certificates` are DER, leaf first; a
    self-signed one at the end is the trust anchor and is left out (HAIP 1.0
    section 5). A pre-registered client has none; where several keys are pinned for it,
    `kid` says which. An attested one has its `attestation` (section 12) and no
    certificates.

    Raises:
        UsageError: a wallet would refuse the request: the identifier, the leaf or the
            attestation, and the signer do not belong together, the nonce is short, or
            a parameter breaks its rules.
        SignerError: the key could not sign.
    """
    client, claims = _checked(request)
    header = header_of(
        client,
        signer=signer,
        certificates=certificates,
        kid=kid,
        attestation=attestation,
        answer_to=request.response_uri,
    )
    return sign_compact(json.write_json(claims), header=header, signer=signer)


def build_unsigned_request(request: RequestObject) -> str:
    """Return the parameters of a request that nobody signs, as a JSON object.

    The client identifier is ``redirect_uri:`` and the address of the answer. Times are
    left out: nobody could vouch for them. A wallet refuses it unless its policy admits
    what it asks for.

    Raises:
        UsageError: a wallet would refuse the request whatever its policy, or the
            identifier is of somebody who signs.
    """
    client, claims = _checked(request)
    if client.prefix is not ClientIdPrefix.REDIRECT_URI:
        raise UsageError("only who is known by an address alone asks unsigned")
    kept = {k: v for k, v in claims.items() if k not in {"aud", "iat", "nbf", "exp"}}
    return json.write_json(kept).decode()


def open_jws(carried: Carried) -> Jws:
    """Take the token apart that came out of a carrier.

    Raises:
        MalformedError: see `envelope.jws.read_compact`.
        UnsupportedError: see there, or the request is not signed.
    """
    if carried.parameters is not None:
        raise UnsupportedError(
            "an unsigned request", at="request", clause="OpenID4VP 1.0 §5"
        )
    # RFC 7797 section 7 forbids an unencoded payload in a JWT: nothing may be critical.
    return read_compact(carried.token, at="request", understood=frozenset())


def read_claims(jws: Jws) -> JsonObject:
    """Read the payload of a request object as JSON.

    Raises:
        MalformedError: not a JSON object, or a member stands twice.
    """
    return json.read_object(
        jws.payload,
        at="request/payload",
        clause="RFC 9101 §4",
        max_bytes=limits.REQUEST_BYTES,
    )


def read_request(
    raw: str | bytes, *, transactions: frozenset[str] = NO_TRANSACTIONS
) -> ReadRequest:
    """Read a request from any carrier and verify nothing.

    `transactions` are the types of transaction data that the caller can show.

    Raises:
        MalformedError: the carrier, the token or a parameter breaks its rules, or the
            client identifier beside the token is not the one inside.
        LimitError: one of them is longer than its bound.
        UnsupportedError: it is more than this version answers.
    """
    carried = read_carrier(raw)
    jws = open_jws(carried)
    if jws.header.typ != TYP:
        raise MalformedError(
            "not typed as a request object",
            at="request/header/typ",
            clause="OpenID4VP 1.0 §5",
        )
    claims = read_claims(jws)
    client = read_client(claims)
    if carried.client_id not in (None, client.text):
        raise MalformedError(
            "another client_id beside the request",
            at="client_id",
            clause="RFC 9101 §5",
        )
    parameters = read_parameters(claims, client, transactions=transactions)
    return ReadRequest(jws, compose(parameters, read_validity(claims)))


def compose(parameters: Parameters, validity: Validity) -> RequestObject:
    """Join what was read of a request object into one value."""
    return RequestObject(
        client_id=parameters.client.text,
        response_uri=parameters.response_uri,
        nonce=parameters.nonce,
        query=parameters.query,
        expires=validity.expires,
        issued=validity.issued,
        not_before=validity.not_before,
        state=parameters.state,
        purpose=parameters.purpose,
        formats=parameters.formats,
        verifier_info=parameters.verifier_info,
        transaction_data=parameters.transaction_data,
        mode=parameters.mode,
        encryption=parameters.encryption,
    )


def _checked(request: RequestObject) -> tuple[ClientId, JsonObject]:
    """Hold what is about to be signed to everything that reading asks."""
    claims = request.to_claims()
    try:
        client = read_client_id(request.client_id, at="/client_id")
        types = frozenset(each.type for each in request.transaction_data)
        read_parameters(claims, client, transactions=types)
        validity = read_validity(claims)
    except (MalformedError, UnsupportedError) as error:
        raise UsageError(f"no wallet takes this request: {error}") from error
    if validity.issued is None:
        raise UsageError("a request says when it was issued")
    if len(request.nonce) < limits.NONCE_CHARACTERS_MINIMUM:
        # §13.3: at least 16 random bytes, which are 22 characters of base64url.
        raise UsageError("a nonce holds at least 16 random bytes")
    return client, claims


def _format_claims(support: FormatSupport) -> JsonObject:
    claims: JsonObject = {}
    for name, algorithms in support.members:
        if algorithms:
            claims[name] = list[JsonValue](algorithms)
    return claims
