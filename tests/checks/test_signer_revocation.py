from dataclasses import replace
from datetime import timedelta

from cryptography.x509 import ReasonFlags

from idwallet.report import (
    GIVEN,
    CheckId,
    CrlNeeded,
    EvidenceKind,
    Outcome,
    Reason,
)
from idwallet.testing.document_draft import (
    DocumentDraft,
    DocumentScene,
    document_draft,
    stamped,
)
from idwallet.testing.evidence import crls
from idwallet.testing.pki import MOMENT
from idwallet.trust.evidence import CrlAtHand
from idwallet.trust.policy import RevocationRule
from tests.checks.documents import came_to, draft, forged_to, only, scene

REVOCATION = CheckId.SIGNER_REVOCATION
DAY = timedelta(days=1)


def test_a_signer_who_is_not_revoked_passes_and_it_is_said_as_of_when() -> None:
    report = draft().report()
    check = only(report, REVOCATION)
    assert came_to(check, Outcome.PASSED, Reason.NOT_REVOKED)
    assert check.fact("signed") == scene().at
    used = [each for each in report.evidence if each.check is REVOCATION]
    assert {each.kind for each in used} == {EvidenceKind.CRL}
    assert report.anchors == draft().trust().evidence.anchors


def test_a_revoked_signer_or_one_of_whom_nothing_is_known_leaves_it_open() -> None:
    assert forged_to(REVOCATION, Outcome.INDETERMINATE) == {
        Reason.REVOKED,
        Reason.ON_HOLD,
        Reason.UNKNOWN,
        Reason.STALE,
        Reason.CLOCK_BEFORE_EVIDENCE,
    }


def test_it_waits_for_a_path() -> None:
    made = draft(lambda made: setattr(made.cms, "certificates", ()))
    check = only(made.report(), REVOCATION)
    assert came_to(check, Outcome.INDETERMINATE, Reason.WAITING)


def test_what_a_policy_accepts_is_said() -> None:
    for rule, reason in (
        (RevocationRule.IF_AT_HAND, Reason.UNKNOWN_ACCEPTED),
        (RevocationRule.NOT_REQUIRED_ACCEPTED, Reason.NOT_REQUIRED_ACCEPTED),
    ):
        made = draft(lambda made: setattr(made, "crls", ()))
        made.policy = replace(made.policy, name="loose", revocation=rule)
        assert came_to(only(made.report(), REVOCATION), Outcome.PASSED, reason)


def test_evidence_that_cannot_be_read_is_no_silence() -> None:
    junk = CrlAtHand(
        der=b"junk", issuer=scene().signer.certificate.issuer_der, origin=GIVEN
    )
    made = draft(lambda made: setattr(made, "crls", (junk,)))
    loose = replace(made.policy, name="loose", revocation=RevocationRule.IF_AT_HAND)
    made.policy = loose
    check = only(made.report(), REVOCATION)
    assert came_to(check, Outcome.INDETERMINATE, Reason.UNKNOWN)


def _revoked_before(made: DocumentDraft) -> None:
    """Revoke the signer two days before the scene's moment, as `crls` does."""
    stolen = {0: ReasonFlags.key_compromise}
    made.crls = (
        *crls(scene().signer, revoked=stolen, at=made.at),
        *crls(scene().authority, at=made.at)[:1],
    )


def test_a_revocation_before_the_timestamp_is_not_undone_by_it() -> None:
    made = draft(stamped, _revoked_before)
    check = only(made.report(), REVOCATION)
    assert came_to(check, Outcome.INDETERMINATE, Reason.REVOKED)


def test_a_revocation_after_the_timestamp_does_not_undo_the_signature() -> None:
    # The CRL dates the revocation two days before it; the signature is ten days old.
    early = DocumentScene(at=MOMENT - 10 * DAY)
    for stamps, outcome, reason in (
        ([], Outcome.INDETERMINATE, Reason.REVOKED),
        ([lambda _: None], Outcome.PASSED, Reason.NOT_REVOKED),
    ):
        made = document_draft(early)
        made.at, made.stamps = MOMENT, stamps
        stolen = {0: ReasonFlags.key_compromise}
        made.crls = (
            *crls(early.signer, revoked=stolen, at=MOMENT),
            *crls(early.authority, at=MOMENT)[:1],
        )
        report = made.report()
        assert came_to(only(report, REVOCATION), outcome, reason)
        assert report.outcome is outcome


def test_needs_are_named_only_where_the_signature_stands() -> None:
    made = draft(lambda made: setattr(made, "crls", ()))
    assert isinstance(only(made.report(), REVOCATION).needs[0], CrlNeeded)
    made = draft(lambda made: setattr(made, "crls", ()))
    made.cms.signer.covered = b"something else"
    assert only(made.report(), REVOCATION).needs == ()
