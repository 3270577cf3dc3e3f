"""The part of a request's page that changes: what to do now, and why."""

from collections.abc import Iterator
from typing import Final

from examples.verifier_service.counter import Standing
from examples.web.elements import Html, element, together
from examples.web.language import Words

from idwallet import explain
from idwallet.explain import show
from idwallet.report import Outcome, Report
from idwallet.roles import AnswerState

_VERDICTS: Final = {
    AnswerState.PASSED: "good",
    AnswerState.FAILED: "bad",
    AnswerState.INDETERMINATE: "wait",
}
_STEPS: Final = ("waiting", "read", "answered")


def stage_of(found: Standing) -> str:
    """Return how far it is, in a word that the words know."""
    state = found.outcome.state
    if state is AnswerState.WAITING:
        if found.is_over:
            return "expired"
        return "read" if found.record.was_read else "waiting"
    return state.value


def is_open(found: Standing) -> bool:
    """Whether a wallet can still answer."""
    return stage_of(found) in {"waiting", "read", "declined"} and not found.is_over


def live_part(found: Standing, words: Words) -> Html:
    """Return it."""
    stage = stage_of(found)
    # Under a verdict it still matters whether somebody answers once more.
    attributes: dict[str, str | bool | None] = {
        "data-stage": stage,
        "data-final": stage in {"taken", "foreign", "unknown"},
    }
    report = found.outcome.report
    if report is None:
        tone = {"expired": "bad", "declined": "wait", "taken": "wait"}.get(stage, "")
        said = element(
            "div",
            {"class": f"verdict {tone}", **attributes},
            element("p", None, element("strong", None, words(f"stage.{stage}"))),
            element("p", None, words(f"stage.{stage}.more")),
        )
        return together(said, _again(found, words), _steps(stage, words))
    return together(
        _verdict(found, report, words=words, attributes=attributes),
        _proven(found, words),
        _again(found, words),
        _reasons(report, words),
    )


def _verdict(
    found: Standing,
    report: Report,
    *,
    words: Words,
    attributes: dict[str, str | bool | None],
) -> Html:
    told = explain(report, lang=words.lang, reader="clerk")
    actions = dict.fromkeys(e.next_action for e in told.lines if e.next_action)
    mark = {"good": "✓", "bad": "✕"}.get(_VERDICTS[found.outcome.state], "!")
    return element(
        "div",
        {"class": f"verdict large {_VERDICTS[found.outcome.state]}", **attributes},
        element("span", {"class": "mark", "aria-hidden": "true"}, mark),
        element("p", None, element("strong", None, told.headline)),
        *(element("p", None, each) for each in actions),
    )


def _proven(found: Standing, words: Words) -> Html | None:
    presentation = found.outcome.presentation
    if presentation is None:
        return None
    rows: list[Html] = []
    for credential in presentation.credentials:
        leaves = _leaves(dict(credential.claims))
        for path, value in sorted(leaves, key=lambda e: words.place(f"claim.{e[0]}")):
            name = words.optional(f"claim.{path}") or show(path)
            rows += [
                element("dt", None, name),
                element("dd", None, _text(value, words)),
            ]
    return element("dl", None, *rows) if rows else None


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, each in value.items():
            if path or name not in _OF_THE_CARD:
                yield from _leaves(each, f"{path}/{name}" if path else str(name))
    else:
        yield path, value


# What a card says of itself, and not of the person.
_OF_THE_CARD: Final = frozenset(
    {"iss", "vct", "cnf", "iat", "exp", "nbf", "status", "_sd_alg", "vct#integrity"}
)


def _text(value: object, words: Words) -> str:
    if isinstance(value, bool):
        return words("yes" if value else "no")
    if isinstance(value, list):
        return ", ".join(_text(each, words) for each in value)
    return show(str(value))


def _reasons(report: Report, words: Words) -> Html | None:
    told = explain(report, lang=words.lang, reader="clerk")
    if not told.lines:
        return None
    return element(
        "details",
        {"open": report.outcome is not Outcome.PASSED},
        element("summary", None, words("why")),
        element("ul", None, *(element("li", None, each.text) for each in told.lines)),
    )


def _again(found: Standing, words: Words) -> Html | None:
    if not found.record.again:
        return None
    return element(
        "div",
        {"class": "verdict wait again"},
        element("p", None, words("again", count=found.record.again)),
    )


def _steps(stage: str, words: Words) -> Html | None:
    if stage not in _STEPS:
        return None
    reached = _STEPS.index(stage)
    items = []
    for number, name in enumerate(_STEPS):
        place = "todo" if number > reached else "done" if number < reached else "now"
        hidden = element("span", {"class": "said"}, f" ({words(f'step.{place}')})")
        current = "step" if place == "now" else None
        items.append(
            element(
                "li",
                {"class": place, "aria-current": current},
                words(f"step.{name}"),
                hidden,
            )
        )
    return element("ol", {"class": "steps"}, *items)
