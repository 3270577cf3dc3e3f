"""What every page of the messenger has: its head, whose phone it is, its languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from examples.messenger.messenger import Messenger
from examples.messenger.people import CITIZENS
from examples.messenger.talking import Bot
from examples.web.elements import Child, Html, document, element, together
from examples.web.language import COOKIE, Language, Words
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

_YEAR: Final = 31_536_000
_NAMES: Final[Mapping[Language, str]] = {"en": "English", "ru": "Русский"}


@cache
def sentences(lang: Language) -> Words:
    """Return the page's own sentences."""
    return Words(Path(__file__).with_name("words.json"), lang)


@dataclass(frozen=True)
class Frame:
    """One request for a page."""

    request: Request
    messenger: Messenger
    lang: Language
    person: str | None
    bot: Bot | None

    @property
    def words(self) -> Words:
        """The page's own sentences."""
        return sentences(self.lang)

    @property
    def me(self) -> str:
        """Whose phone it is."""
        return self.person or ""

    @property
    def shows_raw(self) -> bool:
        """Whether messages are to be seen as they travel."""
        chosen = self.request.query_params.get("raw")
        return (chosen or self.request.cookies.get("raw")) == "yes"

    def title_of(self, bot: Bot) -> str:
        """Return what a bot is called."""
        return Words(bot.sentences, self.lang)("title")

    def page(self, *inside: Child, status: int = 200, kind: str = "") -> Response:
        """Return a whole page."""
        words = self.words
        body = together(
            element("a", {"class": "skip", "href": "#main"}, words("skip")),
            self._head(),
            element("div", {"class": f"columns {kind}"}, *inside),
            element("noscript", None, element("p", None, words("noscript"))),
        )
        response = HTMLResponse(
            document(
                lang=self.lang,
                title=words("title"),
                inside=body,
                styles="/own/messenger.css",
                script="/own/messenger.js",
            ),
            status_code=status,
        )
        if self.request.query_params.get("lang") == self.lang:
            self._remember(response, COOKIE, value=self.lang)
        if self.request.query_params.get("raw") in {"yes", "no"}:
            self._remember(response, "raw", value=self.request.query_params["raw"])
        return response

    @staticmethod
    def _remember(response: Response, name: str, *, value: str) -> None:
        response.set_cookie(name, value, max_age=_YEAR, httponly=True, samesite="lax")

    def part(self, inside: Html) -> Response:
        """Return a part of a page."""
        return HTMLResponse(inside)

    def live(self, address: str, inside: Html, **more: str) -> Html:
        """Return a part of the page that is fetched again when something changed."""
        return element("div", {"data-live": address, **more}, inside)

    def _head(self) -> Html:
        words = self.words
        brand = element("a", {"href": "/", "class": "brand"}, words("title"))
        languages = [
            element(
                "a",
                {
                    "href": f"{self.request.url.path}?lang={lang}",
                    "lang": lang,
                    "hreflang": lang,
                    "aria-current": "true" if lang == self.lang else None,
                },
                name,
            )
            for lang, name in _NAMES.items()
        ]
        return element(
            "header",
            None,
            brand,
            self._phones(),
            element("nav", {"aria-label": words("languages")}, *languages),
        )

    def _phones(self) -> Html | None:
        if self.person is None:
            return None
        links = [
            element(
                "a",
                {
                    "href": f"/{name}",
                    "aria-current": "true" if name == self.person else None,
                },
                element(
                    "span",
                    {"class": f"face {name}", "aria-hidden": "true"},
                    each.given_name[0],
                ),
                each.given_name,
            )
            for name, each in CITIZENS.items()
        ]
        return element(
            "nav", {"class": "phones", "aria-label": self.words("phones")}, *links
        )


def clock_of(seconds: int) -> str:
    """Return the time of day, where this machine is."""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%H:%M}"
