"""The pages of what is simulated: people's phones, and the world around."""

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from examples.kiosk.invented.phone import Phone
from examples.kiosk.invented.world import World
from examples.kiosk.page import framed, picture, spoken
from examples.kiosk.scanner import MOST
from examples.kiosk.store import StoreError
from examples.kiosk.view import button
from examples.web.elements import Child, Html, element
from examples.web.language import Words
from examples.web.pages import body_of, form_of
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idwallet.adapters import read_qr_codes
from idwallet.errors import IdWalletError
from idwallet.explain import explain_judgement, show
from idwallet.roles import Authenticated

_PICTURE_BYTES: Final = 8_000_000
_PARTS_A_SECOND: Final = 2
_PROBLEM: Final[Mapping[str, str | bool]] = {
    "class": "hint",
    "id": "problem",
    "role": "alert",
    "hidden": True,
}


class PhonePages:
    """What is on the screens of the phones."""

    def __init__(
        self, phones: Mapping[str, Phone], *, looks: Mapping[str, str]
    ) -> None:
        """Show these phones; `looks` are the pictures that their cameras can see."""
        self._phones = phones
        self._looks = looks

    def routes(self) -> tuple[BaseRoute, ...]:
        """Return their addresses."""
        one = "/phone/{name}"
        return (
            Route("/phone", self._choose),
            Route(one, self._page),
            Route(f"{one}/live", self._live),
            Route(f"{one}/code.svg", self._code),
            Route(f"{one}/read", self._read, methods=["POST"]),
            Route(f"{one}/picture", self._picture, methods=["POST"]),
            Route(f"{one}/agree", self._agree, methods=["POST"]),
            Route(f"{one}/away", self._away, methods=["POST"]),
            Route(f"{one}/parts", self._parts, methods=["POST"]),
        )

    def _choose(self, request: Request) -> Response:
        words = spoken(request)
        cards = [
            element(
                "li",
                {"class": "card"},
                element("a", {"href": f"/phone/{name}"}, words(f"person.{name}")),
                element("p", None, words(f"person.{name}.more")),
            )
            for name in self._phones
        ]
        return framed(
            request,
            words,
            element("h1", None, words("phone")),
            element("p", {"class": "lead"}, words("phone.more")),
            element("ul", {"class": "cards"}, *cards),
            title=words("title"),
        )

    def _page(self, request: Request) -> Response:
        phone = self._phone(request)
        if phone is None:
            return Response(status_code=404)
        words = spoken(request)
        name = request.path_params["name"]
        return framed(
            request,
            words,
            element(
                "div",
                {"class": "phone"},
                element("p", {"class": "simulated"}, words("simulated")),
                element(
                    "div",
                    {"id": "live", "data-live": f"/phone/{name}/live"},
                    self._screen(phone, words),
                ),
            ),
            element("p", {"class": "said", "id": "told", "role": "status"}, ""),
            title=words(f"person.{name}"),
        )

    def _live(self, request: Request) -> Response:
        phone = self._phone(request)
        if phone is None:
            return Response(status_code=404)
        return HTMLResponse(self._screen(phone, spoken(request)))

    def _screen(self, phone: Phone, words: Words) -> Html:
        codes = phone.codes()
        stage = "code" if codes else phone.fault or ("asks" if phone.asked else "idle")
        if phone.receipt is not None:
            stage = "receipt"
        show_it: Mapping[str, Callable[[Phone, Words], tuple[Child, ...]]] = {
            "code": _code_screen,
            "asks": _asks_screen,
            "receipt": _receipt_screen,
        }
        inside = show_it.get(stage, self._idle_screen)(phone, words)
        return element("div", {"class": f"stage {stage}", "data-stage": stage}, *inside)

    def _idle_screen(self, phone: Phone, words: Words) -> tuple[Child, ...]:
        name = phone.name
        fault = None
        if phone.fault is not None:
            fault = element("p", {"class": "hint"}, words(f"phone.{phone.fault}"))
        looks = [
            element(
                "li",
                None,
                element(
                    "button",
                    {
                        "type": "button",
                        "class": "quiet" if at else None,
                        "data-look": address,
                        "data-to": f"/phone/{name}/picture",
                        "data-absent": words("look.absent"),
                    },
                    words(f"look.{look}"),
                ),
            )
            for at, (look, address) in enumerate(self._looks.items())
        ]
        typed = element(
            "details",
            None,
            element("summary", None, words("look.typed")),
            element(
                "form",
                {"method": "post", "action": f"/phone/{name}/read"},
                element("label", {"for": "read"}, words("look.text")),
                element("input", {"id": "read", "name": "text", "autocomplete": "off"}),
                element("button", {"class": "quiet"}, words("look.do")),
            ),
        )
        return (
            element("h1", None, words("phone.idle")),
            element(
                "p",
                {"class": "card-face"},
                element("strong", None, words("phone.card")),
                element("span", None, words(f"person.{name}")),
            ),
            fault,
            element("h2", None, words("look")),
            element("ul", {"class": "looks"}, *looks),
            element("p", _PROBLEM),
            typed,
        )

    async def _read(self, request: Request) -> Response:
        form = await form_of(request, most=3 * MOST + 100)
        phone = self._phone(request)
        if form is None or phone is None:
            return Response(status_code=403)
        await asyncio.to_thread(phone.read, form.get("text", "").strip())
        return _back(request)

    async def _picture(self, request: Request) -> Response:
        body = await body_of(request, most=_PICTURE_BYTES)
        phone = self._phone(request)
        if body is None or phone is None:
            return Response(status_code=403)
        try:
            text = (await asyncio.to_thread(read_qr_codes, body))[0]
        except IdWalletError:
            return Response("no code is seen")
        await asyncio.to_thread(phone.read, text)
        return Response(status_code=204)

    async def _agree(self, request: Request) -> Response:
        return await self._act(request, Phone.agree)

    async def _away(self, request: Request) -> Response:
        return await self._act(request, Phone.put_away)

    async def _parts(self, request: Request) -> Response:
        return await self._act(request, Phone.change_parts)

    async def _act(self, request: Request, act: Callable[[Phone], None]) -> Response:
        phone = self._phone(request)
        if await form_of(request) is None or phone is None:
            return Response(status_code=403)
        await asyncio.to_thread(act, phone)
        return _back(request)

    def _code(self, request: Request) -> Response:
        phone = self._phone(request)
        codes = () if phone is None else phone.codes()
        if not codes:
            return Response(status_code=204)
        turn = request.query_params.get("part", "")
        now = (
            int(turn)
            if turn.isdecimal() and len(turn) < 4
            else int(time.monotonic() * _PARTS_A_SECOND)
        )
        return picture(codes[now % len(codes)])

    def _phone(self, request: Request) -> Phone | None:
        return self._phones.get(request.path_params["name"])


def _asks_screen(phone: Phone, words: Words) -> tuple[Child, ...]:
    match = phone.match()
    if match is None:
        return ()
    by = match.asked.by
    who = show(by.name) if isinstance(by, Authenticated) else words("nobody")
    judged = explain_judgement(match.judgement, lang=words.lang)
    head = (
        element("h1", None, words("asks")),
        element("p", {"class": "who"}, element("strong", None, _common_name(who))),
    )
    away = _form(phone, "away", text=words("asks.no"), quiet=True)
    if not match.found.is_satisfiable():
        return (*head, element("p", {"class": "hint"}, words("asks.nothing")), away)
    claims = [
        element("li", None, words.optional(f"claim.{path[-1]}") or str(path[-1]))
        for shown in match.choose().shown
        for path in shown.paths
    ]
    warnings = [element("li", None, each) for each in judged.warnings]
    return (
        *head,
        element("h2", None, words("asks.claims")),
        element("ul", {"class": "claims"}, *claims),
        element("ul", {"class": "warnings"}, *warnings) if warnings else None,
        element("p", {"class": "soft"}, judged.retention),
        element(
            "div",
            {"class": "actions"},
            _form(phone, "agree", text=words("asks.yes")),
            away,
        ),
        element(
            "details",
            None,
            element("summary", None, words("asks.more")),
            *(element("p", {"class": "soft"}, each) for each in judged.purpose),
        ),
    )


def _receipt_screen(phone: Phone, words: Words) -> tuple[Child, ...]:
    receipt = phone.receipt
    if receipt is None:
        return ()
    shown = sum(len(each.paths) for each in receipt.disclosed or ())
    until = receipt.retention.until
    if until is not None:
        promise = words("receipt.until", until=words.moment(until))
    else:
        promise = words("receipt.not_kept")
    return (
        element("h1", None, words("receipt.kept")),
        element("p", None, words("receipt.shown", count=shown)),
        element("p", {"class": "kept"}, promise),
        element("p", {"class": "soft"}, words("receipt.proof")),
        element(
            "div", {"class": "actions"}, _form(phone, "away", text=words("code.done"))
        ),
    )


def _code_screen(phone: Phone, words: Words) -> tuple[Child, ...]:
    codes = phone.codes()
    about = None
    if len(codes) > 1:
        said = words("code.parts", count=len(codes))
        about = element("p", {"class": "soft"}, said)
    until = phone.changes()
    turn = int(time.monotonic() * _PARTS_A_SECOND) % len(codes)
    address = f"/phone/{phone.name}/code.svg?part={turn}&until={until}"
    changed = "code.whole" if len(codes) > 1 else "code.in_parts"
    return (
        element("h1", None, words("code")),
        about,
        element("img", {"class": "qr", "src": address, "alt": words("code.picture")}),
        element(
            "details",
            None,
            element("summary", None, words("code.text")),
            element("p", {"class": "soft"}, words("code.text.more")),
            *(element("p", {"class": "text"}, each) for each in codes),
        ),
        element(
            "div",
            {"class": "actions"},
            _form(phone, "away", text=words("code.done")),
            _form(phone, "parts", text=words(changed), quiet=True),
        ),
    )


def _form(phone: Phone, what: str, *, text: str, quiet: bool = False) -> Html:
    return element(
        "form",
        {"method": "post", "action": f"/phone/{phone.name}/{what}"},
        element("button", {"class": "quiet" if quiet else None}, text),
    )


def _common_name(name: str) -> str:
    """Return the name in a certificate's subject, without what stands around it."""
    return name.partition(",")[0].removeprefix("CN=").removeprefix("TEST ")


def _back(request: Request) -> Response:
    return RedirectResponse(f"/phone/{request.path_params['name']}", status_code=303)


class WorldPages:
    """What nobody can do at a counter: let days pass, bring news, lose a phone."""

    def __init__(
        self, world: World, phones: Mapping[str, Phone], *, bring: Callable[[], None]
    ) -> None:
        """Take the world and its people; `bring` brings the kiosk a new bundle."""
        self._world = world
        self._acts: Mapping[str, Callable[[], None]] = {
            "days": partial(world.let_pass, 3),
            "week": partial(world.let_pass, 7),
            "bundle": bring,
            "revoke": partial(world.revoke, "anna"),
            "renew": phones["anna"].renew,
        }

    def routes(self) -> tuple[BaseRoute, ...]:
        """Return its addresses."""
        return (
            Route("/world", self._page),
            Route("/world/{act}", self._done, methods=["POST"]),
        )

    def _page(self, request: Request) -> Response:
        words = spoken(request)
        numbers = {
            "days": words.moment(self._world.clock()),
            "bundle": str(self._world.sequence),
        }
        acts = [
            element(
                "li",
                {"class": "way"},
                element("h2", None, words(f"act.{act}")),
                element(
                    "p", None, words(f"act.{act}.more", number=numbers.get(act, ""))
                ),
                button(f"/world/{act}", words(f"act.{act}.do"), quiet=True),
            )
            for act in self._acts
        ]
        fault = None
        if "fault" in request.query_params:
            fault = element(
                "p", {"class": "hint", "role": "alert"}, words("world.fault")
            )
        return framed(
            request,
            words,
            element("h1", None, words("world")),
            element("p", {"class": "lead"}, words("world.more")),
            fault,
            element("ul", {"class": "ways"}, *acts),
            title=words("title"),
        )

    async def _done(self, request: Request) -> Response:
        act = self._acts.get(request.path_params["act"])
        if await form_of(request) is None or act is None:
            return Response(status_code=403)
        try:
            await asyncio.to_thread(act)
        except (IdWalletError, StoreError):
            return RedirectResponse("/world?fault=1", status_code=303)
        return RedirectResponse("/world", status_code=303)
