"""A forged registration is refused for its reason, and its twin is believed."""

from functools import cache

import pytest

from idwallet.errors import VerificationError
from idwallet.report import Outcome, Reason
from idwallet.testing.corpus.forgery import moved
from idwallet.testing.registrations import (
    REGISTRATION_FORGERIES,
    RegistrationForgery,
    RegistrationScene,
)
from idwallet.trust.relying_party import (
    UnverifiedRegistration,
    VerifiedRegistration,
    verify_registration,
)


@cache
def scene() -> RegistrationScene:
    return RegistrationScene(seed=b"idwallet TEST registrations")


@pytest.mark.parametrize("forgery", REGISTRATION_FORGERIES, ids=lambda each: each.name)
def test_a_forged_registration_is_told_from_its_valid_twin(
    forgery: RegistrationForgery,
) -> None:
    valid, forged = forgery.twins(scene())
    good, bad = valid.judgement(), forged.judgement()
    assert isinstance(good, VerifiedRegistration), good.report.checks
    assert isinstance(bad, UnverifiedRegistration)
    reasons = {
        (each.id, each.reason)
        for each in bad.report.checks
        if each.outcome is not Outcome.PASSED and each.reason is not Reason.WAITING
    }
    assert reasons == {(forgery.check, forgery.reason)}
    assert moved(good.report, bad.report)[0] == {forgery.check}
    with pytest.raises(VerificationError):
        verify_registration(forged.data(), access=forged.access, rules=forged.rules)


def test_forged_registrations_have_names_of_their_own() -> None:
    names = [each.name for each in REGISTRATION_FORGERIES]
    assert len(set(names)) == len(names)
