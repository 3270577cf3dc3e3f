"""A cinema: asks whoever goes in for an age, or who answers for them."""

from pathlib import Path
from typing import Final

from examples.messenger.register import withdrawn_in
from examples.messenger.talking import Bot, Judged, Talk, World

from idwallet import (
    Query,
    Unverified,
    VerifiedPresentation,
    Verifier,
    explain,
    policies,
)
from idwallet.protocols import ChatMessage
from idwallet.report import CheckId, Outcome

_AGE: Final = 12
_QUERY: Final = Query.age_over(
    _AGE, accept=["national-id"], formats=["dc+sd-jwt", "idwallet-compact"]
)


class Cinema(Bot):
    """Sells tickets, and says who answered for whom."""

    name = "cinema"
    order = 80
    buttons = ("buy", "why")
    sentences = Path(__file__).with_suffix(".json")

    def __init__(self, world: World) -> None:
        """Be known by the certificate of cinema.example."""
        super().__init__(world)
        self._who = self.asks_as("cinema.example", "вымышленный кинотеатр")

    def greet(self, talk: Talk) -> None:
        """Say what is on."""
        talk.say("hello", buttons=("buy",))

    def reply(self, talk: Talk, pressed: str | None) -> None:
        """Sell, or say what the cinema knows."""
        if pressed == "buy":
            talk.say("ask")
            talk.ask(self._verifier(talk), _QUERY, purpose="cinema-ticket")
        else:
            talk.say("why" if pressed == "why" else "lost", buttons=("buy",))

    def _verifier(self, talk: Talk) -> Verifier:
        """Return who judges, with what was taken back up to this moment."""
        verifier = Verifier(
            identity=self._who, policy=policies.RETAIL, replay=talk.turn
        )
        return verifier.without(*withdrawn_in(self.world.folder))

    def judge(self, talk: Talk, came: ChatMessage) -> None:
        """Sell to whoever is old enough, and say who answered."""
        judged = talk.judge(self._verifier(talk), came)
        if judged is None:
            talk.say("unasked", buttons=("buy",))
            return
        if judged.is_declined:
            talk.say("declined", buttons=("buy",))
        elif isinstance(judged.result, Unverified):
            talk.say("refused", why=_why_not(judged, talk), buttons=("buy",))
        else:
            self._sell(talk, judged, result=judged.result)
        talk.send_receipt(judged, came)

    def _sell(
        self, talk: Talk, judged: Judged, *, result: VerifiedPresentation
    ) -> None:
        (shown,) = result.credentials
        if result.age_over(_AGE) is not True:
            talk.say("young", buttons=("buy",))
        elif shown.acted_for is None:
            talk.say("sold", buttons=("buy", "why"))
        else:
            talk.say("sold.for", who=_who_acted(judged, talk), buttons=("buy", "why"))


def _who_acted(judged: Judged, talk: Talk) -> str:
    """Return what the report says of who acted for whom: keys, and no names."""
    told = explain(judged.result.report, lang=talk.lang, reader="integrator")
    lines = [e for e in told.lines if e.check_id is CheckId.HOLDER_DELEGATION]
    return " ".join(each.text for each in lines)


def _why_not(judged: Judged, talk: Talk) -> str:
    """Return what stands in the way, in the words that a clerk reads."""
    told = explain(judged.result.report, lang=talk.lang, reader="clerk")
    lines = [
        each.text.removeprefix(f"[{each.subject}] ")
        for each in told.lines
        if each.outcome is not Outcome.PASSED
    ]
    return " ".join((told.headline, *lines))


BOT = Cinema
