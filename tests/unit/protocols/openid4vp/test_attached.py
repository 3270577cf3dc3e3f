"""What a verifier attaches to a request: attestations, and transactions."""

from dataclasses import replace

import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonValue
from idwallet.errors import MalformedError, UsageError
from idwallet.protocols.openid4vp import (
    ErrorCode,
    build_request_object,
    evaluate_request,
    read_request,
)
from idwallet.protocols.openid4vp.attached import TransactionData, VerifierInfo
from tests.unit.protocols.openid4vp.conftest import Desk

PAYMENT = TransactionData.of(
    {
        "type": "pay",
        "credential_ids": ["pid"],
        "transaction_data_hashes_alg": ["sha-256", "sha-384"],
        "amount": {"value": 10},
    }
)


def test_transactions_come_as_they_were_sent_where_somebody_can_show_them(
    desk: Desk,
) -> None:
    asked = replace(desk, request=replace(desk.request, transaction_data=(PAYMENT,)))
    raw = asked.message().raw
    verdict = evaluate_request(
        raw,
        trust=desk.trust,
        policy=desk.policy,
        at=desk.at,
        transactions=frozenset({"pay"}),
    )
    assert verdict.request is not None
    (found,) = verdict.request.transaction_data
    assert found == PAYMENT
    assert b64.decode(found.raw, at="", clause="").startswith(b'{"type":"pay"')
    assert found.hash_algorithms == ("sha-256", "sha-384")
    assert found.content["amount"] == {"value": 10}
    # What nobody can show, nobody agrees to.
    assert desk.judge(raw).error is ErrorCode.INVALID_TRANSACTION_DATA


@pytest.mark.parametrize("broken", [None, [], ["e30"], ["?"], [1], "eyJ9"])
def test_whatever_is_wrong_with_a_transaction_is_answered_by_its_own_code(
    desk: Desk, broken: JsonValue
) -> None:
    verdict = desk.judge(desk.forge({"transaction_data": broken}))
    assert verdict.error is ErrorCode.INVALID_TRANSACTION_DATA


def test_a_transaction_for_a_query_that_is_not_there_is_not_signed(desk: Desk) -> None:
    other = TransactionData.of({"type": "pay", "credential_ids": ["mdl"]})
    request = replace(desk.request, transaction_data=(other,))
    with pytest.raises(UsageError, match="a query that is not there"):
        build_request_object(request, signer=desk.signer, certificates=desk.chain)


def test_a_transaction_says_of_what_type_it_is(desk: Desk) -> None:
    with pytest.raises(MalformedError):
        TransactionData.of({"credential_ids": ["pid"]})


def test_attestations_come_as_they_were_sent(desk: Desk) -> None:
    info = (
        VerifierInfo("jwt", "eyJ", ("pid",)),
        VerifierInfo("https://trust.example/list", {"level": ["high"]}),
    )
    asked = replace(desk, request=replace(desk.request, verifier_info=info))
    assert read_request(asked.message().raw).request.verifier_info == info


def test_neither_shows_its_content(desk: Desk) -> None:
    assert "10" not in repr(PAYMENT)
    assert "secret" not in repr(VerifierInfo("jwt", "secret"))
