"""An office that knows whose child is whose, and lets a parent answer for a child.

Once it saw the parent's identity card it issues a right to the parent's wallet. Once it
saw that right it delegates, with the key of the child's card, to the key of that right,
for two hours; and takes it back when the parent says so. Where the parent answers then,
it does not learn.
"""

import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from examples.messenger.custody import Custody
from examples.messenger.desk import IssuingBot, issued
from examples.messenger.people import CHILDREN, CITIZENS, Child
from examples.messenger.talking import Judged, Talk, World

from idwallet import Query, Unverified, VerifiedPresentation, Verifier, policies
from idwallet.consent import Promise
from idwallet.protocols import ChatKind, ChatMessage
from idwallet.roles import Supplied

_RIGHT: Final = "guardian"
_TYPE: Final = "urn:idwallet:guardian:1"
_COMPACT: Final = "idwallet-compact"
_LIFE: Final = timedelta(hours=20)  # without a status: less than a day
_CHILD: Final = "child"
_PARENT: Final = Query.claims(
    "national-id", *("family_name", "given_name", "birth_date"), formats=["dc+sd-jwt"]
)
_OWN_RIGHT: Final = Query.claims(_TYPE, "guardian_of", "acts", formats=[_COMPACT])
_START: Final = ("begin", "why")
_NEXT: Final = ("again", "back", "why")


class Family(IssuingBot):
    """Issues a parent's right, and delegates for a child who has no phone."""

    name = "family"
    order = 70
    buttons = ("begin", "again", "back", "why")
    sentences = Path(__file__).with_suffix(".json")
    origin = "https://family.example"
    copies = 1
    keeps = _CHILD
    unlisted = frozenset({_RIGHT})
    display = {  # noqa: RUF012 - nobody changes it
        "en": "Family office (invented)",
        "ru": "Служба семьи (вымышленная)",
    }
    configurations = {  # noqa: RUF012 - nobody changes it
        _RIGHT: issued(
            _TYPE,
            scope=_RIGHT,
            en="A parent's right",
            ru="Право родителя",
            form=_COMPACT,
        )
    }

    def __init__(self, world: World) -> None:
        """Be known by the certificate of family.example when it asks."""
        super().__init__(world)
        self._who = self.asks_as("family.example", "вымышленная служба семьи")

    def greet(self, talk: Talk) -> None:
        """Say what is to be had."""
        talk.say("hello", buttons=_START)

    def reply(self, talk: Talk, pressed: str | None) -> None:
        """Begin, delegate again, take back, or talk."""
        child = _child(talk)
        if pressed == "begin":
            talk.say("ask")
            self._ask(talk, _PARENT, about=_CHILD)
        elif child is None:
            talk.say("why" if pressed == "why" else "lost", buttons=_START)
        elif pressed == "again":
            self._ask_right(talk, child)
        elif pressed == "back":
            self._take_back(talk, child)
        else:
            talk.say("why" if pressed == "why" else "lost", buttons=_NEXT)

    def _verifier(self, talk: Talk) -> Verifier:
        return Verifier(identity=self._who, policy=policies.RETAIL, replay=talk.turn)

    def _ask(self, talk: Talk, query: Query, *, about: str) -> None:
        talk.ask(self._verifier(talk), query, purpose="guardianship", about=about)

    def _ask_right(self, talk: Talk, child: Child) -> None:
        talk.say("ask.right", child=child.called)
        self._ask(talk, _OWN_RIGHT, about=_RIGHT)

    def _custody(self, child: Child) -> Custody:
        return Custody(self.world, self.issuer, child=child)

    # --- whose parent it is -----------------------------------------------------------

    def judge(self, talk: Talk, came: ChatMessage) -> None:
        """See the parent, or the right that a delegation is for."""
        judged = talk.judge(self._verifier(talk), came)
        if judged is None:
            talk.say("unasked", buttons=_START)
            return
        if isinstance(judged.result, Unverified):
            self._refuse(talk, judged)
        elif judged.about == _CHILD:
            self._know(talk, judged.result)
        else:
            self._delegate(talk, judged.result)
        self._sign_for(talk, judged, came=came)

    def _sign_for(self, talk: Talk, judged: Judged, *, came: ChatMessage) -> None:
        """Say in the receipt what is kept: whose parent it is, for a day at most."""
        kept = talk.turn.kept(_CHILD)
        if kept is None or isinstance(judged.result, Unverified):
            talk.send_receipt(judged, came)
            return
        until = datetime.fromisoformat(json.loads(kept)["until"])
        basis = talk.words("basis")
        keeps = Promise(kept=True, until=until, basis=basis)
        talk.send_receipt(judged, came, keeps=keeps)

    def _refuse(self, talk: Talk, judged: Judged) -> None:
        if judged.is_declined:
            talk.say("declined", buttons=_START)
        else:
            talk.say("refused", verdict=judged.told(talk.lang), buttons=_START)

    def _know(self, talk: Talk, result: VerifiedPresentation) -> None:
        """Look the person up by what they showed, and by nothing else."""
        found = _child_of(result)
        talk.turn.keep(_CHILD, None)
        if found is None:
            talk.say("no.child", buttons=_START)
            return
        until = (talk.turn.at + _LIFE).replace(microsecond=0)
        kept = {"name": found.name, "until": until.isoformat()}
        talk.turn.keep(_CHILD, json.dumps(kept))
        talk.say("seen", child=found.called)
        self.offer(talk, [_RIGHT])

    def supplied(self, talk: Talk, configuration: str) -> Supplied | None:
        """Write the right of a parent who was seen in this chat."""
        child = _child(talk)
        if child is None or configuration != _RIGHT:
            return None
        right = self._custody(child).right(at=talk.turn.at)
        return Supplied(right, talk.turn.at + _LIFE)

    def told(self, talk: Talk, configuration: str, *, taken: bool) -> None:
        """Go on, once the right is in the wallet."""
        child = _child(talk)
        if child is None or configuration != _RIGHT or not taken:
            talk.say("not.taken", buttons=_START)
        else:
            self._ask_right(talk, child)

    # --- answering for the child ------------------------------------------------------

    def _delegate(self, talk: Talk, result: VerifiedPresentation) -> None:
        child, handed = _child(talk), None
        if child is not None:
            handed = self._custody(child).delegate(result, at=talk.turn.at)
        if child is None or handed is None:
            talk.say("other.child", buttons=_START)
            return
        talk.say("delegated", child=child.called, buttons=_NEXT)
        talk.send(ChatMessage(kind=ChatKind.DELEGATED, body=handed.to_json()))

    def _take_back(self, talk: Talk, child: Child) -> None:
        ended = self._custody(child).take_back(at=talk.turn.at)
        if not ended:
            talk.say("nothing", buttons=_NEXT)
            return
        talk.say("taken.back", child=child.called, buttons=_NEXT)
        for each in ended:
            body = urlsafe_b64encode(each).decode()
            talk.send(ChatMessage(kind=ChatKind.TAKEN_BACK, body=body))


def _child(talk: Talk) -> Child | None:
    kept = talk.turn.kept(_CHILD)
    name = None if kept is None else json.loads(kept)["name"]
    return next((each for each in CHILDREN if each.name == name), None)


def _child_of(result: VerifiedPresentation) -> Child | None:
    """Return the child of whom the register has as this parent."""
    (shown,) = result.credentials
    said = tuple(
        shown.claim_named(each, str)
        for each in ("family_name", "given_name", "birth_date")
    )
    for child in CHILDREN:
        for each in map(CITIZENS.__getitem__, child.parents):
            if said == (each.family_name, each.given_name, each.born.isoformat()):
                return child
    return None


BOT = Family
