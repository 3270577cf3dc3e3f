"""Claims path pointers, by OpenID4VP 1.0 §7."""

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.credentials.paths import (
    ABSENT,
    ClaimPath,
    covers,
    is_concrete,
    look_up,
    select,
    show_path,
)
from idwallet.errors import LimitError

# The credential of the standard's own example has this shape (§7.3).
CLAIMS: JsonObject = {
    "name": "Arthur",
    "address": {"street_address": "Market Street", "locality": "Milliways"},
    "degrees": [
        {"type": "BSc", "university": "Betelgeuse"},
        {"type": "MSc", "university": "Betelgeuse"},
        {"university": "Betelgeuse"},
    ],
    "nationalities": ["British", "Betelgeusian"],
    "nothing": None,
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("name",), [(("name",), "Arthur")]),
        (("address",), [(("address",), CLAIMS["address"])]),
        (("address", "locality"), [(("address", "locality"), "Milliways")]),
        (
            ("degrees", None, "type"),
            [(("degrees", 0, "type"), "BSc"), (("degrees", 1, "type"), "MSc")],
        ),
        (("nationalities", 1), [(("nationalities", 1), "Betelgeusian")]),
        (
            ("nationalities", None),
            [
                (("nationalities", 0), "British"),
                (("nationalities", 1), "Betelgeusian"),
            ],
        ),
        (("nothing",), [(("nothing",), None)]),
    ],
)
def test_a_path_selects_what_the_standard_says(
    path: ClaimPath, expected: list[object]
) -> None:
    assert list(select(CLAIMS, path)) == expected


@pytest.mark.parametrize(
    "path",
    [
        ("absent",),
        ("name", "first"),
        ("name", 0),
        ("name", None),
        ("address", 0),
        ("address", None),
        ("nationalities", 2),
        ("nationalities", "0"),
        ("degrees", None, "absent"),
        (0,),
        (None,),
    ],
)
def test_a_path_that_fits_nothing_selects_nothing(path: ClaimPath) -> None:
    assert select(CLAIMS, path) == ()


def test_one_element_of_the_wrong_kind_ends_the_whole_selection() -> None:
    mixed: JsonObject = {"degrees": [{"type": "BSc"}, "MSc"]}
    assert select(mixed, ("degrees", None, "type")) == ()
    assert len(select({"degrees": [{"type": "BSc"}, {}]}, ("degrees", None, "type")))
    nested: JsonObject = {"rows": [[1], {"0": 2}]}
    assert select(nested, ("rows", None, 0)) == ()
    assert select(nested, ("rows", None, None)) == ()


def test_as_many_elements_as_the_limit_are_selected_and_not_one_more() -> None:
    most = limits.QUERY_PATH_MATCHES
    assert len(select({"list": [0] * most}, ("list", None))) == most
    with pytest.raises(LimitError) as caught:
        select({"list": [0] * (most + 1)}, ("list", None))
    assert (caught.value.at, caught.value.clause) == (
        "/list",
        "OpenID4VP 1.0 §7.1.1",
    )


def test_the_limit_counts_over_all_selected_arrays() -> None:
    rows: JsonObject = {"rows": [[0] * 3000, [0] * 3000]}
    with pytest.raises(LimitError):
        select(rows, ("rows", None, None))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("name",), "Arthur"),
        (("degrees", 1, "type"), "MSc"),
        (("nothing",), None),
        (("degrees", 2, "type"), ABSENT),
        (("degrees", 3), ABSENT),
        (("degrees", None), ABSENT),
        (("name", "first"), ABSENT),
        (("name", 0), ABSENT),
        (("absent", "deeper"), ABSENT),
        (("absent", 0), ABSENT),
    ],
)
def test_looking_up_tells_a_null_claim_from_no_claim(
    path: ClaimPath, expected: object
) -> None:
    assert look_up(CLAIMS, path) == expected


def test_a_path_with_a_null_is_not_concrete() -> None:
    assert is_concrete(("a", 0))
    assert not is_concrete(("a", None))


@pytest.mark.parametrize(
    ("pattern", "concrete", "expected"),
    [
        (("a",), ("a",), True),
        (("a",), ("a", "b", 0), True),
        (("a", None), ("a", 7), True),
        (("a", None), ("a", 7, "b"), True),
        (("a", 7), ("a", 7), True),
        (("a",), ("b",), False),
        (("a", "b"), ("a",), False),
        (("a", None), ("a", "b"), False),
        (("a", 0), ("a", 1), False),
        (("a", "0"), ("a", 0), False),
    ],
)
def test_a_pattern_covers_what_it_selects_and_what_is_inside(
    pattern: ClaimPath, concrete: ClaimPath, expected: bool
) -> None:
    assert covers(pattern, concrete) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("address", "locality"), "/address/locality"),
        (("degrees", None, "type"), "/degrees/*/type"),
        (("nationalities", 1), "/nationalities/1"),
        (("a/b", "c~d"), "/a~1b/c~0d"),
        (("*",), "/~2"),
    ],
)
def test_a_path_is_shown_like_a_json_pointer(path: ClaimPath, expected: str) -> None:
    assert show_path(path) == expected


def test_a_path_is_shown_within_the_room_of_one_text() -> None:
    most = limits.TEXT_CHARACTERS
    fits = ("n" * (most - 3), 1)
    assert show_path(fits) == f"/{'n' * (most - 3)}/1"
    deep = show_path(("中" * 1_000,) * 16)
    assert deep == f"/{'中' * (most - 1)}…/…"
    assert len(show_path(("a" * 500, "b" * 500, "c" * 500))) <= most + 4
    assert show_path(("x" * (most - 1), None)) == f"/{'x' * (most - 1)}/…"


def test_a_claim_name_cannot_drive_a_terminal() -> None:
    assert "\x1b" not in show_path(("\x1b[2J",))
