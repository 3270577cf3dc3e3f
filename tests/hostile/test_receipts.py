"""Every forged receipt is refused for its reason, and its twin passes."""

from typing import Final

import pytest

from idwallet.consent import verify_receipt
from idwallet.errors import VerificationFailed
from idwallet.report import TABLE, Outcome
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.receipts import (
    RECEIPT_FORGERIES,
    ReceiptDraft,
    ReceiptScene,
    receipt_draft,
)
from idwallet.trust.policies import WALLET
from tests.hostile.twins import require_only_its_check_moved

AT_LEAST: Final = 30


@pytest.fixture(scope="module")
def scene() -> ReceiptScene:
    return ReceiptScene(seed=b"idwallet TEST forged receipts")


def test_there_are_enough_and_every_one_has_a_name_of_its_own() -> None:
    assert len({each.name for each in RECEIPT_FORGERIES}) == len(RECEIPT_FORGERIES)
    assert len(RECEIPT_FORGERIES) >= AT_LEAST


@pytest.mark.parametrize("forgery", RECEIPT_FORGERIES, ids=lambda each: each.name)
def test_the_twin_passes_and_the_fault_moves_exactly_its_check(
    forgery: Forged[ReceiptDraft], scene: ReceiptScene
) -> None:
    valid, forged = (
        each.report() for each in forgery.apart(lambda: receipt_draft(scene))
    )
    require_only_its_check_moved(forgery, valid, forged)


def test_every_refusal_of_a_receipt_is_met_by_a_forgery() -> None:
    refusals = {
        row
        for row, means in TABLE.items()
        if means.outcome is Outcome.FAILED and row[0].value.startswith("receipt.")
    }
    assert {(each.check, each.reason) for each in RECEIPT_FORGERIES} == refusals


@pytest.mark.parametrize("forgery", RECEIPT_FORGERIES, ids=lambda each: each.name)
def test_verify_raises_what_evaluate_says(
    forgery: Forged[ReceiptDraft], scene: ReceiptScene
) -> None:
    _, forged = forgery.apart(lambda: receipt_draft(scene))
    with pytest.raises(VerificationFailed) as caught:
        verify_receipt(
            forged.token(),
            about=forged.about,
            trust=forged.trust,
            policy=WALLET,
            at=forged.at,
        )
    (check,) = caught.value.report.failed()
    assert (check.id, check.reason) == (forgery.check, forgery.reason)
