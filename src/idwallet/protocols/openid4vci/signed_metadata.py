"""Metadata that somebody signed (OpenID4VCI 1.0 section 12.2.3)."""

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from idwallet.codec.json import JsonObject, write_json
from idwallet.codec.moment import require_aware
from idwallet.credentials.required import Context
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import sign_compact, x5c_parameter
from idwallet.protocols.oauth.provider import Kind, judge_statement, read_statement
from idwallet.trust.anchors import Purpose
from idwallet.trust.signer import SignerFound

TYP: Final = "openidvci-issuer-metadata+jwt"
JWT: Final = "application/jwt"
ACCEPT: Final = "application/jwt, application/json;q=0.9"

_KIND: Final = Kind(TYP, "signed metadata", "OpenID4VCI 1.0 §12.2.3")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class SignedMetadata(NamedTuple):
    """The metadata inside, and who signed it."""

    document: JsonObject
    signer: SignerFound


def judge_signed_metadata(
    text: str, *, identifier: str, context: Context
) -> SignedMetadata:
    """Judge signed metadata of the issuer `identifier`.

    Whoever signed must be believed about issuing credentials, and answer for that very
    identifier: else one issuer could speak for another.

    Raises:
        MalformedError: it is not accepted: see `judge_statement`; or of another issuer.
        UnsupportedError: a key or an algorithm that is not known here.
        UsageError: the moment has no zone.
    """
    found = read_statement(text, _KIND)
    if found.moment("iat") is None:
        raise _KIND.fault("no iat")
    if found.text("sub") != identifier:
        raise _KIND.fault("of another issuer", "/sub")
    signer = judge_statement(
        found, context=context, purpose=Purpose.ISSUE_CREDENTIALS, name=identifier
    )
    return SignedMetadata(found.claims, signer)


def sign_metadata(
    document: JsonObject,
    *,
    signer: Signer,
    chain: tuple[bytes, ...],
    at: datetime,
    until: datetime,
) -> str:
    """Sign metadata, from now until then.

    Raises:
        UsageError: a moment has no zone.
        SignerError: the key could not sign.
    """
    require_aware(at, until)
    claims: JsonObject = {
        **document,
        "sub": document["credential_issuer"],
        "iat": (at - _EPOCH) // timedelta(seconds=1),
        "exp": (until - _EPOCH) // timedelta(seconds=1),
    }
    header: JsonObject = {"typ": TYP, "x5c": x5c_parameter(list(chain))}
    return sign_compact(write_json(claims), header=header, signer=signer)
