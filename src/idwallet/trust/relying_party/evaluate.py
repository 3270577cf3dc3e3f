"""Whether a registration is genuine, current, and that of who asks."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec.text import show
from idwallet.errors import (
    MalformedError,
    UnsupportedError,
    UsageError,
    fault_reason,
    require_passed,
)
from idwallet.report import (
    CheckId,
    Checks,
    FactValue,
    Outcome,
    Reason,
    Report,
    StatusListNeeded,
    check,
)
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.policy import Policy, StatusRule
from idwallet.trust.relying_party.access import AccessCertificate
from idwallet.trust.relying_party.claims import read_claims
from idwallet.trust.relying_party.envelopes import Envelope, open_registration
from idwallet.trust.relying_party.structures import Registration, StatusReference
from idwallet.trust.signer import (
    SignerFound,
    SignerRefused,
    resolve_signer,
    unless_distrusted,
)
from idwallet.trust.status_list.at_hand import status_at_hand
from idwallet.trust.status_list.judge import StatusReason
from idwallet.trust.status_list.structures import ListContext
from idwallet.trust.timely import untimely_anchors

_C, _R = CheckId, Reason

SUBJECT: Final = "registration"
"""What the checks of a registration are about."""

_IDS: Final = (
    _C.REGISTRATION_FORMAT,
    _C.REGISTRATION_TRUST,
    _C.REGISTRATION_SIGNATURE,
    _C.REGISTRATION_VALIDITY,
    _C.REGISTRATION_SUBJECT,
    _C.REGISTRATION_STATUS,
)


class _Seal:
    """What only the evaluation of a registration holds."""


_SEAL: Final = _Seal()


@dataclass(frozen=True, slots=True)
class RegistrationRules:
    """Whom a registration is judged by, and when.

    `trust` believes registrars (`Purpose.REGISTER_READERS`) and holds the status lists
    at hand; `policy` bounds algorithms, clocks, and whether a status is wanted. With
    `is_unlisted_accepted` a status of which no current list is at hand is accepted as
    unknown; what a list at hand says against the registration stands.

    Raises:
        UsageError: `at` has no zone.
    """

    trust: TrustStore
    policy: Policy
    at: datetime
    is_unlisted_accepted: bool = False

    def __post_init__(self) -> None:
        """Refuse a moment that cannot be compared."""
        if self.at.utcoffset() is None:
            raise UsageError("the moment judged needs a zone")


@dataclass(frozen=True, slots=True, eq=False)
class VerifiedRegistration:
    """What a relying party is registered for; only `evaluate_registration` makes one.

    `registrar` is who registered it, as text safe to show.
    """

    registration: Registration
    access: AccessCertificate
    registrar: str
    report: Report = field(repr=False)
    seal: InitVar[object] = field(kw_only=True)

    def __post_init__(self, seal: object) -> None:
        """Refuse a registration that nobody judged.

        Raises:
            UsageError: it was not made by `evaluate_registration`.
        """
        if seal is not _SEAL:
            raise UsageError("it comes from evaluate_registration alone")


@dataclass(frozen=True, slots=True)
class UnverifiedRegistration:
    """A registration that did not pass; the report says why, and nothing else is."""

    report: Report


def evaluate_registration(
    data: str | bytes, *, access: AccessCertificate, rules: RegistrationRules
) -> VerifiedRegistration | UnverifiedRegistration:
    """Judge a registration certificate (JWT or CWT) beside who shows it.

    It never raises because of the certificate. It must name the party of the access
    certificate, or that party as its intermediary: else somebody could show what
    another is registered for. Nothing is fetched.
    """
    judge = _Judge(access, rules)
    found = judge.run(data)
    report = judge.report()
    if found is None or report.outcome is not Outcome.PASSED:
        return UnverifiedRegistration(report)
    registration, signer = found
    return VerifiedRegistration(registration, access, signer.name, report, seal=_SEAL)


def verify_registration(
    data: str | bytes, *, access: AccessCertificate, rules: RegistrationRules
) -> VerifiedRegistration:
    """Return the registration only if it passed; see `evaluate_registration`.

    Raises:
        VerificationError: it did not; the report holds `registration.*` checks.
    """
    found = evaluate_registration(data, access=access, rules=rules)
    require_passed(found.report)
    if isinstance(found, UnverifiedRegistration):  # what did not pass was raised
        raise UsageError("a report that passed without a registration")
    return found


def read_registration(data: str | bytes) -> Registration:
    """Read a registration certificate, and believe nothing of it.

    Raises:
        LimitError, MalformedError, UnsupportedError: it cannot be read.
    """
    return read_claims(open_registration(data).claims())


_Found = tuple[Registration, SignerFound]


class _Judge:
    """One evaluation."""

    def __init__(self, access: AccessCertificate, rules: RegistrationRules) -> None:
        self._access = access
        self._rules = rules
        self._checks = Checks(SUBJECT)
        # Whom the registrar's anchor lets be asked, once its signature stands.
        self._origins: frozenset[str] | None = None

    def report(self) -> Report:
        return Report(
            checks=self._checks.made(self._origins),
            required=frozenset((each, SUBJECT) for each in _IDS),
            at=self._rules.at,
            policy=self._rules.policy.name,
        )

    def _say(self, check_id: CheckId, reason: Reason, **facts: FactValue) -> None:
        self._checks.say(check_id, reason, facts=facts)

    def _wait(self, waits_for: CheckId, *, since: int) -> None:
        for each in _IDS[since:]:
            self._checks.wait(each, waits_for)

    def run(self, data: str | bytes) -> _Found | None:
        try:
            envelope = open_registration(data)
            if envelope.typ == envelope.expected_typ:
                registration = read_claims(envelope.claims())
                self._say(_C.REGISTRATION_FORMAT, _R.WELL_FORMED)
                return self._judge(envelope, registration)
        except (MalformedError, UnsupportedError) as error:
            facts = {"what": error.what, "at": error.at}
            self._say(_C.REGISTRATION_FORMAT, fault_reason(error), **facts)
        else:
            found = show(envelope.typ or "no typ")
            self._say(_C.REGISTRATION_FORMAT, _R.TYP_MISMATCH, found=found)
        self._wait(_C.REGISTRATION_FORMAT, since=1)
        return None

    def _judge(self, envelope: Envelope, registration: Registration) -> _Found | None:
        rules = self._rules
        signer = unless_distrusted(
            resolve_signer(
                envelope.x5c,
                kid=None,
                name=None,
                store=rules.trust,
                purpose=Purpose.REGISTER_READERS,
                at=rules.at,
                algorithms=rules.policy.algorithms,
            )
        )
        self._trust(signer)
        is_authentic = self._signed(envelope, signer)
        self._validity(registration)
        self._subject(registration)
        if isinstance(signer, SignerRefused):
            self._wait(_C.REGISTRATION_TRUST, since=5)
            return None
        if not is_authentic:
            self._wait(_C.REGISTRATION_SIGNATURE, since=5)
            return None
        self._origins = signer.anchor.fetch_origins
        self._status(registration.status, signer)
        return registration, signer

    def _trust(self, signer: SignerFound | SignerRefused) -> None:
        """Say whether the registrar is believed, and the anchors still are."""
        rules, on = self._rules, _C.REGISTRATION_TRUST
        against = None
        if isinstance(signer, SignerFound):
            policy = rules.policy
            against = untimely_anchors(
                rules.trust, policy.freshness, clock_skew=policy.clock_skew, at=rules.at
            )
        if against is None:
            self._checks.say(on, signer.reason, facts=signer.facts)
            return
        facts = {"name": signer.facts["name"], **against.facts}
        reason, needs = against.reason, against.needs
        made = check(on, reason, subject=SUBJECT, needs=needs, facts=facts)
        self._checks.add(made)

    def _signed(self, envelope: Envelope, signer: SignerFound | SignerRefused) -> bool:
        if signer.key is None:
            self._checks.wait(_C.REGISTRATION_SIGNATURE, _C.REGISTRATION_TRUST)
            return False
        reason = envelope.signature(signer.key, self._rules.policy.algorithms)
        if reason is _R.VALID and not envelope.names(envelope.x5c[0]):
            reason = _R.MISMATCH
        facts: dict[str, FactValue] = {}
        if reason is _R.ALGORITHM_NOT_ALLOWED:
            facts = {"found": show(envelope.algorithm)}
        elif reason is _R.KEY_UNUSABLE:
            facts = {"what": "the key does not do the algorithm that the header names"}
        self._say(_C.REGISTRATION_SIGNATURE, reason, **facts)
        return reason is _R.VALID

    def _validity(self, registration: Registration) -> None:
        at, skew = self._rules.at, self._rules.policy.clock_skew
        issued, expires = registration.issued, registration.expires
        lifetime = limits.REGISTRATION_LIFETIME
        on = _C.REGISTRATION_VALIDITY
        if issued - at > skew:
            self._say(on, _R.FROM_THE_FUTURE, signed=issued)
        elif expires is not None and at - expires >= skew:
            self._say(on, _R.EXPIRED, until=expires)
        elif at - issued > lifetime:
            window = int(lifetime.total_seconds())
            self._say(on, _R.TOO_OLD, signed=issued, window=window)
        else:
            self._say(on, _R.CURRENT, signed=issued)

    def _subject(self, registration: Registration) -> None:
        """GEN-5.1.1-04: both certificates identify one party, to the letter."""
        access, other = self._access, registration.intermediary
        names = {registration.subject}
        if other is not None:
            names.add(other.identifier)
        if access.identifier in names:
            self._say(_C.REGISTRATION_SUBJECT, _R.MATCHES, name=access.name)
            return
        found = show(registration.subject)
        self._say(_C.REGISTRATION_SUBJECT, _R.MISMATCH, found=found, name=access.name)

    def _status(self, status: StatusReference | None, signer: SignerFound) -> None:
        rules, on = self._rules, _C.REGISTRATION_STATUS
        rule = rules.policy.status
        if status is None:
            wanted = rule is StatusRule.REQUIRED
            self._say(on, _R.NO_STATUS if wanted else _R.NO_STATUS_ACCEPTED)
            return
        if rule is StatusRule.NOT_REQUIRED_ACCEPTED:
            found = show(status.uri)
            self._say(on, _R.STATUS_NOT_REQUIRED_ACCEPTED, found=found)
            return
        said = status_at_hand(
            status.uri,
            status.place,
            issuer=signer,
            context=ListContext(
                rules.trust, rules.policy, rules.policy.freshness, rules.at
            ),
        ).judgement
        if rules.is_unlisted_accepted and said.reason in _NONE_CURRENT:
            self._say(on, _R.NOT_AT_HAND_ACCEPTED, found=show(status.uri))
            return
        reason = _STATUS.get(said.reason, _R.LIST_REFUSED)
        facts: dict[str, FactValue] = dict(said.facts)
        if reason is _R.LIST_REFUSED:
            facts.setdefault("what", said.reason.value)
        is_open = reason in {_R.LIST_REFUSED, _R.STATUS_LIST_NEEDED}
        needs = (StatusListNeeded(status.uri, status.place),) if is_open else ()
        made = check(on, reason, subject=SUBJECT, needs=needs, facts=facts)
        self._checks.add(made)


_STATUS: Final[Mapping[StatusReason, Reason]] = MappingProxyType(
    {
        StatusReason.VALID: _R.NOT_REVOKED,
        StatusReason.VALID_STALE_ACCEPTED: _R.NOT_REVOKED_STALE_ACCEPTED,
        StatusReason.REVOKED: _R.REVOKED,
        StatusReason.SUSPENDED: _R.SUSPENDED,
        StatusReason.INDEX_OUT_OF_BOUNDS: _R.INDEX_OUT_OF_BOUNDS,
        StatusReason.LIST_NEEDED: _R.STATUS_LIST_NEEDED,
    }
)
_NONE_CURRENT: Final = frozenset(
    {StatusReason.LIST_NEEDED, StatusReason.LIST_EXPIRED, StatusReason.LIST_STALE}
)
