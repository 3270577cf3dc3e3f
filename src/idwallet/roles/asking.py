"""Who asks, out of the verdict on a request."""

from idwallet.errors import MalformedError
from idwallet.protocols.openid4vp.evaluate import RequestVerdict
from idwallet.protocols.openid4vp.message import read_carrier
from idwallet.report import Outcome, Report
from idwallet.roles.asked import Asked, Asker, Authenticated


def asked_of(
    verdict: RequestVerdict, report: Report, *, raw: str | bytes
) -> Asked | None:
    """Return what is asked, only if every check passed; `raw` is how it came."""
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
        _evidence(raw),
        registration=None if found is None else found.registration,
        registered_ids=verdict.registered_ids,
    )


def _evidence(raw: str | bytes) -> bytes:
    """Return what was signed, without what carried it; else all of it as it came."""
    try:
        return read_carrier(raw).token
    except MalformedError:
        return raw.encode() if isinstance(raw, str) else raw


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
