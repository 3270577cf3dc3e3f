"""What a query lets the verifier see of a credential."""

from collections import Counter

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.paths import ClaimPath, Selection, select
from idwallet.credentials.query import (
    Candidate,
    ClaimQuery,
    CredentialQuery,
    Query,
    SdJwtVcMeta,
    judge_answer,
    match,
    requested_paths,
)
from idwallet.credentials.query import fit as module
from tests.conftest import AT

CLAIMS: JsonObject = {
    "a": 1,
    "b": None,
    "c": {"d": 2, "e": 3},
    "list": ["x", "y", "z"],
    "surplus": 4,
}


def _asked(
    *claims: ClaimQuery, sets: tuple[tuple[str, ...], ...] = ()
) -> CredentialQuery:
    meta = SdJwtVcMeta(("urn:a",))
    return CredentialQuery("pid", "dc+sd-jwt", meta, claims, sets)


def test_only_claims_that_are_asked_for_and_there_may_be_seen() -> None:
    asked = _asked(ClaimQuery(("a",)), ClaimQuery(("c", "d")), ClaimQuery(("absent",)))
    assert requested_paths(asked, CLAIMS) == (("a",), ("c", "d"))


def test_a_null_claim_is_a_claim() -> None:
    assert requested_paths(_asked(ClaimQuery(("b",))), CLAIMS) == (("b",),)


def test_without_claims_nothing_may_be_seen() -> None:
    assert requested_paths(_asked(), CLAIMS) == ()


def test_claims_of_every_claim_set_may_be_seen() -> None:
    asked = _asked(
        ClaimQuery(("a",), id="a"), ClaimQuery(("b",), id="b"), sets=(("a",), ("b",))
    )
    assert requested_paths(asked, CLAIMS) == (("a",), ("b",))


def test_a_null_in_a_path_comes_to_each_element() -> None:
    asked = _asked(ClaimQuery(("list", None)))
    assert requested_paths(asked, CLAIMS) == (("list", 0), ("list", 1), ("list", 2))


def test_a_claim_with_another_value_was_not_asked_for() -> None:
    asked = _asked(
        ClaimQuery(("a",), values=(2,)),
        ClaimQuery(("c", "d"), values=(2,)),
        ClaimQuery(("list", None), values=("y", "q")),
    )
    assert requested_paths(asked, CLAIMS) == (("c", "d"), ("list", 1))


def test_a_claim_asked_for_twice_is_there_once() -> None:
    asked = _asked(ClaimQuery(("list", 1)), ClaimQuery(("list", None)))
    assert requested_paths(asked, CLAIMS) == (("list", 1), ("list", 0), ("list", 2))


def test_a_path_that_selects_too_much_lets_nothing_be_seen() -> None:
    huge: JsonObject = {"list": [0] * (limits.QUERY_PATH_MATCHES + 1), "a": 1}
    asked = _asked(ClaimQuery(("list", None)), ClaimQuery(("a",)))
    assert requested_paths(asked, huge) == (("a",),)


@pytest.mark.parametrize("values", [(), ("no",)])
def test_each_claim_is_looked_up_once_however_many_claim_sets_name_it(
    monkeypatch: pytest.MonkeyPatch, values: tuple[str, ...]
) -> None:
    looked = Counter[ClaimPath]()

    def counting(claims: JsonValue, path: ClaimPath) -> Selection:
        looked[path] += 1
        return select(claims, path)

    monkeypatch.setattr(module, "select", counting)
    count = limits.QUERY_WILDCARD_STEPS // 2
    names = [f"n{n}" for n in range(count)]
    claims = [ClaimQuery((f"{n}", None), values=values, id=n) for n in names]
    options = [(*names[n:], *names[:n]) for n in range(limits.QUERY_OPTIONS)]
    asked = _asked(*claims, ClaimQuery(("absent",), id="x"), sets=())
    asked = _asked(*asked.claims, sets=tuple((*each[:60], "x") for each in options))
    held: JsonObject = {name: ["yes"] * 10 for name in names}
    shown = Candidate("dc+sd-jwt", ("urn:a",), held, holder_bound=True)
    (found,) = match(Query((asked,)), [shown], at=AT).credentials
    assert found.misses[0].missing == (("absent",),)
    assert set(looked.values()) == {1}
    looked.clear()
    assert judge_answer(Query((asked,)), {"pid": [shown]})
    assert max(looked.values()) == 2
