"""What a verifier attaches to a request: attestations, and transactions."""

from dataclasses import replace

import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.query import Query
from idwallet.errors import MalformedError, UsageError
from idwallet.protocols.openid4vp import (
    ErrorCode,
    RequestVerdict,
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


def judged(desk: Desk, raw: str) -> RequestVerdict:
    """Judge as a wallet that can show a payment."""
    return evaluate_request(
        raw,
        trust=desk.trust,
        policy=desk.policy,
        at=desk.at,
        transactions=frozenset({"pay"}),
    )


def test_transactions_come_as_they_were_sent_where_somebody_can_show_them(
    desk: Desk,
) -> None:
    asked = replace(desk, request=replace(desk.request, transaction_data=(PAYMENT,)))
    raw = asked.message().raw
    verdict = judged(desk, raw)
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


CARD: JsonObject = {"format": "dc+sd-jwt", "meta": {"vct_values": ["a"]}}
UNBOUND: JsonObject = {**CARD, "require_cryptographic_holder_binding": False}
LICENCE: JsonObject = {"format": "mso_mdoc", "meta": {"doctype_value": "a"}}


@pytest.mark.parametrize(
    ("asked", "ids", "digests", "what"),
    [
        ([UNBOUND], ["0"], ["sha-256"], "without key binding"),
        ([CARD, UNBOUND], ["0", "1"], ["sha-256"], "without key binding"),
        ([LICENCE], ["0"], ["sha-256"], "no place for their digest"),
        ([CARD, LICENCE], ["1"], ["sha-256"], "no place for their digest"),
        ([CARD], ["0"], ["sha-1", "md5"], "digests that are not spoken"),
    ],
)
def test_what_no_key_can_agree_to_is_neither_asked_nor_answered(
    desk: Desk, asked: list[JsonObject], ids: list[str], digests: list[str], what: str
) -> None:
    queries: list[JsonValue] = [{"id": str(n), **each} for n, each in enumerate(asked)]
    dcql: JsonObject = {"credentials": queries}
    content: JsonObject = {
        "type": "pay",
        "credential_ids": [*ids],
        "transaction_data_hashes_alg": [*digests],
    }
    made = TransactionData.of(content)
    request = replace(
        desk.request, query=Query.from_dcql(dcql), transaction_data=(made,)
    )
    with pytest.raises(UsageError, match=what):
        build_request_object(request, signer=desk.signer, certificates=desk.chain)
    raw = desk.forge({"dcql_query": dcql, "transaction_data": [made.raw]})
    verdict = judged(desk, raw)
    assert verdict.error is ErrorCode.INVALID_TRANSACTION_DATA


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
