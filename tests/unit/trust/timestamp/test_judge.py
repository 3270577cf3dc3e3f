"""A timestamp proves a moment, or it is said why it does not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from idwallet.codec.der import integer, oid, sequence, tlv
from idwallet.crypto.algorithms import Algorithm
from idwallet.envelope.cms import names
from idwallet.envelope.cms.attributes import issuer_serial_of
from idwallet.errors import UsageError
from idwallet.report import Reason
from idwallet.testing.authorities import timestamp_authority
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.cms_draft import CmsDraft, certificate_v2, octets
from idwallet.testing.pki import Fault
from idwallet.testing.tsa import TimestampDraft
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.certificate import KeyUsage
from idwallet.trust.timestamp import (
    ProvenTime,
    TimestampRefused,
    TimestampRules,
    judge_timestamp,
    read_token,
)
from tests.unit.trust.timestamp.scene import (
    DIGEST,
    EVERY,
    RULES,
    authority,
    draft,
    judged,
    pki,
)


def reason(found: ProvenTime | TimestampRefused) -> Reason:
    assert isinstance(found, TimestampRefused)
    return found.reason


def test_a_valid_timestamp_proves_its_moment() -> None:
    found = judged(draft())
    assert isinstance(found, ProvenTime)
    assert (found.moment, found.accuracy) == (pki().at, timedelta(seconds=1))
    assert found.name == authority().certificate.shown
    assert found.facts == {"name": found.name, "signed": pki().at}


@pytest.mark.parametrize("algorithm", Algorithm)
def test_authorities_sign_with_every_algorithm_that_the_rules_name(
    algorithm: Algorithm,
) -> None:
    made = draft(authority(algorithm))
    assert isinstance(judged(made, rules=EVERY), ProvenTime)
    if algorithm not in RULES.algorithms:
        assert reason(judged(made)) is Reason.ALGORITHM_NOT_ALLOWED


def test_a_timestamp_of_something_else_is_told() -> None:
    assert reason(judged(draft(), digest=bytes(32))) is Reason.INTEGRITY_MISMATCH


def test_a_digest_that_is_not_made_here_proves_nothing() -> None:
    made = draft()
    made.imprint = sequence(sequence(oid("1.3.14.3.2.26")), octets(bytes(20)))
    assert reason(judged(made)) is Reason.ALGORITHM_NOT_ALLOWED


# --- the signature --------------------------------------------------------------------


def _bad_signature(cms: CmsDraft) -> None:
    cms.signer.covered = b"something else"


def _other_content(cms: CmsDraft) -> None:
    assert cms.signer.attributes is not None
    cms.signer.attributes[names.MESSAGE_DIGEST] = (octets(bytes(32)),)


def _other_type(cms: CmsDraft) -> None:
    assert cms.signer.attributes is not None
    cms.signer.attributes[names.CONTENT_TYPE] = (tlv(6, names.DATA),)


def _no_attributes(cms: CmsDraft) -> None:
    cms.signer.attributes = None


def _no_reference(cms: CmsDraft) -> None:
    assert cms.signer.attributes is not None
    del cms.signer.attributes[names.SIGNING_CERTIFICATE_V2]


def _other_reference(cms: CmsDraft) -> None:
    assert cms.signer.attributes is not None
    other = pki().issuer().chain[0]
    cms.signer.attributes[names.SIGNING_CERTIFICATE_V2] = (certificate_v2(other),)


def _two_references(cms: CmsDraft) -> None:
    assert cms.signer.attributes is not None
    own = cms.signer.attributes[names.SIGNING_CERTIFICATE_V2]
    cms.signer.attributes[names.SIGNING_CERTIFICATE] = own


def _no_certificates(cms: CmsDraft) -> None:
    cms.certificates = ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_bad_signature, Reason.INVALID),
        (_other_content, Reason.INVALID),
        (_other_type, Reason.INVALID),
        (_no_attributes, Reason.INVALID),
        (_no_reference, Reason.MISMATCH),
        (_other_reference, Reason.MISMATCH),
        (_two_references, Reason.MALFORMED),
        (_no_certificates, Reason.NO_KEY_MATERIAL),
    ],
)
def test_a_signature_that_does_not_stand_is_told(
    change: Callable[[CmsDraft], None], expected: Reason
) -> None:
    made = draft()
    made.change = change
    assert reason(judged(made)) is expected


def test_a_certificate_that_came_apart_is_enough() -> None:
    made = draft()
    made.change = _no_certificates
    found = judge_timestamp(
        read_token(made.to_bytes(), at="timestamp"),
        digest=DIGEST,
        trust=pki().store(),
        rules=RULES,
        at=pki().at,
        certificates=authority().chain,
    )
    assert isinstance(found, ProvenTime)


def test_the_order_of_certificates_says_nothing() -> None:
    made = draft()

    def turned(cms: CmsDraft) -> None:
        noise = pki().issuer().chain[0]
        cms.certificates = (noise, sequence(b""), *reversed(cms.certificates))

    made.change = turned
    assert isinstance(judged(made), ProvenTime)


# --- who signed -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.LEAF_EXPIRED, Reason.CERTIFICATE_EXPIRED),
        (Fault.LEAF_NOT_YET_VALID, Reason.CERTIFICATE_NOT_YET_VALID),
        (Fault.CA_EXPIRED, Reason.CERTIFICATE_EXPIRED),
        (Fault.CA_IS_NO_CA, Reason.CERTIFICATE_PROFILE),
        (Fault.LEAF_FOR_CODE, Reason.CERTIFICATE_PROFILE),
        (Fault.LEAF_IS_CA, Reason.CERTIFICATE_PROFILE),
        (Fault.LEAF_MUST_NOT_SIGN, Reason.CERTIFICATE_PROFILE),
        (Fault.WRONG_SIGNER, Reason.NO_TRUSTED_PATH),
        (Fault.SELF_SIGNED, Reason.NO_TRUSTED_PATH),
        (Fault.STRANGER_ROOT, Reason.NO_TRUSTED_PATH),
    ],
)
def test_an_authority_that_nobody_believes_proves_nothing(
    fault: Fault, expected: Reason
) -> None:
    made = draft(timestamp_authority(pki(), fault=fault))
    assert reason(judged(made)) is expected


def _purposes(*oids: str, critical: bool = True) -> Callable[..., CertificatePlan]:
    def change(plan: CertificatePlan) -> CertificatePlan:
        return replace(plan, key_purposes=oids, critical_purposes=critical)

    return change


STAMPING = ExtendedKeyUsageOID.TIME_STAMPING.dotted_string
ANY = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE.dotted_string


@pytest.mark.parametrize(
    "change",
    [
        _purposes(STAMPING, critical=False),
        _purposes(STAMPING, ANY),
        _purposes(ANY),
        _purposes(),
    ],
)
def test_a_certificate_is_for_timestamps_alone_and_critically(
    change: Callable[[CertificatePlan], CertificatePlan],
) -> None:
    made = draft(timestamp_authority(pki(), change=change))
    found = judged(made)
    assert reason(found) is Reason.CERTIFICATE_PROFILE
    assert isinstance(judged(draft()), ProvenTime)


def test_a_key_may_be_for_commitments_instead_of_signatures() -> None:
    usage = frozenset({KeyUsage.CONTENT_COMMITMENT})
    who = timestamp_authority(pki(), change=lambda plan: replace(plan, key_usage=usage))
    assert isinstance(judged(draft(who)), ProvenTime)


def test_an_anchor_is_believed_for_timestamps_only_when_it_says_so() -> None:
    others = [each for each in Purpose if each is not Purpose.SIGN_TIMESTAMPS]
    found = judge_timestamp(
        read_token(draft().to_bytes(), at="timestamp"),
        digest=DIGEST,
        trust=pki().store(purposes=others),
        rules=RULES,
        at=pki().at,
    )
    assert reason(found) is Reason.NO_TRUSTED_PATH


def test_an_issuer_of_credentials_stamps_no_time() -> None:
    assert reason(judged(draft(pki().issuer()))) is Reason.CERTIFICATE_PROFILE


# --- when -----------------------------------------------------------------------------


def test_a_moment_to_come_is_told_beyond_the_skew_of_clocks() -> None:
    made = draft()
    early = pki().at - RULES.clock_skew
    assert isinstance(judged(made, at=early), ProvenTime)
    assert reason(judged(made, at=early - timedelta(seconds=1))) is (
        Reason.FROM_THE_FUTURE
    )


def test_a_moment_before_the_certificate_is_told() -> None:
    made = draft()
    made.moment = pki().at - timedelta(days=2)
    assert reason(judged(made)) is Reason.CERTIFICATE_NOT_YET_VALID


def test_a_key_that_outlived_its_certificate_proves_nothing() -> None:
    made: TimestampDraft = draft()
    late = authority().certificate.not_after + timedelta(seconds=1)
    assert reason(judged(made, at=late)) is Reason.CERTIFICATE_EXPIRED


def test_a_moment_judged_has_a_zone_and_rules_can_be_met() -> None:
    with pytest.raises(UsageError):
        judged(draft(), at=datetime(2026, 11, 24))  # noqa: DTZ001
    with pytest.raises(UsageError):
        TimestampRules(algorithms=frozenset())
    for skew in (timedelta(-1), timedelta(hours=1)):
        with pytest.raises(UsageError):
            TimestampRules(algorithms=RULES.algorithms, clock_skew=skew)


def test_a_certificate_that_cannot_be_read_proves_nothing() -> None:
    made = draft()

    def unreadable(cms: CmsDraft) -> None:
        foreign = _too_large(pki().root_plan()).to_der()
        cms.certificates = (foreign,)
        cms.signer.sid = _sid(foreign)

    made.change = unreadable
    assert reason(judged(made)) is Reason.CERTIFICATE_PROFILE


def _too_large(plan: CertificatePlan) -> CertificatePlan:
    filler = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), bytes(20_000))
    return replace(plan, extensions=((filler, False),))


def _sid(certificate: bytes) -> bytes:
    issuer, serial = issuer_serial_of(certificate)
    return sequence(issuer, integer(serial))


@pytest.mark.parametrize("days", [None, -1, 1])
def test_an_authority_whose_keys_were_lost_proves_no_moment(days: int | None) -> None:
    lost = None if days is None else pki().at + timedelta(days=days)
    anchors = [replace(e, distrusted_after=lost) for e in pki().store().anchors]
    found = judge_timestamp(
        read_token(draft().to_bytes(), at="timestamp"),
        digest=DIGEST,
        trust=TrustStore(anchors),
        rules=RULES,
        at=pki().at,
    )
    if days is None:
        assert isinstance(found, ProvenTime)
    else:
        assert reason(found) is Reason.NO_TRUSTED_PATH
