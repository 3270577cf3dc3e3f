"""Every forged CRL and OCSP response there is, each beside its valid twin."""

from itertools import chain

from idwallet.testing.revocation import crl_cases, delegate_cases, ocsp_cases
from idwallet.testing.revocation.case import Case


def revocation_cases() -> tuple[Case, ...]:
    """Return the cases; no two have the same name."""
    return tuple(
        chain(
            crl_cases.signature_cases(),
            crl_cases.time_cases(),
            crl_cases.format_cases(),
            crl_cases.entry_cases(),
            crl_cases.listing_cases(),
            crl_cases.scope_cases(),
            crl_cases.delta_cases(),
            delegate_cases.delegate_cases(),
            [crl_cases.algorithm_case()],
            ocsp_cases.identifier_cases(),
            ocsp_cases.status_cases(),
            ocsp_cases.time_cases(),
            ocsp_cases.question_cases(),
            ocsp_cases.format_cases(),
            ocsp_cases.responder_cases(),
        )
    )
