"""One occasion at which somebody was asked for something: who, what for, what of it.

Both sides have the same data about it, and neither has a claim's value here: only the
paths at which claims stand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.consent.reading import Members, filled, path_lists
from idwallet.credentials.paths import ClaimPath, show_path
from idwallet.credentials.query import Query
from idwallet.trust.relying_party import Registration


class AuthenticatedBy(StrEnum):
    """How the wallet knew who was asking."""

    CERTIFICATE = "certificate"
    PINNED_KEY = "pinned_key"
    ATTESTATION = "attestation"
    IDENTIFIER = "identifier"
    """By a decentralized identifier that a trust anchor names."""
    ORIGIN = "origin"
    """By the address of its page alone, as a browser or an application saw it."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Party:
    """Who asked, as the wallet knew it then.

    `name` and `identifier` (the whole client identifier) come from outside: pass them
    through `codec.text.show` before anybody sees them. `anchor` is the name of the
    trust anchor behind it, `certificate` the SHA-256 of its certificate in hexadecimal;
    None where there is none.
    """

    name: str
    identifier: str
    authenticated: AuthenticatedBy
    anchor: str | None = None
    certificate: str | None = None

    def to_json(self) -> JsonObject:
        """Return the party as JSON."""
        return filled(
            name=self.name,
            identifier=self.identifier,
            authenticated=self.authenticated.value,
            anchor=self.anchor,
            certificate=self.certificate,
        )

    @classmethod
    def read(cls, members: Members) -> "Party":
        """Read a party.

        Raises:
            MalformedError: it is none.
        """
        made = cls(
            name=members.maybe("name", members.text) or "",
            identifier=members.maybe("identifier", members.text) or "",
            authenticated=members.code("authenticated", AuthenticatedBy),
            anchor=members.maybe("anchor", members.text),
            certificate=members.maybe("certificate", members.text),
        )
        members.done()
        return made


class Named(NamedTuple):
    """Somebody by name and identifier."""

    name: str
    identifier: str


@dataclass(frozen=True, slots=True)
class LegalContacts:
    """Whom to turn to, as a registration certificate names them (TS10 section 3.2).

    `supervisor` is the data protection authority, `contacts` are its own; `support` and
    `information` are those of who asked. All of it comes from outside: pass it through
    `codec.text.show`, and open no address unasked.
    """

    country: str | None = None
    support: tuple[str, ...] = ()
    information: tuple[str, ...] = ()
    privacy_policies: tuple[str, ...] = ()
    registry: str | None = None
    supervisor: str | None = None
    contacts: tuple[str, ...] = ()
    purposes: tuple[tuple[str, str], ...] = ()
    intermediary: Named | None = None

    @classmethod
    def of(cls, registration: Registration) -> "LegalContacts":
        """Return what a registration names; `purposes` are (language, text)."""
        middle = registration.intermediary
        return cls(
            country=registration.country,
            support=registration.support,
            information=registration.information,
            privacy_policies=registration.privacy_policies,
            registry=registration.registry,
            supervisor=registration.supervisor,
            contacts=registration.contacts,
            purposes=tuple((e.language, e.text) for e in registration.purposes),
            intermediary=None
            if middle is None
            else Named(middle.name, middle.identifier),
        )

    def to_json(self) -> JsonObject:
        """Return the contacts as JSON."""
        middle = self.intermediary
        purposes: list[JsonValue] = [
            {"lang": language, "content": text} for language, text in self.purposes
        ]
        return filled(
            country=self.country,
            support=list[JsonValue](self.support),
            information=list[JsonValue](self.information),
            privacy_policies=list[JsonValue](self.privacy_policies),
            registry=self.registry,
            supervisor=self.supervisor,
            contacts=list[JsonValue](self.contacts),
            purposes=purposes,
            intermediary=None if middle is None else dict(middle._asdict()),
        )

    @classmethod
    def read(cls, members: Members) -> "LegalContacts":
        """Read contacts.

        Raises:
            MalformedError: they are none.
        """
        made = cls(
            country=members.maybe("country", members.text),
            support=members.texts("support"),
            information=members.texts("information"),
            privacy_policies=members.texts("privacy_policies"),
            registry=members.maybe("registry", members.text),
            supervisor=members.maybe("supervisor", members.text),
            contacts=members.texts("contacts"),
            purposes=tuple(
                (each.text("lang"), each.text("content"))
                for each in members.objects("purposes", limits.REGISTERED_TEXTS)
            ),
            intermediary=members.maybe(
                "intermediary", lambda name: _named(members.object(name))
            ),
        )
        members.done()
        return made


def _named(members: Members) -> Named:
    made = Named(members.text("name"), members.text("identifier"))
    members.done()
    return made


@dataclass(frozen=True, slots=True)
class ClaimsAsked:
    """What one credential query asked for: kinds of credential, and claim paths.

    Values that a query compared claims with are left out.
    """

    query: str
    format: str
    types: tuple[str, ...]
    paths: tuple[ClaimPath, ...]

    def to_json(self) -> JsonObject:
        """Return it as JSON."""
        return filled(
            query=self.query,
            format=self.format,
            types=list[JsonValue](self.types),
            paths=path_lists(self.paths),
        )

    @classmethod
    def read(cls, members: Members) -> "ClaimsAsked":
        """Read it.

        Raises:
            MalformedError: it is none.
        """
        made = cls(
            members.text("query"),
            members.text("format"),
            members.texts("types"),
            members.paths("paths"),
        )
        members.done()
        return made


@dataclass(frozen=True, slots=True)
class ClaimsShown:
    """What was seen of one credential: the places of all claims that hold no other.

    Also what came along with what was asked for and cannot be kept back by itself.
    """

    query: str
    format: str
    credential_type: str
    paths: tuple[ClaimPath, ...]

    def to_json(self) -> JsonObject:
        """Return it as JSON."""
        return filled(
            query=self.query,
            format=self.format,
            type=self.credential_type,
            paths=path_lists(self.paths),
        )

    @classmethod
    def read(cls, members: Members) -> "ClaimsShown":
        """Read it.

        Raises:
            MalformedError: it is none.
        """
        made = cls(
            members.text("query"),
            members.text("format"),
            members.text("type"),
            members.paths("paths"),
        )
        members.done()
        return made


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a receipt is held against: the wallet's own record of what it did.

    `request` is the SHA-256 of the request as it came.
    """

    party: Party
    request: bytes
    time: datetime
    purpose: str | None = None
    shown: tuple[ClaimsShown, ...] = ()


def asked_of(query: Query) -> tuple[ClaimsAsked, ...]:
    """Return what a query asks for, without the values that it compares with."""
    return tuple(
        ClaimsAsked(
            query=each.id,
            format=each.format,
            types=tuple(sorted(each.types)),
            paths=tuple(dict.fromkeys(claim.path for claim in each.claims)),
        )
        for each in query.credentials
    )


def in_order(paths: Iterable[ClaimPath]) -> tuple[ClaimPath, ...]:
    """Return paths in an order that tells nothing: not that of the credential."""
    return tuple(sorted(paths, key=show_path))


def lists(items: Iterable[ClaimsAsked | ClaimsShown]) -> list[JsonValue]:
    """Return them as JSON has them."""
    return [each.to_json() for each in items]
