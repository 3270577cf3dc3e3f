from dataclasses import replace
from datetime import timedelta

from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.document_signer import evaluate_document
from idwallet.testing.authorities import document_signer
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.document_draft import CONTRACT, document_draft, stamped
from idwallet.trust.anchors import Purpose, TrustStore
from tests.checks.documents import came_to, draft, forged_to, only, scene

TRUST = CheckId.SIGNER_TRUST


def test_a_signer_under_an_anchor_for_documents_passes() -> None:
    check = only(draft().report(), TRUST)
    assert came_to(check, Outcome.PASSED, Reason.TRUSTED)
    assert check.fact("name") == scene().signer.certificate.shown


def test_a_signer_of_whom_nothing_is_known_leaves_it_open() -> None:
    assert forged_to(TRUST, Outcome.INDETERMINATE) == {
        Reason.NO_KEY_MATERIAL,
        Reason.NO_TRUSTED_PATH,
        Reason.CERTIFICATE_EXPIRED,
        Reason.CERTIFICATE_NOT_YET_VALID,
        Reason.CERTIFICATE_PROFILE,
        Reason.BUDGET_EXCEEDED,
        Reason.ANCHORS_FROM_THE_FUTURE,
        Reason.ANCHORS_STALE,
    }


def test_an_anchor_for_something_else_vouches_for_no_document() -> None:
    made = draft()
    others = [each for each in Purpose if each is not Purpose.SIGN_DOCUMENTS]
    judged = evaluate_document(
        made.to_bytes(),
        document=CONTRACT,
        trust=scene().pki.store(purposes=others),
        policy=made.policy,
        at=made.at,
    )
    check = only(judged.report, TRUST)
    assert came_to(check, Outcome.INDETERMINATE, Reason.NO_TRUSTED_PATH)


def _short_lived(plan: CertificatePlan) -> CertificatePlan:
    return replace(plan, not_after=scene().at + timedelta(hours=1))


def test_a_certificate_that_expired_after_a_timestamp_passes_still() -> None:
    who = document_signer(scene().pki, change=_short_lived)
    for stamps, outcome, reason in (
        ([], Outcome.INDETERMINATE, Reason.CERTIFICATE_EXPIRED),
        ([lambda _: None], Outcome.PASSED, Reason.TRUSTED),
    ):
        made = document_draft(scene(), signer=who)
        made.stamps = stamps
        made.at = scene().at + timedelta(hours=2)
        made.stamped = scene().at
        assert came_to(only(made.report(), TRUST), outcome, reason)


def test_who_lost_the_keys_is_believed_only_with_a_timestamp_from_before() -> None:
    day = timedelta(days=1)
    for change, lost, outcome in (
        (stamped, day, Outcome.PASSED),
        (stamped, -day, Outcome.INDETERMINATE),
        (lambda _: None, day, Outcome.INDETERMINATE),
        (lambda _: None, -day, Outcome.INDETERMINATE),
    ):
        made = draft(change)
        trust = made.trust()
        (anchor,) = trust.anchors
        documents = frozenset({Purpose.SIGN_DOCUMENTS})
        anchors = [
            replace(anchor, purposes=documents, distrusted_after=made.at + lost),
            replace(anchor, purposes=anchor.purposes - documents),
        ]
        judged = evaluate_document(
            made.to_bytes(),
            document=CONTRACT,
            trust=TrustStore(anchors, evidence=trust.evidence),
            policy=made.policy,
            at=made.at,
        )
        check = only(judged.report, TRUST)
        reason = Reason.TRUSTED if outcome is Outcome.PASSED else Reason.NO_TRUSTED_PATH
        assert came_to(check, outcome, reason)
        assert judged.report.outcome is outcome
