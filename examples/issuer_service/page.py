"""The page that a person uses: who they are, what they want, and how far it is."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from examples.issuer_service.invented import CONTENT, PEOPLE, called
from examples.issuer_service.live import live_part
from examples.issuer_service.office import Office
from examples.issuer_service.records import OfferRecord
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

_COOKIE: Final = "issuer_session"
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_TRY: Final = """\
idwallet offer accept '{link}' \\
    --wallet my-wallet --trust {root} --ca {root} --private-host localhost"""


@cache
def _words(lang: Language) -> Words:
    return Words(Path(__file__).with_name("words.json"), lang)


class Page:
    """The page of an office; its methods answer one address each."""

    def __init__(self, office: Office, *, root: Path) -> None:
        """Take the office, and where the root lies that wallets believe."""
        self._office = office
        self._root = root

    def app(self) -> Starlette:
        """Return the application."""
        return Starlette(
            routes=[
                Route("/", self.home),
                Route("/sign-in", self.sign_in, methods=["POST"]),
                Route("/sign-out", self.sign_out, methods=["POST"]),
                Route("/offers", self.make, methods=["POST"]),
                Route("/offers/{name}", self.offer),
                Route("/offers/{name}/live", self.live),
                Route("/offers/{name}/qr.svg", self.qr),
                Route("/offers/{name}/clerk", self.clerk, methods=["POST"]),
                Mount("/static", StaticFiles(directory=STATIC)),
            ],
            middleware=[
                Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, HERE]),
                Middleware(SafeHeaders),
            ],
        )

    async def home(self, request: Request) -> Response:
        """Who are you; or, what shall it be."""
        words, person = _words(language_of(request)), self._person(request)
        inside = _people(words) if person is None else _wishes(words, person)
        return framed(request, words, *inside)

    async def sign_in(self, request: Request) -> Response:
        """Be somebody."""
        form = await form_of(request)
        person = "" if form is None else form.get("person", "")
        if person not in PEOPLE:
            return self._gone(request)
        session = await run_in_threadpool(self._office.records.sign_in, person)
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(_COOKIE, session, httponly=True, samesite="strict")
        return response

    async def sign_out(self, request: Request) -> Response:
        """Be nobody again."""
        if await form_of(request) is None:
            return self._gone(request)
        self._office.records.sign_out(request.cookies.get(_COOKIE, ""))
        response = RedirectResponse("/", status_code=303)
        response.delete_cookie(_COOKIE)
        return response

    async def make(self, request: Request) -> Response:
        """Offer a credential to whoever is signed in."""
        form, person = await form_of(request), self._person(request)
        credential = "" if form is None else form.get("credential", "")
        if person is None or credential not in CONTENT:
            return self._gone(request)
        name = await run_in_threadpool(self._office.offer, person, credential)
        return RedirectResponse(f"/offers/{name}", status_code=303)

    async def offer(self, request: Request) -> Response:
        """Show an offer to whom it was made."""
        words, found = _words(language_of(request)), self._own(request)
        if found is None:
            return self._gone(request)
        return framed(request, words, *self._offered(found, words))

    async def live(self, request: Request) -> Response:
        """Return the part of the page that changes."""
        words, found = _words(language_of(request)), self._own(request)
        if found is None:
            return Response(status_code=404)
        return HTMLResponse(self._live(found, words))

    async def qr(self, request: Request) -> Response:
        """Return the picture of an offer's link."""
        found = self._own(request)
        if found is None:
            return Response(status_code=404)
        return qr_image(self._office.link(found.id))

    async def clerk(self, request: Request) -> Response:
        """Decide as the clerk."""
        form, found = await form_of(request), self._own(request)
        decision = "" if form is None else form.get("decision", "")
        if found is None or decision not in {"confirm", "refuse"}:
            return self._gone(request)
        self._office.records.decide(found.id, decision)
        return RedirectResponse(f"/offers/{found.id}", status_code=303)

    def _person(self, request: Request) -> str | None:
        return self._office.records.signed_in(request.cookies.get(_COOKIE, ""))

    def _own(self, request: Request) -> OfferRecord | None:
        found = self._office.standing(request.path_params["name"])
        person = self._person(request)
        return found if found is not None and found.person == person else None

    def _gone(self, request: Request) -> Response:
        words = _words(language_of(request))
        home = element("a", {"class": "button", "href": "/"}, words("home"))
        return framed(
            request, words, element("h1", None, words("gone")), home, status=404
        )

    def _offered(self, found: OfferRecord, words: Words) -> tuple[Html, ...]:
        live = element(
            "div", {"data-live": f"/offers/{found.id}/live"}, self._live(found, words)
        )
        # What is told when the live part has changed: to those who do not see it.
        told = element("p", {"class": "said", "role": "status", "id": "told"})
        return (_who(words, found.person), live, told)

    def _live(self, found: OfferRecord, words: Words) -> Html:
        title = element(
            "h1",
            None,
            words("offer.title", credential=called(found.credential, words.lang)),
        )
        how_far = _card(words("live.title"), live_part(found, words))
        if found.stage != "offered":
            return together(title, how_far)
        link = self._office.link(found.id)
        picture = element(
            "img",
            {
                "class": "qr",
                "src": f"/offers/{found.id}/qr.svg",
                "alt": words("offer.qr"),
                "width": "320",
                "height": "320",
            },
        )
        scan = element(
            "section",
            {"class": "card scan"},
            element("h2", None, words("offer.scan")),
            picture,
            link_block(words, link),
        )
        right = element("div", None, how_far, _code(found, words))
        terminal = element(
            "details",
            {"class": "card"},
            element("summary", None, words("terminal")),
            element("p", {"class": "soft"}, words("terminal.how")),
            element("pre", {"tabindex": "0"}, _TRY.format(link=link, root=self._root)),
        )
        return together(title, element("div", {"class": "two"}, scan, right), terminal)


def _card(title: str, *inside: Html) -> Html:
    return element("section", {"class": "card"}, element("h2", None, title), *inside)


def _code(found: OfferRecord, words: Words) -> Html:
    return _card(
        words("code.title"),
        element("p", None, words("code.spoken")),
        element("p", {"class": "code", "id": "code"}, found.code),
        element("p", {"class": "soft"}, words("code.why")),
    )


def _who(words: Words, person: str) -> Html:
    name = PEOPLE[person].name[words.lang]
    leave = element(
        "form",
        {"method": "post", "action": "/sign-out"},
        element("button", {"class": "quiet"}, words("sign_out")),
    )
    return element(
        "div",
        {"class": "bar"},
        element("p", None, words("you_are", name=name)),
        leave,
    )


def _people(words: Words) -> tuple[Html, ...]:
    cards = [
        element(
            "li",
            {"class": "card"},
            element("h2", None, each.name[words.lang]),
            element(
                "p", {"class": "soft"}, words("aged", born=_date(words, each.born))
            ),
            element(
                "form",
                {"method": "post", "action": "/sign-in"},
                element("input", {"type": "hidden", "name": "person", "value": name}),
                element("button", None, words("sign_in", name=each.name[words.lang])),
            ),
        )
        for name, each in PEOPLE.items()
    ]
    return (
        element("h1", None, words("welcome")),
        element("p", None, words("intro")),
        element("ul", {"class": "list"}, *cards),
    )


def _wishes(words: Words, person: str) -> tuple[Html, ...]:
    cards = [
        element(
            "li",
            {"class": "card"},
            element("h2", None, called(name, words.lang)),
            element("p", {"class": "soft"}, words(f"about.{name}")),
            element(
                "form",
                {"method": "post", "action": "/offers"},
                element(
                    "input", {"type": "hidden", "name": "credential", "value": name}
                ),
                element(
                    "button",
                    {
                        "aria-label": words(
                            "get_named", credential=called(name, words.lang)
                        )
                    },
                    words("get"),
                ),
            ),
        )
        for name in CONTENT
    ]
    return (
        element("h1", None, words("choose")),
        _who(words, person),
        element("ul", {"class": "list"}, *cards),
    )


def _date(words: Words, day: date) -> str:
    if words.lang == "ru":
        return f"{day:%d.%m.%Y}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
