import json
from types import MappingProxyType

import pytest

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.envelope.jws import (
    CompactSigner,
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
from idwallet.errors import UsageError
from idwallet.report import Reason
from tests.unit.envelope.jws.forge import PAYLOAD, judged, signer

ES256, ES384 = signer(), signer(Algorithm.ES384)


def header_of(token: str) -> object:
    return json.loads(b64.decode(token.partition(".")[0], at=""))


def reasons(found: tuple[Jws, ...]) -> list[Reason]:
    keys = {"ES256": ES256.public_key, "ES384": ES384.public_key}
    return [
        signature_reason(
            jws, key=keys[jws.header.algorithm], allowed=DEFAULT_ALGORITHMS
        )
        for jws in found
    ]


def test_the_algorithm_comes_from_the_signer() -> None:
    token = sign_compact(PAYLOAD, header={"typ": "JWT"}, signer=ES384)
    assert header_of(token) == {"alg": "ES384", "typ": "JWT"}
    assert judged(token, ES384.public_key) is Reason.VALID


@pytest.mark.parametrize("form", PayloadForm)
def test_one_signer_signs_each_payload_under_the_same_header(form: PayloadForm) -> None:
    prepared = CompactSigner(ES256, header={"typ": "JWT"}, form=form)
    for payload in (PAYLOAD, b"another"):
        token = prepared.sign(payload)
        once = sign_compact(payload, header={"typ": "JWT"}, signer=ES256, form=form)
        assert token.split(".")[:2] == once.split(".")[:2]
        attached = form is PayloadForm.ATTACHED
        jws = read_compact(token, at="", detached=None if attached else payload)
        assert jws.payload == payload
        assert reasons((jws,)) == [Reason.VALID]


def test_a_header_that_no_reader_takes_is_refused_before_anything_is_signed() -> None:
    with pytest.raises(UsageError):
        CompactSigner(ES256, header={"kid": 1})


@pytest.mark.parametrize(
    "header", [{"alg": "ES256"}, {"alg": "none"}, {"b64": True}, {"b64": False}]
)
def test_a_header_may_not_name_what_the_signer_and_the_form_set(
    header: JsonObject,
) -> None:
    with pytest.raises(UsageError):
        sign_compact(PAYLOAD, header=header, signer=ES256)


@pytest.mark.parametrize(
    "header",
    [
        {"crit": []},
        {"crit": ["absent"]},
        {"crit": ["typ"], "typ": "JWT"},
        {"crit": "typ"},
        {"typ": 1},
        {"x5c": []},
        {"x5c": ["not base64"]},
        {"p": "x" * limits.JWS_HEADER_BYTES},
        {"p": float("nan")},
    ],
    ids=str,
)
@pytest.mark.parametrize("form", [PayloadForm.ATTACHED, PayloadForm.UNENCODED_DETACHED])
def test_a_header_that_no_strict_reader_takes_is_not_signed(
    header: JsonObject, form: PayloadForm
) -> None:
    if form is PayloadForm.UNENCODED_DETACHED and header == {"crit": []}:
        header = {"crit": ["b64"]}
    with pytest.raises(UsageError):
        sign_compact(PAYLOAD, header=header, signer=ES256, form=form)


def test_the_header_given_is_not_changed() -> None:
    given: JsonObject = {"crit": ["exp"], "exp": 1}
    frozen = MappingProxyType(given)
    for form in PayloadForm:
        sign_compact(PAYLOAD, header=frozen, signer=ES256, form=form)
    assert given == {"crit": ["exp"], "exp": 1}


def test_an_unencoded_payload_is_named_critical_beside_what_else_is() -> None:
    token = sign_compact(
        PAYLOAD,
        header={"crit": ["exp"], "exp": 1},
        signer=ES256,
        form=PayloadForm.UNENCODED_DETACHED,
    )
    assert header_of(token) == {
        "alg": "ES256",
        "crit": ["exp", "b64"],
        "exp": 1,
        "b64": False,
    }
    both = frozenset({"exp", "b64"})
    jws = read_compact(token, at="token", understood=both, detached=PAYLOAD)
    assert reasons((jws,)) == [Reason.VALID]


@pytest.mark.parametrize("form", PayloadForm)
@pytest.mark.parametrize("payload", [b"", b"{}", b"\x00\xff.", PAYLOAD])
def test_every_form_reads_back_as_valid(form: PayloadForm, payload: bytes) -> None:
    token = sign_compact(payload, header={}, signer=ES256, form=form)
    attached = form is PayloadForm.ATTACHED
    detached = None if attached else payload
    jws = read_compact(token, at="token", detached=detached)
    assert jws.payload == payload
    assert reasons((jws,)) == [Reason.VALID]
    assert bool(token.split(".")[1]) == (attached and bool(payload))


# --- JSON --------------------------------------------------------------------------


@pytest.mark.parametrize("form", PayloadForm)
@pytest.mark.parametrize("shape", JsonShape)
def test_every_json_shape_and_form_reads_back_as_valid(
    shape: JsonShape, form: PayloadForm
) -> None:
    by = JsonSigner(ES256, {"typ": "JWT"}, {"kid": "one"})
    made = sign_json_serialization(PAYLOAD, signers=[by], shape=shape, form=form)
    detached = None if form is PayloadForm.ATTACHED else PAYLOAD
    assert ("payload" in made) == (detached is None)
    assert ("signatures" in made) == (shape is JsonShape.GENERAL)
    (jws,) = read_json_serialization(made, at="jws", detached=detached)
    assert jws.payload == PAYLOAD
    assert jws.header.typ == "JWT"
    assert jws.unprotected == {"kid": "one"}
    assert reasons((jws,)) == [Reason.VALID]


def test_several_sign_one_payload_in_their_order() -> None:
    made = sign_json_serialization(
        PAYLOAD,
        signers=[JsonSigner(ES384, {}), JsonSigner(ES256, {"kid": "two"})],
        shape=JsonShape.GENERAL,
    )
    found = read_json_serialization(made, at="jws")
    assert [jws.header.algorithm for jws in found] == ["ES384", "ES256"]
    assert reasons(found) == [Reason.VALID, Reason.VALID]


def test_an_unprotected_header_of_nothing_is_not_written() -> None:
    made = sign_json_serialization(
        PAYLOAD, signers=[JsonSigner(ES256, {})], shape=JsonShape.FLATTENED
    )
    assert set(made) == {"payload", "protected", "signature"}


def test_a_flattened_jws_has_one_signer() -> None:
    one = JsonSigner(ES256, {})
    with pytest.raises(UsageError):
        sign_json_serialization(PAYLOAD, signers=[one, one], shape=JsonShape.FLATTENED)


@pytest.mark.parametrize("count", [0, limits.JWS_SIGNATURES + 1])
def test_the_number_of_signers_is_bounded(count: int) -> None:
    signers = [JsonSigner(ES256, {})] * count
    with pytest.raises(UsageError):
        sign_json_serialization(PAYLOAD, signers=signers, shape=JsonShape.GENERAL)


def test_as_many_signers_as_the_bound_may_sign() -> None:
    made = sign_json_serialization(
        PAYLOAD,
        signers=[JsonSigner(ES256, {})] * limits.JWS_SIGNATURES,
        shape=JsonShape.GENERAL,
    )
    assert len(read_json_serialization(made, at="jws")) == limits.JWS_SIGNATURES


@pytest.mark.parametrize(
    "unprotected",
    [{"kid": "two"}, {"alg": "ES256"}, {"crit": ["kid"]}, {"b64": False}],
    ids=str,
)
def test_what_is_or_must_be_protected_is_not_written_unprotected(
    unprotected: dict[str, JsonValue],
) -> None:
    by = JsonSigner(ES256, {"kid": "one"}, unprotected)
    with pytest.raises(UsageError):
        sign_json_serialization(PAYLOAD, signers=[by], shape=JsonShape.FLATTENED)
