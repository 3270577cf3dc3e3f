import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.corpus import Forgery, judge
from idwallet.testing.corpus.transactions import TRANSACTION_FORGERIES, asking, rent
from idwallet.testing.draft import draft
from tests.checks.presentations import came_to, only, scene, twins

TRANSACTION = CheckId.PRESENTATION_TRANSACTION
FIRST = "transaction_data[0]"


def test_a_presentation_that_agrees_to_exactly_what_was_asked_passes() -> None:
    made = draft(scene())
    lease = rent().content("tenant", credential_ids=("pid",), previous=None)
    asking(made, lease)
    report = judge(made)
    assert report.outcome is Outcome.PASSED
    assert came_to(only(report, TRANSACTION, FIRST), Outcome.PASSED, Reason.MATCHES)


def test_where_nothing_was_to_be_agreed_to_nothing_is_judged() -> None:
    assert TRANSACTION not in {each.id for each in judge(draft(scene())).checks}


FORGERIES = [each for each in TRANSACTION_FORGERIES if each.check is TRANSACTION]


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda each: each.name)
def test_a_presentation_that_does_not_agree_fails(forgery: Forgery) -> None:
    name, reason = forgery.name, forgery.reason
    valid, forged = twins(name, TRANSACTION, subject=FIRST)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, reason)


def test_of_two_transactions_each_is_judged_by_itself() -> None:
    made = draft(scene())
    parties = [
        rent().content(party, credential_ids=("pid",), previous=None)
        for party in ("owner", "tenant")
    ]
    asking(made, *parties)
    hashes = made.binding["transaction_data_hashes"]
    assert isinstance(hashes, list)
    made.binding = {**made.binding, "transaction_data_hashes": hashes[:1]}
    report = judge(made)
    assert came_to(only(report, TRANSACTION, FIRST), Outcome.PASSED, Reason.MATCHES)
    second = only(report, TRANSACTION, "transaction_data[1]")
    assert came_to(second, Outcome.FAILED, Reason.ABSENT)


def test_without_a_binding_to_read_it_stays_open() -> None:
    made = draft(scene())
    asking(made, rent().content("tenant", credential_ids=("pid",), previous=None))
    made.bend_binding = lambda _: ""
    open_ = only(judge(made), TRANSACTION, FIRST)
    assert came_to(open_, Outcome.INDETERMINATE, Reason.WAITING)
    assert open_.fact("waits_for") == CheckId.HOLDER_BINDING
