"""A wallet agrees to exactly what it was shown, and a verifier sees that it did."""

from dataclasses import replace

import pytest

from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.consent.transaction import PAYMENT, TransactionLabel
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.structures import read_sd_jwt
from idwallet.crypto.seal import SealKey
from idwallet.envelope.jws import read_compact
from idwallet.errors import UnsupportedError, UsageError, VerificationFailed
from idwallet.protocols.openid4vp.attached import TransactionData
from idwallet.protocols.openid4vp.request import RequestObject, build_request_object
from idwallet.report import CheckId, Reason
from idwallet.roles.presentation import verify_presentation
from idwallet.roles.receipts import give_receipt
from idwallet.roles.transactions import agreed_claims, hash_of
from idwallet.testing.corpus.transactions import rent
from idwallet.testing.scene import Scene

SCENE = Scene(seed=b"idwallet TEST transactions")
AT = SCENE.at
QUERY = SCENE.request().query
LEASE = rent().content("tenant", credential_ids=("pid",), previous=None)
PAID: JsonObject = {
    "type": PAYMENT,
    "credential_ids": ["pid"],
    "payload": {
        "transaction_id": "1",
        "payee": "Example Shop",
        "amount": {"value": 14.22, "currency": "EUR"},
    },
}


def test_an_agreement_travels_from_the_request_to_the_verdict() -> None:
    request = SCENE.verifier.request(
        QUERY, purpose="a lease", at=AT, transactions=[LEASE, PAID]
    )
    holder = SCENE.new_wallet()
    holder.add(SCENE.issue(), at=AT)
    asked = holder.read_request(request.message.raw, at=AT)
    lease, paid = asked.transactions
    assert lease.values(TransactionLabel.TITLE) == ("Lease of a flat",)
    assert paid.values(TransactionLabel.AMOUNT) == ("14.22 EUR",)
    body = holder.present(asked, holder.match(asked, at=AT).choose(), at=AT).json
    verified = verify_presentation(body, request=request, trust=SCENE.trust, at=AT)
    agreed = [
        each
        for each in verified.report.checks
        if each.id.value == "presentation.transaction"
    ]
    assert [each.reason for each in agreed] == [Reason.MATCHES] * 2
    text = read_object(body, at="test")["vp_token"]["pid"][0]  # type: ignore[index,call-overload]
    binding = read_compact(
        str(read_sd_jwt(str(text)).key_binding), at="test", understood=frozenset()
    )
    said = read_object(binding.payload, at="test")
    assert said["transaction_data_hashes_alg"] == "sha-256"
    assert said["transaction_data_hashes"] == [
        hash_of(each.raw, "sha-256") for each in request.transaction_data
    ]


def test_who_agreed_to_a_transaction_gets_a_receipt_for_what_they_showed() -> None:
    request = SCENE.verifier.request(
        QUERY, purpose="a lease", at=AT, transactions=[PAID]
    )
    holder = SCENE.new_wallet()
    holder.add(SCENE.issue(), at=AT)
    asked = holder.read_request(request.message.raw, at=AT)
    made = holder.present(asked, holder.match(asked, at=AT).choose(), at=AT)
    verified = verify_presentation(made.json, request=request, trust=SCENE.trust, at=AT)
    receipt = give_receipt(verified, request=request, at=AT)
    kept = holder.keep_receipt(receipt, index=made.entry, at=AT)
    assert kept.receipt.purpose == "a lease"


def test_a_saved_request_remembers_what_was_to_be_agreed_to() -> None:
    key = SealKey(bytes(32))
    request = SCENE.verifier.request(
        QUERY, purpose="a lease", at=AT, transactions=[LEASE]
    )
    again = SCENE.verifier.restore(request.save(key), key)
    assert again.transaction_data == request.transaction_data
    plain = SCENE.verifier.restore(SCENE.request().save(key), key)
    assert plain.transaction_data == ()


@pytest.mark.parametrize(
    "content",
    [
        {**LEASE, "surprise": "you also owe us"},
        {**LEASE, "credential_ids": ["nothing"]},
        {**PAID, "payload": {}},
        {"type": "urn:example:unknown", "credential_ids": ["pid"]},
    ],
)
def test_no_verifier_asks_for_what_no_wallet_agrees_to(content: JsonObject) -> None:
    with pytest.raises(UsageError):
        SCENE.verifier.request(QUERY, purpose="x", at=AT, transactions=[content])


@pytest.mark.parametrize(
    "content",
    [
        {**LEASE, "surprise": "you also owe us"},
        {**PAID, "payload": {"payee": "Shop"}},
    ],
)
def test_a_wallet_refuses_a_transaction_that_it_could_not_show_whole(
    content: JsonObject,
) -> None:
    good = SCENE.request()
    holder = SCENE.new_wallet()

    def asking(each: JsonObject) -> str:
        asked = RequestObject(
            client_id=good.client_id,
            response_uri="https://shop.example/answer",
            nonce=good.nonce,
            query=QUERY,
            issued=good.issued,
            expires=good.expires,
            state=good.state,
            formats=(),
            transaction_data=(TransactionData.of(each),),
        )
        asked = replace(asked, formats=_formats())
        return build_request_object(
            asked,
            signer=SCENE.reader_identity.signer,
            certificates=SCENE.reader_identity.chain,
        )

    assert holder.read_request(asking(LEASE), at=AT).transactions
    with pytest.raises(VerificationFailed) as refused:
        holder.read_request(asking(content), at=AT)
    (failed,) = refused.value.report.failed()
    assert (failed.id, failed.reason) == (CheckId.REQUEST_FORMAT, Reason.MALFORMED)


def _formats() -> tuple[object, ...]:
    from idwallet.protocols.openid4vp.request import formats_supported

    return formats_supported(SCENE.verifier.policy.algorithms, QUERY)


def transaction(**members: object) -> TransactionData:
    content = {**PAID, **members}
    return TransactionData.of(read_object(write_json(content), at="test"))  # type: ignore[arg-type]


def chosen(query: Query = QUERY) -> tuple[object, ...]:
    holder = SCENE.new_wallet()
    holder.add(SCENE.issue(), at=AT)
    asked = holder.read_request(
        SCENE.verifier.request(query, purpose="x", at=AT).message.raw, at=AT
    )
    return holder.match(asked, at=AT).choose().shown


def test_where_the_verifier_names_no_algorithm_the_answer_names_none() -> None:
    (said,) = agreed_claims([transaction()], chosen())  # type: ignore[arg-type]
    assert list(said) == ["transaction_data_hashes"]


def test_a_hash_that_both_know_is_taken() -> None:
    asked = transaction(transaction_data_hashes_alg=["sha3-512", "sha-384", "sha-512"])
    (said,) = agreed_claims([asked], chosen())  # type: ignore[arg-type]
    assert said["transaction_data_hashes_alg"] == "sha-384"
    assert said["transaction_data_hashes"] == [hash_of(asked.raw, "sha-384")]


def test_without_a_common_hash_nothing_is_agreed_to() -> None:
    unknown = transaction(transaction_data_hashes_alg=["sha3-512"])
    with pytest.raises(UnsupportedError, match="hash"):
        agreed_claims([unknown], chosen())  # type: ignore[arg-type]


def test_a_transaction_needs_one_of_its_credentials_shown() -> None:
    other = transaction(credential_ids=["another"])
    with pytest.raises(UsageError, match="agreed to with"):
        agreed_claims([other], chosen())  # type: ignore[arg-type]


def test_a_mobile_document_agrees_to_no_transaction() -> None:
    from idwallet.credentials.model import Format

    (shown,) = chosen()
    mobile = replace(shown.credential, format=Format.MDOC)  # type: ignore[attr-defined]
    with pytest.raises(UnsupportedError, match="mobile document"):
        agreed_claims([transaction()], [replace(shown, credential=mobile)])  # type: ignore[type-var]


def test_of_two_credentials_that_may_the_first_alone_agrees() -> None:
    (shown,) = chosen()
    asked = transaction(credential_ids=["pid", "again"])
    both = [shown, replace(shown, query_id="again")]  # type: ignore[type-var]
    first, second = agreed_claims([asked], both)  # type: ignore[arg-type]
    assert first
    assert not second
