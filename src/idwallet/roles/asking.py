"""Who asks, out of the verdict on a request."""

from datetime import datetime
from typing import Final

from idwallet.codec.moment import require_aware
from idwallet.errors import (
    MalformedError,
    UsageError,
    VerificationIndeterminate,
    require_passed,
)
from idwallet.protocols.dc_api.evaluate import PageVerdict
from idwallet.protocols.dc_api.request import PageRequest
from idwallet.protocols.openid4vp.client import ClientIdPrefix, read_client_id
from idwallet.protocols.openid4vp.evaluate import RequestVerdict
from idwallet.protocols.openid4vp.message import read_carrier
from idwallet.protocols.openid4vp.request import RequestObject
from idwallet.report import Report
from idwallet.roles.asked import (
    Anonymous,
    Asked,
    Asker,
    Authenticated,
    Choice,
    OriginOnly,
)
from idwallet.roles.in_person import online
from idwallet.roles.party import party_facts

# Of whom an address or a key of their own making is all that is known.
_UNKNOWN: Final = (
    ClientIdPrefix.REDIRECT_URI,
    ClientIdPrefix.DECENTRALIZED_IDENTIFIER,
)


def require_asked(
    verdict: RequestVerdict | PageVerdict, report: Report, *, raw: str | bytes
) -> Asked:
    """Return what is asked, only if every check passed; `raw` is how it came.

    Raises:
        VerificationFailed: a check failed.
        VerificationIndeterminate: something could not be decided.
    """
    require_passed(report)
    request, by = verdict.request, _asker(verdict)
    if request is None or by is None:
        raise VerificationIndeterminate(report)
    found = verdict.registration
    return Asked(
        by,
        request.query,
        request.purpose,
        report,
        request,
        _evidence(raw) if isinstance(request, RequestObject) else _octets(raw),
        registration=None if found is None else found.registration,
        registered_ids=verdict.registered_ids,
        party=party_facts(
            verdict.signer, None if found is None else found.registration
        ),
    )


def _octets(raw: str | bytes) -> bytes:
    return raw.encode() if isinstance(raw, str) else raw


def _evidence(raw: str | bytes) -> bytes:
    """Return what was signed, without what carried it; else all of it as it came."""
    whole = _octets(raw)
    try:
        carried = read_carrier(raw)
    except MalformedError:
        return whole
    return whole if carried.parameters is not None else carried.token


def require_admitted(choice: Choice) -> None:
    """Return only if nobody unknown would see more than they were admitted to ask.

    What was asked was admitted; what a credential shows beside it was not.

    Raises:
        UsageError: a credential shows more than was asked, to somebody for whom nobody
            vouches.
    """
    if isinstance(choice.asked.by, Authenticated):
        return
    if any(each.more_than_asked for each in choice.shown):
        raise UsageError("the credential shows a stranger more than was asked")


def answerable(asked: Asked, choice: Choice, *, at: datetime) -> RequestObject:
    """Return the request, only if that choice may answer it now.

    Raises:
        UsageError: it was made for another request, shows a stranger more than they
            may see, the request expired, or `at` has no zone.
    """
    request = online(asked)
    require_answerable(asked, choice, expires=request.expires, at=at)
    return request


def require_answerable(
    asked: Asked, choice: Choice, *, expires: datetime, at: datetime
) -> None:
    """Return only if that choice may answer the request now.

    Raises:
        UsageError: see `answerable`.
    """
    require_aware(at)
    if choice.asked is not asked:
        raise UsageError("the choice was made for another request")
    require_admitted(choice)
    if at >= expires:  # RFC 7519 §4.1.4: "on or after"
        raise UsageError("the request has expired: ask the verifier for a new one")


def _asker(verdict: RequestVerdict | PageVerdict) -> Asker | None:
    request, signer = verdict.request, verdict.signer
    if request is None:
        return None
    if signer is None:
        return _stranger(request)
    own = None if verdict.attested is not None else signer.path
    return Authenticated(
        name=verdict.asker or signer.name,
        client_id=request.client_id,
        anchor=signer.anchor.name,
        certificate=None if own is None else own.leaf.sha256.hex(),
    )


def _stranger(request: RequestObject | PageRequest) -> Asker | None:
    """Return what is known of whom nobody vouches for."""
    if isinstance(request, PageRequest):
        # A browser vouches for the origin; a key of its own making adds nothing.
        return OriginOnly(request.origin, request.client_id)
    client = read_client_id(request.client_id, at="/client_id")
    if client.prefix not in _UNKNOWN:
        return None  # whoever has a key signs with it
    return Anonymous(request.client_id, request.response_uri)
