"""Whether who issued a credential is believed, and whether that still holds."""

import hashlib
from datetime import datetime
from types import MappingProxyType
from typing import Final

from idwallet.credentials.required import Context
from idwallet.profiles import ProfileRule
from idwallet.report import TABLE, Check, CheckId, Facts, Outcome, Reason, check
from idwallet.report.verdict import Answer
from idwallet.trust.anchor import TrustAnchor
from idwallet.trust.signer import SignerFound, SignerRefused
from idwallet.trust.timely import untimely

_TRUST: Final = CheckId.ISSUER_TRUST
NO_FACTS: Final[Facts] = MappingProxyType({})


def issuer_trust(
    signer: SignerFound | SignerRefused,
    context: Context,
    *,
    signed: datetime | None = None,
    message: bytes = b"",
    subject: str = "",
) -> Answer | Check:
    """Return what ``issuer.trust`` comes to.

    `signed` is when the credential says that it was signed, None where it does not:
    then nothing signed under an anchor that is distrusted from a moment on is told
    apart, unless a proof at hand names `message`, which is what was signed, byte for
    byte (docs/adr/0013-an-issuer-distrusted-from-a-date-on.md). `subject` is who a
    check is about that names a need.
    """
    if isinstance(signer, SignerFound) and _is_bounded(signer.anchor, context):
        against = untimely(
            signer.anchor,
            signed=signed,
            trust=context.trust,
            policy=context.policy,
            at=context.at,
            existed=_existed(signer.anchor, message, context=context),
        )
        if against is not None:
            facts = {"name": signer.name, **against.facts}
            if not against.needs:
                return _TRUST, against.reason, tuple(facts.items())
            return check(
                _TRUST,
                against.reason,
                subject=subject,
                needs=against.needs,
                facts=facts,
            )
    return _TRUST, signer.reason, tuple(signer.facts.items())


def _existed(
    anchor: TrustAnchor, message: bytes, *, context: Context
) -> datetime | None:
    if anchor.distrusted_after is None or not context.trust.evidence.existence:
        return None
    digest = hashlib.sha256(message).digest()
    return context.trust.evidence.existed(digest)


def within_profile(
    signer: SignerFound | SignerRefused, *, x5c: tuple[bytes, ...], context: Context
) -> SignerFound | SignerRefused:
    """Return the signer unless the profile wants who issues known in another way."""
    rules = context.policy.profile.rules
    if not rules or isinstance(signer, SignerRefused):
        return signer
    if ProfileRule.KEYS_BY_CERTIFICATE in rules and not x5c:
        return SignerRefused(Reason.NO_KEY_MATERIAL, NO_FACTS, signer.key)
    anchor = signer.anchor.certificate
    if ProfileRule.ANCHOR_NOT_SENT in rules and anchor and anchor.der in x5c:
        what = "the trust anchor stands in x5c (HAIP 1.0 section 6.1.1)"
        facts = MappingProxyType({"name": signer.name, "what": what})
        return SignerRefused(Reason.CERTIFICATE_PROFILE, facts, signer.key)
    return signer


def believes(said: Answer | Check) -> bool:
    """Tell whether ``issuer.trust`` came to a pass."""
    reason = said.reason if isinstance(said, Check) else said[1]
    return reason in _BELIEVED


_BELIEVED: Final = frozenset(
    reason
    for (check_id, reason), row in TABLE.items()
    if check_id is _TRUST and row.outcome is Outcome.PASSED
)


def _is_bounded(anchor: TrustAnchor, context: Context) -> bool:
    """Whether anything could speak against it: most programs give plain anchors."""
    is_plain = context.trust.evidence.anchors.taken is None
    return not is_plain or anchor.distrusted_after is not None
