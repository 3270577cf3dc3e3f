"""The verifier judges the answer again; each fault has a sound twin."""

from collections.abc import Mapping, Sequence

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.query import (
    Candidate,
    ClaimQuery,
    CredentialQuery,
    CredentialSet,
    Query,
    SdJwtVcMeta,
    TrustedAuthority,
    judge_answer,
)
from idwallet.report import Check, CheckId, Outcome, Reason

CANARY = "Zaphod-Beeblebrox"
CLAIMS: JsonObject = {
    "family_name": CANARY,
    "given_name": CANARY,
    "address": {"locality": CANARY},
    "nationalities": ["DE", "FR"],
}


def _asked(credential_id: str = "pid", **more: object) -> CredentialQuery:
    claims = more.pop("claims", (ClaimQuery(("family_name",)),))
    return CredentialQuery(
        credential_id,
        "dc+sd-jwt",
        SdJwtVcMeta(("urn:a", "urn:b")),
        claims=claims,  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


def _shown(claims: JsonObject = CLAIMS, **more: object) -> Candidate:
    types = more.pop("types", ("urn:a",))
    return Candidate(
        more.pop("format", "dc+sd-jwt"),  # type: ignore[arg-type]
        types,  # type: ignore[arg-type]
        claims,
        **more,  # type: ignore[arg-type]
    )


def _said(checks: Sequence[Check]) -> set[tuple[str, Reason]]:
    assert all(each.id is CheckId.PRESENTATION_QUERY for each in checks)
    return {(each.subject, each.reason) for each in checks}


def _judge(
    query: Query | CredentialQuery, answers: Mapping[str, Sequence[Candidate]]
) -> tuple[Check, ...]:
    if isinstance(query, CredentialQuery):
        query = Query((query,))
    return judge_answer(query, answers)


def _facts(checks: Sequence[Check], reason: Reason, name: str) -> object:
    (found,) = [each for each in checks if each.reason is reason]
    return found.fact(name)


ALL_WELL = {("pid", Reason.ANSWERED), ("response", Reason.ANSWERED)}


def test_a_complete_answer_passes_for_itself_and_as_a_whole() -> None:
    checks = _judge(_asked(), {"pid": [_shown()]})
    assert _said(checks) == ALL_WELL
    assert {each.outcome for each in checks} == {Outcome.PASSED}


def test_a_missing_claim_fails_and_is_named_by_its_path() -> None:
    claims = (ClaimQuery(("family_name",)), ClaimQuery(("address", "street")))
    checks = _judge(_asked(claims=claims), {"pid": [_shown()]})
    assert _said(checks) == {
        ("pid", Reason.CLAIM_MISSING),
        ("response", Reason.ANSWERED),
    }
    assert _facts(checks, Reason.CLAIM_MISSING, "paths") == ("/address/street",)


def test_a_differing_value_fails_and_no_value_is_in_the_verdict() -> None:
    wanted = ClaimQuery(("family_name",), values=("Dent",))
    checks = _judge(_asked(claims=(wanted,)), {"pid": [_shown()]})
    assert ("pid", Reason.VALUE_DIFFERS) in _said(checks)
    assert _facts(checks, Reason.VALUE_DIFFERS, "paths") == ("/family_name",)
    assert CANARY not in repr(checks)
    assert "Dent" not in repr(checks)
    same = ClaimQuery(("family_name",), values=("Dent", CANARY))
    assert _said(_judge(_asked(claims=(same,)), {"pid": [_shown()]})) == ALL_WELL


def test_missing_and_differing_claims_are_both_named() -> None:
    claims = (ClaimQuery(("absent",)), ClaimQuery(("given_name",), values=(1,)))
    checks = _judge(_asked(claims=claims), {"pid": [_shown()]})
    assert _said(checks) == {
        ("pid", Reason.CLAIM_MISSING),
        ("pid", Reason.VALUE_DIFFERS),
        ("response", Reason.ANSWERED),
    }


@pytest.mark.parametrize(
    ("found", "passes"), [(True, True), (1, False), ("true", False)]
)
def test_a_look_alike_of_true_is_not_true(found: JsonValue, passes: bool) -> None:
    asked = _asked(claims=(ClaimQuery(("adult",), values=(True,)),))
    said = _said(_judge(asked, {"pid": [_shown({"adult": found})]}))
    assert (said == ALL_WELL) is passes


def test_under_a_null_one_element_with_a_wanted_value_is_enough() -> None:
    asked = _asked(claims=(ClaimQuery(("nationalities", None), values=("FR",)),))
    assert _said(_judge(asked, {"pid": [_shown()]})) == ALL_WELL
    other = _asked(claims=(ClaimQuery(("nationalities", None), values=("AT",)),))
    assert ("pid", Reason.VALUE_DIFFERS) in _said(_judge(other, {"pid": [_shown()]}))
    empty = {"pid": [_shown({"nationalities": []})]}
    assert ("pid", Reason.CLAIM_MISSING) in _said(_judge(asked, empty))


def test_one_claim_set_answered_wholly_is_enough() -> None:
    claims = tuple(ClaimQuery((name,), id=name) for name in ("a", "b", "c"))
    asked = _asked(claims=claims, claim_sets=(("a", "b"), ("c",)))
    for answered in ({"a": 1, "b": 1}, {"c": 1}, {"a": 1, "b": 1, "c": 1}):
        shown: JsonObject = dict(answered)
        assert _said(_judge(asked, {"pid": [_shown(shown)]})) == ALL_WELL


def test_no_claim_set_answered_wholly_fails_by_the_nearest_one() -> None:
    claims = tuple(ClaimQuery((name,), id=name) for name in ("a", "b", "c", "d"))
    asked = _asked(claims=claims, claim_sets=(("a", "b", "c"), ("c", "d")))
    checks = _judge(asked, {"pid": [_shown({"d": 1})]})
    assert _facts(checks, Reason.CLAIM_MISSING, "paths") == ("/c",)
    tied = _judge(asked, {"pid": [_shown({"a": 1, "b": 1})]})
    assert _facts(tied, Reason.CLAIM_MISSING, "paths") == ("/c",)


@pytest.mark.parametrize(
    "other", [{"types": ("urn:c",)}, {"format": "vc+sd-jwt"}, {"types": ()}]
)
def test_another_type_or_format_than_asked_for_fails(other: dict[str, object]) -> None:
    checks = _judge(_asked(), {"pid": [_shown(**other)]})
    assert ("pid", Reason.TYPE_NOT_REQUESTED) in _said(checks)
    extending = _shown(types=("urn:c", "urn:b"))
    assert _said(_judge(_asked(), {"pid": [extending]})) == ALL_WELL


def test_the_type_that_came_is_named_harmlessly() -> None:
    checks = _judge(_asked(), {"pid": [_shown(types=("urn:\x1b[2J",))]})
    assert "\x1b" not in str(_facts(checks, Reason.TYPE_NOT_REQUESTED, "found"))
    nameless = _judge(_asked(), {"pid": [_shown(types=())]})
    assert _facts(nameless, Reason.TYPE_NOT_REQUESTED, "found") == "dc+sd-jwt"


def test_another_authority_than_asked_for_fails_beside_other_faults() -> None:
    asked = _asked(trusted_authorities=(TrustedAuthority("aki", ("AQI",)),))
    certified = _shown(authority_key_ids=(b"\1\2",))
    assert _said(_judge(asked, {"pid": [certified]})) == ALL_WELL
    said = _said(_judge(asked, {"pid": [_shown({})]}))
    assert said == {
        ("pid", Reason.AUTHORITY_NOT_REQUESTED),
        ("pid", Reason.CLAIM_MISSING),
        ("response", Reason.ANSWERED),
    }


def test_an_authority_that_cannot_be_judged_offline_is_not_met() -> None:
    listed = TrustedAuthority("etsi_tl", ("https://lotl.example",))
    asked = _asked(trusted_authorities=(listed,))
    said = _said(_judge(asked, {"pid": [_shown(authority_key_ids=(b"\1\2",))]}))
    assert ("pid", Reason.AUTHORITY_NOT_REQUESTED) in said


def test_a_credential_outside_the_query_fails_the_whole() -> None:
    checks = _judge(_asked(), {"pid": [_shown()], "extra": [_shown()]})
    assert _said(checks) == {
        ("pid", Reason.ANSWERED),
        ("response", Reason.CREDENTIAL_NOT_REQUESTED),
    }
    assert _facts(checks, Reason.CREDENTIAL_NOT_REQUESTED, "credentials") == ("extra",)


def test_even_an_empty_answer_to_what_was_not_asked_fails() -> None:
    checks = _judge(_asked(), {"pid": [_shown()], "extra": []})
    assert ("response", Reason.CREDENTIAL_NOT_REQUESTED) in _said(checks)


def test_names_of_unknown_answers_are_harmless_and_few() -> None:
    unknown: dict[str, list[Candidate]] = {f"\x1b{n}": [] for n in range(1000)}
    checks = _judge(_asked(), {"pid": [_shown()], **unknown})
    named = _facts(checks, Reason.CREDENTIAL_NOT_REQUESTED, "credentials")
    assert isinstance(named, tuple)
    assert len(named) == limits.QUERY_CREDENTIALS
    assert "\x1b" not in "".join(named)


def test_two_credentials_where_one_was_asked_for_fail() -> None:
    two = {"pid": [_shown(), _shown()]}
    assert ("pid", Reason.TOO_MANY_CREDENTIALS) in _said(_judge(_asked(), two))
    assert _said(_judge(_asked(multiple=True), two)) == {
        *ALL_WELL,
        ("pid[1]", Reason.ANSWERED),
    }


def test_each_of_several_credentials_is_judged_by_itself() -> None:
    answers = {"pid": [_shown(), _shown({}), _shown(types=("urn:c",))]}
    assert _said(_judge(_asked(multiple=True), answers)) == {
        ("pid", Reason.ANSWERED),
        ("pid[1]", Reason.CLAIM_MISSING),
        ("pid[2]", Reason.TYPE_NOT_REQUESTED),
        ("response", Reason.ANSWERED),
    }


@pytest.mark.parametrize("answers", [{}, {"pid": []}])
def test_an_answer_without_the_credential_fails_the_whole(
    answers: dict[str, list[Candidate]],
) -> None:
    checks = _judge(_asked(), answers)
    assert _said(checks) == {("response", Reason.CREDENTIAL_MISSING)}
    assert _facts(checks, Reason.CREDENTIAL_MISSING, "credentials") == ("pid",)


def _sets(*sets: CredentialSet) -> Query:
    return Query(tuple(_asked(name) for name in ("a", "b", "c")), sets)


def _answer(*names: str) -> dict[str, list[Candidate]]:
    return {name: [_shown()] for name in names}


@pytest.mark.parametrize(
    ("answered", "missing"),
    [
        (("a",), ()),
        (("b", "c"), ()),
        (("a", "b", "c"), ()),
        (("b",), ("a",)),
        ((), ("a",)),
    ],
)
def test_one_option_of_a_required_set_is_enough(
    answered: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    query = _sets(CredentialSet((("a",), ("b", "c"))))
    checks = judge_answer(query, _answer(*answered))
    if missing:
        assert _facts(checks, Reason.CREDENTIAL_MISSING, "credentials") == missing
    else:
        assert ("response", Reason.ANSWERED) in _said(checks)


def test_a_set_that_is_not_required_may_stay_unserved() -> None:
    optional = CredentialSet((("b", "c"),), required=False)
    query = _sets(CredentialSet((("a",),)), optional)
    assert ("response", Reason.ANSWERED) in _said(judge_answer(query, _answer("a")))
    checks = judge_answer(query, _answer("b", "c"))
    assert _facts(checks, Reason.CREDENTIAL_MISSING, "credentials") == ("a",)


def test_every_required_set_that_is_unserved_is_named() -> None:
    query = _sets(CredentialSet((("a",),)), CredentialSet((("b", "c"),)))
    checks = judge_answer(query, _answer("c"))
    assert _facts(checks, Reason.CREDENTIAL_MISSING, "credentials") == ("a", "b")


@pytest.mark.parametrize("required", [True, False])
def test_with_credential_sets_what_stands_in_none_was_not_asked_for(
    required: bool,
) -> None:
    sets = (CredentialSet((("a",),)), CredentialSet((("b",),), required=required))
    answer = _answer("a", "b", "c")
    checks = judge_answer(_sets(*sets), answer)
    assert _said(checks) == {
        ("a", Reason.ANSWERED),
        ("b", Reason.ANSWERED),
        ("response", Reason.CREDENTIAL_NOT_REQUESTED),
    }
    assert _facts(checks, Reason.CREDENTIAL_NOT_REQUESTED, "credentials") == ("c",)
    # The same answer, where "c" may come or where there are no sets at all.
    third = CredentialSet((("c",),), required=False)
    for query in (_sets(*sets, third), _sets()):
        said = _said(judge_answer(query, answer))
        assert said == {(name, Reason.ANSWERED) for name in ("a", "b", "c", "response")}


def test_one_credential_twice_is_not_two() -> None:
    asked = _asked(multiple=True)
    one, other = _shown(identity=b"1"), _shown(identity=b"2")
    for repeated in (
        [one, one],
        [other, one, _shown({**CLAIMS, "x": 1}, identity=b"1")],
    ):
        said = _said(_judge(asked, {"pid": repeated}))
        assert ("pid", Reason.TOO_MANY_CREDENTIALS) in said
    for distinct in ([one, other], [_shown(), _shown()]):
        assert _said(_judge(asked, {"pid": distinct})) == {
            *ALL_WELL,
            ("pid[1]", Reason.ANSWERED),
        }


def test_one_credential_may_answer_two_queries() -> None:
    query = Query((_asked("a"), _asked("b")))
    one = _shown(identity=b"1")
    said = _said(judge_answer(query, {"a": [one], "b": [one]}))
    assert said == {(name, Reason.ANSWERED) for name in ("a", "b", "response")}


def test_without_credential_sets_all_are_required() -> None:
    query = Query((_asked("a"), _asked("b")))
    checks = judge_answer(query, _answer("a"))
    assert _facts(checks, Reason.CREDENTIAL_MISSING, "credentials") == ("b",)


def test_a_query_without_claims_is_answered_by_the_credential_alone() -> None:
    assert _said(_judge(_asked(claims=()), {"pid": [_shown({})]})) == ALL_WELL


def test_an_oversized_credential_fails_alone() -> None:
    asked = _asked(claims=(ClaimQuery(("list", None)),), multiple=True)
    huge: JsonObject = {"list": [0] * (limits.QUERY_PATH_MATCHES + 1)}
    answers = {"pid": [_shown(huge), _shown({"list": [0]})]}
    assert _said(_judge(asked, answers)) == {
        ("pid", Reason.CLAIM_MISSING),
        ("pid[1]", Reason.ANSWERED),
        ("response", Reason.ANSWERED),
    }
