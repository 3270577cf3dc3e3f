"""An office that knows whose child is whose, and lets a parent answer for a child.

Once it saw the parent's identity card it issues a right to the parent's wallet. Once it
saw that right it delegates, with the key of the child's card, to the key of that right,
for two hours; and takes it back when the parent says so. Where the parent answers then,
it does not learn.
"""

import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from examples.messenger.custody import DELEGATED, Custody
from examples.messenger.desk import IssuingBot, issued
from examples.messenger.people import CHILDREN, CITIZENS, Child
from examples.messenger.post import Turn
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
_TOLD: Final = "told"
_PARENT: Final = Query.claims(
    "national-id", *("family_name", "given_name", "birth_date"), formats=["dc+sd-jwt"]
)
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
            self._again(talk, child)
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
        named = self._custody(child).named(at=talk.turn.at)
        self._ask(talk, _right_over(named), about=_RIGHT)

    def _again(self, talk: Talk, child: Child) -> None:
        """Ask for the right that this chat was given, while it is good for that."""
        named = self._custody(child).named(at=talk.turn.at)
        if _known(talk).get("named") == named and _lasts(talk):
            self._ask_right(talk, child)
        else:
            talk.say("other.child", buttons=_START)

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
        known = _known(talk)
        if not known or isinstance(judged.result, Unverified):
            talk.send_receipt(judged, came)
            return
        until, basis = datetime.fromisoformat(known["until"]), talk.words("basis")
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
        custody, at = self._custody(child), talk.turn.at
        known = {**_known(talk), "named": custody.named(at=at)}
        talk.turn.keep(_CHILD, json.dumps(known))
        return Supplied(custody.right(at=at), at + _LIFE)

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
        if child is not None and _lasts(talk):
            handed = self._custody(child).delegate(result, at=talk.turn.at)
        if child is None or handed is None:
            talk.say("other.child", buttons=_START)
            return
        talk.say("delegated", child=child.called, buttons=_NEXT)
        talk.send(ChatMessage(kind=ChatKind.DELEGATED, body=handed.to_json()))

    def _take_back(self, talk: Talk, child: Child) -> None:
        """End it, and tell the parent's wallet what it was not told yet."""
        ended = {
            sha256(each).hexdigest(): each
            for each in self._custody(child).take_back(at=talk.turn.at)
        }
        told = json.loads(talk.turn.kept(_TOLD) or "[]")
        talk.turn.keep(_TOLD, json.dumps(list(ended)))
        fresh = [each for name, each in ended.items() if name not in told]
        if not fresh:
            talk.say("nothing", buttons=_NEXT)
            return
        talk.say("taken.back", child=child.called, buttons=_NEXT)
        for each in fresh:
            body = urlsafe_b64encode(each).decode()
            talk.send(ChatMessage(kind=ChatKind.TAKEN_BACK, body=body))

    def tidy(self, turn: Turn) -> None:
        """Delete what is over: whose parent it was, and who could answer."""
        super().tidy(turn)
        for child in CHILDREN:
            self._custody(child).tidy(at=turn.at)


def _right_over(named: str) -> Query:
    """Ask for a right over that child: a wallet may have others, and older ones."""
    of = {"path": ["guardian_of"], "values": [named]}
    meta = {"type_values": [_TYPE]}
    claims = [of, {"path": ["acts"]}]
    right = {"id": _RIGHT, "format": _COMPACT, "meta": meta, "claims": claims}
    return Query.from_dcql({"credentials": [right]})


def _known(talk: Talk) -> dict[str, str]:
    """Return what is kept of who sits in this chat; nothing once that is over."""
    kept = talk.turn.kept(_CHILD)
    known: dict[str, str] = {} if kept is None else json.loads(kept)
    is_over = known and datetime.fromisoformat(known["until"]) <= talk.turn.at
    return {} if is_over else known


def _lasts(talk: Talk) -> bool:
    """Whether it is kept as long as would be delegated now: no longer is promised."""
    until = _known(talk).get("until")
    return until is not None and (
        datetime.fromisoformat(until) >= talk.turn.at + DELEGATED
    )


def _child(talk: Talk) -> Child | None:
    name = _known(talk).get("name")
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
