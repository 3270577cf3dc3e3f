"""Registrations by hand, for the files of checks on them."""

from functools import cache

from idwallet.report import TABLE, Check, CheckId, Outcome, Reason
from idwallet.testing.registrations import (
    REGISTRATION_FORGERIES,
    RegistrationDraft,
    RegistrationScene,
    registration_draft,
)


@cache
def scene() -> RegistrationScene:
    return RegistrationScene(seed=b"idwallet TEST checks of registrations")


def honest() -> RegistrationDraft:
    return registration_draft(scene())


def judged(made: RegistrationDraft, check_id: CheckId) -> Check:
    """The one check of that name."""
    (found,) = [each for each in made.judgement().report.checks if each.id is check_id]
    return found


def came_to(made: RegistrationDraft, check_id: CheckId) -> tuple[Outcome, Reason]:
    found = judged(made, check_id)
    return found.outcome, found.reason


def twins(check_id: CheckId, reason: Reason) -> tuple[Check, Check]:
    """The check on a valid registration and on its forged twin."""
    forgery = next(
        each
        for each in REGISTRATION_FORGERIES
        if each.check is check_id and each.reason is reason
    )
    valid, wrong = forgery.twins(scene())
    return judged(valid, check_id), judged(wrong, check_id)


def waiting(check_id: CheckId, on: CheckId, because: Reason) -> Check:
    """The check where the one that it waits for failed."""
    forgery = next(
        each
        for each in REGISTRATION_FORGERIES
        if each.check is on and each.reason is because
    )
    return judged(forgery.twins(scene())[1], check_id)


def reasons_of(check_id: CheckId, outcome: Outcome) -> list[Reason]:
    """The reasons by which forged registrations come to that outcome."""
    found = {each.reason for each in REGISTRATION_FORGERIES if each.check is check_id}
    return sorted(each for each in found if TABLE[check_id, each].outcome is outcome)
