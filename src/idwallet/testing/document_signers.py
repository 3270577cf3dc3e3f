"""Forged documents of which the signature is genuine, and the signer is not to be told.

Nobody believes the signer, or the certificate was revoked.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from cryptography.x509 import ReasonFlags

from idwallet import limits
from idwallet.report import BundleNeeded, CheckId, Reason
from idwallet.testing.authorities import document_signer
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.cms_draft import CmsDraft
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.document_draft import CONTRACT, DocumentDraft, crls_of
from idwallet.testing.evidence import crls, taken_at
from idwallet.testing.pki import Fault, TestIdentity
from idwallet.trust.evidence import Renewal

Forger = Callable[[DocumentDraft], None]
_DAY: Final = timedelta(days=1)
_R = Reason


def _without_certificates(made: DocumentDraft) -> None:
    made.cms.certificates = ()


def _without_evidence(made: DocumentDraft) -> None:
    made.crls = ()


def sign_as(who: TestIdentity, made: DocumentDraft) -> None:
    """Have somebody else sign, and keep the evidence about everybody."""
    cms = CmsDraft.of(who, content=CONTRACT, at=made.at)
    cms.is_detached = made.cms.is_detached
    made.cms = cms
    made.crls = crls_of(made, who)


def _certified(fault: Fault) -> Forger:
    return lambda made: sign_as(document_signer(made.scene.pki, fault=fault), made)


def _early(made: DocumentDraft) -> None:
    made.anchors = taken_at(made.at + _DAY)


def renewed_by(due: timedelta) -> Forger:
    """Have the anchors out of a bundle of last month, due so long after."""

    def change(made: DocumentDraft) -> None:
        taken = made.at - 30 * _DAY
        made.anchors = taken_at(taken)
        made.renewal = Renewal(taken + due, BundleNeeded("idwallet TEST shops", 1))

    return change


def _long_path(made: DocumentDraft) -> None:
    depth = limits.CHAIN_CERTIFICATES + 1
    sign_as(document_signer(made.scene.pki, intermediates=depth), made)


def _no_purpose(made: DocumentDraft) -> None:
    def change(plan: CertificatePlan) -> CertificatePlan:
        return replace(plan, key_purposes=("1.3.6.1.5.5.7.3.1",))

    sign_as(document_signer(made.scene.pki, change=change), made)


_TRUSTS: Final = (
    ("no certificate", _R.NO_KEY_MATERIAL, _without_certificates),
    ("an expired certificate", _R.CERTIFICATE_EXPIRED, _certified(Fault.LEAF_EXPIRED)),
    ("an expired CA", _R.CERTIFICATE_EXPIRED, _certified(Fault.CA_EXPIRED)),
    (
        "a certificate of tomorrow",
        _R.CERTIFICATE_NOT_YET_VALID,
        _certified(Fault.LEAF_NOT_YET_VALID),
    ),
    ("a certificate for code", _R.CERTIFICATE_PROFILE, _certified(Fault.LEAF_FOR_CODE)),
    ("a web server's", _R.CERTIFICATE_PROFILE, _no_purpose),
    ("a CA's own", _R.CERTIFICATE_PROFILE, _certified(Fault.LEAF_IS_CA)),
    (
        "a key that signs nothing",
        _R.CERTIFICATE_PROFILE,
        _certified(Fault.LEAF_MUST_NOT_SIGN),
    ),
    ("a CA that is none", _R.CERTIFICATE_PROFILE, _certified(Fault.CA_IS_NO_CA)),
    (
        "unknown and critical",
        _R.CERTIFICATE_PROFILE,
        _certified(Fault.UNKNOWN_CRITICAL),
    ),
    (
        "a name not permitted",
        _R.CERTIFICATE_PROFILE,
        _certified(Fault.NAME_NOT_PERMITTED),
    ),
    ("by itself", _R.NO_TRUSTED_PATH, _certified(Fault.SELF_SIGNED)),
    ("by another key", _R.NO_TRUSTED_PATH, _certified(Fault.WRONG_SIGNER)),
    ("under a stranger", _R.NO_TRUSTED_PATH, _certified(Fault.STRANGER_ROOT)),
    ("a path too long", _R.BUDGET_EXCEEDED, _long_path),
    ("anchors of tomorrow", _R.ANCHORS_FROM_THE_FUTURE, _early),
)


def _revoked(reason: ReasonFlags, number: int = 0) -> Forger:
    def forge(made: DocumentDraft) -> None:
        who = made.scene.signer
        made.crls = crls(who, revoked={number: reason}, at=made.at)

    return forge


def _crls_of(days: int, life: int) -> Forger:
    def forge(made: DocumentDraft) -> None:
        at = made.at + days * _DAY
        made.crls = crls(made.scene.signer, at=at, life=life * _DAY)

    return forge


_REVOCATIONS: Final = (
    ("a stolen key", _R.REVOKED, _revoked(ReasonFlags.key_compromise)),
    ("superseded", _R.REVOKED, _revoked(ReasonFlags.superseded)),
    ("a revoked CA", _R.REVOKED, _revoked(ReasonFlags.ca_compromise, 1)),
    ("on hold", _R.ON_HOLD, _revoked(ReasonFlags.certificate_hold)),
    ("no evidence", _R.UNKNOWN, _without_evidence),
    ("old evidence", _R.STALE, _crls_of(-10, 30)),
    ("evidence of tomorrow", _R.CLOCK_BEFORE_EVIDENCE, _crls_of(1, 2)),
)


SIGNER_FORGERIES: Final = (
    *(Forged(f"signer: {n}", CheckId.SIGNER_TRUST, r, f) for n, r, f in _TRUSTS),
    Forged(
        "signer: anchors that were to be renewed",
        CheckId.SIGNER_TRUST,
        _R.ANCHORS_STALE,
        renewed_by(_DAY),
        prepare=renewed_by(30 * _DAY),
    ),
    *(
        Forged(f"signer: {n}", CheckId.SIGNER_REVOCATION, r, f)
        for n, r, f in _REVOCATIONS
    ),
)
"""Every forged signer there is here."""
