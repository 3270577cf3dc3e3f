"""Whether who issued a credential is believed, and whether that still holds."""

from datetime import datetime
from typing import Final

from idwallet.credentials.required import Context
from idwallet.report import Check, CheckId, check
from idwallet.report.verdict import Answer
from idwallet.trust.anchor import TrustAnchor
from idwallet.trust.signer import SignerFound, SignerRefused
from idwallet.trust.timely import untimely

_TRUST: Final = CheckId.ISSUER_TRUST


def issuer_trust(
    signer: SignerFound | SignerRefused,
    context: Context,
    *,
    signed: datetime | None = None,
    subject: str = "",
) -> Answer | Check:
    """Return what ``issuer.trust`` comes to.

    `signed` is when the credential says that it was signed, None where it does not:
    then nothing signed under an anchor that is distrusted from a moment on is told
    apart. `subject` is who a check is about that names a need.
    """
    if isinstance(signer, SignerFound) and _is_bounded(signer.anchor, context):
        against = untimely(
            signer.anchor,
            signed=signed,
            trust=context.trust,
            policy=context.policy,
            at=context.at,
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


def _is_bounded(anchor: TrustAnchor, context: Context) -> bool:
    """Whether anything could speak against it: most programs give plain anchors."""
    is_plain = context.trust.evidence.anchors.taken is None
    return not is_plain or anchor.distrusted_after is not None
