"""The metadata as they are asked for: plain, or signed (OpenID4VCI 1.0 12.2.2)."""

from datetime import datetime

from idwallet.protocols.http import Headers, HttpRequest, HttpResponse, json_response
from idwallet.protocols.openid4vci.metadata import IssuerMetadata
from idwallet.protocols.openid4vci.signed_metadata import JWT
from idwallet.roles.credential_service.rules import IssuanceRules
from idwallet.roles.issuer import Issuer

_VARY: Headers = (("Vary", "Accept"),)


class MetadataPage:
    """Answers with the metadata; a signed copy serves until half its life is over."""

    __slots__ = ("_copy", "_issuer", "_metadata", "_rules")

    def __init__(
        self, metadata: IssuerMetadata, *, issuer: Issuer, rules: IssuanceRules
    ) -> None:
        """Take the parts; nothing is signed yet."""
        self._metadata = metadata
        self._issuer = issuer
        self._rules = rules
        self._copy: tuple[str, datetime, datetime] | None = None

    def __call__(self, request: HttpRequest, at: datetime) -> HttpResponse:
        """Answer one request, signed where that is asked for and done here."""
        if self._rules.metadata_lifetime is None or not _asks_signed(request):
            return json_response(self._metadata.to_json(), headers=_VARY)
        fields = (("Content-Type", JWT), ("Cache-Control", "no-store"), *_VARY)
        return HttpResponse(200, fields, self._signed(at).encode())

    def _signed(self, at: datetime) -> str:
        # Signing is dear where the key is in hardware, and anybody may ask.
        lifetime = self._rules.metadata_lifetime
        held = self._copy
        if held is not None and held[1] <= at < held[2]:
            return held[0]
        if lifetime is None:
            raise AssertionError
        text = self._issuer.sign_metadata(
            self._metadata.to_json(), at=at, until=at + lifetime
        )
        self._copy = text, at, at + lifetime / 2
        return text


def _asks_signed(request: HttpRequest) -> bool:
    """Whether ``application/jwt`` is among what the wallet takes."""
    accepted = request.header("Accept") or ""
    kinds = {each.partition(";")[0].strip().lower() for each in accepted.split(",")}
    return JWT in kinds
