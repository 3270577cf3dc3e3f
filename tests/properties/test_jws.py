import json
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import (
    JsonShape,
    JsonSigner,
    Jws,
    PayloadForm,
    read_compact,
    read_json_serialization,
    sign_compact,
    sign_json_serialization,
    signature_reason,
)
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Reason

SIGNERS: Final = {each: SoftwareSigner.generate(each) for each in DEFAULT_ALGORITHMS}
ES256: Final = SIGNERS[Algorithm.ES256]
TOKEN: Final = sign_compact(b'{"a":1}', header={"typ": "JWT"}, signer=ES256)

names = st.text(max_size=8).filter(
    lambda name: name not in {"alg", "b64", "crit", "typ", "cty", "kid", "jwk"}
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
headers = st.dictionaries(
    names.filter(lambda name: not name.startswith(("x5", "jku"))), values, max_size=4
)
anything = st.recursive(
    values, lambda inner: st.dictionaries(st.text(max_size=9), inner), max_leaves=6
)


def reason(jws: Jws, algorithm: Algorithm = Algorithm.ES256) -> Reason:
    key = SIGNERS[algorithm].public_key
    return signature_reason(jws, key=key, allowed=DEFAULT_ALGORITHMS)


@given(st.text(max_size=80) | st.binary(max_size=80))
@example("..")
@example(b"\xff.\xff.\xff")
def test_reading_any_text_as_a_token_only_ever_refuses_it(token: str | bytes) -> None:
    try:
        read_compact(token, at="token")
    except (MalformedError, UnsupportedError) as error:
        assert error.clause  # noqa: PT017 - the invariant is about the refusal


@given(anything, st.binary(max_size=20), st.binary(max_size=70))
def test_reading_any_header_only_ever_refuses_it(
    header: object, payload: bytes, signature: bytes
) -> None:
    head = b64.encode(json.dumps(header).encode("utf-8", "surrogatepass"))
    token = f"{head}.{b64.encode(payload)}.{b64.encode(signature)}"
    try:
        jws = read_compact(token, at="token")
    except (MalformedError, UnsupportedError):
        return
    assert reason(jws) is not Reason.VALID


@given(
    st.dictionaries(
        st.sampled_from(
            ["payload", "protected", "header", "signature", "signatures", "x"]
        ),
        anything | st.just(b64.encode(b'{"alg":"ES256"}')),
    )
)
def test_reading_any_object_as_json_only_ever_refuses_it(data: JsonObject) -> None:
    try:
        found = read_json_serialization(data, at="jws")
    except (MalformedError, UnsupportedError):
        return
    assert all(reason(jws) is not Reason.VALID for jws in found)


@given(
    headers,
    st.binary(max_size=200),
    st.sampled_from(sorted(DEFAULT_ALGORITHMS, key=str)),
    st.sampled_from(PayloadForm),
)
def test_what_is_signed_reads_back_and_is_valid(
    header: JsonObject, payload: bytes, algorithm: Algorithm, form: PayloadForm
) -> None:
    signer = SIGNERS[algorithm]
    token = sign_compact(payload, header=header, signer=signer, form=form)
    detached = None if form is PayloadForm.ATTACHED else payload
    jws = read_compact(token, at="token", detached=detached)
    assert jws.payload == payload
    assert {name: jws.header.parameters[name] for name in header} == header
    assert reason(jws, algorithm) is Reason.VALID


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(SIGNERS, key=str)), headers),
        min_size=1,
        max_size=4,
    ),
    st.binary(max_size=50),
)
def test_what_several_sign_reads_back_and_is_valid(
    signers: list[tuple[Algorithm, JsonObject]], payload: bytes
) -> None:
    by = [JsonSigner(SIGNERS[each], header) for each, header in signers]
    made = sign_json_serialization(payload, signers=by, shape=JsonShape.GENERAL)
    found = read_json_serialization(made, at="jws")
    for jws, (algorithm, _) in zip(found, signers, strict=True):
        assert jws.payload == payload
        assert reason(jws, algorithm) is Reason.VALID


@given(st.integers(0, len(TOKEN) - 1), st.integers(0, 127))
def test_a_token_with_any_one_character_changed_is_not_valid(
    place: int, code: int
) -> None:
    changed = TOKEN[:place] + chr(code) + TOKEN[place + 1 :]
    try:
        jws = read_compact(changed, at="token")
    except (MalformedError, UnsupportedError):
        return
    assert (reason(jws) is Reason.VALID) == (changed == TOKEN)


@given(st.integers(0, len(TOKEN)), st.text("AZaz09-_.=+/ \n", min_size=1, max_size=4))
def test_a_token_with_anything_put_in_is_not_valid(place: int, more: str) -> None:
    changed = TOKEN[:place] + more + TOKEN[place:]
    try:
        jws = read_compact(changed, at="token")
    except (MalformedError, UnsupportedError):
        return
    assert reason(jws) is not Reason.VALID


@given(st.integers(0, len(TOKEN) - 1), st.integers(1, 8))
def test_a_token_with_anything_left_out_is_not_valid(place: int, count: int) -> None:
    changed = TOKEN[:place] + TOKEN[place + count :]
    try:
        jws = read_compact(changed, at="token")
    except (MalformedError, UnsupportedError):
        return
    assert reason(jws) is not Reason.VALID


@given(st.binary(min_size=64, max_size=64))
def test_no_made_up_signature_is_valid(signature: bytes) -> None:
    covered = TOKEN.rpartition(".")[0]
    jws = read_compact(f"{covered}.{b64.encode(signature)}", at="token")
    assert reason(jws) is Reason.INVALID


@given(headers)
def test_reading_twice_gives_the_same_whatever_was_done_between(
    header: JsonObject,
) -> None:
    token = sign_compact(b"", header=header, signer=ES256)
    first = read_compact(token, at="token")
    for name in first.header.parameters:
        value = first.header.parameters[name]
        if isinstance(value, list | dict):
            value.clear()
    with pytest.raises(TypeError):
        first.header.parameters["alg"] = "none"  # type: ignore[index]
    second = read_compact(token, at="token")
    assert {name: second.header.parameters[name] for name in header} == header
