from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.document_draft import stamped
from tests.checks.documents import came_to, draft, forged_to, only

PROFILE = CheckId.SIGNATURE_PROFILE


def test_what_the_baseline_has_passes_and_is_named_by_its_level() -> None:
    for made, level in ((draft(), "CAdES B-B"), (draft(stamped), "CAdES B-T")):
        check = only(made.report(), PROFILE)
        assert came_to(check, Outcome.PASSED, Reason.MATCHES)
        assert check.fact("found") == level


def test_any_other_set_of_attributes_leaves_it_open() -> None:
    assert forged_to(PROFILE, Outcome.INDETERMINATE) == {Reason.MISMATCH}


def test_a_signature_without_attributes_has_no_form_to_judge() -> None:
    made = draft(lambda made: setattr(made.cms.signer, "attributes", None))
    check = only(made.report(), PROFILE)
    assert came_to(check, Outcome.INDETERMINATE, Reason.WAITING)
