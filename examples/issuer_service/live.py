"""The part of an offer's page that changes: a sentence, what to do, and the steps."""

from collections.abc import Iterator
from typing import Final

from examples.issuer_service.invented import SLOW
from examples.issuer_service.records import OfferRecord
from examples.web.elements import Html, element, together
from examples.web.language import Words

_ENDS: Final = {"accepted": "good", "refused": "bad", "denied": "bad", "expired": "bad"}


def live_part(found: OfferRecord, words: Words) -> Html:
    """Return it."""
    tone = _ENDS.get(found.stage, "wait" if found.mistyped else "")
    said = element(
        "div",
        {
            "class": f"verdict {tone}",
            "data-stage": found.stage,
            "data-final": found.stage in _ENDS,
        },
        element("p", None, element("strong", None, words(f"stage.{found.stage}"))),
        element("p", None, _more(found, words)),
    )
    steps = [_step(words, name, place=place) for name, place in _steps(found)]
    return together(
        said,
        _clerk(found, words),
        element("ol", {"class": "steps"}, *steps),
        _again(found, words),
    )


def _more(found: OfferRecord, words: Words) -> str:
    if found.stage == "offered" and found.mistyped:
        return words("stage.mistyped")
    if found.stage == "waiting" and found.clerk:
        return words("clerk.decided")
    return words(f"stage.{found.stage}.more", copies=found.copies)


def _steps(found: OfferRecord) -> Iterator[tuple[str, str]]:
    """Yield each step with where it stands: done, now, todo, or ended."""
    names = ["offered", "taken", "issued", "accepted"]
    if found.credential in SLOW:
        names.insert(2, "waiting")
    # Where it ends badly, that takes the place of what would have come.
    after = {"expired": "offered", "denied": "waiting", "refused": "issued"}
    if found.stage in after:
        names = [*names[: names.index(after[found.stage]) + 1], found.stage]
        if found.stage == "denied":
            names.remove("waiting")
    reached = names.index(found.stage)
    for number, name in enumerate(names):
        if number == reached:
            ends = _ENDS.get(name)
            yield name, {"good": "done", "bad": "ended"}.get(ends or "", "now")
        else:
            yield name, "done" if number < reached else "todo"


def _step(words: Words, name: str, *, place: str) -> Html:
    hidden = element("span", {"class": "said"}, f" ({words(f'step.{place}')})")
    current = "step" if place == "now" else None
    return element(
        "li", {"class": place, "aria-current": current}, words(f"step.{name}"), hidden
    )


def _clerk(found: OfferRecord, words: Words) -> Html | None:
    if found.stage != "waiting" or found.clerk:
        return None
    forms = [
        element(
            "form",
            {"method": "post", "action": f"/offers/{found.id}/clerk"},
            element("input", {"type": "hidden", "name": "decision", "value": name}),
            element(
                "button",
                {"class": None if name == "confirm" else "quiet"},
                words(f"clerk.{name}"),
            ),
        )
        for name in ("confirm", "refuse")
    ]
    return element("div", {"class": "actions"}, *forms)


def _again(found: OfferRecord, words: Words) -> Html | None:
    if found.stage not in _ENDS:
        return None
    return element(
        "p",
        {"class": "actions"},
        element("a", {"class": "button", "href": "/"}, words("again")),
    )
