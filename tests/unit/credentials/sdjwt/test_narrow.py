import pytest

from idwallet.codec.json import JsonObject
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.sdjwt.narrow import Narrowed, narrow
from idwallet.credentials.sdjwt.unpack import Unpacked, unpack
from idwallet.testing.draft import digest, disclose

STREET = disclose("1", "street", "S")
ZIP = disclose("2", "zip", 7)
ADDRESS = disclose(
    "3", "address", {"_sd": [digest(STREET), digest(ZIP)], "country": "XX"}
)
NAME = disclose("4", "name", "N")
ITEM = disclose("5", {"code": "A"})
OTHER = disclose("6", "B")
PAYLOAD: JsonObject = {
    "vct": "urn:x",
    "open": {"a": 1, "b": [1, 2]},
    "list": [{"...": digest(ITEM)}, "open", {"...": digest(OTHER)}],
    "_sd": [digest(ADDRESS), digest(NAME)],
}
ALWAYS: JsonObject = {"vct": "urn:x", "open": {"a": 1, "b": [1, 2]}}


def shown(*disclosures: str) -> Unpacked:
    return unpack(PAYLOAD, disclosures)[0]


EVERYTHING = (ADDRESS, STREET, ZIP, NAME, ITEM, OTHER)


def narrowed(*asked: ClaimPath) -> Narrowed:
    return narrow(shown(*EVERYTHING), asked)


def test_what_was_asked_for_is_handed_on_and_the_rest_is_surplus() -> None:
    found = narrowed(("name",))
    assert found.claims == {**ALWAYS, "list": ["open"], "name": "N"}
    assert set(found.surplus) == {
        ("address",),
        ("address", "street"),
        ("address", "zip"),
        ("list", 0),
        ("list", 2),
    }
    assert repr(found) == "Narrowed(<5 surplus>)"


def test_nothing_asked_leaves_what_is_always_shown() -> None:
    found = narrowed()
    assert found.claims == {**ALWAYS, "list": ["open"]}
    assert len(found.surplus) == 6


def test_what_encloses_an_asked_claim_comes_along_and_is_no_surplus() -> None:
    found = narrowed(("address", "street"), ("name",), ("list", 0), ("list", 2))
    assert found.claims["address"] == {"street": "S"}
    assert found.surplus == (("address", "zip"),)


def test_what_is_always_shown_inside_a_surplus_object_goes_with_it() -> None:
    assert "address" not in narrowed(("name",)).claims
    # The country came along with an object that nobody asked for as a whole.
    assert narrowed(("address", "zip")).claims["address"] == {"zip": 7}
    inside = narrowed(("address", "country")).claims
    assert inside["address"] == {"country": "XX"}


def test_an_object_asked_for_as_a_whole_is_handed_on_whole() -> None:
    found = narrowed(("address",))
    assert found.claims["address"] == {"country": "XX", "street": "S", "zip": 7}
    assert set(found.surplus) == {("name",), ("list", 0), ("list", 2)}


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ((("list", 0),), [{"code": "A"}, "open"]),
        ((("list", 2),), ["open", "B"]),
        ((("list", 0, "code"),), [{"code": "A"}, "open"]),
        ((("list", 0), ("list", 2)), [{"code": "A"}, "open", "B"]),
        ((("list",),), [{"code": "A"}, "open", "B"]),
    ],
)
def test_elements_of_an_array_are_narrowed(
    asked: tuple[ClaimPath, ...], left: list[object]
) -> None:
    assert narrowed(*asked).claims["list"] == left


def test_asking_for_a_part_of_what_is_open_takes_nothing_away() -> None:
    assert narrowed(("open", "a")).claims["open"] == {"a": 1, "b": [1, 2]}


def test_an_answer_without_surplus_is_handed_on_as_it_is() -> None:
    unpacked = shown(NAME)
    found = narrow(unpacked, [("name",)])
    assert found == Narrowed(unpacked.claims, ())


def test_asking_for_what_is_not_there_opens_nothing() -> None:
    absent = narrowed(("address", "absent"), ("no", "where"))
    assert absent.claims["address"] == {}
    assert ("address", "street") in absent.surplus


def test_narrowing_leaves_the_unpacked_claims_as_they_are() -> None:
    unpacked = shown(*EVERYTHING)
    before = str(unpacked.claims)
    narrow(unpacked, [("address", "street")])
    assert str(unpacked.claims) == before
