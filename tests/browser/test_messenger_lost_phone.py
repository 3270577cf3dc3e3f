"""A phone is lost and its wallet restored on the page, in both languages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.checked import picture_for_docs
from tests.browser.messenger_words import (
    Reader,
    both_languages,
)

pytestmark = [pytest.mark.loopback, pytest.mark.browser]


def choose(me: Reader, backup: Path) -> None:
    """Choose the file, and wait until the page has read it."""
    me.page.locator("#file").set_input_files(backup)
    for _ in range(900):  # as long as anything is waited for
        if me.page.locator("#text").input_value() == backup.read_text():
            return
        me.page.wait_for_timeout(50)
    pytest.fail("the page does not read the file that was chosen")


@both_languages
def test_a_lost_phone_is_refused_and_the_new_one_has_everything_again(
    lang: str, hand: Callable[..., Reader], tmp_path: Path
) -> None:
    me = hand(lang)
    me.get_an_identity()
    me.open_chat("shop")
    me.press("buy")
    me.press("who")
    me.press("only needed")
    me.reads("sold")

    me.page.goto(f"{me.program.page}anna/wallet")
    me.page.locator("#backup-secret").fill("a passphrase for tests")
    me.picture("1-wallet")
    with me.page.expect_download() as saved:
        me.press("losing backup.save")
    backup = tmp_path / saved.value.suggested_filename
    backup.write_bytes(Path(saved.value.path()).read_bytes())
    me.press("losing lost.do")
    me.page.get_by_text(me.say("words wallet.empty")).first.wait_for()

    me.open_chat("government")
    me.press("bots/government press.lost")
    me.reads("bots/government revoked")
    me.open_chat("shop", person="finder")
    me.press("buy")
    me.press("who")
    me.press("only needed")
    me.page.locator("main").get_by_text(me.say("bots/shop refused")).last.wait_for()
    me.picture("2-refused")
    # Whoever has the phone sees it in the wallet, too: the issuer's list says so.
    over = me.page.locator("aside .card.over .beware")
    over.wait_for()
    words = {"en": "revoked", "ru": "отозван"}
    assert words[me.lang] in over.inner_text().casefold()

    me.page.goto(f"{me.program.page}anna/wallet")
    choose(me, backup)
    me.page.locator("#restore-secret").fill("another passphrase")
    me.press("losing restore.do")
    me.page.get_by_role("alert").wait_for()
    choose(me, backup)
    me.page.locator("#restore-secret").fill("a passphrase for tests")
    me.press("losing restore.do")
    restored = me.page.locator("#restored")
    restored.wait_for()
    assert "shop.example" in restored.inner_text()
    assert "CN=" not in restored.inner_text()
    restored.get_by_role("link", name=me.say("bots/government title")).wait_for()
    me.picture("3-restored")
    if lang == "en":
        picture_for_docs(me.page, "messenger-lost-phone")
    me.get_an_identity()
    me.page.goto(f"{me.program.page}anna/wallet")
    me.page.get_by_text(me.say("losing nothing.left")).wait_for()
    me.picture("4-again")
