"""The messenger's page against whoever sends it what its own pages never do."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from examples.messenger.page import Page
from examples.messenger.people import FINDER

from idwallet.protocols import ChatKind
from tests.examples.messenger.chatting import Chatting, chatting

ORIGIN = "http://localhost"
HUGE = 10**30


@pytest.fixture
def us(tmp_path: Path) -> Iterator[Chatting]:
    with chatting(tmp_path) as opened:
        yield opened


class Visitor:
    """A browser that is at the page; what the page raises, it raises."""

    def __init__(self, us: Chatting) -> None:
        self._app = Page(us.messenger).app()

    def get(self, address: str) -> httpx.Response:
        return asyncio.run(self._ask("GET", address))

    def post(
        self, address: str, data: dict[str, str] | None = None, origin: str = ORIGIN
    ) -> httpx.Response:
        headers = {"Origin": origin}
        return asyncio.run(self._ask("POST", address, data=data, headers=headers))

    async def _ask(self, method: str, address: str, **more: Any) -> httpx.Response:
        door = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=door, base_url=ORIGIN) as browser:
            return await browser.request(method, address, **more)


@pytest.fixture
def page(us: Chatting) -> Visitor:
    return Visitor(us)


def test_a_number_that_no_message_can_have_is_no_message(page: Visitor) -> None:
    for more in ("", "/live", "/file"):
        assert page.get(f"/anna/message/{HUGE}{more}").status_code == 404
    pressed = page.post(f"/anna/message/{HUGE}", data={"do": "show"})
    assert pressed.status_code == 404


def test_a_form_with_more_fields_than_any_is_no_form(page: Visitor) -> None:
    few = {"text": "hello", **{str(each): "x" for each in range(9)}}
    sent = page.post("/anna/chat/shop", data=few)
    assert sent.status_code == 303
    many = {**few, "one too many": "x"}
    assert page.post("/anna/chat/shop", data=many).status_code == 404


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", ""])
@pytest.mark.parametrize(
    "address",
    ["/begin-anew", "/anna/chat/shop", "/anna/message/1", "/anna/lost", "/anna/backup"],
)
def test_a_page_from_elsewhere_does_nothing_here(
    origin: str, address: str, page: Visitor, us: Chatting
) -> None:
    us.write("anna", "shop", "hello")
    before = us.messenger.post.beats()
    fields = {"text": "hello", "do": "show", "secret": "long enough"}
    sent = page.post(address, data=fields, origin=origin)
    assert sent.status_code == 404
    us.settle()
    assert us.messenger.post.beats() == before


def test_what_somebody_types_is_shown_as_it_was_typed(
    page: Visitor, us: Chatting
) -> None:
    typed = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    us.write("anna", "shop", typed)
    for address in ("/anna/chat/shop?raw=yes", "/anna/chat/shop/log"):
        told = page.get(address).text
        assert "<script>alert" not in told
        assert "<img src=x" not in told
        assert "&lt;script&gt;alert" in told


def test_after_a_message_that_breaks_the_form_there_is_a_way_to_go_on(
    page: Visitor, us: Chatting
) -> None:
    us.messenger.open_chat("anna", "shop", lang="en")
    us.write("anna", "shop", '{"idwallet_chat":1,"kind":"answer"}')
    assert us.said("anna", "shop")[-1] == "lost"
    assert 'value="Buy wine (18+)"' in page.get("/anna/chat/shop").text


def test_whoever_looks_while_a_phone_is_lost_sees_one_wallet_or_the_other(
    page: Visitor, us: Chatting
) -> None:
    us.get_identity()
    with ThreadPoolExecutor(3) as pool:
        looks = [pool.submit(page.get, "/anna/wallet/live") for _ in range(40)]
        lost = pool.submit(page.post, "/anna/lost")
        looks += [pool.submit(page.get, f"/{FINDER}/wallet/live") for _ in range(40)]
        anew = pool.submit(page.post, "/begin-anew")
        looks += [pool.submit(page.get, "/beats") for _ in range(40)]
        codes = {each.result().status_code for each in (*looks, lost, anew)}
    assert codes == {200, 303}


def test_two_presses_of_one_button_send_one_answer(page: Visitor, us: Chatting) -> None:
    us.get_identity()
    us.tap("anna", "shop", "buy")
    ((message, _),) = us.came("anna", "shop", ChatKind.REQUEST)
    with ThreadPoolExecutor(2) as pool:
        address = f"/anna/message/{message.id}"
        both = [pool.submit(page.post, address, data={"do": "show"}) for _ in "12"]
        assert {each.result().status_code for each in both} == {303}
    us.settle()
    assert len(us.came("anna", "shop", ChatKind.ANSWER)) == 1
    assert len(us.messenger.phones["anna"].holder.history()) == 1
