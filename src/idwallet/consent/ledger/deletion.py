"""Asking that what was shown be deleted (GDPR article 17; TS7 of the EUDI Wallet).

TS7 leaves the way to whatever the relying party has: a page, a mail, a telephone. So
what is drafted is what is to be said and to whom it can go; the words are in
`idwallet.explain`, and the wallet sends nothing by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.moment import require_aware
from idwallet.consent.ledger.entry import Entry, EntryKind
from idwallet.consent.ledger.ts10 import claim_infos, identifier
from idwallet.consent.occasion import ClaimsShown, LegalContacts, Party
from idwallet.errors import UsageError

FORMAT: Final = "idwallet-deletion-request/1"
LAW: Final = "Regulation (EU) 2016/679 Article 17"


class Way(StrEnum):
    """How the one who asked can be reached (TS7 section 3.2, `supportURI`)."""

    PAGE = "page"
    MAIL = "mail"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Contact:
    """One way, as a registration named it: from outside, so it is shown with care."""

    way: Way
    address: str


@dataclass(frozen=True, slots=True)
class DeletionRequest:
    """What to ask of whom: what was shown on one occasion, by path.

    `request` is the SHA-256 of the request that was answered, by which the other side
    finds the occasion without any name in it. `index` is the entry.
    """

    index: int
    party: Party
    shown_at: datetime
    asked_at: datetime
    request: bytes
    shown: tuple[ClaimsShown, ...]
    purpose: str | None
    legal: LegalContacts
    contacts: tuple[Contact, ...]

    def to_json(self) -> JsonObject:
        """Return the request as data, with the members of TS10 section 3.13."""
        return {
            "format": FORMAT,
            "law": LAW,
            "interactingPartyIdentifier": identifier(self.party),
            "interactingPartyName": self.party.name,
            "listOfClaims": claim_infos(self.shown),
            "presented": int(self.shown_at.timestamp()),
            "requested": int(self.asked_at.timestamp()),
            "requestSha256": self.request.hex(),
            "contacts": [
                dict[str, JsonValue](way=each.way.value, address=each.address)
                for each in self.contacts
            ],
        }

    def entry(self) -> Entry:
        """Return the entry that says that this was begun (DATA_DLT_05, DATA_DLT_06)."""
        return Entry(
            kind=EntryKind.DELETION,
            time=self.asked_at,
            party=self.party,
            shown=self.shown,
            about=self.index,
        )


def draft_deletion(entry: Entry, *, index: int, at: datetime) -> DeletionRequest:
    """Draft a request to delete what an entry says was shown.

    Raises:
        UsageError: the entry shows nothing, or `at` has no zone.
    """
    require_aware(at)
    if entry.kind is not EntryKind.SHOWN or entry.party is None or not entry.shown:
        raise UsageError("nothing was shown there that could be deleted")
    legal = entry.legal or LegalContacts()
    return DeletionRequest(
        index=index,
        party=entry.party,
        shown_at=entry.time,
        asked_at=at,
        request=entry.request or b"",
        shown=entry.shown,
        purpose=entry.purpose,
        legal=legal,
        contacts=tuple(_contacts((*legal.support, *legal.information))),
    )


def _contacts(addresses: Iterable[str]) -> Iterable[Contact]:
    """Tell ways apart by how they are written; anything else is no way."""
    for each in dict.fromkeys(addresses):
        lowered = each.lower()
        if lowered.startswith("https://"):
            yield Contact(Way.PAGE, each)
        elif lowered.startswith("mailto:") or _is_mail(each):
            yield Contact(Way.MAIL, each.removeprefix("mailto:"))
        elif lowered.startswith("tel:") or _is_phone(each):
            yield Contact(Way.PHONE, each.removeprefix("tel:"))


def _is_mail(text: str) -> bool:
    user, at, host = text.partition("@")
    return bool(user and at and "." in host) and not set(text) & set(" <>,;:/\\\"'")


def _is_phone(text: str) -> bool:
    return bool(text) and set(text) <= set("+0123456789 -()")
