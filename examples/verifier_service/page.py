"""The page of the counter: what is to be asked, the code to scan, and the verdict."""

import secrets
from functools import cache
from pathlib import Path
from typing import Final

from examples.verifier_service.counter import Counter, Standing
from examples.verifier_service.live import is_open, live_part
from examples.verifier_service.occasions import OCCASIONS
from examples.web.elements import Html, element, together
from examples.web.language import Language, Words, language_of
from examples.web.pages import form_of, framed, link_block, qr_image
from examples.web.running import HERE, HOST, STATIC, SafeHeaders
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from idwallet.roles import response_code_of

_COOKIE: Final = "verifier_session"
_TRY: Final = """\
idwallet present --to '{link}' \\
    --wallet my-wallet --trust {root} --ca {root} --private-host localhost"""


@cache
def _words(lang: Language) -> Words:
    return Words(Path(__file__).with_name("words.json"), lang)


class Page:
    """The page of a counter; its methods answer one address each."""

    def __init__(self, counter: Counter, *, root: Path, home: str) -> None:
        """Take the counter, the root that wallets believe, and the page's address."""
        self._counter = counter
        self._root = root
        self._home = home

    def app(self) -> Starlette:
        """Return the application."""
        return Starlette(
            routes=[
                Route("/", self.home),
                Route("/requests", self.ask, methods=["POST"]),
                Route("/requests/{name}", self.request),
                Route("/requests/{name}/live", self.live),
                Route("/requests/{name}/qr.svg", self.qr),
                Mount("/static", StaticFiles(directory=STATIC)),
            ],
            middleware=[
                Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, HERE]),
                Middleware(SafeHeaders),
            ],
        )

    async def home(self, request: Request) -> Response:
        """What is it about."""
        words = _words(language_of(request))
        response = framed(request, words, *_occasions(words))
        if not request.cookies.get(_COOKIE):
            # Lax: a wallet sends this browser back from elsewhere.
            session = secrets.token_urlsafe(24)
            response.set_cookie(_COOKIE, session, httponly=True, samesite="lax")
        return response

    async def ask(self, request: Request) -> Response:
        """Make a request."""
        form = await form_of(request)
        occasion = "" if form is None else form.get("occasion", "")
        session = request.cookies.get(_COOKIE, "")
        if form is None or occasion not in OCCASIONS or not session:
            return self._gone(request)
        name = await run_in_threadpool(
            self._counter.ask,
            occasion,
            session=session,
            same_device="same_device" in form,
        )
        return RedirectResponse(f"/requests/{name}", status_code=303)

    async def request(self, request: Request) -> Response:
        """Show a request to the browser that made it."""
        words, found = _words(language_of(request)), await self._own(request)
        if found is None:
            return self._gone(request)
        name = found.record.id
        live = element(
            "div", {"data-live": f"/requests/{name}/live"}, self._live(found, words)
        )
        told = element("p", {"class": "said", "role": "status", "id": "told"})
        return framed(request, words, live, told)

    async def live(self, request: Request) -> Response:
        """Return the part of the page that changes."""
        words, found = _words(language_of(request)), await self._own(request)
        if found is None:
            return Response(status_code=404)
        return HTMLResponse(self._live(found, words))

    async def qr(self, request: Request) -> Response:
        """Return the picture of a request's link."""
        found = await self._own(request)
        if found is None:
            return Response(status_code=404)
        return qr_image(found.record.link)

    async def done(self, request: Request) -> Response:
        """Take the browser that a wallet sent back, with the code of its answer.

        It comes by TLS, as the standard wants it; the page goes on where it was.
        """
        name = await run_in_threadpool(
            self._counter.came_back,
            request.cookies.get(_COOKIE, ""),
            response_code_of(str(request.url)) or "",
        )
        where = self._home if name is None else f"{self._home}requests/{name}"
        return RedirectResponse(where, status_code=303)

    async def _own(self, request: Request) -> Standing | None:
        return await run_in_threadpool(
            self._counter.standing,
            request.path_params["name"],
            session=request.cookies.get(_COOKIE, ""),
        )

    def _gone(self, request: Request) -> Response:
        words = _words(language_of(request))
        home = element("a", {"class": "button", "href": "/"}, words("home"))
        title = element("h1", None, words("gone"))
        return framed(request, words, title, home, status=404)

    def _live(self, found: Standing, words: Words) -> Html:
        title = element("h1", None, words(f"occasion.{found.record.occasion}"))
        how_far = element(
            "section",
            {"class": "card"},
            element("h2", None, words("live.title")),
            live_part(found, words),
        )
        anew = None if is_open(found) else _anew(found, words)
        if not is_open(found):
            return together(title, how_far, anew)
        scan = element(
            "section",
            # On this very device the button comes before the picture.
            {"class": "card scan" if found.record.same_device else "card"},
            element("h2", None, words("scan")),
            element(
                "img",
                {
                    "class": "qr",
                    "src": f"/requests/{found.record.id}/qr.svg",
                    "alt": words("qr"),
                    "width": "320",
                    "height": "320",
                },
            ),
            link_block(words, found.record.link, first=found.record.same_device),
        )
        about = element(
            "section",
            {"class": "card"},
            element("h2", None, words("asked")),
            element("p", None, words(f"asks.{found.record.occasion}")),
            element("p", {"class": "soft"}, words("asked.why")),
        )
        terminal = element(
            "details",
            {"class": "card"},
            element("summary", None, words("terminal")),
            element(
                "pre",
                {"tabindex": "0"},
                _TRY.format(link=found.record.link, root=self._root),
            ),
        )
        right = element("div", None, how_far, about)
        return together(title, element("div", {"class": "two"}, scan, right), terminal)


def _anew(found: Standing, words: Words) -> Html:
    return element(
        "div",
        {"class": "actions"},
        element(
            "form",
            {"method": "post", "action": "/requests"},
            _hidden("occasion", found.record.occasion),
            _hidden("same_device", "1") if found.record.same_device else None,
            element("button", None, words("anew")),
        ),
        element("a", {"class": "button quiet", "href": "/"}, words("home")),
    )


def _hidden(name: str, value: str) -> Html:
    return element("input", {"type": "hidden", "name": name, "value": value})


def _occasions(words: Words) -> tuple[Html, ...]:
    cards = [
        element(
            "li",
            {"class": "card"},
            element("h2", None, words(f"occasion.{name}")),
            element("p", {"class": "soft"}, words(f"asks.{name}")),
            element(
                "form",
                {"method": "post", "action": "/requests"},
                _hidden("occasion", name),
                element(
                    "label",
                    {"class": "choice"},
                    element(
                        "input",
                        {"type": "checkbox", "name": "same_device", "value": "1"},
                    ),
                    words("same_device"),
                ),
                element(
                    "button",
                    {"aria-label": words(f"ask.{name}")},
                    words("ask"),
                ),
            ),
        )
        for name in OCCASIONS
    ]
    return (
        element("h1", None, words("welcome")),
        element("p", None, words("intro")),
        element("ul", {"class": "list"}, *cards),
    )
