from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.xades import XADES_FORGERIES
from tests.checks.documents import came_to, draft, forged_to, only, scene

INTEGRITY = CheckId.DOCUMENT_INTEGRITY


def test_the_document_that_was_signed_passes() -> None:
    assert came_to(only(draft().report(), INTEGRITY), Outcome.PASSED, Reason.MATCHES)


def test_a_document_that_was_changed_fails() -> None:
    assert forged_to(INTEGRITY, Outcome.FAILED) == {Reason.INTEGRITY_MISMATCH}


def test_what_the_signature_does_not_cover_fails() -> None:
    reasons = {
        check.reason
        for forgery in XADES_FORGERIES
        if forgery.name.startswith("coverage:")
        for check in forgery.twins(scene())[1].report().failed()
    }
    assert reasons == {Reason.NOT_COVERED}


def test_a_document_that_is_not_at_hand_leaves_it_open() -> None:
    made = draft(lambda made: setattr(made, "document", None))
    check = only(made.report(), INTEGRITY)
    assert came_to(check, Outcome.INDETERMINATE, Reason.NOT_AT_HAND)


def test_nothing_is_said_of_a_document_by_a_signature_that_does_not_stand() -> None:
    made = draft(lambda made: setattr(made.cms.signer, "covered", b"something else"))
    check = only(made.report(), INTEGRITY)
    assert came_to(check, Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == "signer.signature"
