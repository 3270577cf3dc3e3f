"""Who asks, out of the verdict on a request."""

from idwallet.protocols.openid4vp.evaluate import RequestVerdict
from idwallet.report import Outcome, Report
from idwallet.roles.asked import Asked, Asker, Authenticated


def asked_of(verdict: RequestVerdict, report: Report) -> Asked | None:
    """Return what is asked, only if every check passed."""
    request, by = verdict.request, _asker(verdict)
    if report.outcome is not Outcome.PASSED or request is None or by is None:
        return None
    found = verdict.registration
    return Asked(
        by,
        request.query,
        request.purpose,
        report,
        request,
        registration=None if found is None else found.registration,
        registered_ids=verdict.registered_ids,
    )


def _asker(verdict: RequestVerdict) -> Asker | None:
    request, signer = verdict.request, verdict.signer
    if request is None or signer is None:
        return None
    return Authenticated(
        name=signer.name,
        client_id=request.client_id,
        anchor=signer.anchor.name,
        certificate=None if signer.path is None else signer.path.leaf.sha256.hex(),
    )
