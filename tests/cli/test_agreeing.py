"""Whoever presents sees every line that the answer agrees to, and only then agrees."""

import json
from functools import partialmethod
from pathlib import Path
from unittest import mock

import pytest

from idwallet.codec.json import JsonObject
from idwallet.consent.transaction import PAYMENT
from idwallet.roles.verifier import Verifier
from tests.cli.program import AT, run

PRESENT = ("present", "paid.json", "--wallet", "wallet", "--trust", "pki/root.pem")
SEAL = ("--seal-file", "passphrase.txt", "--at", AT)
PAID: JsonObject = {
    "type": PAYMENT,
    "credential_ids": ["national-id"],
    "payload": {
        "transaction_id": "T-1",
        "payee": "Example \u202eShop",
        "amount": {"value": 14.22, "currency": "EUR"},
    },
}


@pytest.fixture
def paying(story: Path) -> Path:
    """A till asks for an age and for a payment."""
    asks = partialmethod(Verifier.request, transactions=[PAID])
    with mock.patch.object(Verifier, "request", asks):
        ran = run(
            *(
                "request",
                "--age-over",
                "18",
                "--format",
                "sd-jwt",
                "--policy",
                "retail",
            ),
            *("--purpose", "a sale", "--key", "pki/shop-key.pem"),
            *("--certificates", "pki/shop.pem", "--passphrase-file", "passphrase.txt"),
            *("--answer-to", "https://till.example/a", "--save", "paid.state"),
            *("-o", "paid.json", *SEAL),
        )
    assert ran.status == 0, ran.err
    return story


@pytest.mark.parametrize(
    ("lang", "line"),
    [("en", "  - Amount: 14.22 EUR"), ("ru", "  - Сумма: 14.22 EUR")],
)
def test_every_line_stands_before_the_person(
    paying: Path, lang: str, line: str
) -> None:
    ran = run(*PRESENT, *SEAL, "--lang", lang, "-o", "answer.txt")
    assert ran.status == 2  # nobody was there to agree
    assert line in ran.err.splitlines()
    assert "‹U+202E›Shop" in ran.err
    assert "\u202e" not in ran.err
    assert not (paying / "answer.txt").exists()


def test_what_was_agreed_to_is_in_the_json_and_in_the_verdict(paying: Path) -> None:
    ran = run(*PRESENT, *SEAL, "--yes", "--json", "-o", "answer.txt")
    assert ran.status == 0, ran.err
    (told,) = json.loads(ran.out)["transactions"]
    assert told["type"] == PAYMENT
    assert told["lines"] == [
        {"label": "amount", "value": "14.22 EUR", "detail": "", "warnings": []},
        {
            "label": "payee",
            "value": "Example \u202eShop",
            "detail": "",
            "warnings": ["bidi"],
        },
        {"label": "transaction_id", "value": "T-1", "detail": "", "warnings": []},
    ]
    judged = run(
        *("verify", "answer.txt", "--request", "paid.state", "--json"),
        *("--trust", "pki/root.pem", *SEAL),
    )
    assert judged.status == 0, judged.err
    assert '"presentation.transaction"' in judged.out
