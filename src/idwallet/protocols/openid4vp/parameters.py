"""The claims of a request object, read one by one into typed parameters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, datetime
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.numeric_date import numeric_date
from idwallet.credentials.query import COMPACT, MDOC, Query
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.protocols.openid4vp.attached import (
    TransactionData,
    VerifierInfo,
    read_transaction_data,
    read_verifier_info,
)
from idwallet.protocols.openid4vp.client import (
    ClientId,
    ClientIdPrefix,
    read_client_id,
)
from idwallet.protocols.openid4vp.encryption import EncryptTo, read_encryption
from idwallet.protocols.openid4vp.mode import (
    ResponseMode,
    read_destination,
    read_mode,
)

AUDIENCE: Final = "https://self-issued.me/v2"
"""The `aud` of every request whose wallet was not discovered (OpenID4VP 1.0 §5.8)."""

RESPONSE_TYPE: Final = "vp_token"

PURPOSE: Final = "idwallet_purpose"
"""Our own parameter for the purpose text.

No parameter of OpenID4VP holds a purpose that nobody attests: ``verifier_info`` is
for attestations, whose signature and binding a wallet must check (section 5.1). So it
travels under a name with a vendor's prefix (RFC 6749 section 8.2), which other
wallets ignore (OpenID4VP 1.0 section 5).
"""

_VP: Final = "OpenID4VP 1.0"
_NEW: Final = f"{_VP} §5.1"
_EXISTING: Final = f"{_VP} §5.2"
_UNBOUND: Final = f"{_VP} §5.3"
_METADATA: Final = "/client_metadata"
_DATES: Final = "RFC 7519 §2"

URL_SAFE: Final = re.compile(r"[A-Za-z0-9\-._~]+")
"""The characters of nonce and state (OpenID4VP 1.0 §5.2)."""


@dataclass(frozen=True, slots=True)
class FormatSupport:
    """What the verifier says it can verify of one credential format.

    The algorithms are of the issuer's signature and of the holder's: by JOSE names for
    SD-JWT VC (OpenID4VP 1.0 B.3.4), by COSE numbers for mobile documents (B.2.2) and
    compact credentials (docs/reference/compact.md section 9). An empty tuple restricts
    nothing.
    """

    format: str
    issuer_algorithms: tuple[str | int, ...] = ()
    binding_algorithms: tuple[str | int, ...] = ()

    @property
    def members(self) -> tuple[tuple[str, tuple[str | int, ...]], ...]:
        """The members by which it is said, each with its algorithms."""
        issuer, binding, _ = _ALGORITHMS.get(self.format, _OF_SD_JWT)
        return ((issuer, self.issuer_algorithms), (binding, self.binding_algorithms))


class _Members(NamedTuple):
    """How the algorithms of a format are said, and of which type each is."""

    issuer: str
    binding: str
    kind: type[str] | type[int]


_OF_SD_JWT: Final = _Members("sd-jwt_alg_values", "kb-jwt_alg_values", str)
_BY_NUMBERS: Final = _Members("issuerauth_alg_values", "deviceauth_alg_values", int)
_ALGORITHMS: Final[Mapping[str, _Members]] = {MDOC: _BY_NUMBERS, COMPACT: _BY_NUMBERS}


class Validity(NamedTuple):
    """From when until when a request may be answered; all aware, UTC."""

    issued: datetime | None
    not_before: datetime | None
    expires: datetime


class Parameters(NamedTuple):
    """Everything of a request object but its times.

    `response_uri` is where the answer goes, whatever the mode calls it; `encryption` is
    to which key, where the mode wants that.
    """

    client: ClientId
    response_uri: str
    nonce: str
    query: Query
    state: str | None
    purpose: str | None
    formats: tuple[FormatSupport, ...]
    verifier_info: tuple[VerifierInfo, ...] = ()
    transaction_data: tuple[TransactionData, ...] = ()
    mode: ResponseMode = ResponseMode.DIRECT_POST
    encryption: EncryptTo | None = None


NO_TRANSACTIONS: Final[frozenset[str]] = frozenset()
"""The types of transaction data that a wallet can show which was told of none."""


def read_client(claims: Mapping[str, JsonValue]) -> ClientId:
    """Read ``client_id``.

    Raises:
        MalformedError: it is missing or unreadable, see `read_client_id`.
        UnsupportedError: see `read_client_id`.
    """
    text = _string(claims, "client_id", clause=_EXISTING)
    return read_client_id(text, at="/client_id")


def read_parameters(
    claims: JsonObject,
    client: ClientId,
    *,
    transactions: frozenset[str],
    origin: str | None = None,
) -> Parameters:
    """Read every other parameter but the times.

    `transactions` are the types of transaction data understood. With `origin` a browser
    brought the request from that page, and neither address nor ``state`` counts (A.2).

    Unknown parameters are ignored (OpenID4VP 1.0 section 5), the legacy
    ``client_id_scheme`` among them. ``iss`` must be ignored too.

    Raises:
        MalformedError: a parameter is missing, breaks its rules or may not be there.
        LimitError: a parameter is longer than its bound.
        UnsupportedError: well-formed, and more than this version answers.
    """
    _require_supported(claims)
    _require_audience(claims)
    query = _query(claims)
    state = None if origin is not None else _state(claims, query)
    mode = read_mode(claims, in_browser=origin is not None)
    metadata, wanted = _metadata(claims, client), mode.is_encrypted
    return Parameters(
        client=client,
        response_uri=origin or read_destination(claims, client, mode=mode),
        nonce=_nonce(claims),
        query=query,
        state=state,
        purpose=_purpose(claims),
        formats=_formats(metadata, client, origin=origin),
        verifier_info=read_verifier_info(claims, query),
        transaction_data=read_transaction_data(claims, query, understood=transactions),
        mode=mode,
        encryption=read_encryption(metadata, at=_METADATA) if wanted else None,
    )


def read_validity(claims: JsonObject) -> Validity:
    """Read ``iat``, ``nbf`` and ``exp``.

    A request that names neither ``iat`` nor ``exp`` cannot be told from one of last
    year; the standards do not ask for them, this library does. Without ``exp`` a
    request ends `limits.REQUEST_LIFETIME_MAXIMUM` after ``iat``.

    Raises:
        MalformedError: a time is no NumericDate, none limits the request, or the
            request ends before it begins or lives longer than the maximum.
    """
    issued = _moment(claims, "iat")
    not_before = _moment(claims, "nbf")
    expires = _moment(claims, "exp")
    begins = max((each for each in (issued, not_before) if each), default=None)
    if expires is None:
        if issued is None:
            raise MalformedError("neither exp nor iat", at="/exp", clause=_DATES)
        try:
            expires = issued + limits.REQUEST_LIFETIME_MAXIMUM
        except OverflowError:
            raise MalformedError(
                "ends past all years", at="/iat", clause=_DATES
            ) from None
    if begins is not None and expires <= begins:
        raise MalformedError("ends before it begins", at="/exp", clause=_DATES)
    if issued is not None and expires - issued > limits.REQUEST_LIFETIME_MAXIMUM:
        raise MalformedError("lives too long", at="/exp", clause=_DATES)
    return Validity(issued, not_before, expires)


def require_url_safe(text: str, characters: int, *, at: str) -> None:
    """Return only if the text may be a nonce or a state (OpenID4VP 1.0 §5.2).

    Raises:
        LimitError: more than `characters`.
        MalformedError: empty, or a character outside RFC 3986's unreserved set.
    """
    if len(text) > characters:
        raise LimitError("too long", at=at, clause=_EXISTING)
    if URL_SAFE.fullmatch(text) is None:
        raise MalformedError("not URL-safe ASCII", at=at, clause=_EXISTING)


def _nonce(claims: JsonObject) -> str:
    nonce = _string(claims, "nonce", clause=_EXISTING)
    require_url_safe(nonce, limits.NONCE_CHARACTERS, at="/nonce")
    return nonce


def _require_supported(claims: JsonObject) -> None:
    for name in ("request", "request_uri"):
        if name in claims:
            raise MalformedError(
                "a request inside a request", at=f"/{name}", clause="RFC 9101 §4"
            )
    for name in ("presentation_definition", "presentation_definition_uri"):
        if name in claims:
            raise UnsupportedError(
                "a query language of earlier drafts", at=f"/{name}", clause=_NEW
            )
    response_type = _string(claims, "response_type", clause="RFC 6749 §3.1.1")
    if response_type != RESPONSE_TYPE:
        raise UnsupportedError(
            "a response type other than vp_token",
            at="/response_type",
            clause=f"{_VP} §5.6",
        )


def _require_audience(claims: JsonObject) -> None:
    if "aud" in claims and claims["aud"] not in (AUDIENCE, [AUDIENCE]):
        raise MalformedError(
            "meant for another audience", at="/aud", clause=f"{_VP} §5.8"
        )


def _query(claims: JsonObject) -> Query:
    found = claims.get("dcql_query")
    if "scope" in claims:
        if found is not None:
            raise MalformedError(
                "dcql_query and scope together", at="/scope", clause=_NEW
            )
        raise UnsupportedError("a query by scope", at="/scope", clause=f"{_VP} §5.5")
    if not isinstance(found, dict):
        raise MalformedError("no query object", at="/dcql_query", clause=_NEW)
    return Query.from_dcql(found, at="/dcql_query")


def _state(claims: JsonObject, query: Query) -> str | None:
    state = _optional(claims, "state", clause=_EXISTING)
    if state is not None:
        require_url_safe(state, limits.STATE_CHARACTERS, at="/state")
    elif any(
        not each.require_cryptographic_holder_binding for each in query.credentials
    ):
        raise MalformedError(
            "no state, though a credential is asked for without key binding",
            at="/state",
            clause=_UNBOUND,
        )
    return state


def _purpose(claims: JsonObject) -> str | None:
    text = _optional(claims, PURPOSE, clause="RFC 6749 §8.2")
    if text is not None and len(text) > limits.TEXT_CHARACTERS:
        raise LimitError("too long", at=f"/{PURPOSE}", clause="RFC 6749 §8.2")
    return text


def _metadata(claims: JsonObject, client: ClientId) -> JsonObject:
    known = client.prefix is ClientIdPrefix.PRE_REGISTERED
    if known and "client_metadata" in claims:
        # §8.5: what was agreed on beforehand is not to be said anew by a request.
        raise UnsupportedError(
            "metadata of a client that is known", at=_METADATA, clause=f"{_VP} §8.5"
        )
    metadata = claims.get("client_metadata", {})
    if not isinstance(metadata, dict):
        raise MalformedError("not an object", at=_METADATA, clause=_NEW)
    return metadata


def _formats(
    metadata: JsonObject, client: ClientId, *, origin: str | None = None
) -> tuple[FormatSupport, ...]:
    at = "/client_metadata/vp_formats_supported"
    clause = f"{_VP} §11.1"
    found = metadata.get("vp_formats_supported")
    if found is None and client.prefix is ClientIdPrefix.PRE_REGISTERED:
        return ()  # known by agreement, as the client is (§5.9.2)
    if found is None and origin is not None:
        return ()  # the examples of §A.3 say none: the query names the formats
    if not isinstance(found, dict) or not found:
        raise MalformedError("names no format", at=at, clause=clause)
    if len(found) > limits.FORMATS:
        raise LimitError("too many formats", at=at, clause=clause)
    return tuple(_format(name, value, at=at) for name, value in found.items())


def _format(name: str, value: JsonValue, *, at: str) -> FormatSupport:
    if not isinstance(value, dict):
        raise MalformedError("a format is no object", at=at, clause=f"{_VP} §11.1")
    issuer, binding, kind = _ALGORITHMS.get(name, _OF_SD_JWT)
    return FormatSupport(
        name,
        _algorithms(value, issuer, kind=kind, at=at),
        _algorithms(value, binding, kind=kind, at=at),
    )


def _algorithms(
    value: JsonObject, name: str, *, kind: type[str] | type[int], at: str
) -> tuple[str | int, ...]:
    if name not in value:
        return ()
    listed = value[name]
    if not isinstance(listed, list) or not listed:
        raise MalformedError(f"{name} is no list", at=at, clause=f"{_VP} B.3.4")
    if len(listed) > limits.FORMAT_ALGORITHMS:
        raise LimitError(f"{name} is too long", at=at, clause=f"{_VP} B.3.4")
    # To Python true is a number, here it is none.
    names = tuple(
        each for each in listed if isinstance(each, kind) and not isinstance(each, bool)
    )
    if len(names) != len(listed):
        raise MalformedError(f"{name} holds no names", at=at, clause=f"{_VP} B.3.4")
    return names


def _moment(claims: JsonObject, name: str) -> datetime | None:
    if name not in claims:
        return None
    moment = numeric_date(claims[name])
    # The last year of the calendar has no room for a lifetime after `iat`.
    if moment is None or moment.year == MAXYEAR:
        raise MalformedError("no NumericDate", at=f"/{name}", clause=_DATES)
    return moment


def _optional(claims: JsonObject, name: str, *, clause: str) -> str | None:
    return _string(claims, name, clause=clause) if name in claims else None


def _string(claims: Mapping[str, JsonValue], name: str, *, clause: str) -> str:
    if name not in claims:
        raise MalformedError("missing", at=f"/{name}", clause=clause)
    value = claims[name]
    if not isinstance(value, str):
        raise MalformedError("not a string", at=f"/{name}", clause=clause)
    return value
