"""The issuer's metadata as they came: plain, or signed by somebody believed."""

from datetime import datetime
from typing import NamedTuple

from idwallet.codec.json import JsonObject
from idwallet.credentials.required import Context
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols.http import HttpResponse
from idwallet.protocols.openid4vci.signed_metadata import JWT, judge_signed_metadata
from idwallet.protocols.openid4vci.wallet.client import (
    SignedMetadataRule,
    WalletClient,
)


class Described(NamedTuple):
    """Metadata, not read yet, and who signed them, "" where nobody did."""

    document: JsonObject
    signed_by: str


def described(
    response: HttpResponse, client: WalletClient, *, issuer: str, at: datetime
) -> Described | None:
    """Return the metadata that came; None where they are signed and not believed.

    Raises:
        MalformedError: they are none, or have to be signed and are not, or by nobody
            who is believed.
    """
    required = client.signed_metadata is SignedMetadataRule.REQUIRED
    if response.media_type != JWT:
        if required:
            raise MalformedError(
                "not signed", at="issuer metadata", clause="OpenID4VCI 1.0 §12.2.3"
            )
        return Described(response.json(at="issuer metadata"), "")
    try:
        return _judged(response, client, issuer=issuer, at=at)
    except (MalformedError, UnsupportedError):
        if required:
            raise
        return None


def _judged(
    response: HttpResponse, client: WalletClient, *, issuer: str, at: datetime
) -> Described | None:
    if client.trust is None:
        return None
    try:
        text = response.body.decode("ascii")
    except UnicodeDecodeError:
        return None
    context = Context(client.trust, client.policy, at)
    found = judge_signed_metadata(text, identifier=issuer, context=context)
    return Described(found.document, found.signer.name)
