"""Making identifier lists (ISO/IEC 18013-5 second edition 12.3.6.4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborValue, write_cbor
from idwallet.codec.moment import require_aware
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import CoseHeaders, sign_sign1, x5chain_parameter
from idwallet.envelope.cose.cwt import EXP, IAT, SUB
from idwallet.envelope.cose.labels import TYP, X5CHAIN
from idwallet.errors import UsageError
from idwallet.trust.identifier_list.read import IDENTIFIER_LIST, TYP_CWT
from idwallet.trust.identifier_list.table import IdentifierTable, TableBuilder
from idwallet.trust.status_list.cwt import TTL

_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierListContent:
    """What an identifier list is to say: who is revoked.

    `table` is what `identifier_table` returns. The standard demands `expires`: a list
    without an end could be shown for ever.
    """

    uri: str
    table: IdentifierTable
    expires: datetime
    ttl: timedelta | None = None
    aggregation_uri: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no reader takes.

        Raises:
            UsageError: no address, an expiry without a zone, a time to live under a
                second.
        """
        if not 0 < len(self.uri) <= limits.URI_CHARACTERS:
            raise UsageError("an identifier list has an address")
        require_aware(self.expires)
        if self.ttl is not None and self.ttl < _SECOND:
            raise UsageError("the time to live of a list is whole seconds")


def identifier_table(identifiers: Iterable[bytes]) -> IdentifierTable:
    """Pack the identifiers of who is revoked; one that comes twice is in it once.

    An identifier is drawn at random for each credential, and says nothing else.

    Raises:
        UsageError: one is empty or passes `limits.IDENTIFIER_BYTES`.
    """
    builder = TableBuilder()
    for each in identifiers:
        if not 0 < len(each) <= limits.IDENTIFIER_BYTES:
            raise UsageError("an identifier has 1 to limits.IDENTIFIER_BYTES octets")
        builder.add(bytes(each))
    return builder.table()


def issue_identifier_list(
    content: IdentifierListContent,
    *,
    signer: Signer,
    certificates: Sequence[bytes],
    at: datetime,
) -> bytes:
    """Sign an identifier list as a CWT.

    `certificates` is the signer's chain (DER, leaf first, without the anchor), which
    stands under the signature. The signer is no document signer: the same authority
    certifies it for lists (Table B.9). The same content at the same moment gives the
    same payload, byte for byte.

    Raises:
        UsageError: `at` has no zone or is not before the expiry, there is no
            certificate, or the list passes `limits.IDENTIFIER_LIST_BYTES`.
        SignerError: the key could not sign.
    """
    require_aware(at)
    if content.expires <= at:
        raise UsageError("an identifier list expires after it is issued")
    if not certificates:
        raise UsageError("an identifier list names the certificate of its signer")
    headers = CoseHeaders({TYP: TYP_CWT, X5CHAIN: x5chain_parameter(certificates)})
    token = sign_sign1(_payload(content, at), signer=signer, headers=headers)
    if len(token) > limits.IDENTIFIER_LIST_BYTES:
        raise UsageError("the identifier list is too long: divide it")
    return token


def _payload(content: IdentifierListContent, at: datetime) -> bytes:
    before: dict[CborKey, CborValue] = {
        SUB: content.uri,
        EXP: int(content.expires.timestamp()),
        IAT: int(at.timestamp()),
    }
    after: dict[CborKey, CborValue] = {}
    if content.ttl is not None:
        after[TTL] = int(content.ttl.total_seconds())
    # Labels ascend, so the list stands between the short ones and the time to live.
    return b"".join(
        (
            _map_head(len(before) + 1 + len(after)),
            write_cbor(before)[1:],
            write_cbor(IDENTIFIER_LIST),
            _list(content),
            write_cbor(after)[1:],
        )
    )


def _list(content: IdentifierListContent) -> bytes:
    uri = content.aggregation_uri
    after: dict[CborKey, CborValue] = {} if uri is None else {"aggregation_uri": uri}
    parts = bytearray(_map_head(1 + len(after)) + write_cbor("identifiers"))
    parts += _map_head(len(content.table))
    for each in content.table:
        parts += write_cbor(each)
        parts += _EMPTY_MAP
    return bytes(parts + write_cbor(after)[1:])


_EMPTY_MAP: Final = b"\xa0"


def _map_head(count: int) -> bytes:
    """Return the head of a map: that of a number, but for its major type."""
    number = bytearray(write_cbor(count))
    number[0] |= 5 << 5
    return bytes(number)
