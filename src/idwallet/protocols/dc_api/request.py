"""What a page asks for over the Digital Credentials API (OpenID4VP 1.0 Appendix A)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonValue
from idwallet.credentials.mdoc.transcript import DcApiHandover
from idwallet.credentials.query import Query
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.protocols.dc_api.message import PageProtocol
from idwallet.protocols.openid4vp.attached import TransactionData, VerifierInfo
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.protocols.openid4vp.encryption import EncryptTo
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.parameters import (
    FormatSupport,
    Parameters,
    Validity,
)

EXPECTED_ORIGINS: Final = "expected_origins"

_REQUEST: Final = "OpenID4VP 1.0 §A.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What the page of `origin` asks for, and how it wants to be answered.

    `origin` is what the platform says, to the letter; the answer is for it and for
    nobody else, whoever signed. `client_id` is the whole identifier of who signed, and
    of who did not ``origin:`` and the origin. The rest is as of `RequestObject`.
    """

    protocol: PageProtocol
    origin: str
    client_id: str
    nonce: str = field(repr=False)
    query: Query
    expires: datetime
    mode: ResponseMode = ResponseMode.DC_API
    encryption: EncryptTo | None = None
    issued: datetime | None = None
    purpose: str | None = None
    formats: tuple[FormatSupport, ...] = ()
    verifier_info: tuple[VerifierInfo, ...] = ()
    transaction_data: tuple[TransactionData, ...] = ()

    @property
    def audience(self) -> str:
        """Whom presentations are for: the origin, and not who signed (section A.4)."""
        return audience_of(self.origin)

    @property
    def handover(self) -> DcApiHandover:
        """The conversation that mobile documents are shown in (B.2.6.2)."""
        key = self.encryption
        thumbprint = None if key is None else key.thumbprint
        return DcApiHandover(self.origin, self.nonce, thumbprint)


def audience_of(origin: str) -> str:
    """Return the audience of what is shown to that origin (section A.4)."""
    return f"{ClientIdPrefix.ORIGIN.value}:{origin}"


def require_origin(origin: str) -> str:
    """Return what a platform says is the origin.

    It is not taken apart: a page's is like ``https://shop.example``, an application's
    like ``android:apk-key-hash:...``.

    Raises:
        UsageError: empty, too long, or not printable ASCII, as no origin is.
    """
    printable = origin.isascii() and origin.isprintable() and " " not in origin
    if not origin or not printable or len(origin) > limits.ORIGIN_CHARACTERS:
        raise UsageError("an origin is what the platform names, to the letter")
    return origin


def read_expected_origins(claims: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """Read ``expected_origins`` of a signed request (section A.2).

    They are compared to the letter: ``https://shop.example/`` is another one.

    Raises:
        MalformedError: not there, or no non-empty list of strings.
        LimitError: more than `limits.EXPECTED_ORIGINS`, or too long.
    """
    at = f"/{EXPECTED_ORIGINS}"
    listed = claims.get(EXPECTED_ORIGINS)
    if not isinstance(listed, list) or not listed:
        raise MalformedError("not a non-empty list", at=at, clause=_REQUEST)
    if len(listed) > limits.EXPECTED_ORIGINS:
        raise LimitError("too many origins", at=at, clause="idwallet limits")
    found = tuple(each for each in listed if isinstance(each, str) and each)
    if len(found) != len(listed):
        raise MalformedError("no origin", at=at, clause=_REQUEST)
    if max(map(len, found)) > limits.ORIGIN_CHARACTERS:
        raise LimitError("an origin is too long", at=at, clause="idwallet limits")
    return found


def composed(
    parameters: Parameters, validity: Validity, *, protocol: PageProtocol, origin: str
) -> PageRequest:
    """Join what was read of a request into one value."""
    return PageRequest(
        protocol=protocol,
        origin=origin,
        client_id=parameters.client.text,
        nonce=parameters.nonce,
        query=parameters.query,
        expires=validity.expires,
        mode=parameters.mode,
        encryption=parameters.encryption,
        issued=validity.issued,
        purpose=parameters.purpose,
        formats=parameters.formats,
        verifier_info=parameters.verifier_info,
        transaction_data=parameters.transaction_data,
    )
