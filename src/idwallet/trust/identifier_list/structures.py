"""Identifier lists that were judged, and what a credential says about them."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborValue
from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.trust.identifier_list.table import IdentifierTable
from idwallet.trust.status_list.claims import require_text
from idwallet.trust.status_list.structures import ListTimes

_CLAUSE: Final = "ISO/IEC 18013-5 2nd ed. §12.3.6.4"
_AT: Final = "status/identifier_list"


class _Seal:
    """What only the evaluation of a list holds."""


SEAL: Final = _Seal()


@dataclass(frozen=True, slots=True)
class IdentifierReference:
    """What a credential says: it is revoked once `identifier` is on the list at `uri`.

    `certificate` (DER) is the authority that certifies who signs the list, where the
    issuer names another than its own (clause 12.3.6.2).
    """

    uri: str
    identifier: bytes = field(repr=False)
    certificate: bytes | None = field(default=None, repr=False)


def read_identifier_reference(value: CborValue) -> IdentifierReference:
    """Read the ``identifier_list`` element of the status of an mdoc.

    Raises:
        MalformedError: it is no map with an identifier and an address.
        LimitError: one of them passes `limits.IDENTIFIER_BYTES`,
            `limits.URI_CHARACTERS` or `limits.CERTIFICATE_BYTES`.
    """
    if not isinstance(value, dict):
        raise MalformedError("no map", at=_AT, clause=_CLAUSE)
    identifier = _octets(value, "id", most=limits.IDENTIFIER_BYTES)
    if identifier is None:
        raise MalformedError("no identifier", at=f"{_AT}/id", clause=_CLAUSE)
    return IdentifierReference(
        require_text(value.get("uri"), at=f"{_AT}/uri", clause=_CLAUSE),
        identifier,
        _octets(value, "certificate", most=limits.CERTIFICATE_BYTES),
    )


def _octets(
    members: Mapping[CborKey, CborValue], name: str, *, most: int
) -> bytes | None:
    if name not in members:
        return None
    value, at = members[name], f"{_AT}/{name}"
    if not isinstance(value, bytes) or not value:
        raise MalformedError("no byte string", at=at, clause=_CLAUSE)
    if len(value) > most:
        raise LimitError("byte string too long", at=at, clause=_CLAUSE)
    return value


@dataclass(frozen=True, slots=True, eq=False)
class IdentifierList:
    """A list whose signature stands; only `evaluate_identifier_list` can make one.

    `key` signed it and `x5c` is what it says about that key: whose lists the signer may
    sign is judged for each credential. `table` holds who is revoked, in as many octets
    as their identifiers have. It is safe to share between threads.
    """

    uri: str
    times: ListTimes
    aggregation_uri: str | None
    key: PublicKey = field(repr=False)
    x5c: tuple[bytes, ...] = field(repr=False)
    table: IdentifierTable = field(repr=False)
    seal: InitVar[object] = field(kw_only=True)

    def __post_init__(self, seal: object) -> None:
        """Refuse a list that nobody judged.

        Raises:
            UsageError: it was not made by `evaluate_identifier_list`.
        """
        if seal is not SEAL:
            raise UsageError("an IdentifierList comes from evaluate_identifier_list")

    @property
    def issued(self) -> datetime:
        """The moment that it is as of."""
        return self.times.issued

    @property
    def expires(self) -> datetime | None:
        """When it may no longer be used; every list says so."""
        return self.times.expires

    @property
    def octets(self) -> int:
        """How much memory its identifiers take."""
        return self.table.octets

    def lists(self, identifier: bytes) -> bool:
        """Whether who has that identifier is revoked."""
        return identifier in self.table
