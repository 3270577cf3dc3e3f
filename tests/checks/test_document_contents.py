from dataclasses import replace
from functools import cache

from idwallet.documents import DOCUMENTS, ASiCKind, CoverageRule
from idwallet.report import Check, CheckId, Outcome, Reason
from idwallet.testing.container_draft import ContainerDraft, container_draft
from idwallet.testing.containers import CONTAINER_FORGERIES
from idwallet.testing.document_draft import DocumentScene
from tests.checks.documents import came_to, only

CONTENTS = CheckId.DOCUMENT_CONTENTS


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST checks on containers")


def forged(outcome: Outcome) -> set[Reason]:
    found = set()
    for each in CONTAINER_FORGERIES:
        if each.check is CONTENTS:
            checks = each.twins(scene())[1].report().checks
            found |= {
                made.reason
                for made in checks
                if made.id is CONTENTS and made.outcome is outcome
            }
    return found


def draft() -> ContainerDraft:
    return container_draft(scene(), ASiCKind.E)


def contents(made: ContainerDraft) -> Check:
    return only(made.report(), CONTENTS)


def test_the_files_that_were_signed_pass() -> None:
    assert came_to(contents(draft()), Outcome.PASSED, Reason.MATCHES)


def test_files_changed_or_signed_by_nobody_fail() -> None:
    assert forged(Outcome.FAILED) == {Reason.INTEGRITY_MISMATCH, Reason.NOT_COVERED}


def test_files_missing_or_signed_by_others_only_leave_it_open() -> None:
    assert forged(Outcome.INDETERMINATE) == {
        Reason.NOT_AT_HAND,
        Reason.SIGNED_BY_OTHERS,
    }


def test_nothing_is_said_of_files_by_a_manifest_that_was_changed() -> None:
    made = draft()
    made.entry("META-INF/ASiCManifest001.xml").data += b"\n"
    found = contents(made)
    assert came_to(found, Outcome.INDETERMINATE, Reason.WAITING)
    assert found.fact("waits_for") == "document.integrity"


def test_nothing_is_said_of_files_by_what_is_no_signature() -> None:
    made = draft()
    made.entry("META-INF/signature001.p7s").data = b"junk"
    assert contents(made).fact("waits_for") == "document.format"


def test_files_signed_by_others_pass_where_the_policy_accepts_that() -> None:
    (forgery,) = (e for e in CONTAINER_FORGERIES if e.reason is Reason.SIGNED_BY_OTHERS)
    made = forgery.twins(scene())[1]
    made.policy = replace(DOCUMENTS, coverage=CoverageRule.BY_ANY)
    accepted = Reason.SIGNED_BY_OTHERS_ACCEPTED
    found = [e for e in made.report().checks if e.id is CONTENTS]
    assert [e.outcome for e in found] == [Outcome.PASSED, Outcome.PASSED]
    assert found[1].reason is accepted
