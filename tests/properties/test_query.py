"""Properties of DCQL queries, and a slow reference that must always agree."""

from collections.abc import Mapping, Sequence
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.paths import ClaimPath, covers, look_up, select
from idwallet.credentials.query import (
    Candidate,
    ClaimQuery,
    CredentialQuery,
    CredentialSet,
    ForeignMeta,
    MdocMeta,
    Query,
    SdJwtVcMeta,
    TrustedAuthority,
    judge_answer,
    match,
    requested_paths,
)
from idwallet.report import Outcome
from tests.conftest import AT

NAMES: Final = st.sampled_from(["a", "b", "c"])
SCALARS: Final = st.sampled_from([True, False, 0, 1, 1.0, "1", "x", None])
VALUES: Final = st.sampled_from([True, False, 0, 1, "1", "x"])
# Mostly none, as in real queries, so that many of them can be answered.
WANTED: Final = st.just([]) | st.just([]) | st.lists(VALUES, max_size=2)
TYPES: Final = st.sampled_from(["urn:a", "urn:b"])


def _inside(children: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonValue]:
    return st.lists(children, max_size=3) | st.dictionaries(NAMES, children, max_size=3)


DOCUMENTS: Final[st.SearchStrategy[JsonObject]] = st.dictionaries(
    NAMES, st.recursive(SCALARS, _inside, max_leaves=8), max_size=3
)
NAMED_PATHS: Final = st.builds(
    lambda first, rest: (first, *rest),
    NAMES,
    st.just([]) | st.lists(NAMES | st.none(), max_size=2),
)
PATHS: Final = NAMED_PATHS | st.lists(
    NAMES | st.none() | st.integers(0, 2), min_size=1, max_size=3
).map(tuple)


@st.composite
def credential_queries(
    draw: st.DrawFn, credential_id: str, paths: st.SearchStrategy[ClaimPath] = PATHS
) -> CredentialQuery:
    known = SdJwtVcMeta(tuple(draw(st.lists(TYPES, min_size=1, max_size=2))))
    form, meta = draw(
        st.sampled_from(
            [
                *[("dc+sd-jwt", known)] * 10,
                ("mso_mdoc", MdocMeta("urn:a")),
                ("other", ForeignMeta(b'{"x":1}')),
            ]
        )
    )
    places = st.tuples(NAMES, NAMES) if form == "mso_mdoc" else paths
    asked = draw(st.lists(places, max_size=3, unique=True))
    claims = tuple(
        ClaimQuery(
            path=path,
            values=tuple(draw(WANTED)),
            id=f"n{index}",
        )
        for index, path in enumerate(asked)
    )
    ids = st.sampled_from([f"n{index}" for index in range(len(claims))])
    option = st.lists(ids, min_size=1, max_size=3).map(tuple)
    sets = draw(st.lists(option, max_size=3)) if claims else []
    authority = st.sampled_from(
        [TrustedAuthority("aki", ("AQ", "Ag")), TrustedAuthority("etsi_tl", ("AQ",))]
    )
    return CredentialQuery(
        id=credential_id,
        format=form,
        meta=meta,
        claims=claims,
        claim_sets=tuple(sets),
        multiple=draw(st.booleans()),
        trusted_authorities=tuple(draw(st.lists(authority, max_size=1))),
        require_cryptographic_holder_binding=draw(st.booleans()),
    )


@st.composite
def queries(draw: st.DrawFn, paths: st.SearchStrategy[ClaimPath] = PATHS) -> Query:
    ids = ["q0", "q1", "q2"][: draw(st.integers(1, 3))]
    credentials = tuple(draw(credential_queries(each, paths)) for each in ids)
    option = st.lists(st.sampled_from(ids), min_size=1, max_size=2).map(tuple)
    credential_set = st.builds(
        CredentialSet,
        options=st.lists(option, min_size=1, max_size=2).map(tuple),
        required=st.booleans(),
    )
    return Query(credentials, tuple(draw(st.lists(credential_set, max_size=2))))


# Half of them lack nothing but perhaps a claim, so that many queries are answered.
WELCOME: Final = st.builds(
    Candidate,
    format=st.just("dc+sd-jwt"),
    types=st.just(("urn:a", "urn:b")),
    claims=st.fixed_dictionaries(
        {"a": SCALARS | DOCUMENTS, "b": SCALARS | st.lists(SCALARS, min_size=1)},
        optional={"c": DOCUMENTS},
    ),
    authority_key_ids=st.just((b"\1",)),
    holder_bound=st.just(True),
)
CANDIDATES: Final = WELCOME | st.builds(
    Candidate,
    format=st.sampled_from(["dc+sd-jwt", "dc+sd-jwt", "mso_mdoc"]),
    types=st.lists(TYPES, max_size=2).map(tuple),
    claims=DOCUMENTS,
    authority_key_ids=st.lists(st.sampled_from([b"\1", b"\3"]), max_size=1).map(tuple),
    holder_bound=st.booleans(),
)


# --- the reference: the words of the standard, one after the other ----------------


def _reference_select(document: JsonValue, path: ClaimPath) -> list[JsonValue]:
    selected = [document]
    for part in path:
        if isinstance(part, str):
            if not all(type(each) is dict for each in selected):
                return []
            selected = [each[part] for each in selected if part in each]  # type: ignore[index,call-overload,operator]
        else:
            if not all(type(each) is list for each in selected):
                return []
            if part is None:
                selected = [inner for each in selected for inner in each]  # type: ignore[union-attr]
            else:
                selected = [each[part] for each in selected if part < len(each)]  # type: ignore[index,call-overload,arg-type]
    return selected


def _same(wanted: JsonValue, found: JsonValue) -> bool:
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    if isinstance(wanted, str) or isinstance(found, str):
        return type(wanted) is type(found) and wanted == found
    return found is not None and wanted == found


def _reference_claim(asked: ClaimQuery, claims: JsonObject) -> bool:
    found = _reference_select(claims, asked.path)
    if not asked.values:
        return bool(found)
    return any(_same(wanted, each) for wanted in asked.values for each in found)


def _reference_answers(asked: CredentialQuery, shown: Candidate) -> bool:
    if shown.format != asked.format or isinstance(asked.meta, ForeignMeta):
        return False
    is_mdoc = isinstance(asked.meta, MdocMeta)
    wanted = (asked.meta.doctype_value,) if is_mdoc else asked.meta.vct_values  # type: ignore[union-attr]
    if not any(each in wanted for each in shown.types):
        return False
    if asked.trusted_authorities and not any(
        each.type == "aki" and b"\1" in shown.authority_key_ids
        for each in asked.trusted_authorities
    ):
        return False
    met = {each.id for each in asked.claims if _reference_claim(each, shown.claims)}
    if asked.claim_sets:
        return any(set(option) <= met for option in asked.claim_sets)
    return all(each.id in met for each in asked.claims)


def _reference_served(query: Query, answered: set[str]) -> bool:
    if not query.credential_sets:
        return answered == {each.id for each in query.credentials}
    return all(
        any(set(option) <= answered for option in each.options)
        for each in query.credential_sets
        if each.required
    )


def _reference_wanted(query: Query) -> set[str]:
    """Name what is asked for (§6.4.2): with credential sets, what stands in one."""
    if not query.credential_sets:
        return {each.id for each in query.credentials}
    options = (each.options for each in query.credential_sets)
    return {name for each in options for option in each for name in option}


def _reference_passes(query: Query, answers: Mapping[str, Sequence[Candidate]]) -> bool:
    by_id = {each.id: each for each in query.credentials}
    return (
        set(answers) <= _reference_wanted(query)
        and all(
            len(shown) < 2 or by_id[name].multiple for name, shown in answers.items()
        )
        and all(
            _reference_answers(by_id[name], each)
            for name, shown in answers.items()
            for each in shown
        )
        and _reference_served(query, {name for name, shown in answers.items() if shown})
    )


# --- properties -------------------------------------------------------------------


@given(queries())
def test_a_written_query_is_read_back_equal(query: Query) -> None:
    again = Query.from_dcql(query.to_dcql())
    assert again == query
    assert hash(again) == hash(query)
    assert again.to_dcql() == query.to_dcql()


@given(DOCUMENTS, PATHS)
def test_selecting_agrees_with_the_reference(
    document: JsonObject, path: ClaimPath
) -> None:
    found = select(document, path)
    assert repr([value for _, value in found]) == repr(
        _reference_select(document, path)
    )


@given(DOCUMENTS, PATHS)
def test_a_pattern_covers_exactly_what_it_selects(
    document: JsonObject, path: ClaimPath
) -> None:
    found = select(document, path)
    assert all(covers(path, where) for where, _ in found)
    assert all(look_up(document, where) == value for where, value in found)
    if found:
        places = {where for where in _places(document) if len(where) == len(path)}
        assert {each for each in places if covers(path, each)} == {
            where for where, _ in found
        }


def _places(value: JsonValue, here: ClaimPath = ()) -> list[ClaimPath]:
    if isinstance(value, dict):
        inside = [_places(each, (*here, name)) for name, each in value.items()]
    elif isinstance(value, list):
        inside = [_places(each, (*here, at)) for at, each in enumerate(value)]
    else:
        inside = []
    return [here, *(place for places in inside for place in places)]


@given(queries(), st.lists(CANDIDATES, max_size=4))
def test_matching_agrees_with_the_reference(
    query: Query, candidates: list[Candidate]
) -> None:
    found = match(query, candidates, at=AT)
    for asked, fared in zip(query.credentials, found.credentials, strict=True):
        expected = [
            index
            for index, each in enumerate(candidates)
            if _reference_answers(asked, each)
            and (each.holder_bound or not asked.require_cryptographic_holder_binding)
        ]
        assert [each.candidate for each in fared.matches] == expected
        assert not {each.candidate for each in fared.misses} & set(expected)
        assert all(each.distance() for each in fared.misses)
    served = {each.id for each in found.credentials if each.matches}
    assert found.is_satisfiable() is _reference_served(query, served)


ANSWERS: Final = st.dictionaries(
    st.sampled_from(["q0", "q1", "q2"]), st.lists(CANDIDATES, max_size=2), max_size=3
)


@given(queries(), ANSWERS)
def test_judging_agrees_with_the_reference(
    query: Query, answers: dict[str, list[Candidate]]
) -> None:
    checks = judge_answer(query, answers)
    passed = all(each.outcome is Outcome.PASSED for each in checks)
    assert passed is _reference_passes(query, answers)
    assert "response" in {each.subject for each in checks}


@given(queries(), st.lists(CANDIDATES, max_size=3), st.lists(CANDIDATES, max_size=3))
def test_more_credentials_never_make_a_query_unsatisfiable(
    query: Query, some: list[Candidate], more: list[Candidate]
) -> None:
    before = match(query, some, at=AT)
    after = match(query, [*some, *more], at=AT)
    assert after.is_satisfiable() or not before.is_satisfiable()
    for old, new in zip(before.credentials, after.credentials, strict=True):
        assert set(old.matches) <= set(new.matches)


def _disclosed(claims: JsonObject, paths: Sequence[ClaimPath]) -> JsonObject:
    """Return what is left of `claims` when only `paths` are disclosed."""
    kept = _kept(claims, (), paths)
    return kept if isinstance(kept, dict) else {}


def _kept(value: JsonValue, here: ClaimPath, paths: Sequence[ClaimPath]) -> JsonValue:
    if any(covers(each, here) for each in paths):
        return value
    if isinstance(value, dict):
        return {
            name: _kept(each, (*here, name), paths)
            for name, each in value.items()
            if _leads((*here, name), paths)
        }
    if isinstance(value, list):
        return [
            _kept(each, (*here, at), paths)
            for at, each in enumerate(value)
            if _leads((*here, at), paths)
        ]
    return value


def _leads(here: ClaimPath, paths: Sequence[ClaimPath]) -> bool:
    return any(covers(each, here) or covers(here, each) for each in paths)


@given(queries(NAMED_PATHS), st.lists(CANDIDATES, max_size=4))
def test_what_the_holder_chooses_the_verifier_accepts(
    query: Query, candidates: list[Candidate]
) -> None:
    found = match(query, candidates, at=AT)
    if not found.is_satisfiable():
        return
    answers = {}
    wanted = _reference_wanted(query)
    for fared in found.credentials:
        for chosen in fared.matches[:1] if fared.id in wanted else ():
            held = candidates[chosen.candidate]
            shown = Candidate(
                held.format,
                held.types,
                _disclosed(held.claims, chosen.paths),
                held.authority_key_ids,
                held.holder_bound,
            )
            answers[fared.id] = [shown]
    checks = judge_answer(query, answers)
    assert {each.outcome for each in checks} == {Outcome.PASSED}


@given(queries(), CANDIDATES)
def test_what_may_be_seen_is_asked_for_and_holds_what_was_chosen(
    query: Query, candidate: Candidate
) -> None:
    for asked, fared in zip(
        query.credentials, match(query, [candidate], at=AT).credentials, strict=True
    ):
        seen = requested_paths(asked, candidate.claims)
        assert all(
            any(covers(claim.path, each) for claim in asked.claims) for each in seen
        )
        for chosen in fared.matches:
            assert set(chosen.paths) <= set(seen)
