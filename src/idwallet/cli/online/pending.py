"""Issuances that go on another day, sealed in the wallet that they are for."""

import secrets
from dataclasses import dataclass
from typing import Final

from idwallet.cli.faults import input_fault
from idwallet.cli.pocket import Pocket
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.codec.text import show
from idwallet.crypto.vault import Edit, VaultRecord
from idwallet.errors import MalformedError
from idwallet.ports import Shelf

_PREFIX: Final = "issuance-"
_FORMAT: Final = "idwallet-pending-issuance/1"
_CLAUSE: Final = "idwallet pending issuance 1"
_NAME_BYTES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PendingIssuance:
    """An issuance that waits. `saved` is sealed once more, by the machine itself.

    `dpop` is the thumbprint of the key that the issuer's token is bound to.
    """

    name: str
    issuer: str
    client_id: str
    redirect_uri: str
    dpop: str
    saved: bytes = b""

    def to_bytes(self) -> bytes:
        """Return it as it is kept."""
        value: JsonObject = {
            "format": _FORMAT,
            "issuer": self.issuer,
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "dpop": self.dpop,
            "saved": b64.encode(self.saved),
        }
        return write_json(value)


def new_name() -> str:
    """Return a name for an issuance, short enough to be typed."""
    return secrets.token_hex(_NAME_BYTES)


def keep(pocket: Pocket, pending: PendingIssuance) -> None:
    """Keep it in the wallet, in place of what was kept under its name.

    Raises:
        PortError: the store failed.
    """
    record = pocket.vault.get(Shelf.SETTING, _PREFIX + pending.name)
    plain = pending.to_bytes()
    edit = (
        Edit.adding(Shelf.SETTING, _PREFIX + pending.name, plain=plain)
        if record is None
        else Edit.replacing(record, plain)
    )
    pocket.vault.change([edit])


def forget(pocket: Pocket, name: str) -> None:
    """Remove what was kept under a name; none is no error."""
    record = pocket.vault.get(Shelf.SETTING, _PREFIX + name)
    if record is not None:
        pocket.vault.change([Edit.removing(record)])


def kept(pocket: Pocket) -> tuple[PendingIssuance, ...]:
    """Return everything that waits.

    Raises:
        MalformedError: a record was changed.
    """
    records = pocket.vault.records(Shelf.SETTING)
    return tuple(_read(each) for each in records if each.name.startswith(_PREFIX))


def kept_under(pocket: Pocket, name: str) -> PendingIssuance:
    """Return what waits under a name.

    Raises:
        CommandFault: nothing does.
    """
    for each in kept(pocket):
        if each.name == name:
            return each
    raise input_fault(
        f"{show(str(pocket.folder))}: nothing waits under the name {show(name)}; "
        "`idwallet offer pending` lists what does"
    )


def _read(record: VaultRecord) -> PendingIssuance:
    value = read_object(record.plain, at=record.name, clause=_CLAUSE)
    if value.get("format") != _FORMAT:
        raise MalformedError("another version", at=record.name, clause=_CLAUSE)

    def text(name: str) -> str:
        found = value.get(name)
        return found if isinstance(found, str) else ""

    return PendingIssuance(
        name=record.name.removeprefix(_PREFIX),
        issuer=text("issuer"),
        client_id=text("client_id"),
        redirect_uri=text("redirect_uri"),
        dpop=text("dpop"),
        saved=b64.decode(text("saved"), at=record.name),
    )
