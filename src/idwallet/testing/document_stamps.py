"""Forged timestamps on a signature that is valid."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from cryptography.x509 import ReasonFlags

from idwallet import limits
from idwallet.codec.der import oid, sequence
from idwallet.envelope.cms import names
from idwallet.report import CheckId, Reason
from idwallet.testing.authorities import timestamp_authority
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.cms_draft import CmsDraft, octets
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.document_draft import DocumentDraft, crls_of, stamped
from idwallet.testing.evidence import crls
from idwallet.testing.pki import Fault, TestIdentity, TestPki
from idwallet.testing.tsa import TimestampDraft
from idwallet.trust.evidence import CrlAtHand

Forger = Callable[[DocumentDraft], None]
_DAY: Final = timedelta(days=1)
_R = Reason


def _stamp(**changes: object) -> Forger:
    def change(stamp: TimestampDraft) -> None:
        for name, value in changes.items():
            setattr(stamp, name, value)

    return lambda made: setattr(made, "stamps", [change])


def _token(change: Callable[[CmsDraft], None]) -> Forger:
    return _stamp(change=change)


def _covered(cms: CmsDraft) -> None:
    cms.signer.covered = b"something else"


def _unnamed(cms: CmsDraft) -> None:
    if cms.signer.attributes is not None:
        del cms.signer.attributes[names.SIGNING_CERTIFICATE_V2]


def _two_signers(cms: CmsDraft) -> None:
    cms.signers.append(cms.signer)


def _bare(cms: CmsDraft) -> None:
    cms.certificates = ()


def _crowded(cms: CmsDraft) -> None:
    cms.certificates = (sequence(),) * (limits.CMS_CERTIFICATES + 1)


_SHA1: Final = sequence(sequence(oid("1.3.14.3.2.26")), octets(bytes(20)))


def _by(certify: Callable[[TestPki], TestIdentity]) -> Forger:
    def forge(made: DocumentDraft) -> None:
        made.authority = certify(made.scene.pki)
        made.crls = crls_of(made, made.scene.signer)

    return forge


def _faulty(fault: Fault) -> Forger:
    return _by(lambda pki: timestamp_authority(pki, fault=fault))


def _not_critical(plan: CertificatePlan) -> CertificatePlan:
    return replace(plan, critical_purposes=False)


def _for_more(plan: CertificatePlan) -> CertificatePlan:
    return replace(plan, key_purposes=(*plan.key_purposes, "1.3.6.1.5.5.7.3.36"))


def _moment(days: int) -> Forger:
    def forge(made: DocumentDraft) -> None:
        made.stamped = made.at + days * _DAY

    return forge


def _knowing(build: Callable[[DocumentDraft], tuple[CrlAtHand, ...]]) -> Forger:
    """Have other evidence about the authority, and the same about the signer."""

    def forge(made: DocumentDraft) -> None:
        made.crls = (*crls(made.scene.signer, at=made.at), *build(made))

    return forge


def _revoked(reason: ReasonFlags) -> Forger:
    return _knowing(
        lambda made: crls(made.authority, revoked={0: reason}, at=made.at)[:1]
    )


def _dated(days: int, life: int) -> Forger:
    return _knowing(
        lambda made: crls(made.authority, at=made.at + days * _DAY, life=life * _DAY)[
            :1
        ]
    )


def _raw(token: bytes) -> Forger:
    def forge(made: DocumentDraft) -> None:
        made.stamps, made.raw_stamps = [], (token,)

    return forge


def _issuers_own(made: DocumentDraft) -> None:
    """Stamp the time with a certificate for documents."""
    made.authority = made.scene.second


TIMESTAMP_FORGERIES: Final = tuple(
    Forged(
        f"timestamp: {name}", CheckId.TIMESTAMP_TRUST, reason, forge, prepare=stamped
    )
    for name, reason, forge in (
        ("junk", _R.MALFORMED, _raw(octets(b"junk"))),
        ("two signers", _R.MALFORMED, _token(_two_signers)),
        ("no time", _R.MALFORMED, _stamp(time=octets(b"now"))),
        ("another version", _R.UNSUPPORTED, _stamp(version=2)),
        ("no timestamp at all", _R.UNSUPPORTED, _stamp(content_type=names.DATA)),
        ("too many certificates", _R.LIMIT_EXCEEDED, _token(_crowded)),
        ("of another signature", _R.INTEGRITY_MISMATCH, _stamp(digest=bytes(32))),
        ("over something else", _R.INVALID, _token(_covered)),
        ("no certificate named", _R.MISMATCH, _token(_unnamed)),
        ("by SHA-1", _R.ALGORITHM_NOT_ALLOWED, _stamp(imprint=_SHA1)),
        ("no certificates", _R.NO_KEY_MATERIAL, _token(_bare)),
        ("by a stranger", _R.NO_TRUSTED_PATH, _faulty(Fault.STRANGER_ROOT)),
        ("by itself", _R.NO_TRUSTED_PATH, _faulty(Fault.SELF_SIGNED)),
        ("expired", _R.CERTIFICATE_EXPIRED, _faulty(Fault.LEAF_EXPIRED)),
        ("too early", _R.CERTIFICATE_NOT_YET_VALID, _moment(-2)),
        ("by a signer of code", _R.CERTIFICATE_PROFILE, _faulty(Fault.LEAF_FOR_CODE)),
        ("by a signer of documents", _R.CERTIFICATE_PROFILE, _issuers_own),
        (
            "a purpose that is not critical",
            _R.CERTIFICATE_PROFILE,
            _by(lambda pki: timestamp_authority(pki, change=_not_critical)),
        ),
        (
            "a second purpose",
            _R.CERTIFICATE_PROFILE,
            _by(lambda pki: timestamp_authority(pki, change=_for_more)),
        ),
        (
            "a path too long",
            _R.BUDGET_EXCEEDED,
            _by(
                lambda pki: timestamp_authority(
                    pki, intermediates=limits.CHAIN_CERTIFICATES + 1
                )
            ),
        ),
        ("of tomorrow", _R.FROM_THE_FUTURE, _moment(1)),
        ("by a stolen key", _R.REVOKED, _revoked(ReasonFlags.key_compromise)),
        ("by a key on hold", _R.ON_HOLD, _revoked(ReasonFlags.certificate_hold)),
        ("nothing known", _R.UNKNOWN, _knowing(lambda _: ())),
        ("old evidence", _R.STALE, _dated(-10, 30)),
        ("evidence of tomorrow", _R.CLOCK_BEFORE_EVIDENCE, _dated(1, 2)),
    )
)
"""Every forged timestamp there is here."""
