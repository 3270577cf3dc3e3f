"""A place in a JSON document refuses what is not of the kind asked for."""

from collections.abc import Callable

import pytest

from idwallet import limits
from idwallet.codec.json import JsonValue
from idwallet.credentials.cursor import Cursor
from idwallet.errors import LimitError, MalformedError


def _at(value: JsonValue) -> Cursor:
    return Cursor(value, "/here", "a clause")


@pytest.mark.parametrize(
    ("value", "read", "what", "at"),
    [
        ([], lambda here: here.members(), "not an object", "/here"),
        ({}, lambda here: here.member("a"), "missing", "/here/a"),
        ({}, lambda here: here.elements(limit=1), "not an array", "/here"),
        ([], lambda here: here.elements(limit=1), "empty array", "/here"),
        ("", lambda here: here.text(), "not a non-empty string", "/here"),
        (1, lambda here: here.text(), "not a non-empty string", "/here"),
        (
            ["a", 1],
            lambda here: here.texts(limit=2),
            "not a non-empty string",
            "/here/1",
        ),
        ("a b", lambda here: here.identifier(), "not alphanumeric", "/here"),
        ("a\n", lambda here: here.identifier(), "not alphanumeric", "/here"),
        ("é", lambda here: here.identifier(), "not alphanumeric", "/here"),
        (1, lambda here: here.flag(), "not a boolean", "/here"),
        (
            {"a": None},
            lambda here: here.flag_of("a", absent=True),
            "not a bool",
            "/here/a",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_its_place(
    value: JsonValue, read: Callable[[Cursor], object], what: str, at: str
) -> None:
    with pytest.raises(MalformedError, match=what) as caught:
        read(_at(value))
    assert (caught.value.at, caught.value.clause) == (at, "a clause")


def test_values_of_the_right_kind_are_read() -> None:
    here = _at({"list": ["a", "b"], "flag": False, "id": "A-z_0"})
    assert here.member("list").texts(limit=2) == ("a", "b")
    assert here.member("list").elements(limit=2)[1].at == "/here/list/1"
    assert here.member("flag").flag() is False
    assert here.flag_of("flag", absent=True) is False
    assert here.flag_of("other", absent=True) is True
    assert here.optional("other") is None
    assert here.member("id").identifier() == "A-z_0"
    assert here.under("another").clause == "another"


def test_a_fault_at_the_root_is_placed_at_the_root() -> None:
    assert Cursor(None, "", "a clause").fault("wrong").at == "/"
    assert Cursor(None, "", "a clause").excess("long").at == "/"


def test_more_elements_than_allowed_are_refused() -> None:
    assert len(_at(["a", "b"]).elements(limit=2)) == 2
    with pytest.raises(LimitError, match="too many elements"):
        _at(["a", "b", "c"]).elements(limit=2)


def test_a_very_long_identifier_is_refused() -> None:
    longest = "a" * limits.TEXT_CHARACTERS
    assert _at(longest).identifier() == longest
    with pytest.raises(LimitError, match="identifier is too long"):
        _at(longest + "a").identifier()
