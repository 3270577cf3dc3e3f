"""Stories of the example messenger, in both languages: each fails if a step breaks."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.two_phones import Hand, Program

pytestmark = [pytest.mark.loopback, pytest.mark.browser]

both_languages = pytest.mark.parametrize("lang", ["en", "ru"])


@pytest.fixture(scope="module")
def messenger(
    tmp_path_factory: pytest.TempPathFactory, chromium: Any
) -> Iterator[Program]:
    """The example messenger."""
    program = Program(tmp_path_factory.mktemp("messenger") / "m").start()
    yield program
    program.stop()


@pytest.fixture
def hand(messenger: Program, visits: Any) -> Callable[..., Hand]:
    """Opens the page anew."""

    def open_page(lang: str, **how: bool) -> Hand:
        name = "phone" if how.get("phone") else "wide"
        found = Hand(
            visits(lang=lang, **how).page, messenger, lang, f"messenger-{name}"
        )
        found.begin()
        return found

    return open_page


@both_languages
def test_the_government_issues_an_identity_that_the_person_looked_at_first(
    lang: str, hand: Callable[..., Hand]
) -> None:
    me = hand(lang)
    me.picture("1-home")
    me.for_docs("home")
    me.page.get_by_role("link", name=me.say("be anna")).click()
    me.press("get")
    me.press("check")
    me.press("open")
    me.press("look")
    me.picture("2-offer")
    me.press("accept")
    me.press("look")
    me.page.get_by_text("Образцова", exact=True).wait_for()
    me.picture("3-is-this-you")
    me.press("store")
    me.reads("stored")
    me.page.locator("aside .card").wait_for()
    me.picture("4-stored")


@both_languages
def test_the_shop_asks_for_too_much_and_is_told_the_age_alone(
    lang: str, hand: Callable[..., Hand]
) -> None:
    me = hand(lang)
    me.get_an_identity()
    me.open_chat("shop")
    me.press("buy")
    me.press("who")
    me.reads("asks too much")
    me.picture("5-consent")
    me.for_docs("consent")
    me.press("only needed")
    me.reads("sold")
    me.reads("receipt")
    me.picture("6-sold")
    me.for_docs("chat")
    # The second time it asks for what it needs.
    me.press("buy")
    me.press("who")
    me.press("show")
    me.page.locator(".bubble.receipt").nth(1).wait_for()
    assert me.page.get_by_text(me.say("told all")).count() == 0
    assert "1990" not in me.page.locator(".log").inner_text()


@both_languages
def test_the_shop_is_refused_and_then_asks_for_less(
    lang: str, hand: Callable[..., Hand]
) -> None:
    me = hand(lang, phone=True)
    me.get_an_identity()
    me.open_chat("shop")
    me.press("buy")
    me.press("who")
    me.fits()
    me.picture("5-consent")
    me.press("no")
    me.reads("you are right")
    me.press("who")
    me.press("show")
    me.reads("sold")
    me.fits()
    me.picture("6-sold")


@both_languages
def test_whoever_tells_everything_is_told_so(
    lang: str, hand: Callable[..., Hand]
) -> None:
    me = hand(lang)
    me.get_an_identity()
    me.open_chat("shop")
    me.press("buy")
    me.press("who")
    me.press("everything")
    me.reads("told all")


@both_languages
def test_a_wallet_without_a_document_says_so_and_where_to_get_one(
    lang: str, hand: Callable[..., Hand]
) -> None:
    me = hand(lang)
    me.open_chat("shop")
    me.press("buy")
    me.press("who")
    me.reads("nothing fits")
    me.press("no")
    me.reads("you are right")


@both_languages
def test_the_hotel_checks_in_signs_how_long_it_keeps_and_deletes_at_the_end(
    lang: str, hand: Callable[..., Hand]
) -> None:
    me = hand(lang)
    me.get_an_identity()
    me.open_chat("hotel")
    me.press("check in")
    me.press("who")
    me.picture("7-hotel")
    me.press("show")
    me.reads("welcome")
    me.reads("receipt")
    me.page.locator("aside .receipt summary").click()
    me.page.locator("aside").get_by_text(me.say("keeps it")).wait_for()
    me.picture("8-receipt")
    me.for_docs("receipt")
    me.press("out")
    me.reads("deleted")


def show_raw(me: Hand) -> None:
    """Have the page show every message as it is, and wait until it does."""
    me.page.get_by_role("button", name="Raw messages").click()
    me.page.wait_for_url("**raw=yes*")
    me.page.locator(".bubble .raw").last.wait_for()


def test_every_message_is_a_plain_text_that_the_page_shows(
    hand: Callable[..., Hand],
) -> None:
    me = hand("en")
    me.get_an_identity()
    me.open_chat("shop")
    me.press("buy")
    me.press("who")
    me.press("only needed")
    me.reads("receipt")
    show_raw(me)
    texts = me.page.locator(".bubble .raw").all_inner_texts()
    assert len(texts) == me.page.locator(".bubble").count()
    kinds = [json.loads(e)["kind"] for e in texts if e.startswith('{"idwallet_chat"')]
    assert kinds == ["request", "answer", "receipt"]
    # Who carries the answer reads nothing of it.
    (answer,) = (e for e in texts if '"kind":"answer"' in e)
    assert "vp_token" not in answer


def test_an_answer_that_is_sent_again_is_refused(hand: Callable[..., Hand]) -> None:
    me = hand("en")
    me.get_an_identity()
    me.open_chat("shop")
    me.press("buy")
    me.press("who")
    me.press("only needed")
    me.reads("receipt")
    show_raw(me)
    (answer,) = (
        each
        for each in me.page.locator(".bubble .raw").all_inner_texts()
        if '"kind":"answer"' in each
    )
    me.page.get_by_role("textbox").fill(answer)
    me.page.get_by_role("button", name="Send").click()
    me.page.get_by_text("it was answered already").last.wait_for()
    assert me.page.locator(".bubble.receipt").count() == 1
