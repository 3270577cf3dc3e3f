"""Relying parties: who asks, and what they are registered to ask (ETSI TS 119 475).

The access certificate (ETSI TS 119 411-8) is X.509 and says who asks; the registration
certificate is a JWT or a CWT and says for which use, which credentials and claims.
"""

from idwallet.trust.relying_party.access import (
    AccessCertificate,
    AccessPolicy,
    AccessRefused,
    access_certificate,
    read_party,
)
from idwallet.trust.relying_party.evaluate import (
    RegistrationRules,
    UnverifiedRegistration,
    VerifiedRegistration,
    evaluate_registration,
    read_registration,
    verify_registration,
)
from idwallet.trust.relying_party.structures import (
    LocalText,
    Party,
    RegisteredClaim,
    RegisteredCredential,
    Registration,
    StatusReference,
)

__all__ = [
    "AccessCertificate",
    "AccessPolicy",
    "AccessRefused",
    "LocalText",
    "Party",
    "RegisteredClaim",
    "RegisteredCredential",
    "Registration",
    "RegistrationRules",
    "StatusReference",
    "UnverifiedRegistration",
    "VerifiedRegistration",
    "access_certificate",
    "evaluate_registration",
    "read_party",
    "read_registration",
    "verify_registration",
]
