"""Lists of trust by hand, for the files of checks on them."""

from functools import cache

from idwallet.report import Check, CheckId, Outcome, Reason
from idwallet.testing.lists import (
    LIST_FORGERIES,
    ListDraft,
    ListForgery,
    ListScene,
    list_draft,
)
from idwallet.trust.lists import ListForm


@cache
def scene() -> ListScene:
    return ListScene(seed=b"idwallet TEST checks of lists")


def honest(form: ListForm = ListForm.TRUSTED_LIST) -> ListDraft:
    return list_draft(scene(), form)


def judged(made: ListDraft, check_id: CheckId) -> Check:
    """The one check of that name."""
    (found,) = [each for each in made.judgement().report.checks if each.id is check_id]
    return found


def came_to(made: ListDraft, check_id: CheckId) -> tuple[Outcome, Reason]:
    found = judged(made, check_id)
    return found.outcome, found.reason


def forged(check_id: CheckId, reason: Reason) -> ListForgery:
    """A forged list that is refused for that reason."""
    return next(
        each
        for each in LIST_FORGERIES
        if each.check is check_id and each.reason is reason
    )


def twins(check_id: CheckId, reason: Reason) -> tuple[Check, Check]:
    """The check on a valid list and on its forged twin."""
    valid, wrong = forged(check_id, reason).twins(scene())
    return judged(valid, check_id), judged(wrong, check_id)


def reasons_of(check_id: CheckId, outcome: Outcome) -> list[Reason]:
    """The reasons by which forged lists come to that outcome for the check."""
    from idwallet.report import TABLE

    return sorted(
        {
            each.reason
            for each in LIST_FORGERIES
            if each.check is check_id
            and TABLE[each.check, each.reason].outcome is outcome
        }
    )
