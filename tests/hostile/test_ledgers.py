"""Every forged ledger is refused for its reason, and its twin passes."""

from typing import Final

import pytest

from idwallet.consent import CompletenessRule, verify_ledger_export
from idwallet.errors import VerificationError
from idwallet.report import TABLE, CheckId, Outcome, Reason
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.ledger_draft import LedgerDraft, LedgerScene, ledger_draft
from idwallet.testing.ledgers import LEDGER_FORGERIES
from idwallet.trust.policies import WALLET
from tests.hostile.twins import require_only_its_check_moved

AT_LEAST: Final = 30
WITNESSES: Final = {CheckId.LEDGER_ANCHOR, CheckId.LEDGER_COMPLETENESS}


@pytest.fixture(scope="module")
def scene() -> LedgerScene:
    return LedgerScene(seed=b"idwallet TEST forged ledgers")


def test_there_are_enough_and_every_one_has_a_name_of_its_own() -> None:
    assert len({each.name for each in LEDGER_FORGERIES}) == len(LEDGER_FORGERIES)
    assert len(LEDGER_FORGERIES) >= AT_LEAST


@pytest.mark.parametrize("forgery", LEDGER_FORGERIES, ids=lambda each: each.name)
def test_the_twin_passes_and_the_fault_moves_exactly_its_check(
    forgery: Forged[LedgerDraft], scene: LedgerScene
) -> None:
    valid, forged = (
        each.report() for each in forgery.apart(lambda: ledger_draft(scene))
    )
    require_only_its_check_moved(forgery, valid, forged)


def test_every_refusal_of_a_ledger_is_met_by_a_forgery() -> None:
    refusals = {
        row
        for row, means in TABLE.items()
        if means.outcome is not Outcome.PASSED
        and row[0].value.startswith("ledger.")
        and row[1] is not Reason.WAITING
    }
    assert {(each.check, each.reason) for each in LEDGER_FORGERIES} == refusals


@pytest.mark.parametrize("forgery", LEDGER_FORGERIES, ids=lambda each: each.name)
def test_verify_raises_what_evaluate_says(
    forgery: Forged[LedgerDraft], scene: LedgerScene
) -> None:
    _, forged = forgery.apart(lambda: ledger_draft(scene))
    with pytest.raises(VerificationError) as caught:
        verify_ledger_export(
            forged.to_bytes(),
            trust=scene.trust,
            policy=WALLET,
            at=forged.at,
            kept=forged.kept,
        )
    assert caught.value.report == forged.report()


def test_accepting_the_owners_word_accepts_nothing_else(scene: LedgerScene) -> None:
    for forgery in LEDGER_FORGERIES:
        _, forged = forgery.apart(lambda: ledger_draft(scene))
        accepted = forgery.reason is Reason.SELF_ASSERTED
        try:
            verify_ledger_export(
                forged.to_bytes(),
                trust=scene.trust,
                policy=WALLET,
                at=forged.at,
                kept=forged.kept,
                rule=CompletenessRule.SELF_ASSERTED_ACCEPTED,
            )
        except VerificationError:
            assert not accepted
        else:
            assert accepted


@pytest.mark.parametrize("count", [2**53, 10**19])
def test_a_number_that_no_reader_has_exactly_is_judged_and_raises_nothing(
    scene: LedgerScene, count: int
) -> None:
    made = ledger_draft(scene)
    made.checkpoint()["count"] = count
    found = made.report().checks[0]
    assert (found.id, found.reason) == (CheckId.LEDGER_FORMAT, Reason.MALFORMED)
