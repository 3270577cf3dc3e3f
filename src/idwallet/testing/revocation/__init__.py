"""CRLs and OCSP responses for tests: right, or wrong in one thing.

for case in revocation_cases():
    assert isinstance(case.twin.judge(), Good)
    assert not isinstance(case.forged.judge(), Good)
"""

from idwallet.testing.revocation.case import Case, Outcome, outcome
from idwallet.testing.revocation.cases import revocation_cases
from idwallet.testing.revocation.plans import (
    CrlPlan,
    EntryPlan,
    OcspPlan,
    SinglePlan,
    scope,
)
from idwallet.testing.revocation.world import (
    Scene,
    World,
    authority,
    certified,
    key_of,
    no_check,
)

__all__ = [
    "Case",
    "CrlPlan",
    "EntryPlan",
    "OcspPlan",
    "Outcome",
    "Scene",
    "SinglePlan",
    "World",
    "authority",
    "certified",
    "key_of",
    "no_check",
    "outcome",
    "revocation_cases",
    "scope",
]
