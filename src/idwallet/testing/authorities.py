"""Who stamps the time and who signs documents, certified by a test infrastructure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from idwallet.crypto.algorithms import Algorithm
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.pki import Fault, TestIdentity, TestPki
from idwallet.trust.certificate import KeyUsage
from idwallet.trust.usages import TIME_STAMPING

Change = Callable[[CertificatePlan], CertificatePlan]


def unchanged(plan: CertificatePlan) -> CertificatePlan:
    """Return the plan as it is."""
    return plan


DOCUMENT_SIGNING: Final = "1.3.6.1.5.5.7.3.36"


def document_signer(  # noqa: PLR0913 - each alters another part of the chain
    pki: TestPki,
    name: str = "https://signer.example",
    *,
    fault: Fault | None = None,
    algorithm: Algorithm | None = None,
    intermediates: int = 1,
    change: Change = unchanged,
    ca_change: Change = unchanged,
) -> TestIdentity:
    """Certify somebody who signs documents (RFC 9336, EN 319 412-2 4.3.2).

    `fault`, `intermediates` and the changes are those of `TestPki.issuer`.
    """

    def planned(plan: CertificatePlan) -> CertificatePlan:
        if fault is not Fault.LEAF_FOR_CODE:
            plan = replace(plan, key_purposes=(DOCUMENT_SIGNING,))
        if fault is not Fault.LEAF_MUST_NOT_SIGN:
            usage = frozenset({KeyUsage.CONTENT_COMMITMENT})
            plan = replace(plan, key_usage=usage)
        return change(plan)

    return pki.issuer(
        name,
        fault=fault,
        algorithm=algorithm,
        intermediates=intermediates,
        change=planned,
        ca_change=ca_change,
    )


def timestamp_authority(
    pki: TestPki,
    *,
    fault: Fault | None = None,
    algorithm: Algorithm | None = None,
    intermediates: int = 1,
    change: Change = unchanged,
    ca_change: Change = unchanged,
) -> TestIdentity:
    """Certify an authority that stamps the time, as RFC 3161 2.3 wants it.

    `fault`, `intermediates` and the changes are those of `TestPki.issuer`.
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
        "https://tsa.example",
        fault=fault,
        algorithm=algorithm,
        intermediates=intermediates,
        change=planned,
        ca_change=ca_change,
    )
