"""A government office: checks who somebody is, which is played, and issues an identity.

The check is a play and says so. The issuance is OpenID4VCI 1.0, carried in the chat.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from examples.messenger.desk import IssuingBot, issued
from examples.messenger.people import CITIZENS, Citizen
from examples.messenger.talking import Talk

from idwallet import SdJwtVc
from idwallet.roles import Compact, Supplied

_CONFIGURATION: Final = "national-id"
_TILL: Final = "till-code"
_CHECKED: Final = "checked"
_LIFE: Final = timedelta(days=14)
# What cannot be taken back lives for less than a day (docs/reference/compact.md).
_TILL_LIFE: Final = timedelta(hours=20)
_AGES: Final = (12, 14, 16, 18, 21, 65)


class Government(IssuingBot):
    """Issues identity cards to citizens whom it has checked."""

    name = "government"
    order = 10
    buttons = ("get", "check", "why", "again", "lost", "till")
    sentences = Path(__file__).with_suffix(".json")
    origin = "https://government.example"
    copies = 10
    display = {  # noqa: RUF012 - nobody changes it
        "en": "Office of invented citizens",
        "ru": "Служба вымышленных граждан",
    }
    configurations = {  # noqa: RUF012 - nobody changes it
        _CONFIGURATION: issued(
            "urn:eudi:pid:1",
            scope=_CONFIGURATION,
            en="National identity card",
            ru="Удостоверение личности",
        ),
        _TILL: issued(
            Compact("national-id", {}).identifier,
            scope=_TILL,
            en="Identity card for tills (QR code)",
            ru="Удостоверение для касс (QR-код)",
            form="idwallet-compact",
        ),
    }
    unlisted = frozenset({_TILL})

    def greet(self, talk: Talk) -> None:
        """Say what is to be had."""
        talk.say("hello", buttons=("get", "why"))

    def reply(self, talk: Talk, pressed: str | None) -> None:
        """Check a person, offer a card, revoke what is lost, or talk."""
        if pressed in {"get", "again"}:
            talk.say("check", buttons=("check", "why"))
        elif pressed == "check":
            # Played: in earnest somebody compares a face with a document here.
            talk.turn.keep(_CHECKED, b"1")
            talk.say("offer", copies=self.copies)
            self.offer(talk, [_CONFIGURATION])
        elif pressed == "till" and talk.turn.kept(_CHECKED) is not None:
            talk.say("offer.till")
            self.offer(talk, [_TILL])
        elif pressed == "lost":
            talk.turn.keep(_CHECKED, None)
            talk.say("revoked", count=self.revoke(talk), buttons=("get",))
        elif pressed == "why":
            talk.say("why", buttons=("get",))
        else:
            talk.say("lost", buttons=("get",))

    def supplied(self, talk: Talk, configuration: str) -> Supplied | None:
        """Say what is to be issued, to a citizen who was checked in this chat."""
        citizen = CITIZENS.get(talk.person)
        is_checked = talk.turn.kept(_CHECKED) is not None
        if citizen is None or not is_checked:
            return None
        at = talk.turn.at
        if configuration == _TILL:
            return Supplied(_code(citizen, at), at + _TILL_LIFE)
        return Supplied(_content(citizen, at), at + _LIFE)

    def told(self, talk: Talk, configuration: str, *, taken: bool) -> None:
        """Say that it is known what became of it."""
        name = f"done.{configuration}" if taken else "not.taken"
        talk.say(name, buttons=("till", "again", "lost", "why"))


def _content(citizen: Citizen, at: datetime) -> SdJwtVc:
    return SdJwtVc(
        vct="urn:eudi:pid:1",
        claims={
            "family_name": citizen.family_name,
            "given_name": citizen.given_name,
            "birthdate": citizen.born.isoformat(),
            "place_of_birth": {"locality": "Образцово", "country": "XX"},
            "nationalities": ["XX"],
            "address": {"formatted": citizen.address, "country": "XX"},
            "age_equal_or_over": {
                str(each): citizen.is_aged(each, at=at) for each in _AGES
            },
            "document_number": citizen.number,
        },
    )


def _code(citizen: Citizen, at: datetime) -> Compact:
    """Return what fits into a QR code; what is asked most comes first."""
    return Compact(
        "national-id",
        {
            "age_over_18": citizen.is_aged(18, at=at),
            "family_name": citizen.family_name,
            "given_name": citizen.given_name,
            "birth_date": citizen.born.isoformat(),
            "nationality": "XX",
            "document_number": citizen.number,
        },
    )


BOT = Government
