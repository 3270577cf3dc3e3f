"""Lists and registrations that we believe are believed by openvc-core too."""

from datetime import UTC
from functools import cache
from typing import Final

import pytest
from openvc.rp_registration import (
    RpRegistrationError,
    verify_rp_registration_certificate,
)
from openvc.trustlist.errors import TrustListError
from openvc.trustlist.lote import consume_lote

from idwallet.report import CheckId
from idwallet.testing.certificates import ORGANISATION
from idwallet.testing.lists import LIST_FORGERIES, ListDraft, ListForgery, ListScene
from idwallet.testing.registrations import (
    REGISTRATION_FORGERIES,
    RegistrationDraft,
    RegistrationForgery,
    RegistrationScene,
)
from idwallet.trust.lists import ListForm

LENIENT: Final = {
    "lote: too long": "its bound is higher, and white space counts",
    "an unknown version": "it reads a version that it does not know",
    "the digest of another certificate": "it does not look at x5t#S256",
    "another certificate named": "it does not look at x5t#S256",
    "a signer of code": "it asks for a key usage only where it is told which",
    "anchors that were to be renewed": "it is not told until when its anchors stand",
    "anchors of tomorrow": "it is not told when its anchors were taken",
    "a registrar that is a CA": "it lets a CA sign registrations itself",
}
"""What it takes and we do not, and why; what it comes to refuse must leave here."""

# Its valid twin is one that openvc does not take: RSA, and a critical time of signing.
_NO_TWIN: Final = {"RSA named where it is allowed", "a critical header"}

SIGNED: Final = [
    each
    for each in LIST_FORGERIES
    if each.form is ListForm.LOTE
    and each.check in {CheckId.TRUSTED_LIST_SIGNATURE, CheckId.TRUSTED_LIST_FORMAT}
    and each.name not in _NO_TWIN
]
# Whom a registration is about and whether it was revoked openvc asks elsewhere.
GENUINE: Final = [
    each
    for each in REGISTRATION_FORGERIES
    if each.check in {CheckId.REGISTRATION_SIGNATURE, CheckId.REGISTRATION_TRUST}
]


@cache
def lists() -> ListScene:
    return ListScene(seed=b"idwallet TEST openvc lists")


@cache
def registrations() -> RegistrationScene:
    return RegistrationScene(seed=b"idwallet TEST openvc registrations")


def _takes_list(made: ListDraft) -> bool:
    # It holds the operator's name against the organisation that signed.
    made.facts.operator = ORGANISATION
    try:
        consume_lote(
            made.data(),
            expected_signer_certs=[lists().operator.certificate.native],
            now=lists().at.astimezone(UTC),
        )
    except TrustListError:
        return False
    return True


def _takes_registration(made: RegistrationDraft) -> bool:
    try:
        verify_rp_registration_certificate(
            made.data(),
            trust_anchors=[registrations().registrars.root.native],
            now=registrations().at.astimezone(UTC),
        )
    except RpRegistrationError:
        return False
    return True


@pytest.mark.parametrize("forgery", SIGNED, ids=lambda each: each.name)
def test_openvc_tells_a_forged_list_from_its_twin_or_we_say_why(
    forgery: ListForgery,
) -> None:
    valid, forged = forgery.twins(lists())
    assert _takes_list(valid)
    assert _takes_list(forged) is (forgery.name in LENIENT)


@pytest.mark.parametrize("forgery", GENUINE, ids=lambda each: each.name)
def test_openvc_tells_a_forged_registration_from_its_twin_or_we_say_why(
    forgery: RegistrationForgery,
) -> None:
    valid, forged = forgery.twins(registrations())
    assert _takes_registration(valid)
    assert _takes_registration(forged) is (forgery.name in LENIENT)


def test_what_is_said_to_be_taken_is_forged_here() -> None:
    names = {each.name for each in (*SIGNED, *GENUINE)}
    assert names >= LENIENT.keys()
