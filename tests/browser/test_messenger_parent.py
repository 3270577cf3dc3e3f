"""A parent answers for a child on the page, until that is taken back."""

from collections.abc import Callable

import pytest

from idwallet.explain.claims import wallet_words
from tests.browser.checked import picture_for_docs
from tests.browser.messenger_words import (
    Reader,
    both_languages,
    take,
)

pytestmark = [pytest.mark.loopback, pytest.mark.browser]


def allowed(me: Reader) -> None:
    """Have the family office allow it."""
    me.get_an_identity()
    me.open_chat("family")
    me.press("bots/family press.begin")
    me.press("who")
    me.press("show")
    me.reads("bots/family seen")
    take(me)
    me.press("who")
    me.press("show")
    me.press("rooms/guarding delegated.take")
    me.reads("rooms/guarding delegated.kept")


@both_languages
def test_a_parent_answers_for_a_child_until_it_is_taken_back(
    lang: str, hand: Callable[..., Reader]
) -> None:
    me = hand(lang)
    allowed(me)
    me.page.locator("aside .card.ward").wait_for()
    me.picture("1-allowed")
    me.open_chat("cinema")
    me.press("bots/cinema press.buy")
    me.press("who")
    acting = me.page.locator("main .acting:not(.own)")
    assert "Мария Образцова" in acting.inner_text()
    assert "Анна" not in me.page.locator("main").inner_text()
    me.picture("2-consent")
    if lang == "en":
        picture_for_docs(me.page, "messenger-parent")
    me.press("consent show.for")
    me.reads("bots/cinema sold.for")
    told = wallet_words("ru" if lang == "ru" else "en")["acted_for"].partition("{")[0]
    me.page.locator("aside .history").get_by_text(told).wait_for()
    me.picture("3-sold")
    me.open_chat("family")
    me.press("bots/family press.back")
    me.reads("rooms/guarding taken-back.open")
    me.open_chat("cinema")
    me.press("bots/cinema press.buy")
    me.press("who")
    me.press("consent show.for")
    me.reads("bots/cinema refused")
    me.picture("4-refused")
    me.open_chat("family")
    me.press("rooms/guarding taken-back.take")
    me.reads("rooms/guarding taken-back.forgotten")
    me.picture("5-forgotten")
    me.page.locator("aside .card.ward").wait_for(state="detached")


def test_answering_for_a_child_or_for_oneself_fits_a_phone(
    hand: Callable[..., Reader],
) -> None:
    me = hand("ru", phone=True)
    allowed(me)
    me.fits()
    me.page.goto(f"{me.program.page}anna/wallet")
    me.page.locator("main .card.ward").wait_for()
    me.fits()
    me.picture("1-wallet")
    me.open_chat("cinema")
    me.press("bots/cinema press.buy")
    me.press("who")
    me.fits()
    me.picture("2-consent")
    # What is pressed for one person lies over nothing that is said of another.
    answers = me.page.locator("main .answer").all()
    assert len(answers) == 2
    for each in answers:
        whole, pressed = each.bounding_box(), each.locator(".actions").bounding_box()
        assert whole is not None
        assert pressed is not None
        assert whole["y"] <= pressed["y"]
        assert pressed["y"] + pressed["height"] <= whole["y"] + whole["height"] + 1
    me.press("consent show.own")
    me.reads("bots/cinema sold")
