from dataclasses import replace
from datetime import timedelta

from idwallet.documents import ARCHIVE, VerifiedDocument
from idwallet.report import (
    BundleNeeded,
    CheckId,
    CrlNeeded,
    EvidenceKind,
    Outcome,
    Reason,
)
from idwallet.testing.document_draft import DocumentDraft, stamped
from idwallet.testing.document_signers import renewed_by
from idwallet.testing.evidence import crls, taken_at
from idwallet.trust.freshness import FreshnessRule, StaleRule
from idwallet.trust.policy import RevocationRule
from tests.checks.documents import came_to, draft, forged_to, only, scene

STAMP = CheckId.TIMESTAMP_TRUST


def test_a_timestamp_of_an_authority_that_is_believed_passes() -> None:
    judged = draft(stamped).judged()
    check = only(judged.report, STAMP)
    assert came_to(check, Outcome.PASSED, Reason.TRUSTED)
    assert check.subject == "signature[0].timestamp[0]"
    assert check.fact("signed") == scene().at
    assert isinstance(judged, VerifiedDocument)
    (signature,) = judged.signatures
    assert (signature.timestamped, signature.best_signature_time) == (True, scene().at)
    used = [each for each in judged.report.evidence if each.check is STAMP]
    assert {each.kind for each in used} == {EvidenceKind.CRL}


def test_a_timestamp_that_is_not_one_of_this_signature_fails() -> None:
    assert forged_to(STAMP, Outcome.FAILED) == {
        Reason.MALFORMED,
        Reason.UNSUPPORTED,
        Reason.LIMIT_EXCEEDED,
        Reason.INTEGRITY_MISMATCH,
        Reason.INVALID,
    }


def test_an_authority_of_whom_nothing_is_known_leaves_it_open() -> None:
    found = forged_to(STAMP, Outcome.INDETERMINATE)
    assert {Reason.NO_TRUSTED_PATH, Reason.REVOKED, Reason.ON_HOLD} < found
    assert {Reason.UNKNOWN, Reason.STALE, Reason.ABSENT} < found


def _only_the_signers(made: DocumentDraft) -> None:
    made.crls = crls(scene().signer, at=made.at)


def test_what_a_policy_accepts_about_an_authority_is_said() -> None:
    for rule, reason in (
        (RevocationRule.IF_AT_HAND, Reason.UNKNOWN_ACCEPTED),
        (RevocationRule.NOT_REQUIRED_ACCEPTED, Reason.NOT_REQUIRED_ACCEPTED),
    ):
        made = draft(stamped, _only_the_signers)
        made.policy = replace(made.policy, name="loose", revocation=rule)
        assert came_to(only(made.report(), STAMP), Outcome.PASSED, reason)


def test_what_would_settle_it_is_named() -> None:
    made = draft(stamped, _only_the_signers)
    check = only(made.report(), STAMP)
    assert came_to(check, Outcome.INDETERMINATE, Reason.UNKNOWN)
    assert isinstance(check.needs[0], CrlNeeded)


def test_without_timestamps_nothing_is_asked_unless_the_policy_wants_one() -> None:
    made = draft()
    assert STAMP not in {each.id for each in made.report().checks}
    made.policy = ARCHIVE
    check = only(made.report(), STAMP)
    assert came_to(check, Outcome.INDETERMINATE, Reason.ABSENT)


def test_of_several_timestamps_the_earliest_counts_and_each_is_judged() -> None:
    made = draft(stamped)
    made.stamps = [lambda _: None, lambda stamp: setattr(stamp, "digest", bytes(32))]
    report = made.report()
    found = [each.reason for each in report.checks if each.id is STAMP]
    assert found == [Reason.TRUSTED, Reason.INTEGRITY_MISMATCH]
    assert report.outcome is Outcome.FAILED


def test_anchors_that_were_to_be_renewed_are_told_of_an_authority_too() -> None:
    stale = draft(stamped, renewed_by(timedelta(days=1)))
    check = only(stale.report(), STAMP)
    assert came_to(check, Outcome.INDETERMINATE, Reason.ANCHORS_STALE)
    assert [type(each) for each in check.needs] == [BundleNeeded]
    rule = FreshnessRule(StaleRule.ACCEPTED, timedelta(days=60))
    patient = draft(stamped, renewed_by(timedelta(days=1)))
    patient.policy = replace(patient.policy, name="patient", freshness=rule)
    check = only(patient.report(), STAMP)
    assert came_to(check, Outcome.PASSED, Reason.ANCHORS_STALE_ACCEPTED)
    due = draft(stamped, renewed_by(timedelta(days=30)))
    assert came_to(only(due.report(), STAMP), Outcome.PASSED, Reason.TRUSTED)


def test_anchors_of_tomorrow_vouch_for_no_authority_today() -> None:
    made = draft(stamped)
    made.anchors = taken_at(made.at + timedelta(days=1))
    check = only(made.report(), STAMP)
    assert came_to(check, Outcome.INDETERMINATE, Reason.ANCHORS_FROM_THE_FUTURE)
