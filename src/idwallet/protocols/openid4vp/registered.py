"""What who asks is registered for: the registration certificate of a request."""

from dataclasses import replace
from typing import Final, NamedTuple

from idwallet.credentials.required import Context
from idwallet.protocols.openid4vp.attached import REGISTRATION, VerifierInfo
from idwallet.protocols.openid4vp.judging import say, wait
from idwallet.report import Check, CheckId, Facts, Outcome, Reason, Required
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.policy import (
    Policy,
    RegistrationRule,
    RevocationRule,
    StatusRule,
)
from idwallet.trust.relying_party import (
    AccessRefused,
    RegistrationRules,
    VerifiedRegistration,
    access_certificate,
    evaluate_registration,
)
from idwallet.trust.signer import SignerFound

_ID: Final = CheckId.READER_REGISTERED


class Registered(NamedTuple):
    """What became of the registration of who asks.

    `found` is what they are registered for, only if every check passed; it speaks for
    the queries in `query_ids`, for all where there are none.
    """

    checks: tuple[Check, ...]
    required: Required = frozenset()
    found: VerifiedRegistration | None = None
    query_ids: tuple[str, ...] = ()


def judge_registered(
    info: tuple[VerifierInfo, ...], signer: SignerFound | None, *, context: Context
) -> Registered:
    """Answer ``reader.registered``, and ``registration.*`` where one is shown.

    `signer` is who asks, authenticated by a certificate of their own, or None: whoever
    cannot sign as somebody must not show what that party is registered for. One that
    is there is judged, and never passed over for its faults; a wallet that knows no
    registrar at all says so.
    """
    shown = tuple(each for each in info if each.format == REGISTRATION)
    if not shown:
        return _only(_absent(context.policy))
    if len(shown) > 1:
        # ARF RPRC_19: exactly one. Of two, each reader might judge by another.
        return _only(Reason.REGISTRATION_REPEATED)
    if _knows_no_registrar(context.trust, context.policy):
        return _only(Reason.REGISTRARS_UNKNOWN_ACCEPTED)
    if signer is None:
        what = "who asks has no certificate of their own"
        facts = {"name": "client_id", "what": what}
        return _only(Reason.CERTIFICATE_PROFILE, facts)
    access = access_certificate(signer)
    if isinstance(access, AccessRefused):
        # TS 119 475 §5.1.1: it is bound to the party of an access certificate.
        return _only(access.reason, access.facts)
    (one,) = shown
    rules = _rules(context)
    judged = evaluate_registration(str(one.data), access=access, rules=rules)
    report = judged.report
    if not isinstance(judged, VerifiedRegistration):
        cause = next(e.id for e in report.checks if e.outcome is not Outcome.PASSED)
        return Registered((*report.checks, wait(_ID, cause)), report.required)
    said = say(_ID, Reason.REGISTERED, facts={"name": judged.registrar})
    checks = (*report.checks, said)
    return Registered(checks, report.required, judged, one.credential_ids)


def _only(reason: Reason, facts: Facts | None = None) -> Registered:
    return Registered((say(_ID, reason, facts=facts),))


def _absent(policy: Policy) -> Reason:
    if policy.registration is RegistrationRule.REQUIRED:
        return Reason.ABSENT
    return Reason.ABSENT_ACCEPTED


def _knows_no_registrar(trust: TrustStore, policy: Policy) -> bool:
    """Whether the wallet is of no ecosystem that registers; never where it must be."""
    if policy.registration is RegistrationRule.REQUIRED:
        return False
    return not any(Purpose.REGISTER_READERS in each.purposes for each in trust.anchors)


def _rules(context: Context) -> RegistrationRules:
    """Return the rules for a registration under a policy that is for credentials.

    What a wallet accepts of its owner's credentials is no measure for who asks: the
    status is always heeded where it can be.
    """
    policy = context.policy
    if policy.status is StatusRule.NOT_REQUIRED_ACCEPTED:
        policy = replace(policy, status=StatusRule.IF_PRESENT)
    return RegistrationRules(
        context.trust,
        policy,
        context.at,
        is_unlisted_accepted=policy.revocation is not RevocationRule.REQUIRED,
    )
