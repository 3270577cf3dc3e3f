"""Whether a request is well formed, within its profile, and of now."""

from typing import Final, NamedTuple

from idwallet import limits
from idwallet.credentials.required import Context
from idwallet.errors import MalformedError, UnsupportedError, fault_reason
from idwallet.protocols.openid4vp.judging import Opened, say
from idwallet.protocols.openid4vp.parameters import (
    Parameters,
    Validity,
    read_parameters,
    read_validity,
)
from idwallet.protocols.openid4vp.profiled import (
    Ask,
    Outside,
    outside_by_name,
    outside_by_way,
    outside_profile,
)
from idwallet.protocols.openid4vp.refusals import ErrorCode, code_for
from idwallet.report import Check, CheckId, Facts, Reason
from idwallet.trust.policy import Policy

_DATES: Final = frozenset({"iat", "nbf", "exp"})


class Judged(NamedTuple):
    """One check, and the code that answers its failure."""

    check: Check
    error: ErrorCode


def judge_format(
    opened: Opened, policy: Policy, *, transactions: frozenset[str]
) -> tuple[Judged, Parameters | None]:
    """Read what is asked, and hold it to the profile; it never raises for it."""
    profile = policy.profile
    outside = outside_by_way(by_link=opened.by_link, profile=profile)
    outside = outside or outside_by_name(opened.client, profile)
    if outside is not None:
        return _refused(outside), None
    try:
        parameters = read_parameters(
            opened.claims,
            opened.client,
            transactions=transactions,
            origin=opened.origin,
        )
    except (MalformedError, UnsupportedError) as fault:
        return format_fault(fault), None
    ask = Ask(
        parameters.client, parameters.mode, parameters.query, parameters.encryption
    )
    outside = outside_profile(ask, profile)
    if outside is not None:
        return _refused(outside), None
    formed = say(CheckId.REQUEST_FORMAT, Reason.WELL_FORMED)
    return Judged(formed, ErrorCode.INVALID_REQUEST), parameters


def _refused(outside: Outside) -> Judged:
    facts: Facts = {"what": outside.what, "at": outside.at}
    said = say(CheckId.REQUEST_FORMAT, Reason.OUTSIDE_PROFILE, facts=facts)
    return Judged(said, ErrorCode.INVALID_REQUEST)


def judge_validity(opened: Opened, context: Context) -> tuple[Check, Validity | None]:
    """Say whether a request may be answered now, and until when.

    One that a browser hands on is heard the moment it is made, and only from a page
    that its signer named: without dates it is answered for a short time.
    """
    undated = opened.origin is not None and _DATES.isdisjoint(opened.claims)
    if opened.jws is None or undated:
        # Whoever writes an unsigned request writes its dates: they prove nothing.
        validity = Validity(None, None, context.at + limits.REQUEST_LIFETIME)
        return say(CheckId.REQUEST_VALIDITY, Reason.NO_EXPIRY_ACCEPTED), validity
    try:
        validity = read_validity(opened.claims)
    except MalformedError as fault:
        said = {"what": fault.what, "at": fault.at}
        return say(CheckId.REQUEST_VALIDITY, Reason.MALFORMED, facts=said), None
    reason, facts = _window(validity, context)
    return say(CheckId.REQUEST_VALIDITY, reason, facts=facts), validity


def _window(validity: Validity, context: Context) -> tuple[Reason, Facts | None]:
    early = context.at - context.policy.clock_skew
    late = context.at + context.policy.clock_skew
    for since in (validity.issued, validity.not_before):
        if since is not None and late < since:
            return Reason.NOT_YET_VALID, {"since": since}
    if early >= validity.expires:
        return Reason.EXPIRED, {"until": validity.expires}
    if validity.expires - late > limits.REQUEST_LIFETIME_MAXIMUM:
        return Reason.MALFORMED, {"what": "lives too long", "at": "/exp"}
    return Reason.CURRENT, None


def format_fault(fault: MalformedError | UnsupportedError) -> Judged:
    """Say that a request could not be read, and why."""
    facts = {"what": fault.what, "at": fault.at}
    said = say(CheckId.REQUEST_FORMAT, fault_reason(fault), facts=facts)
    return Judged(said, code_for(fault))
