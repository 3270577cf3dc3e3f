"""A contract is read and signed on the page, and saved from it, in both languages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from idwallet.documents import describe_document
from tests.browser.checked import picture_for_docs
from tests.browser.messenger_words import (
    Reader,
    both_languages,
)
from tests.unit.documents.pades.judged import by_pdfsig

pytestmark = [pytest.mark.loopback, pytest.mark.browser]


@both_languages
def test_two_employees_sign_and_each_can_save_the_file(
    lang: str, hand: Callable[..., Reader], tmp_path: Path
) -> None:
    me = hand(lang)
    me.open_chat("employer")
    me.press("bots/employer press.read")
    me.press("rooms/signing look")
    me.page.get_by_text(me.say("rooms/signing inside")).wait_for()
    me.picture("1-what-you-sign")
    if lang == "en":
        picture_for_docs(me.page, "messenger-contract")
    me.press("rooms/signing press.sign")
    me.reads("bots/employer thanks")
    me.picture("2-signed")
    me.open_chat("employer", person="boris")
    me.press("rooms/signing look")
    me.press("rooms/signing press.sign")
    me.reads("bots/employer done")
    me.open_chat("employer")
    me.reads("bots/employer done")
    me.picture("3-done")
    with me.page.expect_download() as saved:
        me.press("rooms/signing save")
    assert saved.value.suggested_filename == "договор.pdf"
    signed = Path(saved.value.path()).read_bytes()
    assert len(describe_document(signed).signatures) == 3
    assert by_pdfsig(signed, tmp_path).count("Signature is Valid") == 3


def test_what_is_signed_fits_a_phone_and_can_be_refused(
    hand: Callable[..., Reader],
) -> None:
    me = hand("ru", phone=True)
    me.open_chat("employer")
    me.press("bots/employer press.read")
    me.press("rooms/signing look")
    me.fits()
    me.picture("1-what-you-sign")
    me.press("rooms/signing press.decline")
    me.reads("bots/employer declined")
