import itertools
from collections.abc import Iterator

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_json
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.sdjwt.conceal import Concealment, plan_of, random_salts


def numbered_salts() -> Iterator[str]:
    return (f"salt-{n}" for n in itertools.count())


def disclosed(claims: JsonObject, *paths: ClaimPath) -> list[object]:
    """Return the disclosures as read."""
    work = Concealment(salts=numbered_salts())
    work.conceal(claims, plan_of(frozenset(paths)))
    return [
        read_json(b64.decode(each, at="test"), at="test") for each in work.disclosures
    ]


def test_the_order_of_claims_does_not_show() -> None:
    claims = {f"claim {n}": n for n in range(50)}
    work = Concealment(salts=numbered_salts(), decoys=5)
    made = work.conceal({**claims}, plan_of(frozenset((n,) for n in claims)))
    digests = made["_sd"]
    assert isinstance(digests, list)
    assert digests == sorted(digests, key=str)
    assert len(digests) == 55


def test_salts_are_drawn_in_the_order_of_the_disclosures_and_inside_first() -> None:
    claims: JsonObject = {"a": {"b": 1, "c": 2}, "d": [3, 4], "e": 5}
    hidden = [("e",), ("a",), ("a", "b"), ("a", "c"), ("d", 0), ("d", 1)]
    found = disclosed(claims, *hidden)
    assert [each[0] for each in found if isinstance(each, list)] == [
        f"salt-{n}" for n in range(6)
    ]
    names = [each[1] for each in found if isinstance(each, list)]
    assert names == ["b", "c", "a", 3, 4, "e"]


def test_what_is_said_of_every_element_and_of_one_holds_for_that_one() -> None:
    claims: JsonObject = {"list": [{"a": 1, "b": 2}, {"a": 3, "b": 4}]}
    every = disclosed(claims, ("list", None), ("list", 1, "b"))
    assert every == [
        ["salt-0", {"a": 1, "b": 2}],
        ["salt-1", "b", 4],
        ["salt-2", every[2][1]],  # type: ignore[index]  # a list, as read
    ]
    one = disclosed(claims, ("list", None, "a"), ("list", 1))
    assert one[0] == ["salt-0", "a", 1]
    assert one[1] == ["salt-1", "a", 3]
    assert len(one) == 3
    own = disclosed(claims, ("list", None, "a"), ("list", 1, "b"))
    assert own == [["salt-0", "a", 1], ["salt-1", "a", 3], ["salt-2", "b", 4]]


def test_a_claim_is_no_element() -> None:
    assert disclosed({"list": {"a": 1}}, ("list", None)) == []
    assert disclosed({"list": [1]}, ("list", "0")) == []


def test_salts_are_fresh_and_long() -> None:
    salts = list(itertools.islice(random_salts(), 100))
    assert len(set(salts)) == 100
    assert {len(each) for each in salts} == {24}
    same = list(itertools.islice(random_salts(bytes), 40))
    assert set(same) == {"A" * 24}
