"""The first page: what this is, that it is invented, and what to press first."""

from collections.abc import Iterator

from examples.messenger.frame import Frame
from examples.messenger.people import CITIZENS
from examples.messenger.talking import words_of
from examples.web.elements import Html, element
from starlette.responses import Response


def home(frame: Frame) -> Response:
    """Say what this is, and what to press first."""
    words = frame.words
    bots = [words_of(e.sentences, frame.lang) for e in frame.messenger.bots.values()]
    names = ", ".join(each("title").lower() for each in bots)
    tours = [each.optional("tour") for each in bots]
    steps = [e for e in tours if e]
    steps += [words("home.step.lost"), words("home.step.raw")]
    main = element(
        "main",
        {"id": "main", "class": "home"},
        element("h1", None, words("home.title")),
        element("p", {"class": "lead"}, words("home.what", bots=names)),
        element("p", {"class": "invented"}, words("home.invented")),
        element("h2", None, words("home.first")),
        element("ul", {"class": "people"}, *_people(frame)),
        element("h2", None, words("home.then")),
        element("ol", {"class": "tour"}, *(element("li", None, e) for e in steps)),
        element(
            "form",
            {"method": "post", "action": "/begin-anew"},
            element("p", {"class": "soft"}, words("home.anew.what")),
            element("button", {"class": "quiet"}, words("home.anew")),
        ),
    )
    return frame.page(main, kind="one")


def _people(frame: Frame) -> Iterator[Html]:
    words = frame.words
    for number, (name, each) in enumerate(CITIZENS.items()):
        face = {"class": f"face {name}", "aria-hidden": "true"}
        more = words("home.other" if number else "home.phone")
        yield element(
            "li",
            None,
            element(
                "a",
                {
                    "class": "phone-link other" if number else "phone-link",
                    "href": f"/{name}/chat/government",
                },
                element("span", face, each.given_name[0]),
                element(
                    "span",
                    None,
                    element("strong", None, words("home.be", name=each.called)),
                    element("span", {"class": "soft"}, more),
                ),
            ),
        )
