import base64
import json

import pytest

from idwallet import limits
from idwallet.codec import b64
from idwallet.envelope.jws import header as module
from idwallet.envelope.jws import x5c_parameter
from idwallet.envelope.jws.header import (
    REGISTERED,
    HeaderParameters,
    JwsHeader,
    read_header,
    require_understood,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from tests.unit.envelope.jws.forge import segment

DER = b"\x30\x03\x02\x01\x01"
X5C = base64.b64encode(DER).decode()


def read(value: object) -> JwsHeader:
    return read_header(segment(value).encode(), at="token")


def refusal(value: object) -> MalformedError:
    with pytest.raises(MalformedError) as caught:
        read(value)
    return caught.value


def test_what_a_header_says_is_read_into_fields() -> None:
    header = read(
        {"alg": "ES256", "typ": "dc+sd-jwt", "kid": "one", "x5c": [X5C, X5C], "n": 1}
    )
    assert header.algorithm == "ES256"
    assert header.typ == "dc+sd-jwt"
    assert header.kid == "one"
    assert header.x5c == (DER, DER)
    assert header.critical == ()
    assert header.encoded
    assert header.parameters["n"] == 1


def test_what_a_header_leaves_out_is_none_or_empty() -> None:
    header = read({"alg": "ES256"})
    assert (header.typ, header.kid, header.x5c) == (None, None, ())


@pytest.mark.parametrize("name", ["none", "NONE", "HS256", "whatever", ""])
def test_any_algorithm_name_is_read_because_judging_comes_later(name: str) -> None:
    assert read({"alg": name}).algorithm == name


def test_a_header_without_algorithm_is_refused() -> None:
    error = refusal({"typ": "JWT"})
    assert (error.at, error.clause) == ("token/header", "RFC 7515 §4.1.1")


@pytest.mark.parametrize(
    "name", ["alg", "typ", "cty", "kid", "jku", "x5u", "x5t", "x5t#S256"]
)
@pytest.mark.parametrize("value", [None, 1, True, ["ES256"], {}])
def test_a_registered_text_that_is_none_is_refused(name: str, value: object) -> None:
    assert refusal({"alg": "ES256", name: value}).at == f"token/header/{name}"


@pytest.mark.parametrize("value", [[], "ES256", 1, None])
def test_a_header_that_is_no_object_is_refused(value: object) -> None:
    assert refusal(value).at == "token/header"


def test_a_name_that_stands_twice_is_refused() -> None:
    assert refusal(b'{"alg":"ES256","alg":"none"}').at == "token/header"
    assert read(b'{"alg":"ES256","alg2":"none"}').algorithm == "ES256"


@pytest.mark.parametrize(
    "fault",
    [b"=", b" ", b"\n", b"+", b"/", b"%", b"."],
)
def test_a_foreign_character_in_the_header_is_refused(fault: bytes) -> None:
    good = segment({"alg": "ES256"}).encode()
    assert read_header(good, at="token").algorithm == "ES256"
    with pytest.raises(MalformedError):
        read_header(good[:4] + fault + good[4:], at="token")
    with pytest.raises(MalformedError):
        read_header(good + fault, at="token")


def test_a_header_of_exactly_the_bound_is_read_and_one_more_is_refused_unread() -> None:
    frame = len(json.dumps({"alg": "ES256", "p": ""}))
    # Multiples of three octets fill their base64url characters.
    octets = limits.JWS_HEADER_BYTES // 4 * 3
    good = segment({"alg": "ES256", "p": "x" * (octets - frame)}).encode()
    assert len(good) == limits.JWS_HEADER_BYTES
    assert read_header(good, at="token").algorithm == "ES256"
    with pytest.raises(LimitError) as caught:
        read_header(b"!" * (limits.JWS_HEADER_BYTES + 1), at="token")
    assert caught.value.at == "token/header"


# --- what a header remembered between tokens may not give away ---------------------


def test_the_same_short_header_is_read_once() -> None:
    text = segment({"alg": "ES256", "typ": "read-once"}).encode()
    assert read_header(text, at="token") is read_header(bytes(text), at="token")


def test_a_long_header_is_not_remembered() -> None:
    text = segment({"alg": "ES256", "p": "x" * limits.HEADER_CACHE_BYTES}).encode()
    assert read_header(text, at="token") is not read_header(text, at="token")


def test_the_memo_is_bounded() -> None:
    assert module._remembered.cache_info().maxsize == limits.HEADER_CACHE_ENTRIES


def test_a_refused_header_is_refused_again_where_it_now_stands() -> None:
    text = segment({"typ": "no algorithm"}).encode()
    for place in ("first", "second", "first"):
        with pytest.raises(MalformedError) as caught:
            read_header(text, at=place)
        assert caught.value.at == f"{place}/header"


def test_what_is_done_to_a_parameter_does_not_reach_the_next_token() -> None:
    text = segment({"alg": "ES256", "jwk": {"kty": "EC"}, "list": [["deep"]]}).encode()
    first = read_header(text, at="token").parameters
    for name in ("jwk", "list"):
        value = first[name]
        assert isinstance(value, dict | list)
        value.clear()
    second = read_header(text, at="token").parameters
    assert second["jwk"] == {"kty": "EC"}
    assert second["list"] == [["deep"]]


def test_parameters_are_a_mapping_that_shows_no_values() -> None:
    parameters = HeaderParameters({"kid": "secret", "n": 1})
    assert list(parameters) == ["kid", "n"]
    assert len(parameters) == 2
    assert "kid" in parameters
    assert "absent" not in parameters
    assert parameters.get("absent") is None
    assert parameters == {"kid": "secret", "n": 1}
    assert repr(parameters) == "HeaderParameters(<2 members>)"


# --- crit (RFC 7515 §4.1.11) -------------------------------------------------------


def test_a_critical_name_that_is_present_is_read() -> None:
    assert read({"alg": "ES256", "crit": ["exp"], "exp": 1}).critical == ("exp",)


@pytest.mark.parametrize(
    "crit",
    [
        pytest.param([], id="empty"),
        pytest.param("exp", id="text"),
        pytest.param(None, id="null"),
        pytest.param({"exp": 1}, id="object"),
        pytest.param([1], id="number"),
        pytest.param(["exp", None], id="null-inside"),
        pytest.param(["exp", "exp"], id="twice"),
        pytest.param(["absent"], id="absent"),
        pytest.param(["exp", "absent"], id="one-absent"),
        *(pytest.param([name], id=name) for name in sorted(REGISTERED)),
    ],
)
def test_a_crit_that_breaks_its_rules_is_refused(crit: object) -> None:
    value = {"alg": "ES256", "exp": 1, "typ": "t", "kid": "k", "crit": crit}
    error = refusal(value)
    assert (error.at, error.clause) == ("token/header/crit", "RFC 7515 §4.1.11")


def test_as_many_critical_names_as_the_bound_are_read_and_one_more_is_refused() -> None:
    names = [f"n{index}" for index in range(limits.JWS_CRIT_NAMES + 1)]
    present = dict.fromkeys(names, 1)
    good = read({"alg": "ES256", **present, "crit": names[:-1]})
    assert good.critical == tuple(names[:-1])
    assert isinstance(refusal({"alg": "ES256", **present, "crit": names}), LimitError)


def test_only_what_the_caller_understands_may_be_critical() -> None:
    header = read({"alg": "ES256", "crit": ["exp", "b64"], "exp": 1, "b64": True})
    require_understood(header, frozenset({"exp", "b64"}), at="token")
    with pytest.raises(UnsupportedError) as caught:
        require_understood(header, frozenset({"b64"}), at="token")
    assert caught.value.at == "token/header/crit"
    assert caught.value.clause == "RFC 7515 §4.1.11"


# --- b64 (RFC 7797) ----------------------------------------------------------------


def test_an_unencoded_payload_must_be_called_critical() -> None:
    good = read({"alg": "ES256", "b64": False, "crit": ["b64"]})
    assert not good.encoded
    error = refusal({"alg": "ES256", "b64": False})
    assert (error.at, error.clause) == ("token/header/b64", "RFC 7797 §6")
    other = refusal({"alg": "ES256", "b64": False, "crit": ["exp"], "exp": 1})
    assert other.at == "token/header/b64"


def test_an_encoded_payload_may_be_said_with_or_without_crit() -> None:
    assert read({"alg": "ES256", "b64": True}).encoded
    assert read({"alg": "ES256", "b64": True, "crit": ["b64"]}).encoded


@pytest.mark.parametrize("value", ["false", 0, None, []])
def test_a_b64_that_is_no_truth_value_is_refused(value: object) -> None:
    error = refusal({"alg": "ES256", "b64": value, "crit": ["b64"]})
    assert error.at == "token/header/b64"


# --- x5c (RFC 7515 §4.1.6) ---------------------------------------------------------


def test_a_chain_written_as_x5c_reads_back() -> None:
    chain = (DER, b"\x30\x01\xff", b"\x30\x02\xfb\xef")
    written = x5c_parameter(chain)
    assert read({"alg": "ES256", "x5c": written}).x5c == chain
    assert written[2] == "MAL77w=="


@pytest.mark.parametrize(
    ("value", "place"),
    [
        pytest.param([], "", id="empty"),
        pytest.param(X5C, "", id="text"),
        pytest.param(None, "", id="null"),
        pytest.param([X5C, 1], "/1", id="number"),
        pytest.param([X5C, ""], "/1", id="empty-certificate"),
        pytest.param([X5C.rstrip("=")], "/0", id="padding-missing"),
        pytest.param(["MAL77w="], "/0", id="padding-short"),
        pytest.param(["MAL77w==="], "/0", id="padding-long"),
        pytest.param(["MAL77x=="], "/0", id="spare-bits"),
        pytest.param(["MAL7-w=="], "/0", id="url-alphabet"),
        pytest.param(["MAL7\n7w=="], "/0", id="line-break"),
        pytest.param([" MAL77w=="], "/0", id="space"),
        pytest.param(["MAL7é7w=="], "/0", id="not-ascii"),
        pytest.param(["-----BEGIN CERTIFICATE-----"], "/0", id="pem"),
    ],
)
def test_an_x5c_that_is_not_canonical_base64_is_refused(
    value: object, place: str
) -> None:
    assert refusal({"alg": "ES256", "x5c": value}).at == f"token/header/x5c{place}"


def test_as_many_certificates_as_the_bound_are_read_and_one_more_is_refused() -> None:
    bound = limits.CHAIN_CERTIFICATES
    assert len(read({"alg": "ES256", "x5c": [X5C] * bound}).x5c) == bound
    error = refusal({"alg": "ES256", "x5c": [X5C] * (bound + 1)})
    assert isinstance(error, LimitError)
    assert error.at == "token/header/x5c"


def test_no_certificate_that_fits_a_header_passes_the_bound_of_certificates() -> None:
    # Base64 inside base64url: nine of sixteen characters are octets.
    assert limits.JWS_HEADER_BYTES * 9 // 16 <= limits.CERTIFICATE_BYTES


def test_a_refusal_never_repeats_what_it_refused() -> None:
    canary = "canary-7f3a"
    for value in (
        {"alg": "ES256", "kid": [canary]},
        {"alg": "ES256", "crit": [canary]},
        {"alg": "ES256", "x5c": [canary]},
        {canary: 1},
    ):
        assert canary not in str(refusal(value))
    assert canary not in repr(read({"alg": "ES256", "n": canary}).parameters)
    assert b64.encode(canary.encode()) not in str(refusal({canary: 1}))
