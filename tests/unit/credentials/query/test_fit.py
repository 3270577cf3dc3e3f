"""What a query lets the verifier see of a credential."""

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.credentials.query import (
    ClaimQuery,
    CredentialQuery,
    SdJwtVcMeta,
    requested_paths,
)

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
