"""What the hotel desk shows under its verdict, and the addresses of its papers."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from examples.kiosk.hotel.card import NIGHTS
from examples.kiosk.hotel.paper import kept_until, printed, stay_lines
from examples.kiosk.hotel.register import (
    Kept,
    card_at,
    card_of,
    cards,
    depart,
    purge,
)
from examples.kiosk.page import framed, picture, spoken
from examples.kiosk.store import StoreError
from examples.web.elements import Child, Html, element
from examples.web.language import Words
from examples.web.pages import form_of
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idwallet.errors import UsageError
from idwallet.roles import receipt_code

if TYPE_CHECKING:
    from examples.kiosk.desk import Desk, Visit

_SAVED: Final = {"Content-Disposition": "attachment"}


def fields(_desk: "Desk", words: Words) -> Html:
    """Return what a clerk says before the guest is asked: how long they stay."""
    return element(
        "p",
        {"class": "nights"},
        element("label", {"for": "nights"}, words("nights")),
        element(
            "input",
            {
                "id": "nights",
                "name": "nights",
                "type": "number",
                "min": "1",
                "max": str(NIGHTS),
                "value": "1",
                "inputmode": "numeric",
            },
        ),
    )


def shows(desk: "Desk", visit: "Visit", *, words: Words) -> Html | None:
    """Return the card, its papers and the guest's receipt."""
    kept = card_at(desk, visit)
    if kept is None:
        return None
    return element(
        "div",
        {"class": "papers"},
        element(
            "section",
            {"aria-labelledby": "registered"},
            element("h2", {"id": "registered"}, words("card", number=kept.number)),
            _lines(kept, words),
            element("p", {"class": "soft"}, words(f"purpose.{kept.card.purpose}")),
            element("p", {"class": "kept"}, kept_until(kept.card, words)),
            _papers(kept, words),
        ),
        _receipt(kept, words),
    )


def _lines(kept: Kept, words: Words) -> Html:
    lines = (*kept.card.lines(words.lang), *stay_lines(kept.card, words))
    pairs = [
        element("div", None, element("dt", None, name), element("dd", None, value))
        for name, value in lines
    ]
    return element("dl", {"class": "facts"}, *pairs)


def _papers(kept: Kept, words: Words) -> Html:
    links = [
        element(
            "a",
            {
                "class": "button",
                "href": f"/hotel/card/{kept.number}.{kind}",
                "download": f"card-{kept.number}.{kind}",
            },
            words(f"paper.{kind}"),
        )
        for kind in ("pdf", "json")
    ]
    kept_here = element("a", {"href": "/hotel/cards"}, words("cards"))
    return element("p", {"class": "actions"}, *links, kept_here)


def _receipt(kept: Kept, words: Words) -> Html | None:
    if kept.receipt is None:
        return None
    seen = {
        "class": "qr",
        "src": f"/hotel/card/{kept.number}/receipt.svg",
        "alt": words("receipt.picture"),
    }
    return element(
        "section",
        {"aria-labelledby": "receipt"},
        element("h2", {"id": "receipt"}, words("receipt")),
        element("p", None, words("receipt.more")),
        element("img", seen) if _coded(kept.receipt) is not None else None,
        element(
            "p",
            {"class": "actions"},
            element(
                "a",
                {
                    "class": "button",
                    "href": f"/hotel/card/{kept.number}/receipt.jwt",
                    "download": f"receipt-{kept.number}.jwt",
                },
                words("receipt.file"),
            ),
        ),
    )


def routes(desk: "Desk") -> Sequence[BaseRoute]:
    """Return the addresses of the papers, and of what is kept."""
    pages = HotelPages(desk)
    one = "/hotel/card/{number:int}"
    return (
        Route("/hotel/cards", pages.kept),
        Route("/hotel/receipt.svg", pages.receipt_at_desk),
        Route(f"{one}.json", pages.json),
        Route(f"{one}.pdf", pages.pdf),
        Route(f"{one}/receipt.svg", pages.receipt_picture),
        Route(f"{one}/receipt.jwt", pages.receipt_file),
        Route(f"{one}/depart", pages.depart, methods=["POST"]),
    )


class HotelPages:
    """What is looked up by the number of a card."""

    def __init__(self, desk: "Desk") -> None:
        """Take the desk."""
        self._desk = desk

    def json(self, request: Request) -> Response:
        """Return a card for the hotel's own register."""
        kept = self._card(request)
        if kept is None:
            return Response(status_code=404)
        return Response(
            kept.card.to_json(), media_type="application/json", headers=_SAVED
        )

    def pdf(self, request: Request) -> Response:
        """Return a card as paper, sealed."""
        kept = self._card(request)
        if kept is None:
            return Response(status_code=404)
        words, sealer = self._words(request), self._desk.sealer
        if sealer is None:
            return Response(status_code=404)
        try:
            data = printed(
                kept.card,
                number=kept.number,
                words=words,
                sealer=sealer,
                at=self._desk.clock(),
            )
        except UsageError:
            return self._cannot_print(request, words)
        return Response(data, media_type="application/pdf", headers=_SAVED)

    def receipt_at_desk(self, _: Request) -> Response:
        """Return the receipt of whoever is at the desk, as a camera sees it there."""
        visit = self._desk.visit()
        kept = None if visit is None else card_at(self._desk, visit)
        return _pictured(kept)

    def receipt_picture(self, request: Request) -> Response:
        """Return the receipt as a QR code for the guest's phone."""
        return _pictured(self._card(request))

    def receipt_file(self, request: Request) -> Response:
        """Return the receipt as a file."""
        kept = self._card(request)
        if kept is None or kept.receipt is None:
            return Response(status_code=404)
        return Response(kept.receipt, media_type="application/jwt", headers=_SAVED)

    async def depart(self, request: Request) -> Response:
        """Note that a guest left."""
        if await form_of(request) is None:
            return Response(status_code=403)
        number = request.path_params["number"]
        try:
            await asyncio.to_thread(depart, self._desk, number)
        except StoreError as fault:
            self._desk.trouble = "full" if fault.is_full else "disk"
        return RedirectResponse("/hotel/cards", status_code=303)

    def kept(self, request: Request) -> Response:
        """Show which cards are kept, and until when: no name of anybody."""
        words = self._words(request)
        purge(self._desk)
        rows = [
            element(
                "tr",
                None,
                element("td", _named("number", words), words("card", number=number)),
                element("td", _named("until", words), _moment(until, words)),
                element("td", _named("do", words), _departs(number, words)),
            )
            for number, until in cards(self._desk)
        ]
        heads = [
            element("th", {"scope": "col"}, words(f"cards.{name}"))
            for name in ("number", "until", "do")
        ]
        table = element(
            "table",
            None,
            element("thead", None, element("tr", None, *heads)),
            element("tbody", None, *rows),
        )
        wide = {"class": "wide", "role": "region", "aria-label": words("cards")}
        main: Child = element("p", None, words("cards.none"))
        if rows:
            main = element("div", {**wide, "tabindex": "0"}, table)
        return framed(
            request,
            words,
            element("h1", None, words("cards")),
            element("p", {"class": "lead"}, words("cards.more")),
            main,
            element(
                "p",
                {"class": "actions"},
                element(
                    "a", {"class": "button", "href": "/hotel"}, words("cards.back")
                ),
            ),
            title=words("room"),
        )

    def _card(self, request: Request) -> Kept | None:
        return card_of(self._desk, request.path_params["number"])

    def _words(self, request: Request) -> Words:
        return spoken(request, self._desk.room.words)

    def _cannot_print(self, request: Request, words: Words) -> Response:
        return framed(
            request,
            words,
            element("h1", None, words("paper.cannot")),
            element("p", {"class": "lead"}, words("paper.cannot.do")),
            title=words("room"),
            status=422,
        )


def _pictured(kept: Kept | None) -> Response:
    code = None if kept is None or kept.receipt is None else _coded(kept.receipt)
    return Response(status_code=404) if code is None else picture(code)


def _coded(receipt: str) -> str | None:
    """Return the receipt as a code, None where none that a phone reads holds it."""
    try:
        return receipt_code(receipt)
    except UsageError:
        return None


def _named(name: str, words: Words) -> dict[str, str | bool | None]:
    return {"data-name": words(f"cards.{name}")}


def _moment(until: datetime | None, words: Words) -> str:
    return words("kept.not") if until is None else words.moment(until)


def _departs(number: int, words: Words) -> Html:
    return element(
        "form",
        {"method": "post", "action": f"/hotel/card/{number}/depart"},
        element(
            "button",
            {
                "class": "quiet",
                "aria-label": words("cards.depart.whose", number=number),
            },
            words("cards.depart"),
        ),
    )
