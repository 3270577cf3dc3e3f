"""A hotel: checks a guest in, keeps what the law names until the stay ends, and signs.

What it keeps is deleted when the guest leaves, or when what was promised is over.
"""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from examples.messenger.talking import Bot, Judged, Talk, World

from idwallet import Query, Unverified, Verifier, policies
from idwallet.consent import Promise
from idwallet.protocols import ChatMessage

_PURPOSE: Final = "hotel-check-in-ru"
_FIELDS: Final = (
    *("family_name", "given_name", "birth_date", "nationality"),
    "document_number",
)
_QUERY: Final = Query.claims("national-id", *_FIELDS, formats=["dc+sd-jwt"])
_STAY: Final = timedelta(days=3)
_GUEST: Final = "guest"


class Hotel(Bot):
    """Lodges those whose identity it has seen."""

    name = "hotel"
    order = 30
    buttons = ("in", "out", "kept")
    sentences = Path(__file__).with_suffix(".json")
    keeps = _GUEST

    def __init__(self, world: World) -> None:
        """Be known by the certificate of hotel.example."""
        super().__init__(world)
        self._who = self.asks_as("hotel.example", "вымышленная гостиница")

    def greet(self, talk: Talk) -> None:
        """Welcome."""
        talk.say("hello", buttons=("in",))

    def hear(self, talk: Talk, text: str) -> None:
        """Delete what is over before anything is said of it."""
        self.tidy(talk.turn)
        super().hear(talk, text)

    def reply(self, talk: Talk, pressed: str | None) -> None:
        """Check in, check out, or say what is kept."""
        guest = talk.turn.kept(_GUEST)
        if pressed == "in":
            talk.say("ask")
            talk.ask(self._verifier(talk), _QUERY, purpose=_PURPOSE)
        elif pressed == "out":
            talk.turn.keep(_GUEST, None)
            talk.say("out" if guest else "nobody", buttons=("in", "kept"))
        elif pressed == "kept":
            self._say_kept(talk, guest)
        else:
            talk.say("lost", buttons=("in",))

    def _verifier(self, talk: Talk) -> Verifier:
        return Verifier(identity=self._who, policy=policies.HOTEL, replay=talk.turn)

    def judge(self, talk: Talk, came: ChatMessage) -> None:
        """Check in with what was shown."""
        judged = talk.judge(self._verifier(talk), came)
        if judged is None:
            talk.say("unasked", buttons=("in",))
            return
        if judged.is_declined:
            talk.say("declined", buttons=("in",))
            talk.send_receipt(judged, came)
        elif isinstance(judged.result, Unverified):
            talk.say("refused", why=judged.told(talk.lang), buttons=("in",))
        else:
            self._check_in(talk, judged, came=came)

    def _check_in(self, talk: Talk, judged: Judged, *, came: ChatMessage) -> None:
        (guest,) = judged.result.credentials
        until = (talk.turn.at + _STAY).replace(microsecond=0)
        card = {
            "family_name": guest.claim_named("family_name", str),
            "given_name": guest.claim_named("given_name", str),
            "birth_date": guest.claim_named("birth_date", str),
            "document_number": guest.claim_named("document_number", str),
            "until": until.isoformat(),
        }
        talk.turn.keep(_GUEST, json.dumps(card))
        talk.say(
            "welcome",
            name=f"{card['given_name']} {card['family_name']}",
            until=f"{until:%d.%m.%Y}",
            buttons=("kept", "out"),
        )
        basis = talk.words("basis")
        talk.send_receipt(
            judged, came, keeps=Promise(kept=True, until=until, basis=basis)
        )

    def _say_kept(self, talk: Talk, guest: bytes | None) -> None:
        if guest is None:
            talk.say("nobody", buttons=("in",))
            return
        card = json.loads(guest)
        talk.say(
            "kept",
            name=f"{card['given_name']} {card['family_name']}",
            born=f"{date.fromisoformat(card['birth_date']):%d.%m.%Y}",
            number=card["document_number"],
            buttons=("out",),
        )


BOT = Hotel
