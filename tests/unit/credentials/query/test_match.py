"""The holder's match: what answers, and what nearly would."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.credentials.query import (
    Candidate,
    CandidateMatch,
    ClaimQuery,
    CredentialQuery,
    CredentialSet,
    Lack,
    NearestMiss,
    Query,
    SdJwtVcMeta,
    SetMatch,
    TrustedAuthority,
    claim_set_paths,
    match,
)
from tests.conftest import AT

SECOND = timedelta(seconds=1)


def _asked(credential_id: str = "pid", **more: object) -> CredentialQuery:
    claims = more.pop("claims", (ClaimQuery(("a",)), ClaimQuery(("b",))))
    return CredentialQuery(
        credential_id,
        "dc+sd-jwt",
        SdJwtVcMeta((f"urn:{credential_id}",)),
        claims=claims,  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


def _held(
    claims: JsonObject, *, type_: str = "urn:pid", bound: bool = True
) -> Candidate:
    return Candidate("dc+sd-jwt", (type_,), claims, holder_bound=bound)


def _one(
    asked: CredentialQuery, *candidates: Candidate
) -> tuple[tuple[CandidateMatch, ...], tuple[NearestMiss, ...]]:
    (found,) = match(Query((asked,)), candidates, at=AT).credentials
    return found.matches, found.misses


def test_a_credential_with_all_claims_matches_with_just_those() -> None:
    matches, misses = _one(_asked(), _held({"a": 1, "b": 2, "c": 3}))
    assert matches == (CandidateMatch(0, (("a",), ("b",)), None),)
    assert misses == ()


def test_credentials_of_another_type_are_no_misses() -> None:
    found = match(
        Query((_asked(),)), [_held({"a": 1, "b": 2}, type_="urn:other")], at=AT
    )
    assert found.credentials[0].matches == found.credentials[0].misses == ()
    assert not found.is_satisfiable()
    assert found.nearest_misses() == ()


def test_the_right_credential_without_a_claim_is_a_near_miss() -> None:
    matches, misses = _one(_asked(), _held({"a": 1}))
    assert matches == ()
    assert misses == (NearestMiss("pid", 0, (Lack.CLAIM,), missing=(("b",),)),)


def test_a_differing_value_is_a_near_miss_without_the_value() -> None:
    asked = _asked(claims=(ClaimQuery(("a",), values=(True,)),))
    _, misses = _one(asked, _held({"a": 1}))
    assert misses == (NearestMiss("pid", 0, (Lack.VALUE,), differing=(("a",),)),)


def test_a_credential_without_a_key_cannot_answer_where_binding_is_required() -> None:
    held = _held({"a": 1, "b": 2}, bound=False)
    assert _one(_asked(), held)[1] == (NearestMiss("pid", 0, (Lack.HOLDER_KEY,)),)
    loose = _asked(require_cryptographic_holder_binding=False)
    assert len(_one(loose, held)[0]) == 1


@pytest.mark.parametrize(
    ("authority", "answers"),
    [
        (TrustedAuthority("aki", ("AQI",)), True),
        (TrustedAuthority("aki", ("AQM",)), False),
        (TrustedAuthority("etsi_tl", ("https://lotl.example",)), False),
    ],
)
def test_a_credential_must_come_from_a_trusted_authority(
    authority: TrustedAuthority, answers: bool
) -> None:
    held = Candidate(
        "dc+sd-jwt",
        ("urn:pid",),
        {"a": 1, "b": 2},
        authority_key_ids=(b"\1\2",),
        holder_bound=True,
    )
    matches, misses = _one(_asked(trusted_authorities=(authority,)), held)
    assert bool(matches) is answers
    assert [each.lacks for each in misses] == ([] if answers else [(Lack.AUTHORITY,)])


def test_one_bad_credential_hides_no_other() -> None:
    huge: JsonObject = {"a": [0] * (limits.QUERY_PATH_MATCHES + 1)}
    asked = _asked(claims=(ClaimQuery(("a", None)),))
    matches, misses = _one(asked, _held(huge), _held({"a": "no"}), _held({"a": [1]}))
    assert [each.candidate for each in matches] == [2]
    assert [each.candidate for each in misses] == [0, 1]


def test_misses_stand_nearest_first() -> None:
    asked = _asked(claims=tuple(ClaimQuery((name,)) for name in "abcd"))
    _, misses = _one(
        asked,
        _held({}),
        _held({"a": 1, "b": 1, "c": 1}, bound=False),
        _held({"a": 1, "b": 1, "c": 1}),
    )
    assert [(each.candidate, each.distance()) for each in misses] == [
        (2, 1),
        (1, 2),
        (0, 4),
    ]


CLAIM_SETS = _asked(
    claims=tuple(ClaimQuery((name,), id=name) for name in "abc"),
    claim_sets=(("a", "b"), ("b", "c"), ("c",)),
)


@pytest.mark.parametrize(
    ("claims", "chosen", "paths"),
    [
        ({"a": 1, "b": 1, "c": 1}, 0, (("a",), ("b",))),
        ({"b": 1, "c": 1}, 1, (("b",), ("c",))),
        ({"a": 1, "c": 1}, 2, (("c",),)),
    ],
)
def test_the_best_liked_claim_set_that_can_be_served_is_chosen(
    claims: JsonObject, chosen: int, paths: tuple[tuple[str], ...]
) -> None:
    (found,), _ = _one(CLAIM_SETS, _held(claims))
    assert (found.candidate, found.paths, found.claim_set) == (0, paths, chosen)


def test_every_other_claim_set_that_is_served_is_named_beside_it() -> None:
    (found,), _ = _one(CLAIM_SETS, _held({"a": 1, "b": 1, "c": 1}))
    assert found.others == (1, 2)
    claims: JsonObject = {"b": 1, "c": 1}
    assert claim_set_paths(CLAIM_SETS, claims, claim_set=1) == (("b",), ("c",))
    (last,), _ = _one(CLAIM_SETS, _held({"c": 1}))
    assert (last.claim_set, last.others) == (2, ())


def test_with_no_claim_set_served_the_nearest_one_is_named() -> None:
    _, (miss,) = _one(CLAIM_SETS, _held({"a": 1}))
    assert miss.missing == (("b",),)


def test_under_a_null_only_elements_with_a_wanted_value_are_chosen() -> None:
    asked = _asked(claims=(ClaimQuery(("list", None), values=("y",)),))
    (found,), _ = _one(asked, _held({"list": ["x", "y", "z", "y"]}))
    assert found.paths == (("list", 1), ("list", 3))


def test_a_query_without_claims_chooses_none() -> None:
    (found,), _ = _one(_asked(claims=()), _held({"a": 1}))
    assert found.paths == ()


def _sets(*sets: CredentialSet) -> Query:
    credentials = tuple(_asked(name, claims=()) for name in ("a", "b", "c"))
    return Query(credentials, sets)


def test_only_options_that_can_be_served_whole_are_offered() -> None:
    query = _sets(
        CredentialSet((("a",), ("b", "c"), ("b",))),
        CredentialSet((("a",),), required=False),
    )
    found = match(query, [_held({}, type_="urn:b")], at=AT)
    assert found.sets == (SetMatch((("b",),), True), SetMatch((), False))
    assert found.is_satisfiable()


def test_a_required_set_without_an_option_means_that_nothing_may_be_returned() -> None:
    query = _sets(CredentialSet((("a",),)), CredentialSet((("b",),)))
    assert not match(query, [_held({}, type_="urn:b")], at=AT).is_satisfiable()
    both = [_held({}, type_="urn:b"), _held({}, type_="urn:a")]
    assert match(query, both, at=AT).is_satisfiable()


def test_the_nearest_miss_is_told_of_each_query_that_nothing_answers() -> None:
    query = Query((_asked("x"), _asked("y"), _asked("z")))
    held = [
        _held({"a": 1, "b": 1}, type_="urn:x"),
        _held({}, type_="urn:x"),
        _held({}, type_="urn:y"),
        _held({"a": 1}, type_="urn:y"),
    ]
    found = match(query, held, at=AT)
    assert [(each.credential, each.candidate) for each in found.nearest_misses()] == [
        ("y", 3)
    ]


def test_how_a_credential_query_fares_is_found_by_its_identifier() -> None:
    found = match(Query((_asked(),)), [], at=AT)
    assert found.credential("pid") is found.credentials[0]
    assert found.credential("other") is None


def test_one_credential_may_answer_two_queries() -> None:
    first = _asked("pid", claims=(ClaimQuery(("a",)),))
    second = CredentialQuery("again", "dc+sd-jwt", first.meta, (ClaimQuery(("b",)),))
    found = match(Query((first, second)), [_held({"a": 1, "b": 2})], at=AT)
    assert [each.matches[0].paths for each in found.credentials] == [
        (("a",),),
        (("b",),),
    ]


@pytest.mark.parametrize(
    ("since", "until", "lacks"),
    [
        (None, None, ()),
        (None, SECOND, ()),
        (None, timedelta(0), (Lack.EXPIRED,)),
        (None, -SECOND, (Lack.EXPIRED,)),
        (timedelta(0), SECOND, ()),
        (60 * SECOND, None, ()),
        (61 * SECOND, None, (Lack.NOT_YET_VALID,)),
        (-2 * SECOND, -SECOND, (Lack.EXPIRED,)),
    ],
)
def test_what_is_not_valid_at_the_moment_answers_nothing(
    since: timedelta | None, until: timedelta | None, lacks: tuple[Lack, ...]
) -> None:
    held = replace(
        _held({"a": 1, "b": 2}),
        valid_from=None if since is None else AT + since,
        valid_until=None if until is None else AT + until,
    )
    query = Query((_asked(),))
    (found,) = match(query, [held], at=AT, leeway=60 * SECOND).credentials
    assert [each.lacks for each in found.misses] == ([lacks] if lacks else [])
    assert len(found.matches) == (0 if lacks else 1)


def test_an_expired_credential_hides_no_valid_one() -> None:
    valid = _held({"a": 1, "b": 2})
    expired = replace(valid, valid_until=AT)
    short = _held({"a": 1})
    found = match(Query((_asked(),)), [expired, valid], at=AT)
    assert [each.candidate for each in found.credentials[0].matches] == [1]
    found = match(
        Query((_asked(),)), [short, expired, replace(short, valid_until=AT)], at=AT
    )
    assert [
        (e.candidate, e.lacks, e.distance()) for e in found.credentials[0].misses
    ] == [
        (0, (Lack.CLAIM,), 1),
        (1, (Lack.EXPIRED,), 1),
        (2, (Lack.EXPIRED, Lack.CLAIM), 2),
    ]
