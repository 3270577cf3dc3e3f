"""Registrations of relying parties, right or wrong in one thing.

    from idwallet.testing.registrations import REGISTRATION_FORGERIES, RegistrationScene

    scene = RegistrationScene()
    for forgery in REGISTRATION_FORGERIES:
        valid, forged = forgery.twins(scene)
        assert isinstance(valid.judgement(), VerifiedRegistration)
        assert isinstance(forged.judgement(), UnverifiedRegistration)

Every key is a test key, and every party is invented.
"""

from idwallet.testing.registrations.draft import RegistrationDraft, registration_draft
from idwallet.testing.registrations.forgeries import (
    REGISTRATION_FORGERIES,
    RegistrationForgery,
)
from idwallet.testing.registrations.scene import (
    BROKER,
    SHOP,
    RegistrationScene,
    access_plan,
)

__all__ = [
    "BROKER",
    "REGISTRATION_FORGERIES",
    "SHOP",
    "RegistrationDraft",
    "RegistrationForgery",
    "RegistrationScene",
    "access_plan",
    "registration_draft",
]
