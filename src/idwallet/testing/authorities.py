"""Who stamps the time and who signs documents, certified by a test infrastructure."""

from collections.abc import Callable
from dataclasses import replace

from idwallet.crypto.algorithms import Algorithm
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.pki import Fault, TestIdentity, TestPki
from idwallet.trust.usages import TIME_STAMPING

Change = Callable[[CertificatePlan], CertificatePlan]


def unchanged(plan: CertificatePlan) -> CertificatePlan:
    """Return the plan as it is."""
    return plan


def timestamp_authority(
    pki: TestPki,
    *,
    fault: Fault | None = None,
    algorithm: Algorithm | None = None,
    change: Change = unchanged,
) -> TestIdentity:
    """Certify an authority that stamps the time, as RFC 3161 2.3 wants it.

    `fault` and `change` are those of `TestPki.issuer`.
    """

    def planned(plan: CertificatePlan) -> CertificatePlan:
        is_other = fault is Fault.LEAF_FOR_CODE
        kept = plan.key_purposes if is_other else (TIME_STAMPING,)
        return change(
            replace(
                plan, key_purposes=kept, critical_purposes=True, alternative_names=()
            )
        )

    return pki.issuer(
        "https://tsa.example", fault=fault, algorithm=algorithm, change=planned
    )
