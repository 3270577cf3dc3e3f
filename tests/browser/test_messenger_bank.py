"""The bank asks to confirm a payment: amount and payee are shown, in both languages."""

from collections.abc import Callable

import pytest

from tests.browser.checked import picture_for_docs
from tests.browser.messenger_words import (
    Reader,
    both_languages,
    take,
)

pytestmark = [pytest.mark.loopback, pytest.mark.browser]


@both_languages
def test_an_account_is_opened_and_an_invoice_paid(
    lang: str, hand: Callable[..., Reader]
) -> None:
    me = hand(lang)
    me.get_an_identity()
    me.open_chat("bank")
    me.press("bots/bank press.open")
    me.press("who")
    me.picture("1-asks")
    me.press("show")
    me.reads("bots/bank opened")
    take(me)
    me.reads("bots/bank done.account")
    me.press("bots/bank press.pay")
    me.press("who")
    agreed = me.page.locator("main .agreed")
    assert "12.50 EUR" in agreed.inner_text()
    assert "Образцовая пекарня" in agreed.inner_text()
    me.picture("2-payment")
    if lang == "en":
        picture_for_docs(me.page, "messenger-payment")
    me.press("consent agree")
    me.reads("bots/bank paid")
    me.press("bots/bank press.statement")
    me.page.locator("main").get_by_text("87.50 EUR").wait_for()
    me.picture("3-paid")


def test_a_payment_fits_a_phone(hand: Callable[..., Reader]) -> None:
    me = hand("ru", phone=True)
    me.get_an_identity()
    me.open_chat("bank")
    me.press("bots/bank press.open")
    me.press("who")
    me.fits()
    me.press("show")
    take(me)
    me.press("bots/bank press.pay")
    me.press("who")
    me.fits()
    me.picture("2-payment")
