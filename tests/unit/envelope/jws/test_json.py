from collections.abc import Mapping

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws import (
    JsonShape,
    JsonSigner,
    read_json_serialization,
    sign_json_serialization,
    signature_reason,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.report import Reason
from tests.unit.envelope.jws.forge import PAYLOAD, segment, signer

ES256, ES384 = signer(), signer(Algorithm.ES384)
FLATTENED = sign_json_serialization(
    PAYLOAD,
    signers=[JsonSigner(ES256, {"typ": "JWT"}, {"kid": "one"})],
    shape=JsonShape.FLATTENED,
)
GENERAL = sign_json_serialization(
    PAYLOAD,
    signers=[JsonSigner(ES256, {}, {"kid": "one"}), JsonSigner(ES384, {})],
    shape=JsonShape.GENERAL,
)


def entries(general: JsonObject = GENERAL) -> list[JsonObject]:
    listed = general["signatures"]
    assert isinstance(listed, list)
    return [dict(entry) for entry in listed if isinstance(entry, dict)]


def without(data: Mapping[str, JsonValue], name: str) -> JsonObject:
    return {each: value for each, value in data.items() if each != name}


def refusal(data: JsonObject, detached: bytes | None = None) -> MalformedError:
    with pytest.raises(MalformedError) as caught:
        read_json_serialization(data, at="jws", detached=detached)
    return caught.value


def reasons(data: JsonObject, *keys: PublicKey) -> list[Reason]:
    found = read_json_serialization(data, at="jws")
    return [
        signature_reason(jws, key=key, allowed=DEFAULT_ALGORITHMS)
        for jws, key in zip(found, keys, strict=True)
    ]


def test_a_flattened_jws_comes_apart() -> None:
    (jws,) = read_json_serialization(FLATTENED, at="jws")
    assert jws.payload == PAYLOAD
    assert jws.header.typ == "JWT"
    assert jws.unprotected == {"kid": "one"}
    assert reasons(FLATTENED, ES256.public_key) == [Reason.VALID]


def test_an_unprotected_parameter_is_not_taken_for_a_protected_one() -> None:
    (jws,) = read_json_serialization(FLATTENED, at="jws")
    assert jws.header.kid is None
    with pytest.raises(TypeError):
        jws.unprotected["kid"] = "two"  # type: ignore[index]


def test_a_general_jws_comes_apart_into_one_jws_a_signature() -> None:
    keys = (ES256.public_key, ES384.public_key)
    assert reasons(GENERAL, *keys) == [Reason.VALID, Reason.VALID]


def test_members_that_the_rfc_does_not_define_are_ignored() -> None:
    data = {**FLATTENED, "disclosures": [], "extra": {"alg": "none"}}
    assert reasons(data, ES256.public_key) == [Reason.VALID]


def test_a_signature_from_another_signer_of_the_same_jws_is_invalid() -> None:
    first, second = entries()
    first["signature"], second["signature"] = second["signature"], first["signature"]
    forged: JsonObject = {**GENERAL, "signatures": [first, second]}
    keys = (ES256.public_key, ES384.public_key)
    assert reasons(forged, *keys) == [Reason.INVALID, Reason.INVALID]


def test_a_valid_signature_does_not_lend_itself_to_the_others() -> None:
    first, second = entries()
    second["signature"] = segment(bytes(96))
    forged: JsonObject = {**GENERAL, "signatures": [first, second]}
    keys = (ES256.public_key, ES384.public_key)
    assert reasons(forged, *keys) == [Reason.VALID, Reason.INVALID]


def test_a_payload_changed_under_several_signatures_fails_all() -> None:
    forged: JsonObject = {**GENERAL, "payload": segment(b"other")}
    keys = (ES256.public_key, ES384.public_key)
    assert reasons(forged, *keys) == [Reason.INVALID, Reason.INVALID]


@pytest.mark.parametrize("name", ["protected", "header", "signature"])
def test_the_two_serialisations_may_not_be_mixed(name: str) -> None:
    error = refusal({**FLATTENED, **GENERAL, name: FLATTENED[name]})
    assert error.clause == "RFC 7515 §7.2.2"
    mixed = {**GENERAL, name: FLATTENED[name]}
    assert refusal(mixed).at == "jws"


@pytest.mark.parametrize(
    ("unprotected", "passes"),
    [
        ({"kid": "one"}, True),
        ({}, True),
        ({"typ": "JWT"}, False),
        ({"kid": "one", "typ": "other"}, False),
        ({"alg": "ES256"}, False),
        ({"alg": "none"}, False),
        ({"crit": ["kid"], "kid": "one"}, False),
        ({"b64": False}, False),
    ],
    ids=str,
)
def test_a_parameter_stands_in_one_header_and_where_it_counts(
    unprotected: JsonObject, passes: bool
) -> None:
    data: JsonObject = {**FLATTENED, "header": unprotected}
    if passes:
        assert reasons(data, ES256.public_key) == [Reason.VALID]
    else:
        assert refusal(data).at == "jws/header"


@pytest.mark.parametrize("value", [None, [], "kid", 1])
def test_an_unprotected_header_that_is_no_object_is_refused(value: JsonValue) -> None:
    assert refusal({**FLATTENED, "header": value}).at == "jws/header"


@pytest.mark.parametrize("name", ["protected", "signature"])
@pytest.mark.parametrize("value", [None, {}, 1, ["x"]])
def test_a_part_that_is_no_text_is_refused(name: str, value: JsonValue) -> None:
    assert refusal({**FLATTENED, name: value}).at == f"jws/{name}"
    assert refusal(without(FLATTENED, name)).at == f"jws/{name}"


@pytest.mark.parametrize("name", ["protected", "signature", "payload"])
@pytest.mark.parametrize("fault", ["=", "é", "\udc80", " "])
def test_a_foreign_character_in_a_part_is_refused(name: str, fault: str) -> None:
    value = FLATTENED[name]
    assert isinstance(value, str)
    at = refusal({**FLATTENED, name: value + fault}).at
    assert at.startswith(f"jws/{name}")


def test_an_algorithm_must_be_protected() -> None:
    bare = {**FLATTENED, "protected": segment({}), "header": {"alg": "ES256"}}
    assert refusal(bare).clause == "RFC 7515 §4.1.1"


def test_a_payload_must_be_there_unless_it_came_elsewhere() -> None:
    bare = without(FLATTENED, "payload")
    assert refusal(bare).at == "jws/payload"
    assert refusal({**bare, "payload": 1}).at == "jws/payload"
    (jws,) = read_json_serialization(bare, at="jws", detached=PAYLOAD)
    key = ES256.public_key
    allowed = DEFAULT_ALGORITHMS
    assert signature_reason(jws, key=key, allowed=allowed) is Reason.VALID
    (swapped,) = read_json_serialization(bare, at="jws", detached=b"other")
    assert signature_reason(swapped, key=key, allowed=allowed) is Reason.INVALID


def test_a_payload_beside_the_detached_one_is_refused() -> None:
    assert refusal(FLATTENED, detached=PAYLOAD).clause == "RFC 7515 Appendix F"


def test_a_payload_longer_than_the_bound_is_refused_undecoded() -> None:
    error = refusal({**FLATTENED, "payload": "!" * (limits.JWS_BYTES + 1)})
    assert isinstance(error, LimitError)
    unlimited = refusal({**FLATTENED, "payload": "!" * limits.JWS_BYTES})
    assert not isinstance(unlimited, LimitError)


@pytest.mark.parametrize("value", [[], {}, None, "x", 1])
def test_signatures_that_are_no_filled_list_are_refused(value: JsonValue) -> None:
    assert refusal({**GENERAL, "signatures": value}).at == "jws/signatures"


def test_a_signature_that_is_no_object_is_refused_where_it_stands() -> None:
    first, _ = entries()
    error = refusal({**GENERAL, "signatures": [first, "x"]})
    assert error.at == "jws/signatures/1"


def test_the_number_of_signatures_is_bounded() -> None:
    first, _ = entries()
    bound = limits.JWS_SIGNATURES
    good: JsonObject = {**GENERAL, "signatures": [first] * bound}
    assert len(read_json_serialization(good, at="jws")) == bound
    error = refusal({**GENERAL, "signatures": [first] * (bound + 1)})
    assert isinstance(error, LimitError)


def test_the_fault_of_one_signature_says_which() -> None:
    first, second = entries()
    forged: JsonObject = {"payload": GENERAL["payload"]}
    forged["signatures"] = [first, {**second, "signature": "="}]
    assert refusal(forged).at == "jws/signatures/1/signature"


def test_a_critical_extension_must_be_one_the_caller_acts_on() -> None:
    by = JsonSigner(ES256, {"crit": ["exp"], "exp": 1})
    data = sign_json_serialization(PAYLOAD, signers=[by], shape=JsonShape.FLATTENED)
    known = frozenset({"exp"})
    (jws,) = read_json_serialization(data, at="jws", understood=known)
    key = ES256.public_key
    assert signature_reason(jws, key=key, allowed=DEFAULT_ALGORITHMS) is Reason.VALID
    with pytest.raises(UnsupportedError):
        read_json_serialization(data, at="jws")


# --- unencoded payload (RFC 7797 §5.2) ---------------------------------------------


def unencoded(payload: str) -> JsonObject:
    head = segment({"alg": "ES256", "b64": False, "crit": ["b64"]})
    covered = f"{head}.{payload}".encode()
    signature = segment(ES256.sign(covered))
    return {"payload": payload, "protected": head, "signature": signature}


@pytest.mark.parametrize("payload", ["", "a.b", "straße\n", '{"a":1}'])
def test_an_unencoded_payload_may_be_any_text(payload: str) -> None:
    data = unencoded(payload)
    (jws,) = read_json_serialization(data, at="jws")
    assert jws.payload == payload.encode()
    assert reasons(data, ES256.public_key) == [Reason.VALID]
    other: JsonObject = {**data, "payload": payload + "."}
    assert reasons(other, ES256.public_key) == [Reason.INVALID]


def test_an_unencoded_payload_that_is_no_text_is_refused() -> None:
    assert refusal({**unencoded("a"), "payload": "\udc80"}).at == "jws/payload"


def test_all_signatures_agree_how_the_payload_is_written() -> None:
    plain, _ = entries()
    raw = without(unencoded("cGF5"), "payload")
    good: JsonObject = {"payload": "cGF5", "signatures": [raw, raw]}
    assert reasons(good, ES256.public_key, ES256.public_key) == [Reason.VALID] * 2
    forged: JsonObject = {"payload": "cGF5", "signatures": [raw, plain]}
    assert refusal(forged).clause == "RFC 7797 §3"
