"""Purpose profiles, and the judgement of what is asked against them.

    judgement = judge(Asking(query=query, purpose="age-restricted-sale"))
    judgement.excessive      # the claims that the purpose does not need

A profile is a data file with its legal sources (docs/howto/write-a-purpose-profile.md).
"""

from idwallet.consent.purpose.circumstances import NEVER_BEFORE, Earlier
from idwallet.consent.purpose.disclosure import (
    NOBODY,
    AllowedParty,
    AuthorityCertificate,
    DisclosurePolicy,
    DisclosureRule,
    PartyFacts,
    read_disclosure_policy,
)
from idwallet.consent.purpose.fields import fields_for, query_for
from idwallet.consent.purpose.findings import (
    Caution,
    CautionCode,
    ClaimJudgement,
    Finding,
    Judgement,
    Place,
)
from idwallet.consent.purpose.judge import Asking, judge
from idwallet.consent.purpose.keeping import promise_for
from idwallet.consent.purpose.load import (
    PURPOSE_PROFILE,
    Purposes,
    purposes_of,
    shipped_purposes,
)
from idwallet.consent.purpose.read import read_purpose
from idwallet.consent.purpose.structures import (
    Basis,
    Counted,
    CredentialNeeds,
    ProfileClaim,
    ProfileOrigin,
    PurposeProfile,
    Retention,
    Source,
)

__all__ = [
    "NEVER_BEFORE",
    "NOBODY",
    "PURPOSE_PROFILE",
    "AllowedParty",
    "Asking",
    "AuthorityCertificate",
    "Basis",
    "Caution",
    "CautionCode",
    "ClaimJudgement",
    "Counted",
    "CredentialNeeds",
    "DisclosurePolicy",
    "DisclosureRule",
    "Earlier",
    "Finding",
    "Judgement",
    "PartyFacts",
    "Place",
    "ProfileClaim",
    "ProfileOrigin",
    "PurposeProfile",
    "Purposes",
    "Retention",
    "Source",
    "fields_for",
    "judge",
    "promise_for",
    "purposes_of",
    "query_for",
    "read_disclosure_policy",
    "read_purpose",
    "shipped_purposes",
]
