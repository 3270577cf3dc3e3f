from dataclasses import replace

import pytest

from idwallet.report import CheckId, EvidenceKind, Outcome, Reason
from idwallet.testing.corpus import RequestForgery, judge_request
from idwallet.testing.corpus.registered import READER_REVOCATIONS, known
from idwallet.testing.request_draft import RequestDraft, request_draft
from idwallet.testing.scene import Scene
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import RevocationRule
from tests.checks.presentations import came_to
from tests.checks.requests import alone

READER = CheckId.READER_REVOCATION


@pytest.fixture(scope="module")
def made() -> RequestDraft:
    found = request_draft(Scene(seed=b"idwallet TEST reader revocation"))
    known(found)
    return found


def test_a_reader_none_of_whose_certificates_is_revoked_passes(
    made: RequestDraft,
) -> None:
    report = judge_request(made)
    assert came_to(alone(report, READER), Outcome.PASSED, Reason.NOT_REVOKED)
    assert {e.kind for e in report.evidence if e.check is READER} == {EvidenceKind.CRL}


def test_a_reader_whose_certificate_is_revoked_fails(made: RequestDraft) -> None:
    _, forged = READER_REVOCATIONS[0].twins(made.scene)
    found = alone(judge_request(forged), READER)
    assert came_to(found, Outcome.FAILED, Reason.REVOKED)


@pytest.mark.parametrize("forgery", READER_REVOCATIONS, ids=lambda each: each.name)
def test_whoever_is_revoked_or_may_be_is_told_apart(
    made: RequestDraft, forgery: RequestForgery
) -> None:
    _, forged = forgery.twins(made.scene)
    found = alone(judge_request(forged), READER)
    assert found.reason is forgery.reason
    assert found.outcome is not Outcome.PASSED


def test_what_needs_evidence_says_from_where(made: RequestDraft) -> None:
    made = replace(made, trust=made.scene.trust)
    found = alone(judge_request(made), READER)
    assert came_to(found, Outcome.INDETERMINATE, Reason.UNKNOWN)
    assert found.needs


def test_a_forged_request_makes_nobody_fetch(made: RequestDraft) -> None:
    forged = replace(made, trust=made.scene.trust, bend_token=lambda text: text[:-8])
    assert alone(judge_request(forged), READER).needs == ()


def test_a_wallet_that_takes_a_chance_says_so(made: RequestDraft) -> None:
    free = replace(made, policy=WALLET, trust=made.scene.trust)
    found = alone(judge_request(free), READER)
    assert came_to(found, Outcome.PASSED, Reason.UNKNOWN_ACCEPTED)
    rule = RevocationRule.NOT_REQUIRED_ACCEPTED
    blind = replace(made, policy=replace(WALLET, name="blind", revocation=rule))
    found = alone(judge_request(blind), READER)
    assert came_to(found, Outcome.PASSED, Reason.NOT_REQUIRED_ACCEPTED)


def test_a_pinned_key_has_nothing_to_revoke(made: RequestDraft) -> None:
    pinned = replace(made)
    pinned.pin()
    found = alone(judge_request(pinned), READER)
    assert came_to(found, Outcome.PASSED, Reason.KEY_PINNED)


def test_it_waits_until_it_is_known_who_asks(made: RequestDraft) -> None:
    stranger = replace(made, header={"x5c": "\0absent"})
    found = alone(judge_request(stranger), READER)
    assert came_to(found, Outcome.INDETERMINATE, Reason.WAITING)
    assert found.fact("waits_for") == CheckId.READER_AUTHORISED
