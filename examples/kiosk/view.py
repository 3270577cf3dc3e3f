"""What the screen of a counter shows: a question, a verdict, and what to do."""

from typing import Final

from examples.kiosk.desk import Desk, Visit
from examples.kiosk.telling import Told
from examples.web.elements import Child, Html, element
from examples.web.language import Words

_TONES: Final = {"passed": "good", "failed": "bad", "indeterminate": "wait"}
_READING: Final = frozenset({"question", "printed"})
_MARKS: Final = {"good": "✓", "aged": "✓", "bad": "✕", "wait": "?"}


def stage_of(desk: Desk, visit: Visit | None) -> str:
    """Return how far it is, in a word that the words know."""
    if desk.trouble is not None:
        return "trouble"
    if visit is None:
        return "idle"
    if visit.told is not None:
        return visit.told.case
    return "expired" if desk.clock() >= visit.expires else visit.way


class Screen:
    """The part of a counter's page that changes, in one language."""

    def __init__(self, desk: Desk, words: Words) -> None:
        """Show a desk."""
        self._desk = desk
        self._words = words

    def show(self) -> Html:
        """Return it as it is at this moment."""
        visit = self._desk.visit()
        stage = stage_of(self._desk, visit)
        told = visit is not None and visit.told is not None and stage != "trouble"
        attributes: dict[str, str | bool | None] = {
            "class": f"stage {'told' if told else stage}",
            "data-stage": stage,
            "data-reads": "yes" if stage in _READING else "no",
        }
        return element("div", attributes, *self._inside(stage, visit))

    def _inside(self, stage: str, visit: Visit | None) -> tuple[Child, ...]:
        if stage == "trouble":
            return self._trouble(visit)
        if visit is None:
            return self._idle()
        if visit.told is not None:
            return self._verdict(visit, visit.told)
        return self._expired() if stage == "expired" else self._asked(visit)

    # --- before there is a verdict ----------------------------------------------------

    def _idle(self) -> tuple[Child, ...]:
        words = self._words
        takes_codes = self._desk.room.counter is not None
        cards = [
            element(
                "li",
                {"class": "way"},
                element("h2", None, words(f"way.{way}")),
                element("p", None, words(f"way.{way}.more")),
                self._button("ask", f"way.{way}.do", way=way, quiet=way == "printed"),
            )
            for way in (("question", "printed") if takes_codes else ("question",))
        ]
        return (
            element("h1", None, words("idle")),
            element("p", {"class": "lead"}, words("idle.more")),
            element("ul", {"class": "ways"}, *cards),
            self._hint(),
        )

    def _asked(self, visit: Visit) -> tuple[Child, ...]:
        words, way = self._words, visit.way
        steps = [element("li", None, words(f"{way}.step.{n}")) for n in (1, 2, 3)]
        picture = {
            "class": "qr",
            "src": f"/{self._desk.room.name}/{way}.svg?visit={visit.id}",
            "alt": words(f"{way}.picture"),
        }
        return (
            element("div", {"class": "code"}, element("img", picture)),
            element(
                "div",
                {"class": "ask"},
                element("h1", None, words(f"{way}.title")),
                element("ol", {"class": "todo"}, *steps),
                self._parts(),
                self._hint(),
            ),
        )

    def _parts(self) -> Html | None:
        read, count = self._desk.parts
        if not count:
            return None
        said = self._words("parts", read=read, count=count)
        return element("p", {"class": "parts", "data-parts": str(read)}, said)

    def _expired(self) -> tuple[Child, ...]:
        return (
            element("h1", None, self._words("expired")),
            element("p", {"class": "lead"}, self._words("expired.more")),
            element(
                "div",
                {"class": "actions"},
                self._button("ask", "again", way="question"),
                self._button("next", "stop", quiet=True),
            ),
        )

    def _hint(self) -> Html | None:
        hint = self._desk.hint
        if hint is None:
            return None
        return element("p", {"class": "hint"}, self._words(f"hint.{hint}"))

    # --- verdicts ---------------------------------------------------------------------

    def _verdict(self, visit: Visit, told: Told) -> tuple[Child, ...]:
        words, said = self._words, told.said[self._words.lang]
        has_passed = told.outcome == "passed"
        again = None if has_passed else self._button("ask", "again", way=visit.way)
        onward = self._button("next", "next", quiet=not has_passed)
        if has_passed and visit.way == "printed":
            # One person follows the other, without a question in between.
            again = self._button("ask", "next", way="printed")
            onward = self._button("next", "stop", quiet=True)
        lists = (
            ("why", said.lines),
            # "Go on" stands in large letters already.
            ("what_to_do", () if told.case == "passed" else said.actions),
            ("as_of", said.as_of),
            ("notes", said.notes),
        )
        return (
            band(_tone(told), f"case.{told.case}", words=words),
            self._hint(),
            element("div", {"class": "actions"}, again, onward),
            self._desk.room.shows(self._desk, visit, words=words),
            element(
                "div",
                {"class": "because"},
                *(_listed(words(name), lines) for name, lines in lists if lines),
            ),
        )

    def _trouble(self, visit: Visit | None) -> tuple[Child, ...]:
        again = visit.way if visit is not None else "question"
        return (
            band("wait", f"trouble.{self._desk.trouble}", words=self._words),
            element(
                "div", {"class": "actions"}, self._button("ask", "again", way=again)
            ),
        )

    def _button(
        self, what: str, name: str, *, way: str | None = None, quiet: bool = False
    ) -> Html:
        address = f"/{self._desk.room.name}/{what}"
        said = None
        if what == "ask":
            said = self._desk.room.fields(self._desk, self._words)
        return button(address, self._words(name), said, way=way, quiet=quiet)


def _tone(told: Told) -> str:
    return "aged" if told.case == "stale-accepted" else _TONES[told.outcome]


def button(
    address: str,
    text: str,
    *inside: Child,
    way: str | None = None,
    quiet: bool = False,
) -> Html:
    """Return a button that sends a form of its own, with what else is in it."""
    chosen = None
    if way is not None:
        chosen = element("input", {"type": "hidden", "name": "way", "value": way})
    return element(
        "form",
        {"method": "post", "action": address},
        chosen,
        *inside,
        element("button", {"class": "quiet" if quiet else None}, text),
    )


def band(tone: str, name: str, *, words: Words) -> Html:
    """Return what is read from two metres: a sign, a word, what to do."""
    return element(
        "div",
        {"class": f"band {tone}"},
        element("span", {"class": "mark", "aria-hidden": "true"}, _MARKS[tone]),
        element(
            "div",
            None,
            element("p", {"class": "outcome"}, words(f"outcome.{tone}")),
            element("h1", {"tabindex": "-1"}, words(name)),
            element("p", {"class": "do"}, words(f"{name}.do")),
        ),
    )


def _listed(title: str, lines: tuple[str, ...]) -> Html:
    items = [element("li", None, each) for each in lines]
    return element(
        "section", None, element("h2", None, title), element("ul", None, *items)
    )
