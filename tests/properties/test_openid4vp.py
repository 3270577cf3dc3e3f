"""Whatever the bytes are, requests and responses are read, refused or judged."""

import base64
import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.form import read_form, write_form
from idwallet.credentials.query import Query
from idwallet.crypto.algorithms import Algorithm
from idwallet.envelope.jws import sign_compact, x5c_parameter
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols.openid4vp import (
    ClientIdPrefix,
    ReadRequest,
    RequestMessage,
    RequestObject,
    RequestVerdict,
    ResponseParts,
    WalletRefusal,
    build_request_object,
    client_id_of,
    evaluate_request,
    formats_supported,
    read_request,
    read_response,
    write_response,
    write_response_json,
)
from idwallet.report import Outcome, conclude
from idwallet.testing.pki import TestIdentity, TestPki
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policies import WALLET

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOST = "rp.example.org"


@cache
def pki() -> TestPki:
    return TestPki(at=AT, seed=b"openid4vp properties")


@cache
def reader() -> TestIdentity:
    return pki().reader(HOST)


QUERY = Query.from_dcql(
    {
        "credentials": [
            {
                "id": "pid",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": ["urn:eudi:pid:1"]},
                "claims": [{"path": ["family_name"]}],
            }
        ]
    }
)


def good_request() -> RequestObject:
    return RequestObject(
        client_id=client_id_of(reader().certificate, ClientIdPrefix.X509_SAN_DNS),
        response_uri=f"https://{HOST}/answers",
        nonce="n" * 43,
        query=QUERY,
        issued=AT,
        expires=AT + timedelta(minutes=5),
        state="s",
        formats=formats_supported(frozenset({Algorithm.ES256}), QUERY),
    )


@cache
def good_token() -> str:
    return build_request_object(
        good_request(), signer=reader().signer, certificates=reader().chain
    )


@cache
def store() -> TrustStore:
    return pki().store()


def judge(raw: str | bytes) -> RequestVerdict:
    return evaluate_request(raw, trust=store(), policy=WALLET, at=AT)


def signed(payload: bytes, **header: object) -> str:
    named = {
        "typ": "oauth-authz-req+jwt",
        "x5c": x5c_parameter(reader().chain),
        **header,
    }
    return sign_compact(payload, header=named, signer=reader().signer)  # type: ignore[arg-type]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)
anything = (
    st.binary(max_size=200)
    | st.text(max_size=200)
    | st.text(max_size=200).map("openid4vp://?".__add__)
    | st.text(max_size=200).map("openid4vp://?client_id=a&request=".__add__)
    | json_values.map(json.dumps)
    | st.text(max_size=40).map(lambda text: f'{{"client_id":"a","request":{text}')
)


@given(anything)
def test_any_bytes_are_judged_and_never_raised(raw: str | bytes) -> None:
    verdict = judge(raw)
    assert verdict.request is None
    assert conclude(verdict.checks, verdict.required) is Outcome.FAILED


@given(anything)
def test_any_bytes_are_read_or_refused_as_a_request(raw: str | bytes) -> None:
    with suppress(MalformedError, UnsupportedError):
        assert isinstance(read_request(raw), ReadRequest)


@given(anything | st.text(max_size=200).map("vp_token=".__add__))
def test_any_bytes_are_read_or_refused_as_a_response(raw: str | bytes) -> None:
    with suppress(MalformedError, UnsupportedError):
        assert isinstance(read_response(raw), ResponseParts | WalletRefusal)


parameter_names = st.sampled_from(
    [
        *sorted(good_request().to_claims()),
        "idwallet_purpose",
        "nbf",
        "redirect_uri",
        "request",
        "scope",
        "transaction_data",
    ]
)


@given(st.dictionaries(parameter_names, json_values, min_size=1, max_size=3))
def test_any_signed_parameters_are_judged_and_never_raised(
    change: dict[str, object],
) -> None:
    claims = {**good_request().to_claims(), **change}
    try:
        payload = json.dumps(claims).encode()
    except UnicodeEncodeError:  # a lone surrogate in a name or text
        return
    verdict = judge(signed(payload))
    assert {(each.id, each.subject) for each in verdict.checks} >= verdict.required
    passed = conclude(verdict.checks, verdict.required) is Outcome.PASSED
    assert passed is (verdict.request is not None) is (verdict.error is None)


@given(st.data())
def test_any_changed_character_is_noticed(data: st.DataObject) -> None:
    token = good_token()
    place = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
    forged = token[:place] + character + token[place + 1 :]
    verdict = judge(forged)
    passed = conclude(verdict.checks, verdict.required) is Outcome.PASSED
    assert passed is (forged == token)


@given(st.integers(-200_000, 200_000))
def test_only_within_its_window_a_request_passes(seconds: int) -> None:
    at = AT + timedelta(seconds=seconds)
    verdict = evaluate_request(good_token(), trust=store(), policy=WALLET, at=at)
    skew = WALLET.clock_skew.total_seconds()
    inside = -skew <= seconds < 300 + skew
    assert (verdict.request is not None) is inside


unreserved = st.text(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~",
    min_size=22,
    max_size=100,
)


@given(
    nonce=unreserved,
    state=st.none() | unreserved,
    purpose=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    seconds=st.integers(1, 86_400),
)
def test_what_is_built_reads_back_equal_from_every_carrier(
    nonce: str, state: str | None, purpose: str | None, seconds: int
) -> None:
    request = replace(
        good_request(),
        nonce=nonce,
        state=state,
        purpose=purpose,
        expires=AT + timedelta(seconds=seconds),
    )
    raw = build_request_object(
        request, signer=reader().signer, certificates=reader().chain
    )
    message = RequestMessage(raw, request.client_id)
    for carried in (message.raw, message.to_uri(), message.to_json()):
        assert judge(carried).request == request


query_ids = st.text("abcXYZ019_-", min_size=1, max_size=10)
# What begins like an object is written as one, or refused if it is none.
presentation_texts = st.text(
    st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100
).filter(lambda text: not text.startswith("{")) | st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    # Longer numbers are refused (`limits.JSON_NUMBER_CHARACTERS`).
    st.integers(-(10**40), 10**40) | st.text("xyz"),
    min_size=1,
).map(lambda shown: json.dumps(shown, separators=(",", ":")))


@given(
    presentations=st.dictionaries(
        query_ids,
        st.lists(presentation_texts, min_size=1, max_size=3).map(tuple),
        min_size=1,
        max_size=4,
    ),
    state=st.none() | unreserved,
)
def test_what_is_answered_reads_back_equal(
    presentations: dict[str, tuple[str, ...]], state: str | None
) -> None:
    expected = ResponseParts(presentations, state)
    assert read_response(write_response(presentations, state=state)) == expected
    assert read_response(write_response_json(presentations, state=state)) == expected


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
        st.text(st.characters(exclude_categories=["Cs"])),
        min_size=1,
        max_size=10,
    )
)
def test_a_form_reads_back_equal(parameters: dict[str, str]) -> None:
    read = read_form(write_form(parameters).encode(), at="form")
    assert {name: value.decode() for name, value in read.items()} == parameters


@pytest.mark.parametrize("size", [0, 1, 100])
def test_a_payload_that_is_no_object_is_judged(size: int) -> None:
    for payload in (b"[" * size, b'"' * size, base64.b64encode(b"x" * size)):
        verdict = judge(signed(payload))
        assert verdict.request is None
