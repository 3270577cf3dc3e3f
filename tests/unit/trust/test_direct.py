"""Anchors that are a signer's own certificate."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.codec.pem import write_pem
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS
from idwallet.errors import UsageError
from idwallet.report import Reason
from idwallet.testing.pki import CODE_SIGNING, MOMENT, Change, TestIdentity, TestPki
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.path import PathFault, ValidatedPath, validate_path
from idwallet.trust.signer import SignerFound, SignerRefused, resolve_signer
from idwallet.trust.usages import LIST_SIGNING

PKI = TestPki(seed=b"direct")
ISSUE, LISTS = Purpose.ISSUE_CREDENTIALS, Purpose.SIGN_TRUSTED_LISTS


def direct(who: TestIdentity, purpose: Purpose = ISSUE) -> TrustAnchor:
    return TrustAnchor.from_signer_certificate(
        who.chain[0], name="listed", purposes=[purpose]
    )


def judge(
    who: TestIdentity,
    anchor: TrustAnchor,
    *,
    purpose: Purpose = ISSUE,
    later: timedelta = timedelta(),
) -> ValidatedPath | PathFault:
    chain = [Certificate.from_der(der, at="test") for der in who.chain]
    return validate_path(
        chain,
        store=TrustStore([anchor]),
        purpose=purpose,
        at=MOMENT + later,
        algorithms=DEFAULT_ALGORITHMS,
    )


def reason(found: ValidatedPath | PathFault) -> Reason | None:
    return found.reason if isinstance(found, PathFault) else None


def test_a_listed_signer_is_believed_without_its_issuer() -> None:
    who = PKI.issuer()
    found = judge(who, direct(who))
    assert isinstance(found, ValidatedPath)
    assert found.certificates == (who.certificate,)
    assert found.anchor.signs_directly
    assert not PKI.anchor().signs_directly


def test_another_signer_of_the_same_issuer_is_not_believed() -> None:
    who, other = PKI.issuer(), PKI.issuer("https://other.example")
    assert reason(judge(other, direct(who))) is Reason.NO_TRUSTED_PATH


def test_a_listed_signer_certifies_nobody() -> None:
    who = PKI.issuer()
    forged = PKI.issuer(
        change=lambda plan: replace(
            plan,
            issuer=who.certificate.native.subject,
            signing_key=who.signer._native,
            authority_key_id=who.certificate.subject_key_id,
        )
    )
    chained = replace(forged, chain=(forged.chain[0], who.chain[0]))
    assert reason(judge(who, direct(who))) is None
    assert reason(judge(chained, direct(who))) is Reason.NO_TRUSTED_PATH


def test_a_listed_signer_counts_only_for_its_purpose() -> None:
    who = PKI.issuer()
    found = judge(who, direct(who, Purpose.READ_CREDENTIALS))
    assert reason(found) is Reason.NO_TRUSTED_PATH


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (timedelta(), None),
        (timedelta(days=366), Reason.CERTIFICATE_EXPIRED),
        (timedelta(days=-2), Reason.CERTIFICATE_NOT_YET_VALID),
    ],
)
def test_a_listed_signer_is_held_to_its_dates(
    later: timedelta, expected: Reason | None
) -> None:
    who = PKI.issuer()
    assert reason(judge(who, direct(who), later=later)) is expected


def test_a_listed_signer_is_held_to_the_validity_of_its_anchor() -> None:
    who = PKI.issuer()
    bound = direct(who).with_validity(since=MOMENT, until=MOMENT + timedelta(days=1))
    assert reason(judge(who, bound)) is None
    late = judge(who, bound, later=timedelta(days=2))
    assert reason(late) is Reason.CERTIFICATE_EXPIRED


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: replace(plan, key_purposes=(CODE_SIGNING,)),
        lambda plan: replace(plan, key_usage=frozenset({KeyUsage.KEY_AGREEMENT})),
    ],
)
def test_a_listed_signer_is_held_to_what_its_key_is_for(change: Change) -> None:
    who = PKI.issuer(change=change)
    assert reason(judge(who, direct(who))) is Reason.CERTIFICATE_PROFILE


def test_who_signs_lists_may_only_commit_to_content() -> None:
    def commits(usages: tuple[str, ...]) -> TestIdentity:
        return PKI.issuer(
            change=lambda plan: replace(
                plan,
                key_usage=frozenset({KeyUsage.CONTENT_COMMITMENT}),
                key_purposes=usages,
            )
        )

    lists, cards = commits((LIST_SIGNING,)), commits(())
    assert reason(judge(lists, direct(lists, LISTS), purpose=LISTS)) is None
    assert reason(judge(cards, direct(cards))) is Reason.CERTIFICATE_PROFILE


def test_a_token_with_the_listed_certificate_has_its_signer_found() -> None:
    who, other = PKI.issuer(), PKI.issuer("https://other.example")
    for signer, kind in ((who, SignerFound), (other, SignerRefused)):
        found = resolve_signer(
            signer.chain,
            kid=None,
            name=None,
            store=TrustStore([direct(who)]),
            purpose=ISSUE,
            at=MOMENT,
            algorithms=DEFAULT_ALGORITHMS,
        )
        assert isinstance(found, kind)


def test_a_signers_certificate_is_no_cas_and_the_other_way_round() -> None:
    who = PKI.issuer()
    pem = write_pem("CERTIFICATE", who.chain[0])
    made = TrustAnchor.from_signer_certificate(
        pem, name="n", purposes=[ISSUE], jurisdiction="XX"
    )
    assert (made.certificate, made.jurisdiction) == (who.certificate, "XX")
    with pytest.raises(UsageError, match="certificates only"):
        TrustAnchor.from_signer_certificate(PKI.root.der, name="n", purposes=[ISSUE])
    with pytest.raises(UsageError, match="must be a CA"):
        TrustAnchor.from_certificate(pem, name="n", purposes=[ISSUE])


def test_a_ca_that_must_not_certify_is_no_anchor_however_it_is_made() -> None:
    plan = replace(PKI.root_plan(), key_usage=frozenset({KeyUsage.CRL_SIGN}))
    broken = Certificate.from_der(plan.to_der(), at="test")
    with pytest.raises(UsageError, match="must be a CA"):
        TrustAnchor("n", frozenset({ISSUE}), certificate=broken)
