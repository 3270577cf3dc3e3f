"""Whatever a page asks and whatever comes back, there is a verdict or a refusal."""

from datetime import UTC, datetime
from functools import cache
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec import base58
from idwallet.codec.json import JsonValue, write_json
from idwallet.credentials.required import Context
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols.dc_api import (
    PageProtocol,
    evaluate_page_request,
    read_page_answer,
    read_page_message,
)
from idwallet.report import Outcome
from idwallet.testing.page_draft import ORIGIN, page_draft
from idwallet.testing.scene import Scene
from idwallet.trust.did import key_in_document, key_in_name, read_did

JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "request",
                    "payload",
                    "signatures",
                    "protected",
                    "signature",
                    "header",
                    "expected_origins",
                    "client_id",
                    "dcql_query",
                    "nonce",
                    "response_mode",
                    "data",
                    "protocol",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
AT: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@cache
def scene() -> Scene:
    return Scene(at=AT, seed=b"idwallet TEST pages at random")


@given(
    data=st.dictionaries(st.text(max_size=8), JSON, max_size=4),
    name=st.sampled_from(PageProtocol),
)
def test_a_page_asks_anything_and_gets_nothing(
    data: dict[str, JsonValue], name: PageProtocol
) -> None:
    message = read_page_message({"protocol": name.value, "data": data})
    context = Context(scene().trust, page_draft(scene()).policy, AT)
    verdict = evaluate_page_request(message, origin=ORIGIN, context=context)
    assert verdict.request is None
    assert any(each.outcome is not Outcome.PASSED for each in verdict.checks)


@given(data=st.binary(max_size=200))
def test_octets_that_are_no_message_are_refused_as_such(data: bytes) -> None:
    for read in (read_page_message, read_page_answer):
        try:
            read(data)
        except (MalformedError, UnsupportedError):
            continue
        raise AssertionError("no octets at random are a message")


@given(data=st.data())
def test_a_request_that_is_changed_anywhere_passes_no_more(data: st.DataObject) -> None:
    text = bytearray(page_draft(scene()).text())
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] ^= data.draw(st.integers(1, 127))
    context = Context(scene().trust, page_draft(scene()).policy, AT)
    try:
        message = read_page_message(bytes(text))
    except (MalformedError, UnsupportedError):
        return
    verdict = evaluate_page_request(message, origin=ORIGIN, context=context)
    assert verdict.request is None


@given(data=st.binary(max_size=64))
def test_base58_has_one_spelling(data: bytes) -> None:
    assert base58.decode(base58.encode(data), at="x") == data


@given(own=st.text(max_size=80), method=st.sampled_from(["key", "jwk", "web"]))
def test_a_name_leads_to_a_key_or_is_refused(own: str, method: str) -> None:
    try:
        did = read_did(f"did:{method}:{own}", at="x")
        key_in_name(did, "0", at="x")
    except (MalformedError, UnsupportedError):
        return


@given(document=JSON)
def test_a_document_at_random_holds_no_key(document: JsonValue) -> None:
    did = read_did("did:web:shop.example", at="x")
    try:
        found = key_in_document(write_json({"v": document}), did=did, fragment="k")
    except (MalformedError, UnsupportedError):
        return
    assert found is None
