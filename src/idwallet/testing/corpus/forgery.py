"""One forged input, its valid twin, and what telling them apart must say."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.draft import Draft, draft
from idwallet.testing.scene import Scene

_Made = TypeVar("_Made")


def nothing(_: object) -> None:
    """Change nothing."""


@dataclass(frozen=True, slots=True)
class Forged(Generic[_Made]):
    """One thing wrong with one kind of input, which must be refused for one reason.

    `prepare` shapes both twins; `forge` then puts the fault into one of them. The
    fault moves `check` to the outcome that the table has for `reason`, and no other
    check, except that dependent ones wait.
    """

    name: str
    check: CheckId
    reason: Reason
    forge: Callable[[_Made], None]
    prepare: Callable[[_Made], None] = nothing

    def apart(self, start: Callable[[], _Made]) -> tuple[_Made, _Made]:
        """Return what `start` makes twice over: valid, and with the fault."""
        valid, forged = start(), start()
        for each in (valid, forged):
            self.prepare(each)
        self.forge(forged)
        return valid, forged


@dataclass(frozen=True, slots=True)
class Forgery(Forged[Draft]):
    """A presentation that a verifier must refuse; see `Forged`."""

    def twins(self, scene: Scene) -> tuple[Draft, Draft]:
        """Return the valid draft and the forged one, each for a request of its own."""
        return self.apart(lambda: draft(scene))


def judge(made: Draft) -> Report:
    """Evaluate a draft as the scene's verifier would."""
    return evaluate_presentation(
        made.response(),
        request=made.request,
        trust=made.believed(),
        at=made.scene.at,
    ).report


def moved(valid: Report, forged: Report) -> tuple[set[CheckId], set[CheckId]]:
    """Return the checks that the fault failed or left open, and those that now wait.

    A check that no longer ran because what it was about could not be read counts as
    waiting.
    """
    before = {(each.id, each.subject): each.outcome for each in valid.checks}
    after = {(each.id, each.subject) for each in forged.checks}
    hit: set[CheckId] = set()
    wait = {check_id for check_id, _ in before.keys() - after}
    for each in forged.checks:
        if each.reason is Reason.WAITING:
            wait.add(each.id)
        elif each.outcome is not before.get((each.id, each.subject), Outcome.PASSED):
            hit.add(each.id)
    return hit, wait


def by_name(forgeries: Iterable[Forgery]) -> dict[str, Forgery]:
    """Index forgeries by their name, which is theirs alone."""
    return {each.name: each for each in forgeries}
