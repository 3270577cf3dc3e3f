"""Judge when, and for whom, an SD-JWT VC holds (SD-JWT VC section 2.2.2, RFC 7519)."""

from datetime import UTC, datetime
from typing import Final

from idwallet.codec.json import JsonObject
from idwallet.codec.numeric_date import numeric_seconds
from idwallet.credentials.required import Expected, HeldBy
from idwallet.report import CheckId, Reason
from idwallet.report.verdict import Answer
from idwallet.trust.policy import ExpiryRule, Policy

_TIMES: Final = ("exp", "nbf", "iat")
_BEGINNINGS: Final = (
    ("nbf", Reason.NOT_YET_VALID),
    ("iat", Reason.ISSUED_IN_THE_FUTURE),
)
_VALID: Final = frozenset({Reason.CURRENT, Reason.NO_EXPIRY_ACCEPTED})
# Looked up once: Python 3.11 takes as long to find a member as to call a function.
_VALIDITY: Final = CheckId.CREDENTIAL_VALIDITY
_CURRENT: Final = Reason.CURRENT


def judge_validity(
    claims: JsonObject, *, expected: Expected | HeldBy, policy: Policy, now: float
) -> tuple[Answer, datetime | None]:
    """Return what to say about the validity, and until when the credential holds.

    `claims` is the processed payload, `now` the moment in seconds since 1970. The
    second part is None unless the credential holds and has an end.
    """
    times: dict[str, int | float] = {}
    for name in _TIMES:
        if name in claims:
            seconds = numeric_seconds(claims[name])
            if seconds is None:
                facts = (("what", "no NumericDate"), ("at", name))
                return (_VALIDITY, Reason.MALFORMED, facts), None
            times[name] = seconds
    reason, fact, seconds = _window(times, policy, now=now)
    if "aud" in claims and reason in _VALID and not _is_for(claims, expected):
        reason, fact = Reason.MISMATCH, ""
    if not fact or seconds is None:
        return (_VALIDITY, reason, ()), None
    moment = datetime.fromtimestamp(seconds, UTC)
    answer = (_VALIDITY, reason, ((fact, moment),))
    return answer, moment if fact == "until" else None


def _window(
    times: dict[str, int | float], policy: Policy, *, now: float
) -> tuple[Reason, str, int | float | None]:
    """Return the reason, the fact that goes with it, and its moment in seconds."""
    skew = policy.clock_skew.total_seconds()
    until = times.get("exp")
    if until is not None and now - skew >= until:
        return Reason.EXPIRED, "until", until
    for name, reason in _BEGINNINGS:
        since = times.get(name)
        if since is not None and now + skew < since:
            return reason, "since", since
    if until is not None:
        return _CURRENT, "until", until
    if policy.expiry is ExpiryRule.REQUIRED:
        return Reason.NO_EXPIRY, "", None
    return Reason.NO_EXPIRY_ACCEPTED, "", None


def _is_for(claims: JsonObject, expected: Expected | HeldBy) -> bool:
    """Tell whether a credential for somebody's eyes only is for these (RFC 7519 4.1.3).

    Its holder may have it in any case.
    """
    if isinstance(expected, HeldBy):
        return True
    audience = claims["aud"]
    return expected.audience in (audience if isinstance(audience, list) else [audience])
