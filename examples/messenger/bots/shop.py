"""A shop: asks for the age. The first time it asks for too much, as many do."""

from pathlib import Path
from typing import Final

from examples.messenger.talking import Bot, Talk, World

from idwallet import Query, Unverified, Verifier, policies
from idwallet.protocols import ChatMessage

_PURPOSE: Final = "age-restricted-sale"
_AGE: Final = 18
_TYPE: Final = {"vct_values": ["urn:eudi:pid:1"]}
# An age, and beside it what a sale does not need: whoever answers may leave that out.
_TOO_MUCH: Final = Query.from_dcql(
    {
        "credentials": [
            {
                "id": "age",
                "format": "dc+sd-jwt",
                "meta": _TYPE,
                "claims": [
                    {"path": ["age_equal_or_over", str(_AGE)], "values": [True]}
                ],
            },
            {
                "id": "loyalty",
                "format": "dc+sd-jwt",
                "meta": _TYPE,
                "claims": [
                    {"path": [each]}
                    for each in ("family_name", "given_name", "birthdate")
                ],
            },
        ],
        "credential_sets": [
            {"options": [["age"]]},
            {"options": [["loyalty"]], "required": False},
        ],
    }
)
_ENOUGH: Final = Query.age_over(
    _AGE, accept=["age-proof", "national-id"], formats=["dc+sd-jwt"]
)


class Shop(Bot):
    """Sells to those who are old enough."""

    name = "shop"
    order = 20
    buttons = ("buy", "why")
    sentences = Path(__file__).with_suffix(".json")

    def __init__(self, world: World) -> None:
        """Be known by the certificate of shop.example."""
        super().__init__(world)
        self._who = self.asks_as("shop.example", "вымышленный магазин")

    def greet(self, talk: Talk) -> None:
        """Say what is sold."""
        talk.say("hello", buttons=("buy",))

    def reply(self, talk: Talk, pressed: str | None) -> None:
        """Sell, or say what the shop is for."""
        if pressed == "buy":
            self._ask(talk)
        elif pressed == "why":
            talk.say("why", buttons=("buy",))
        else:
            talk.say("lost", buttons=("buy",))

    def _verifier(self, talk: Talk) -> Verifier:
        return Verifier(identity=self._who, policy=policies.RETAIL, replay=talk.turn)

    def _ask(self, talk: Talk) -> None:
        # Once only: the next time this person is asked for what a sale needs.
        first = talk.turn.kept("asked before") is None
        talk.turn.keep("asked before", b"1")
        talk.say("ask.much" if first else "ask")
        query = _TOO_MUCH if first else _ENOUGH
        about = "much" if first else "enough"
        talk.ask(self._verifier(talk), query, purpose=_PURPOSE, about=about)

    def judge(self, talk: Talk, came: ChatMessage) -> None:
        """Sell to whoever is old enough."""
        judged = talk.judge(self._verifier(talk), came)
        if judged is None:
            talk.say("unasked", buttons=("buy",))
            return
        if judged.is_declined:
            again = judged.about == "much"
            talk.say("declined.much" if again else "declined", buttons=("buy",))
            talk.send_receipt(judged, came)
            if again:
                self._ask(talk)
            return
        if isinstance(judged.result, Unverified):
            # Nothing of it is known to be true: nothing of it is said.
            talk.say("refused", why=judged.told(talk.lang), buttons=("buy",))
        elif judged.result.age_over(_AGE) is True:
            told_all = len(judged.result.credentials) > 1
            talk.say("sold.much" if told_all else "sold", buttons=("buy", "why"))
        else:
            talk.say("young", buttons=("buy",))
        talk.send_receipt(judged, came)


BOT = Shop
