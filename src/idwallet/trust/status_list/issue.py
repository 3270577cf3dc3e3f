"""Making status list tokens (Token Status List section 5)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.cbor import CborKey, CborValue, write_cbor
from idwallet.codec.json import JsonObject, write_json
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import (
    CoseForm,
    CoseHeaders,
    TagForm,
    sign_sign1,
    x5chain_parameter,
)
from idwallet.envelope.cose.cwt import EXP, IAT, SUB
from idwallet.envelope.cose.labels import KID, TYP, X5CHAIN
from idwallet.envelope.jws import sign_compact, x5c_parameter
from idwallet.errors import UsageError
from idwallet.trust.status_list.bitmap import BITS, Effort, deflate
from idwallet.trust.status_list.cwt import STATUS_LIST, TTL, TYP_CWT
from idwallet.trust.status_list.jwt import TYP_JWT


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListContent:
    """What a status list token is to say.

    `array` is what `idwallet.trust.status_list.bitmap.pack` returns. Without
    `expires` a reader's policy alone bounds how long the list is relied on.
    """

    uri: str
    bits: int
    array: bytes | bytearray | memoryview = field(repr=False)
    expires: datetime | None = None
    ttl: timedelta | None = None
    aggregation_uri: str | None = None
    effort: Effort = Effort.SMALLEST

    def __post_init__(self) -> None:
        """Refuse what no reader takes.

        Raises:
            UsageError: no address, a wrong number of bits, no entry or too many, an
                expiry without a zone, a time to live under a second.
        """
        if not 0 < len(self.uri) <= limits.URI_CHARACTERS:
            raise UsageError("a status list has an address")
        if self.bits not in BITS:
            raise UsageError("an entry of a status list has 1, 2, 4 or 8 bits")
        if not 0 < len(self.array) <= limits.STATUS_LIST_BITMAP_BYTES:
            raise UsageError("a status list has an entry, and a bounded number of them")
        if self.expires is not None and self.expires.utcoffset() is None:
            raise UsageError("the expiry of a status list needs a zone")
        if self.ttl is not None and self.ttl < _SECOND:
            raise UsageError("the time to live of a status list is whole seconds")


_SECOND: Final = timedelta(seconds=1)


def issue_status_list(
    content: StatusListContent,
    *,
    signer: Signer,
    certificates: Sequence[bytes] = (),
    kid: str | None = None,
    at: datetime,
) -> str:
    """Sign a status list token in JWT form (section 5.1).

    `certificates` is the signer's chain (DER, leaf first, without the anchor); a
    signer whose key is pinned has none, and names it by `kid`. The same content at the
    same moment gives the same payload, byte for byte.

    Raises:
        UsageError: `at` has no zone or is not before the expiry, or the compressed
            list passes `limits.STATUS_LIST_COMPRESSED_BYTES`.
        SignerError: the key could not sign.
    """
    compressed = _compressed(content, at)
    header: JsonObject = {"typ": TYP_JWT}
    if certificates:
        header["x5c"] = x5c_parameter(certificates)
    if kid is not None:
        header["kid"] = kid
    entries: JsonObject = {"bits": content.bits, "lst": b64.encode(compressed)}
    if content.aggregation_uri is not None:
        entries["aggregation_uri"] = content.aggregation_uri
    payload: JsonObject = {"sub": content.uri, "iat": int(at.timestamp())}
    if content.expires is not None:
        payload["exp"] = int(content.expires.timestamp())
    if content.ttl is not None:
        payload["ttl"] = int(content.ttl.total_seconds())
    payload["status_list"] = entries
    return sign_compact(write_json(payload), header=header, signer=signer)


def issue_status_list_cwt(
    content: StatusListContent,
    *,
    signer: Signer,
    certificates: Sequence[bytes] = (),
    kid: bytes | None = None,
    at: datetime,
) -> bytes:
    """Sign a status list token in CWT form (section 5.2), untagged as draft 14 has it.

    See `issue_status_list`; readers take it under either profile.

    Raises:
        UsageError: see `issue_status_list`.
        SignerError: the key could not sign.
    """
    compressed = _compressed(content, at)
    protected: dict[CborKey, CborValue] = {TYP: TYP_CWT}
    if certificates:
        protected[X5CHAIN] = x5chain_parameter(certificates)
    if kid is not None:
        protected[KID] = kid
    entries: dict[CborKey, CborValue] = {"bits": content.bits, "lst": compressed}
    if content.aggregation_uri is not None:
        entries["aggregation_uri"] = content.aggregation_uri
    payload: dict[CborKey, CborValue] = {SUB: content.uri, IAT: int(at.timestamp())}
    if content.expires is not None:
        payload[EXP] = int(content.expires.timestamp())
    if content.ttl is not None:
        payload[TTL] = int(content.ttl.total_seconds())
    payload[STATUS_LIST] = entries
    return sign_sign1(
        write_cbor(payload),
        signer=signer,
        headers=CoseHeaders(protected),
        form=CoseForm(TagForm.UNTAGGED),
    )


def _compressed(content: StatusListContent, at: datetime) -> bytes:
    if at.utcoffset() is None:
        raise UsageError("the moment of issue needs a zone")
    if content.expires is not None and content.expires <= at:
        raise UsageError("a status list expires after it is issued")
    compressed = deflate(content.array, effort=content.effort)
    if len(compressed) > limits.STATUS_LIST_COMPRESSED_BYTES:
        raise UsageError("the list is too long, even compressed: divide it")
    return compressed
