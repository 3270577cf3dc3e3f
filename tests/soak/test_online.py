"""Ten seconds of the soak, and that it notices what it is there to notice.

Two minutes of it are run by hand: ``docs/quality.md`` says what came of them.
"""

from collections import Counter
from random import Random

import pytest

from idwallet.protocols.http import HttpRequest, HttpResponse
from idwallet.roles.presentation_service import MemoryExchanges
from idwallet.trust.replay import MemoryReplay
from tests.soak.issuing import IssuingSide, TakingSide
from tests.soak.line import FAULTS, Line
from tests.soak.online import soak
from tests.soak.verifying import EXPECTED, AnsweringSide, AskingSide

ISSUER = "https://issuer.example"
VERIFIER = "https://verifier.example"
MEBIBYTE = 1 << 20


@pytest.mark.loopback
def test_no_verdict_is_wrong_and_nothing_is_lost_while_lines_fail() -> None:
    result = soak(seconds=10, clients=3, seed=7, rarity=3)
    assert result.wrong == []
    assert min(result.done[each] for each in EXPECTED) > 0, result.done
    assert result.done["offers taken up"] > 0
    assert min(result.faults[each] for each in FAULTS) > 0, result.faults
    assert result.growth() < 24 * MEBIBYTE


def _asking() -> tuple[AskingSide, AnsweringSide]:
    side = AskingSide(VERIFIER, [(MemoryReplay(), MemoryExchanges())], [])
    random = Random(1)
    line = Line(side.handle, random, Counter())
    return side, AnsweringSide(side, line, random, lambda _: None)


def test_a_verdict_that_is_wrong_is_noticed() -> None:
    side, wallets = _asking()
    for number in range(6):
        wallets.one(f"person-{number}")
    assert side.wrong == []
    side.scene.trust = side.everybody  # the verifier believes the stranger too
    for number in range(6, 12):
        wallets.one(f"person-{number}")
    assert set(side.wrong) == {"a card that a stranger issued: passed"}


def test_an_answer_that_is_lost_in_the_service_is_noticed() -> None:
    side, wallets = _asking()

    def forgets(request: HttpRequest) -> HttpResponse:
        if request.url.endswith("/answer"):
            return HttpResponse(200)
        return side.handle(request)

    wallets.line = Line(forgets, Random(1), Counter())
    for number in range(3):
        wallets.one(f"person-{number}")
    assert {each.rpartition(": ")[2] for each in side.wrong} == {"waiting"}


def test_a_key_that_gets_two_credentials_is_noticed() -> None:
    side = IssuingSide(ISSUER, [MemoryReplay()], [])
    random = Random(1)
    answers: list[HttpResponse] = []

    def keeps(request: HttpRequest) -> HttpResponse:
        answers.append(side.handle(request))
        return answers[-1]

    wallet = TakingSide(side, Line(keeps, random, Counter()), random, lambda _: None)
    wallet.one("person-1")
    assert side.wrong == []
    (handed,) = (each for each in answers if b'"credentials"' in each.body)
    side.enter(handed)
    assert set(side.wrong) == {"a key got two credentials"}
