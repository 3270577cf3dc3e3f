"""What a person agrees to is held to its type, and every part of it is a line."""

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.codec.text import TextWarning
from idwallet.consent.transaction import (
    CONTRACT,
    PAYMENT,
    SIGNATURE,
    TRANSACTION_TYPES,
    Contract,
    ContractDocument,
    TransactionLabel,
    read_contract,
    read_transaction,
)
from idwallet.errors import MalformedError, UnsupportedError, UsageError

LEASE = ContractDocument.of("lease.txt", b"The flat is let.\n")
RENT = Contract("agreement-1", "Lease of a flat", (LEASE,), ("owner", "tenant"))
IN_TURN = Contract("agreement-1", "Lease", (LEASE,), ("owner", "tenant"), in_turn=True)


def contract(**changes: object) -> JsonObject:
    made = RENT.content("tenant", credential_ids=("pid",), previous=None)
    return {**made, **changes}  # type: ignore[dict-item]


def payment(**changes: object) -> JsonObject:
    payload: JsonObject = {
        "transaction_id": "8D8AC610",
        "payee": "Example Shop",
        "amount": {"value": 14.22, "currency": "EUR"},
        **changes,  # type: ignore[dict-item]
    }
    return {
        "type": PAYMENT,
        "credential_ids": ["card"],
        "payload": {n: v for n, v in payload.items() if v is not None},
    }


def signature(**changes: object) -> JsonObject:
    made: JsonObject = {
        "type": SIGNATURE,
        "credential_ids": ["pid"],
        "signatureQualifier": "eu_eidas_qes",
        "documentDigests": [
            {
                "label": "Example Contract",
                "hash": "7Qzm5EjuzXKSHFlc0OH9PP9qUaH-VBl2aGNbwYj1oOA",
                "hashAlgorithmOID": "2.16.840.1.101.3.4.2.1",
            }
        ],
        **changes,  # type: ignore[dict-item]
    }
    return {n: v for n, v in made.items() if v is not None}


DIGEST: JsonObject = {"label": "a", "hash": "b"}


def lines(content: JsonObject) -> list[tuple[str, str]]:
    read = read_transaction(str(content["type"]), content)
    return [(each.label.value, each.value) for each in read.lines]


def test_a_contract_is_shown_whole() -> None:
    assert lines(contract()) == [
        ("title", "Lease of a flat"),
        ("document", "lease.txt"),
        ("digest", LEASE.sha256.hex()),
        ("party", "tenant"),
        ("other_party", "owner"),
        ("agreement", "agreement-1"),
    ]
    found = read_contract(contract())
    assert (found.contract, found.party, found.previous) == (RENT, "tenant", None)


def test_who_agrees_in_turn_agrees_to_what_was_agreed_before() -> None:
    second = IN_TURN.content("tenant", credential_ids=("pid",), previous=bytes(32))
    assert read_contract(second).previous == bytes(32)
    assert ("previous", bytes(32).hex()) in lines(second)
    first = IN_TURN.content("owner", credential_ids=("pid",), previous=None)
    assert read_contract(first).previous is None
    with pytest.raises(UsageError):
        IN_TURN.content("tenant", credential_ids=("pid",), previous=None)
    with pytest.raises(UsageError):
        RENT.content("tenant", credential_ids=("pid",), previous=bytes(32))
    with pytest.raises(UsageError):
        RENT.content("nobody", credential_ids=("pid",), previous=None)


def test_a_payment_shows_how_much_to_whom_and_all_else() -> None:
    recurring = {"occurrences": 4, "variable_amount": True}
    assert lines(
        payment(
            payee_id="DE99",
            execution_date="2025-11-13T20:20:39+00:00",
            recurring=recurring,
            remark={"to": ["you"]},
        )
    ) == [
        ("amount", "14.22 EUR"),
        ("payee", "Example Shop"),
        ("payee_id", "DE99"),
        ("transaction_id", "8D8AC610"),
        ("execution_date", "2025-11-13T20:20:39+00:00"),
        ("recurring", "4"),
        ("recurring", "true"),
        ("other", "you"),
    ]


def test_a_signature_shows_what_is_signed() -> None:
    assert [label for label, _ in lines(signature(processID="1"))] == [
        "document",
        "digest",
        "qualifier",
        "other",
    ]


def test_what_a_verifier_writes_is_made_safe_before_it_is_shown() -> None:
    read = read_transaction(PAYMENT, payment(payee="Shop\u202e\x1b[2J"))
    (payee,) = [e for e in read.lines if e.label is TransactionLabel.PAYEE]
    assert "\u202e" not in payee.shown
    assert "\x1b" not in payee.shown
    assert TextWarning.BIDI in payee.warnings
    assert read.values(TransactionLabel.PAYEE) == ("Shop\u202e\x1b[2J",)


@pytest.mark.parametrize(
    "broken",
    [
        contract(title=""),
        contract(title=1),
        contract(surprise="you also owe us"),
        contract(party="nobody"),
        contract(parties=[]),
        contract(parties=["tenant", "tenant"]),
        contract(parties=["tenant", 1]),
        contract(parties=["tenant"] * (limits.CONTRACT_ENTRIES + 1)),
        contract(documents=[]),
        contract(documents=["lease.txt"]),
        contract(documents=[{"name": "a", "sha256": "AAAA", "size": 1}]),
        contract(documents=[{"name": "a", "sha256": "A" * 43, "size": -1}]),
        contract(documents=[{"name": "a", "sha256": "A" * 43, "size": 1, "x": 1}]),
        contract(in_turn=None),
        contract(in_turn=True),
        contract(previous="A" * 43),
        payment(amount=None),
        payment(amount={"value": 1}),
        payment(amount={"value": "1", "currency": "EUR"}),
        payment(amount={"value": True, "currency": "EUR"}),
        payment(amount={"value": 10**9 + 1, "currency": "EUR"}),
        payment(amount={"value": 1, "currency": "euro"}),
        payment(amount={"value": 1, "currency": "EUR", "hidden": 1}),
        payment(payee=None),
        payment(payee="x" * 101),
        payment(payee_id="x" * 51),
        payment(transaction_id="x" * 37),
        payment(execution_date="tomorrow"),
        payment(recurring=[1]),
        payment(more={str(n): n for n in range(limits.TRANSACTION_LINES + 1)}),
        {**payment(), "beside": 1},
        signature(documentDigests=[]),
        signature(documentDigests=["x"]),
        signature(documentDigests=[{"label": "a"}]),
        signature(
            documentDigests=[{"label": "a", "hash": "b", "hashAlgorithmOID": "x"}]
        ),
        signature(signatureQualifier=None),
    ],
)
def test_what_breaks_its_type_is_refused(broken: JsonObject) -> None:
    with pytest.raises(MalformedError):
        read_transaction(str(broken["type"]), broken)


def test_a_type_that_nobody_knows_is_unsupported() -> None:
    assert {CONTRACT, PAYMENT, SIGNATURE} == TRANSACTION_TYPES
    with pytest.raises(UnsupportedError):
        read_transaction("urn:example:unknown", {})


@pytest.mark.parametrize(
    "terms",
    [
        {"title": ""},
        {"agreement": ""},
        {"documents": ()},
        {"documents": (LEASE, LEASE)},
        {"parties": ()},
        {"parties": ("a", "a")},
        {"parties": ("a", "")},
        {"title": "x" * (limits.TEXT_CHARACTERS + 1)},
    ],
)
def test_a_contract_that_no_wallet_could_show_is_not_made(
    terms: dict[str, object],
) -> None:
    made = {
        "agreement": "1",
        "title": "Lease",
        "documents": (LEASE,),
        "parties": ("a", "b"),
        **terms,
    }
    with pytest.raises(UsageError):
        Contract(**made)  # type: ignore[arg-type]
