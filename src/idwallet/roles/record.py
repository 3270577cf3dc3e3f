"""One credential in a wallet, and its record in the vault."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.codec.numeric_date import numeric_date
from idwallet.consent.purpose import (
    DisclosurePolicy,
    PartyFacts,
    read_disclosure_policy,
)
from idwallet.credentials.model import Format
from idwallet.credentials.query import Candidate
from idwallet.crypto.vault import Edit, VaultRecord
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.ports import Shelf
from idwallet.roles.held.format import Opened
from idwallet.roles.held.formats import open_held, signing_algorithms

_RECORD: Final = "idwallet-credential/1"
_CLAUSE: Final = "idwallet credential record 1"


@dataclass(frozen=True, slots=True, repr=False)
class HeldCredential:
    """A credential in the wallet: verified when it was added.

    `name` is the store's opaque name. `claims` are the holder's own data, those of a
    mobile document by namespace and element as JSON has them; `positioned` the same
    as queries count them. `thumbprint` is that of the key it is bound to. It is valid
    from `valid_from`, None for always, until just before `valid_until`, None for ever.
    `disclosure` is the issuer's word on who may see it, None where it said none.
    """

    name: str
    format: Format
    credential_type: str
    types: tuple[str, ...]
    issuer: str
    claims: JsonObject
    positioned: JsonObject
    raw: str
    thumbprint: str
    authority_key_ids: tuple[bytes, ...]
    valid_from: datetime | None
    valid_until: datetime | None
    disclosure: DisclosurePolicy | None = None

    def __repr__(self) -> str:
        """Show type and issuer only."""
        return f"HeldCredential({self.credential_type!r}, {self.issuer!r})"

    @property
    def signed_by(self) -> str:
        """The thumbprint of the key that answers with it: the one it is bound to."""
        return self.thumbprint

    def is_welcome(self, party: PartyFacts) -> bool:
        """Return whether its issuer lets who asks see it (EU ARF, EDP_06)."""
        return self.disclosure is None or self.disclosure.allows(party)

    def opened(self) -> Opened:
        """Return it read again, to choose from it and to show it."""
        return open_held(self.format, self.raw)

    def candidate(self) -> Candidate:
        """Return what a query is matched against."""
        return Candidate(
            format=self.format.value,
            types=self.types,
            claims=self.positioned,
            authority_key_ids=self.authority_key_ids,
            holder_bound=True,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            key_algorithms=signing_algorithms(self.format, self.raw),
        )


def added(held: HeldCredential) -> Edit:
    """Return what puts a credential into the vault under its name."""
    record: JsonObject = {
        "format": _RECORD,
        "credential": held.format.value,
        "type": held.credential_type,
        "types": list(held.types),
        "issuer": held.issuer,
        "raw": held.raw,
        "thumbprint": held.thumbprint,
        "authority_key_ids": [each.hex() for each in held.authority_key_ids],
        "valid_from": _seconds(held.valid_from),
        "valid_until": _seconds(held.valid_until),
    }
    if held.disclosure is not None:
        record["disclosure_policy"] = held.disclosure.document
    return Edit.adding(Shelf.CREDENTIAL, held.name, plain=write_json(record))


def read_record(record: VaultRecord) -> HeldCredential:
    """Read a credential as it came out of the vault.

    Raises:
        MalformedError: another version of this library wrote it, or no such thing.
    """
    read = read_object(record.plain, at="record", clause=_CLAUSE)
    return _read_record(record.name, read)


def _read_record(name: str, record: JsonObject) -> HeldCredential:
    if record.get("format") != _RECORD:
        raise MalformedError("unknown version", at="record", clause=_CLAUSE)
    raw = _text(record, "raw")
    kind = _format(record)
    opened = _opened(kind, raw)
    return HeldCredential(
        name=name,
        format=kind,
        credential_type=_text(record, "type"),
        types=_texts(record, "types"),
        issuer=_text(record, "issuer"),
        claims=opened.claims,
        positioned=opened.positioned,
        raw=raw,
        thumbprint=_text(record, "thumbprint"),
        authority_key_ids=_octets(record, "authority_key_ids"),
        valid_from=_moment(record, "valid_from"),
        valid_until=_moment(record, "valid_until"),
        disclosure=_disclosure(record),
    )


def _format(record: JsonObject) -> Format:
    try:
        return Format(_text(record, "credential"))
    except ValueError as error:
        raise MalformedError(
            "unknown format", at="record credential", clause=_CLAUSE
        ) from error


def _opened(kind: Format, raw: str) -> Opened:
    try:
        return open_held(kind, raw)
    except UnsupportedError as error:  # it was none when it was sealed
        raise MalformedError(error.what, at="record raw", clause=_CLAUSE) from error


def _disclosure(record: JsonObject) -> DisclosurePolicy | None:
    value = record.get("disclosure_policy")
    if value is None:
        return None
    if not isinstance(value, str):
        raise MalformedError("no text", at="record disclosure_policy", clause=_CLAUSE)
    return read_disclosure_policy(value.encode(), at="record disclosure_policy")


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _moment(record: JsonObject, name: str) -> datetime | None:
    # It must be said that there is no end: a member left out is not "for ever".
    value = record.get(name, False)
    moment = None if value is None else numeric_date(value)
    if moment is None and value is not None:
        raise MalformedError("no NumericDate", at=f"record {name}", clause=_CLAUSE)
    return moment


def _octets(record: JsonObject, name: str) -> tuple[bytes, ...]:
    try:
        return tuple(bytes.fromhex(each) for each in _texts(record, name))
    except ValueError as error:
        raise MalformedError(
            "no hexadecimal", at=f"record {name}", clause=_CLAUSE
        ) from error


def _text(record: JsonObject, name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise MalformedError("no string", at=f"record {name}", clause=_CLAUSE)
    return value


def _texts(record: JsonObject, name: str) -> tuple[str, ...]:
    value = record.get(name)
    found: Sequence[object] = value if isinstance(value, list) else (None,)
    texts = tuple(each for each in found if isinstance(each, str))
    if len(texts) != len(found):
        raise MalformedError("no strings", at=f"record {name}", clause=_CLAUSE)
    return texts
