"""A registration card: the fields that the purpose names, and when it is erased."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from idwallet import VerifiedPresentation
from idwallet.consent import Promise, PurposeProfile, fields_for, promise_for
from idwallet.explain import Language, explain_fields

FORMAT: Final = "example-registration-card/1"
NIGHTS: Final = 60
"""The most nights of one stay."""


@dataclass(frozen=True)
class Card:
    """What is registered of one guest. `erase_at` is None where nothing is kept."""

    purpose: str
    version: int
    credential: str
    guest: Mapping[str, Any]
    checked: datetime
    nights: int
    erase_at: datetime | None

    @property
    def departs(self) -> date:
        """The day on which the guest leaves."""
        return (self.checked + timedelta(days=self.nights)).date()

    def to_json(self) -> str:
        """Return it for the hotel's own register."""
        return json.dumps(
            {
                "format": FORMAT,
                "purpose": self.purpose,
                "version": self.version,
                "credential": self.credential,
                "guest": dict(self.guest),
                "checked": self.checked.isoformat(timespec="seconds"),
                "nights": self.nights,
                "departs": self.departs.isoformat(),
                "erase_at": _stamp(self.erase_at),
            },
            ensure_ascii=False,
            indent=2,
        )

    @classmethod
    def from_json(cls, text: str) -> "Card":
        """Read what `to_json` wrote."""
        found = json.loads(text)
        erase_at = found["erase_at"]
        return cls(
            purpose=found["purpose"],
            version=found["version"],
            credential=found["credential"],
            guest=found["guest"],
            checked=datetime.fromisoformat(found["checked"]),
            nights=found["nights"],
            erase_at=None if erase_at is None else datetime.fromisoformat(erase_at),
        )

    def __repr__(self) -> str:
        """Show nothing of the guest."""
        return f"Card(<{len(self.guest)} fields>)"

    def lines(self, lang: Language) -> Iterator[tuple[str, str]]:
        """Yield each field with its name in words, as it may be shown."""
        told = explain_fields(self.guest, credential=self.credential, lang=lang)
        for each in told:
            yield each.label, each.text


def filled(
    presentation: VerifiedPresentation,
    *,
    profile: PurposeProfile,
    name: str,
    at: datetime,
    nights: int,
) -> tuple[Card, Promise]:
    """Return the card of a guest who was verified, and what is promised about it."""
    (credential,) = presentation.credentials
    promise = promise_for(profile, shown=at, ended=at + timedelta(days=nights))
    card = Card(
        purpose=profile.name,
        version=profile.version,
        credential=name,
        guest=dict(fields_for(profile, credential)),
        checked=at,
        nights=nights,
        erase_at=promise.until,
    )
    return card, promise


def _stamp(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
