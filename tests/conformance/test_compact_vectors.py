"""The published vectors of compact credentials are what our own reader says of them."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from idwallet.codec.qr_text import read_qr_text
from idwallet.credentials.compact import tree
from idwallet.credentials.compact.evaluate import evaluate, unreadable
from idwallet.credentials.compact.holder import Bound
from idwallet.credentials.compact.structures import read_proof
from idwallet.credentials.required import Context
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Check, CheckId, Outcome, Reason
from idwallet.testing.compact import COMPACT_FORGERIES
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import RETAIL
from tests.conformance.compact_vectors import FILE, OF_THE_TILL


@cache
def page() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


@cache
def trust() -> TrustStore:
    anchor = TrustAnchor.from_jwks(
        {"keys": [page()["issuer"]]},
        name="the issuer of the vectors",
        purposes=[Purpose.ISSUE_CREDENTIALS],
        issuer_names=["https://issuer.example"],
    )
    return TrustStore([anchor])


def judged(vector: dict[str, Any]) -> tuple[Check, ...]:
    octets = read_qr_text(vector["code"], at="code").octets
    at = datetime.fromtimestamp(vector["at"], UTC)
    window = timedelta(seconds=vector["window"])
    bound = Bound(vector["audience"], vector["nonce"], window)
    try:
        proof = read_proof(octets, at="code")
    except (MalformedError, UnsupportedError) as error:
        return (unreadable(error, subject="code"),)
    context = Context(trust(), RETAIL, at)
    return evaluate(proof, bound=bound, context=context, subject="code").checks


@pytest.mark.parametrize("vector", page()["codes"], ids=lambda each: each["name"])
def test_a_code_comes_to_what_its_vector_says(vector: dict[str, Any]) -> None:
    failed = [each for each in judged(vector) if each.outcome is Outcome.FAILED]
    found = [(each.id, each.reason) for each in failed]
    if not vector["check"]:
        assert found == []
    else:
        assert found == [(CheckId(vector["check"]), Reason(vector["reason"]))]


def test_every_forgery_of_a_code_is_published() -> None:
    named = {each["name"] for each in page()["codes"] if each["check"]}
    assert named == {each.name for each in COMPACT_FORGERIES} - OF_THE_TILL
    assert len(named) >= 100


@pytest.mark.parametrize("made", page()["trees"], ids=lambda each: each["places"])
def test_a_tree_has_the_root_and_blocks_of_its_vector(made: dict[str, Any]) -> None:
    context = tree.context_of(bytes.fromhex(made["head"]))
    items = [bytes.fromhex(each) for each in made["items"]]
    seed, shown = bytes.fromhex(made["seed"]), made["places"]
    assert tree.root_of(context, items, seed=seed).hex() == made["root"]
    blocks = tree.blocks_for(context, items, seed=seed, shown=shown)
    assert blocks.hex() == made["blocks"]
    seen = [each for n, each in enumerate(items) if shown >> n & 1]
    root = tree.shown_root(context, seen, leaves=len(items), shown=shown, blocks=blocks)
    assert root.hex() == made["root"]
