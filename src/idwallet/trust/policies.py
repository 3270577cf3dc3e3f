"""Ready policies, each named for the counter that it was made for.

The rules that a policy is made of stand here too, for an application's own:
`dataclasses.replace(policies.RETAIL, name="kiosk", status=policies.StatusRule...)`.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from idwallet.trust.freshness import FreshnessRule, StaleRule
from idwallet.trust.policy import (
    Admission,
    BindingRule,
    DelegationRule,
    ExpiryRule,
    MetadataRule,
    OneWayRule,
    Policy,
    PresenceRule,
    ReaderRule,
    RegistrationRule,
    RevocationRule,
    SignerProfileRule,
    StatusRule,
)

__all__ = [
    "FINANCE",
    "HOTEL",
    "RETAIL",
    "STRICT",
    "WALLET",
    "Admission",
    "BindingRule",
    "DelegationRule",
    "ExpiryRule",
    "FreshnessRule",
    "MetadataRule",
    "OneWayRule",
    "Policy",
    "PresenceRule",
    "ReaderRule",
    "RegistrationRule",
    "RevocationRule",
    "SignerProfileRule",
    "StaleRule",
    "StatusRule",
]

STRICT: Final = Policy(name="strict")
"""Everything that can be required is: what passes here passes everywhere.

A status list is at most 24 hours old and within its time to live, evidence about the
issuer's certificates at most 7 days.
"""

RETAIL: Final = Policy(
    name="retail",
    presence=PresenceRule.NOT_ESTABLISHED_ACCEPTED,
    status=StatusRule.IF_PRESENT,
    metadata=MetadataRule.IF_PRESENT,
    revocation=RevocationRule.IF_AT_HAND,
    signer_profile=SignerProfileRule.DEVIATIONS_ACCEPTED,
    one_way=OneWayRule.BOUND_ACCEPTED,
    delegation=DelegationRule.GUARDIANS_ACCEPTED,
    freshness=FreshnessRule(StaleRule.ACCEPTED, timedelta(days=7)),
)
"""An age at a till: the cashier sees the person, and the sale is small.

A till may be without a network for days: a status list past its time to live is
accepted for a week, and the verdict says so. A code that a holder shows unasked is
taken where it is bound to this till, and so is one by which a parent answers for a
child.
"""

HOTEL: Final = replace(RETAIL, name="hotel", key_binding_age=timedelta(minutes=5))
"""Registering a guest: the clerk sees the person, and forms take longer."""

FINANCE: Final = Policy(
    name="finance",
    presence=PresenceRule.ATTESTED,
    metadata=MetadataRule.IF_PRESENT,
)
"""Opening an account: not revoked, nor who issued it, and the person was there."""

WALLET: Final = Policy(
    name="wallet",
    presence=PresenceRule.NOT_ESTABLISHED_ACCEPTED,
    status=StatusRule.NOT_REQUIRED_ACCEPTED,
    metadata=MetadataRule.IF_PRESENT,
    expiry=ExpiryRule.IF_PRESENT,
    revocation=RevocationRule.IF_AT_HAND,
    signer_profile=SignerProfileRule.DEVIATIONS_ACCEPTED,
    registration=RegistrationRule.IF_PRESENT,
    delegation=DelegationRule.GUARDIANS_ACCEPTED,
)
"""A wallet adding its owner's credential, or reading who asks for one.

It relies on nothing that the credential says, so it accepts what its verifiers may
not; who issued it and who asks is checked as strictly as anywhere. A reader in person
may say nothing of itself (ISO/IEC 18013-5 9.1.4): the verdict says so, and the person
decides. Its owner may answer for a child, within what was delegated.
"""
