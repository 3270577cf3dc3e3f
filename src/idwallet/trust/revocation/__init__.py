"""Revocation of certificates at a moment, from CRLs and OCSP responses at hand.

    evidence = Evidence.read(crls=[crl], responses=[OcspAnswer(response, nonce)])
    rules = RevocationRules(maximum_age=timedelta(days=7), algorithms=policy.algorithms)
    found = judge_revocation(path, evidence=evidence, at=now(), rules=rules)

Nothing here fetches. What the evidence cannot settle is `Unknown`, which is not good.
"""

from idwallet.report import CrlNeeded, OcspNeeded
from idwallet.trust.revocation.crl import Crl
from idwallet.trust.revocation.evidence import Evidence, OcspAnswer, Refused
from idwallet.trust.revocation.judge import judge_path_revocation, judge_revocation
from idwallet.trust.revocation.ocsp import OcspResponse, ocsp_request
from idwallet.trust.revocation.structures import (
    Good,
    OnHold,
    Revocation,
    RevocationReason,
    RevocationRules,
    Revoked,
    Unknown,
    Unsettled,
)

__all__ = [
    "Crl",
    "CrlNeeded",
    "Evidence",
    "Good",
    "OcspAnswer",
    "OcspNeeded",
    "OcspResponse",
    "OnHold",
    "Refused",
    "Revocation",
    "RevocationReason",
    "RevocationRules",
    "Revoked",
    "Unknown",
    "Unsettled",
    "judge_path_revocation",
    "judge_revocation",
    "ocsp_request",
]
