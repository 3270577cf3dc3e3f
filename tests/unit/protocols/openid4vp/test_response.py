"""Responses: read strictly, written so that they read back."""

import json
from collections.abc import Callable

import pytest

from idwallet import limits
from idwallet.codec.form import write_form
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.protocols.openid4vp import (
    ACCEPTANCE_BODY,
    REFUSAL_BODY,
    ErrorCode,
    ResponseParts,
    WalletRefusal,
    read_response,
    write_refusal,
    write_refusal_json,
    write_response,
    write_response_json,
)

SD_JWT = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln~WyJzIiwiYSIsMV0~eyJ0eXAiOiJrYitqd3QifQ.e30.c2ln"
STATE = "eyJhb.6-sVA~_"


def as_json(members: dict[str, object]) -> str:
    return json.dumps(members)


def as_form(members: dict[str, object]) -> str:
    return write_form(
        {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in members.items()
        }
    )


both = pytest.mark.parametrize("write", [as_json, as_form])
Writer = Callable[[dict[str, object]], str]


@both
@pytest.mark.parametrize("state", [None, STATE])
def test_a_response_is_read_from_form_and_json(
    write: Writer, state: str | None
) -> None:
    members: dict[str, object] = {"vp_token": {"pid": [SD_JWT], "age-1": ["a", "b"]}}
    if state is not None:
        members["state"] = state
    expected = ResponseParts({"pid": (SD_JWT,), "age-1": ("a", "b")}, state)
    body = write(members)
    assert read_response(body) == expected
    assert read_response(body.encode()) == expected
    assert read_response(f"\n{body}\r\n") == expected


@both
def test_unknown_parameters_are_ignored(write: Writer) -> None:
    members = {"vp_token": {"pid": ["a"]}, "iss": "x", "code": "y", "id_token": "z"}
    assert read_response(write(members)) == ResponseParts({"pid": ("a",)})


@pytest.mark.parametrize("state", [None, STATE])
def test_what_is_written_reads_back(state: str | None) -> None:
    presentations = {"pid": (SD_JWT,), "age": ("a", "b")}
    expected = ResponseParts(presentations, state)
    assert read_response(write_response(presentations, state=state)) == expected
    assert read_response(write_response_json(presentations, state=state)) == expected


@pytest.mark.parametrize(
    "presentations",
    [{}, {"pid": []}, {"p d": ["a"]}, {"p": [""]}, {"p": ["{}"]}, {"p": ["{a"]}],
)
def test_what_no_verifier_takes_is_not_written(
    presentations: dict[str, list[str]],
) -> None:
    for write in (write_response, write_response_json):
        with pytest.raises(UsageError):
            write(presentations)


@both
@pytest.mark.parametrize(
    ("forged", "at"),
    [
        ({"vp_token": []}, "/vp_token"),
        ({"vp_token": {}}, "/vp_token"),
        ({"vp_token": 1}, "/vp_token"),
        ({"vp_token": None}, "/vp_token"),
        ({"vp_token": '"eyJ..."'}, "/vp_token"),
        ({"vp_token": {"pid": SD_JWT}}, "/vp_token/pid"),
        ({"vp_token": {"pid": []}}, "/vp_token/pid"),
        ({"vp_token": {"pid": [""]}}, "/vp_token/pid"),
        ({"vp_token": {"pid": [1]}}, "/vp_token/pid"),
        ({"vp_token": {"pid": [None]}}, "/vp_token/pid"),
        ({"vp_token": {"pid": [{}]}}, "/vp_token/pid"),
        ({"vp_token": {"pid": [True]}}, "/vp_token/pid"),
        ({"vp_token": {"pid": [[SD_JWT]]}}, "/vp_token/pid"),
        ({"vp_token": {"": [SD_JWT]}}, "/vp_token"),
        ({"vp_token": {"p/d": [SD_JWT]}}, "/vp_token"),
        ({"vp_token": {"pid": [SD_JWT]}, "state": ""}, "/state"),
        ({"vp_token": {"pid": [SD_JWT]}, "state": "a b"}, "/state"),
        ({"vp_token": {"pid": [SD_JWT]}, "state": "a\n"}, "/state"),
        ({"vp_token": {"pid": [SD_JWT]}, "error": "access_denied"}, "/error"),
        ({"state": STATE}, "/vp_token"),
    ],
)
def test_a_response_that_breaks_a_rule_is_refused(
    write: Writer, forged: dict[str, object], at: str
) -> None:
    with pytest.raises(MalformedError) as caught:
        read_response(write(forged))
    assert caught.value.at == at


@pytest.mark.parametrize(
    "body",
    [
        '{"vp_token":{"pid":["a"]},"vp_token":{"pid":["b"]}}',
        '{"vp_token":{"pid":["a"],"pid":["b"]}}',
        "vp_token=%7B%22pid%22%3A%5B%22a%22%5D%7D&vp_token=%7B%22pid%22%3A%5B%22b%22%5D%7D",
        "vp_token=%7B%22pid%22%3A%5B%22a%22%5D%2C%22pid%22%3A%5B%22b%22%5D%7D",
        "vp_token=%7B%22pid%22%3A%5B%22a%22%5D%7D&state=a&state=b",
        "vp_token=%7B%22pid%22%3A%5B%22a%22%5D",
        "vp_token=eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
        '{"vp_token":{"pid":[{"a":1,"a":1}]}}',
        "vp_token=%7B%22pid%22%3A%5B%7B%22a%22%3A1%2C%22a%22%3A1%7D%5D%7D",
        '{"vp_token":{"pid":["a"]},"state":1}',
        '{"vp_token":{"pid":["a"]},"state":null}',
        '{"error":1}',
        "vp_token=%7B%22pid%22%3A%5B%22a%22%5D%7D&state=%FF",
        "",
        "[]",
        "\ud800",
    ],
)
def test_an_ambiguous_or_broken_body_is_refused(body: str) -> None:
    with pytest.raises(MalformedError):
        read_response(body)


@both
def test_what_this_version_does_not_read_is_named(write: Writer) -> None:
    with pytest.raises(UnsupportedError) as caught:
        read_response(write({"response": "eyJ.a.b.c.d"}))
    assert caught.value.at == "/response"


@both
def test_a_presentation_that_is_an_object_is_read_as_its_text(write: Writer) -> None:
    shown = {"payload": "e30", "note": ["é", 10**30, 1.5, None]}
    found = read_response(write({"vp_token": {"pid": [shown, "a"]}}))
    assert isinstance(found, ResponseParts)
    text, beside = found.presentations["pid"]
    assert json.loads(text) == shown
    assert beside == "a"


def test_a_presentation_in_a_json_form_is_written_as_an_object() -> None:
    presentations = {"pid": ('{"payload":"e30"}', SD_JWT)}
    for written in (write_response(presentations), write_response_json(presentations)):
        assert read_response(written) == ResponseParts(presentations)
    members = json.loads(write_response_json(presentations))
    assert members["vp_token"]["pid"] == [{"payload": "e30"}, SD_JWT]


@both
def test_more_than_the_limits_is_refused(write: Writer) -> None:
    most = {"a": ["x"], "b": ["x"] * (limits.PRESENTATIONS - 1)}
    assert isinstance(read_response(write({"vp_token": most})), ResponseParts)
    with pytest.raises(LimitError):
        read_response(write({"vp_token": {**most, "c": ["x"]}}))
    name = "n" * limits.TEXT_CHARACTERS
    assert isinstance(read_response(write({"vp_token": {name: ["x"]}})), ResponseParts)
    with pytest.raises(LimitError) as refused:
        read_response(write({"vp_token": {name + "n": ["x"]}}))
    assert refused.value.at == "/vp_token"
    state = "s" * limits.STATE_CHARACTERS
    token = {"a": ["x"]}
    assert isinstance(
        read_response(write({"vp_token": token, "state": state})), ResponseParts
    )
    with pytest.raises(LimitError):
        read_response(write({"vp_token": token, "state": state + "s"}))
    with pytest.raises(LimitError):
        read_response("x" * (limits.RESPONSE_BYTES + 1))


@both
@pytest.mark.parametrize("code", list(ErrorCode))
def test_a_refusal_is_read_as_its_code(write: Writer, code: ErrorCode) -> None:
    members: dict[str, object] = {
        "error": code.value,
        "error_description": "free text",
        "state": STATE,
    }
    assert read_response(write(members)) == WalletRefusal(code, STATE)


@both
def test_a_code_that_no_standard_names_is_still_a_refusal(write: Writer) -> None:
    assert read_response(write({"error": "tired"})) == WalletRefusal(None)


@pytest.mark.parametrize("code", list(ErrorCode))
@pytest.mark.parametrize("state", [None, STATE])
def test_a_written_refusal_is_the_code_and_nothing_else(
    code: ErrorCode, state: str | None
) -> None:
    back = f"&state={STATE}" if state else ""
    assert write_refusal(code, state=state) == f"error={code.value}{back}"
    expected = {"error": code.value, **({"state": state} if state else {})}
    assert json.loads(write_refusal_json(code, state=state)) == expected


def test_the_codes_are_those_of_the_standard() -> None:
    # OpenID4VP 1.0 section 8.5, in its order.
    assert [each.value for each in ErrorCode][:8] == [
        "invalid_scope",
        "invalid_request",
        "invalid_client",
        "access_denied",
        "vp_formats_not_supported",
        "invalid_request_uri_method",
        "invalid_transaction_data",
        "wallet_unavailable",
    ]


def test_what_a_verifier_answers_is_constant() -> None:
    assert json.loads(ACCEPTANCE_BODY) == {}
    assert json.loads(REFUSAL_BODY) == {"error": "invalid_request"}


def test_a_response_does_not_show_its_presentations() -> None:
    assert SD_JWT not in repr(ResponseParts({"pid": (SD_JWT,)}))
