"""What a backup says of one credential: what it was, whose, and where to revoke it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.numeric_date import numeric_date
from idwallet.credentials.catalogue import listed_type
from idwallet.credentials.cursor import Cursor
from idwallet.credentials.status import read_status
from idwallet.report import StatusListNeeded
from idwallet.roles.record import HeldCredential

SupplyPoints = Mapping[str, str]
"""Where an issuer issues (TS10 ``supplyPointURL``), by its name in the wallet."""

OWN: Final = "idwallet"
"""The member that holds what TS10 has no place for."""

_PID: Final = "national-id"
_ISSUER: Final = "issuer"
_CHARACTERS: Final = 2_048


@dataclass(frozen=True, slots=True)
class ListedCredential:
    """A credential of the wallet that was backed up.

    `supply_point` is where the issuer issues, None where nobody said. `status` is its
    place in a status list, by which it is revoked; `thumbprint` that of the key it was
    bound to (RFC 7638). Of another wallet's backup only type, format, issuer and
    supply point are known.
    """

    credential_type: str
    format: str
    issuer: str
    supply_point: str | None = None
    valid_until: datetime | None = None
    status: StatusListNeeded | None = None
    thumbprint: str | None = None

    @property
    def kind(self) -> tuple[str, str, str]:
        """What is asked for again: one credential of a kind, or a batch of them."""
        return self.credential_type, self.format, self.issuer

    def to_json(self) -> JsonObject:
        """Return it as ``CredentialInfo`` (TS10 1.2 section 3.19.1).

        What is not known is left out and never made up, where TS10 requires it too.
        """
        is_pid = listed_type(self.format, [self.credential_type])
        return {
            "credentialIdentifier": self.credential_type,
            "format": self.format,
            "issuerIdentifier": [{"type": _ISSUER, "identifier": self.issuer}],
            "issuerType": "PIDProvider"
            if is_pid is not None and is_pid.name == _PID
            else "NonQEAAProvider",
            "issuerName": self.issuer,
            **_filled("supplyPointURL", self.supply_point),
            OWN: {
                **_filled("validUntil", _seconds(self.valid_until)),
                **_filled("status", _status(self.status)),
                **_filled("thumbprint", self.thumbprint),
            },
        }


def listed(held: HeldCredential, supply_points: SupplyPoints) -> ListedCredential:
    """Return what a backup says of a credential in the wallet."""
    return ListedCredential(
        credential_type=held.credential_type,
        format=held.format.value,
        issuer=held.issuer,
        supply_point=supply_points.get(held.issuer) or _address(held.claims.get("iss")),
        valid_until=held.valid_until,
        status=held.opened().status,
        thumbprint=held.thumbprint or None,
    )


def read_listed(here: Cursor) -> ListedCredential:
    """Read a ``CredentialInfo``.

    Raises:
        MalformedError: type, format or issuer is missing or of the wrong kind.
    """
    own = here.optional(OWN)
    own = Cursor({}, here.at, here.clause) if own is None else own
    status = own.optional("status")
    return ListedCredential(
        credential_type=_text(here.member("credentialIdentifier")),
        format=_text(here.member("format")),
        issuer=_name(here.member("issuerName")),
        supply_point=_address(here.members().get("supplyPointURL")),
        valid_until=_moment(own.optional("validUntil")),
        status=None if status is None else read_status({"status_list": status.value}),
        thumbprint=_optional_text(own.optional("thumbprint")),
    )


def _name(here: Cursor) -> str:
    """Read a name; TS10 has it as a text in its example, else as one with a language.

    Of several languages the first is taken.
    """
    value = here.value
    if isinstance(value, list):
        here = here.elements(limit=limits.REGISTERED_TEXTS)[0]
    if isinstance(here.value, dict):
        here = here.member("content")
    return _text(here)


def _text(here: Cursor) -> str:
    text = here.text()
    if len(text) > _CHARACTERS:
        raise here.excess("too long a text")
    return text


def _optional_text(here: Cursor | None) -> str | None:
    return None if here is None else _text(here)


def _moment(here: Cursor | None) -> datetime | None:
    if here is None:
        return None
    moment = numeric_date(here.value)
    if moment is None:
        raise here.fault("no NumericDate")
    return moment


def _address(value: JsonValue) -> str | None:
    """Return an address that may be shown and opened in a browser, or None."""
    if not isinstance(value, str) or not value.isascii() or len(value) > _CHARACTERS:
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if parts.scheme == "https" and parts.hostname else None


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _status(status: StatusListNeeded | None) -> JsonObject | None:
    return None if status is None else {"uri": status.uri, "idx": status.index}


def _filled(name: str, value: JsonValue) -> JsonObject:
    return {} if value is None else {name: value}
