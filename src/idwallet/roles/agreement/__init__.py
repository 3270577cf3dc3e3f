"""Several people agree to one contract with presented identities.

Each party's wallet shows who its holder is, and binds to that presentation the digests
of the contract's documents, who all the parties are, and which of them it speaks for.
What all of them showed goes into one file that anybody can judge later, offline.
"""

from idwallet.roles.agreement.ask import Agreement
from idwallet.roles.agreement.context import AgreementContext
from idwallet.roles.agreement.evaluate import evaluate_agreement, verify_agreement
from idwallet.roles.agreement.evidence import (
    AgreementEvidence,
    PartyEvidence,
    read_agreement_evidence,
)
from idwallet.roles.agreement.verdict import (
    AgreedParty,
    UnverifiedAgreement,
    VerifiedAgreement,
)

__all__ = [
    "AgreedParty",
    "Agreement",
    "AgreementContext",
    "AgreementEvidence",
    "PartyEvidence",
    "UnverifiedAgreement",
    "VerifiedAgreement",
    "evaluate_agreement",
    "read_agreement_evidence",
    "verify_agreement",
]
