from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.bundle import BundleDraft, bundle_draft
from idwallet.trust.bundle import Bundle, evaluate_bundle
from tests.checks.bundles import SCENE, changed_after_signing, judged

INTEGRITY = CheckId.BUNDLE_INTEGRITY


def other_part(made: BundleDraft) -> None:
    made.bend_contents = lambda parts: [*parts[:-1], b"x" * len(parts[-1])]


def test_parts_that_are_what_was_signed_for_pass() -> None:
    check = judged(INTEGRITY)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.ALL_MATCH)


def test_parts_that_nobody_read_yet_are_said_to_be_checked_when_read() -> None:
    made = bundle_draft(SCENE)
    found = evaluate_bundle(made.file(), made.context())
    assert isinstance(found, Bundle)
    (check,) = [each for each in found.report.checks if each.id is INTEGRITY]
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.CHECKED_WHEN_READ)


def test_a_part_that_is_something_else_fails() -> None:
    check = judged(INTEGRITY, other_part)
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MISMATCH)
    assert str(check.fact("at")).startswith("status_list/")


def test_a_manifest_that_nobody_signed_leaves_it_open() -> None:
    check = judged(INTEGRITY, changed_after_signing)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
