"""The kiosk's pages, and what they send."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, Literal

from examples.kiosk.desk import Desk
from examples.kiosk.log import log_table
from examples.kiosk.reading import Reading
from examples.kiosk.scanner import MOST
from examples.kiosk.store import StoreError
from examples.kiosk.view import Screen, band
from examples.web.elements import Child, Html, document, element, together
from examples.web.language import COOKIE, Language, Words, language_of
from examples.web.pages import body_of, form_of
from examples.web.running import HERE as LOOPBACK
from examples.web.running import HOST, STATIC, SafeHeaders
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import RequestResponseEndpoint
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from idwallet.adapters import qr_svg, read_qr_codes
from idwallet.errors import IdWalletError

HERE: Final = Path(__file__).parent
SCANNER: Final = HERE / "scanner" / "node_modules" / "zxing-wasm" / "dist"
_NAMES: Final[Mapping[Language, str]] = {"en": "English", "ru": "Русский"}
_YEAR: Final = 31_536_000
_PICTURE_BYTES: Final = 8_000_000
# What the example services may do, and one thing more: WebAssembly of its own.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "img-src 'self' blob:; media-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class KioskHeaders(SafeHeaders):
    """The rules of the example services, with a camera and what reads its pictures."""

    async def dispatch(
        self, request: Request, call_next: RequestResponseEndpoint
    ) -> Response:
        """Answer, with the header fields that say what a page may do."""
        response = await super().dispatch(request, call_next)
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Permissions-Policy"] = "camera=(self)"
        return response


def spoken(request: Request, *more: Path) -> Words:
    """Return the sentences in the language that is wanted."""
    return Words(HERE / "words.json", language_of(request), *more)


def framed(
    request: Request, words: Words, *inside: Child, title: str, status: int = 200
) -> Response:
    """Return a page with its head and foot."""
    languages = [
        element(
            "a",
            {
                "href": f"{request.url.path}?lang={lang}",
                "lang": lang,
                "hreflang": lang,
                "aria-current": "true" if lang == words.lang else None,
            },
            name,
        )
        for lang, name in _NAMES.items()
    ]
    header = element(
        "header",
        None,
        element("p", {"class": "brand"}, element("a", {"href": "/"}, title)),
        element("nav", {"aria-label": words("languages")}, *languages),
    )
    away = element(
        "div",
        {"id": "away", "role": "alert", "hidden": True},
        band("wait", "away", words=words),
    )
    body = together(
        element("a", {"class": "skip", "href": "#main"}, words("skip")),
        header,
        element("main", {"id": "main"}, away, *inside),
        element("noscript", None, element("p", None, words("noscript"))),
        element("footer", None, element("p", None, words("foot"))),
    )
    made = document(
        lang=words.lang,
        title=title,
        inside=body,
        styles="/kiosk/kiosk.css",
        script="/kiosk/kiosk.js",
    )
    response = HTMLResponse(made, status_code=status)
    if request.query_params.get("lang") == words.lang:
        response.set_cookie(
            COOKIE, words.lang, max_age=_YEAR, httponly=True, samesite="lax"
        )
    return response


def picture(text: str) -> Response:
    """Return a QR code as a picture, dark on light whatever the page's colours are."""
    return Response(qr_svg(text), media_type="image/svg+xml")


class CounterPage:
    """The page of one counter."""

    def __init__(self, desk: Desk, *, tryout: Mapping[str, str]) -> None:
        """Show a desk; `tryout` are the addresses of simulated phones."""
        self._desk = desk
        self._tryout = tryout

    def routes(self) -> tuple[BaseRoute, ...]:
        """Return its addresses."""
        name = f"/{self._desk.room.name}"
        return (
            Route(name, self._page),
            Route(f"{name}/live", self._live),
            Route(f"{name}/question.svg", self._question),
            Route(f"{name}/printed.svg", self._printed),
            Route(f"{name}/ask", self._ask, methods=["POST"]),
            Route(f"{name}/next", self._next, methods=["POST"]),
            Route(f"{name}/code", self._code, methods=["POST"]),
            Route(f"{name}/picture", self._picture, methods=["POST"]),
            *self._desk.room.routes(self._desk),
        )

    def _words(self, request: Request) -> Words:
        return spoken(request, self._desk.room.words)

    def _shown(self, words: Words) -> Html:
        try:
            self._desk.tidy()
            return Screen(self._desk, words).show()
        except StoreError:
            return element(
                "div",
                {"class": "stage trouble", "data-stage": "trouble", "data-reads": "no"},
                element("h1", None, words("trouble.disk")),
                element("p", {"class": "lead"}, words("trouble.disk.do")),
            )

    def _page(self, request: Request) -> Response:
        words, name = self._words(request), self._desk.room.name
        shown = self._shown(words)
        scanner = "/scanner/iife/reader/index.js"
        has_camera = SCANNER.exists()
        main = element(
            "div",
            {
                "class": "counter",
                "id": "counter",
                "data-room": name,
                "data-scanner": scanner if has_camera else None,
            },
            element(
                "div", {"id": "live", "data-live": f"/{name}/live"}, self._shown(words)
            ),
            Reading(name, words, has_camera=has_camera, tryout=self._tryout).show(
                is_open='data-reads="yes"' in shown
            ),
        )
        told = element("p", {"class": "said", "id": "told", "role": "status"}, "")
        script: Child = None
        if has_camera:
            script = element("script", {"src": "/kiosk/camera.js", "defer": True})
        return framed(request, words, main, told, script, title=words("room"))

    def _live(self, request: Request) -> Response:
        return HTMLResponse(self._shown(self._words(request)))

    def _question(self, _: Request) -> Response:
        visit = self._desk.visit()
        if visit is None or not visit.question:
            return Response(status_code=204)
        return picture(visit.question)

    def _printed(self, request: Request) -> Response:
        text = self._desk.printed_code(request.query_params.get("counter"))
        return Response(status_code=204) if text is None else picture(text)

    async def _ask(self, request: Request) -> Response:
        form = await form_of(request)
        if form is None:
            return Response(status_code=403)
        way: Literal["question", "printed"] = "question"
        if form.get("way") == "printed" and self._desk.room.counter is not None:
            way = "printed"
        return await self._done(partial(self._desk.ask, way, form))

    async def _next(self, request: Request) -> Response:
        if await form_of(request) is None:
            return Response(status_code=403)
        return await self._done(self._desk.end)

    async def _code(self, request: Request) -> Response:
        # Each character may come as three.
        form = await form_of(request, most=3 * MOST + 100)
        if form is None:
            return Response(status_code=403)
        return await self._done(partial(self._desk.take, form.get("text", "")))

    async def _picture(self, request: Request) -> Response:
        body = await body_of(request, most=_PICTURE_BYTES)
        if body is None:
            return Response(status_code=403)
        try:
            texts = await asyncio.to_thread(read_qr_codes, body)
        except IdWalletError:
            return Response("no code is seen")
        for text in texts:
            await asyncio.to_thread(self._desk.take, text)
        return Response(status_code=204)

    async def _done(self, act: Callable[[], None]) -> Response:
        try:
            await asyncio.to_thread(act)
        except StoreError:
            self._desk.trouble = "disk"
        return RedirectResponse(f"/{self._desk.room.name}", status_code=303)


class Kiosk:
    """All counters, and the pages between them."""

    def __init__(
        self, desks: Mapping[str, Desk], *more: BaseRoute, tryout: Mapping[str, str]
    ) -> None:
        """Take the counters, further addresses, and those of simulated phones."""
        self._desks = desks
        self._tryout = tryout
        self._more = more

    def do_chores(self) -> None:
        """Do what each room has to do when it opens, and each hour."""
        for desk in self._desks.values():
            try:
                desk.room.chores(desk)
            except StoreError as fault:
                desk.trouble = "full" if fault.is_full else "disk"

    def app(self) -> Starlette:
        """Return the application."""
        counters = (
            CounterPage(desk, tryout=self._tryout) for desk in self._desks.values()
        )
        pages = [route for each in counters for route in each.routes()]
        routes: list[BaseRoute] = [
            Route("/", self._home),
            Route("/log", self._log),
            *pages,
            *self._more,
            Mount("/static", StaticFiles(directory=STATIC)),
            Mount("/kiosk", StaticFiles(directory=HERE / "static")),
        ]
        if SCANNER.exists():
            routes.append(Mount("/scanner", StaticFiles(directory=SCANNER)))
        # A foreign name that leads here is a foreign page's attempt to be ours.
        ours = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, LOOPBACK])
        return Starlette(
            routes=routes,
            middleware=[ours, Middleware(KioskHeaders)],
            exception_handlers={StoreError: _no_disk},
        )

    def _home(self, request: Request) -> Response:
        words = spoken(request)
        cards = []
        for name, desk in self._desks.items():
            own = spoken(request, desk.room.words)
            cards.append(_card(f"/{name}", title=own("room"), more=own("room.more")))
        others = [
            _card(f"/{name}", title=words(name), more=words(f"{name}.more"))
            for name in ("phone", "world", "log")
        ]
        return framed(
            request,
            words,
            element("h1", None, words("welcome")),
            element("p", {"class": "lead"}, words("welcome.more")),
            element("ul", {"class": "cards"}, *cards),
            element("h2", None, words("around")),
            element("ul", {"class": "cards small"}, *others),
            title=words("title"),
        )

    def _log(self, request: Request) -> Response:
        words = spoken(request)
        desk = next(iter(self._desks.values()))
        places = {
            name: spoken(request, each.room.words)("room")
            for name, each in self._desks.items()
        }
        try:
            table = log_table(desk.store, words, places=places)
        except StoreError:
            table = element("p", {"class": "hint"}, words("trouble.disk"))
        return framed(
            request,
            words,
            element("h1", None, words("log")),
            element("p", {"class": "lead"}, words("log.more")),
            element(
                "div",
                {
                    "class": "wide",
                    "tabindex": "0",
                    "role": "region",
                    "aria-label": words("log"),
                },
                table,
            ),
            title=words("title"),
        )


async def _no_disk(request: Request, _: Exception) -> Response:
    words = spoken(request)
    return framed(
        request,
        words,
        element("h1", None, words("trouble.disk")),
        element("p", {"class": "lead"}, words("trouble.disk.do")),
        title=words("title"),
        status=503,
    )


def _card(address: str, *, title: str, more: str) -> Html:
    return element(
        "li",
        {"class": "card"},
        element("a", {"href": address}, title),
        element("p", None, more),
    )
