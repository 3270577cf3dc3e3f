"""The university issues on the page what it saw, in both languages."""

from collections.abc import Callable

import pytest

from tests.browser.messenger_words import (
    Reader,
    both_languages,
    take,
)

pytestmark = [pytest.mark.loopback, pytest.mark.browser]


@both_languages
def test_a_student_card_and_a_diploma_come_into_the_wallet(
    lang: str, hand: Callable[..., Reader]
) -> None:
    me = hand(lang)
    me.get_an_identity()
    me.open_chat("university")
    me.press("bots/university press.enrol")
    me.press("who")
    me.picture("1-asks")
    me.press("show")
    me.reads("bots/university enrolled")
    me.press("bots/university press.card")
    take(me)
    me.reads("bots/university done.student-card")
    me.press("bots/university press.diploma")
    take(me)
    me.reads("bots/university done.diploma")
    me.page.locator("aside .card").nth(2).wait_for()
    me.picture("2-issued")
