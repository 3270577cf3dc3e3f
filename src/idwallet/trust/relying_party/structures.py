"""What a relying party is registered for (ETSI TS 119 475 section 5.2.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from idwallet.codec.json import JsonValue

PathElement = str | int | None
"""A step of a claims path (OpenID4VP 1.0 section 7); None stands for every element."""


class LocalText(NamedTuple):
    """A text in one language, as it came: pass it through `codec.text.show`."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class RegisteredClaim:
    """One claim that may be asked for; `values` bound it where there are any."""

    path: tuple[PathElement, ...]
    values: tuple[str | int | bool, ...] = ()

    def covers(self, path: Sequence[PathElement]) -> bool:
        """Whether a path asked for is this one, or lies below it.

        A step that stands for every element covers each one; one element covers no
        other.
        """
        if not self.path or len(self.path) > len(path):
            return False
        return all(
            mine == asked or (mine is None and isinstance(asked, int))
            for mine, asked in zip(self.path, path, strict=False)
        )


@dataclass(frozen=True, slots=True)
class RegisteredCredential:
    """One kind of credential that may be asked for, or that is provided.

    `meta` says which, as in a query (OpenID4VP 1.0 section 6.1). Where no claims are
    named, none is registered: absence is never consent.
    """

    format: str
    meta: Mapping[str, JsonValue]
    claims: tuple[RegisteredClaim, ...]

    def covers(self, path: Sequence[PathElement]) -> bool:
        """Whether a claim of that path is registered."""
        return any(each.covers(path) for each in self.claims)


class StatusReference(NamedTuple):
    """Where the status of the registration stands (Token Status List section 6.2)."""

    uri: str
    place: int


class Party(NamedTuple):
    """Somebody by name and identifier, as it came."""

    identifier: str
    name: str


@dataclass(frozen=True, slots=True)
class Registration:
    """One intended use of a relying party, as its registrar has it.

    `subject` is the semantic identifier (EN 319 412-1) of the party that asks, never
    of its intermediary. Texts and addresses come as they were written: pass them
    through `idwallet.codec.text.show` before anybody sees them. `contacts` are those of
    the supervisory authority. `policies` are policy identifiers (dotted OIDs).
    """

    subject: str
    name: str
    country: str
    entitlements: tuple[str, ...]
    credentials: tuple[RegisteredCredential, ...]
    provides: tuple[RegisteredCredential, ...]
    purposes: tuple[LocalText, ...]
    services: tuple[LocalText, ...]
    issued: datetime
    expires: datetime | None
    status: StatusReference | None
    intended_use: str | None = None
    intermediary: Party | None = None
    is_public_body: bool = False
    policies: tuple[str, ...] = ()
    privacy_policies: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    information: tuple[str, ...] = ()
    registry: str | None = None
    supervisor: str | None = None
    contacts: tuple[str, ...] = field(default=())
