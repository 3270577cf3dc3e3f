import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.document_signer import evaluate_document
from tests.checks.documents import came_to, draft, forged_to, only

FORMAT = CheckId.DOCUMENT_FORMAT


def test_a_well_formed_message_passes() -> None:
    assert came_to(only(draft().report(), FORMAT), Outcome.PASSED, Reason.WELL_FORMED)


def test_what_is_no_signed_data_of_ours_fails() -> None:
    assert forged_to(FORMAT, Outcome.FAILED) == {
        Reason.MALFORMED,
        Reason.LIMIT_EXCEEDED,
        Reason.UNSUPPORTED,
        Reason.ABSENT,
    }


@pytest.mark.parametrize("octets", [b"", b"\x30\x80", b"junk", b"%PDF-1.7"])
def test_whatever_the_octets_are_there_is_a_verdict(octets: bytes) -> None:
    made = draft()
    judged = evaluate_document(
        octets, document=b"", trust=made.trust(), policy=made.policy, at=made.at
    )
    assert judged.report.outcome is Outcome.FAILED
    waits = {each.reason for each in judged.report.checks if each.id is not FORMAT}
    assert waits == {Reason.WAITING}
