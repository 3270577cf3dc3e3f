"""What must hold of every judgement, whatever is asked and in whatever order."""

import contextlib
import copy
import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from idwallet.consent import (
    Asking,
    CautionCode,
    ClaimJudgement,
    Earlier,
    Finding,
    Judgement,
    Place,
    judge,
    read_disclosure_policy,
    read_purpose,
    shipped_purposes,
)
from idwallet.credentials.catalogue import catalogue
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query import (
    MDOC,
    SD_JWT_VC,
    ClaimQuery,
    CredentialQuery,
    MdocMeta,
    Query,
    SdJwtVcMeta,
)
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.explain import explain_judgement
from idwallet.trust.relying_party import (
    RegisteredClaim,
    RegisteredCredential,
    Registration,
)
from tests.unit.consent.test_disclosure import LISTED, ROOTED
from tests.unit.consent.test_judge import registration
from tests.unit.consent.test_purposes import GOOD

PURPOSES: Final = (None, "because", *shipped_purposes().by_name)
FORMS: Final = tuple(
    (form, kind)
    for kind, listed in catalogue().items()
    for form in (SD_JWT_VC, MDOC)
    if form in listed.types
)


@st.composite
def asked_claims(draw: st.DrawFn) -> tuple[str, str, tuple[ClaimPath, ...]]:
    form, kind = draw(st.sampled_from(FORMS))
    known = [
        each.paths[form]
        for each in catalogue()[kind].claims.values()
        if form in each.paths
    ]
    strange: list[ClaimPath] = [("nobody", "knows"), ("address",), ("picture", None)]
    if form == MDOC:
        strange = [("org.example", "nobody_knows")]
    paths = draw(st.lists(st.sampled_from(known + strange), min_size=1, max_size=8))
    return form, kind, tuple(dict.fromkeys(paths))


def query(form: str, kind: str, paths: Sequence[ClaimPath]) -> Query:
    name = catalogue()[kind].types[form]
    meta = SdJwtVcMeta((name,)) if form == SD_JWT_VC else MdocMeta(name)
    claims = tuple(ClaimQuery(path) for path in paths)
    return Query((CredentialQuery("asked", form, meta, claims),))


def by_place(judgement: Judgement) -> dict[Place, ClaimJudgement]:
    return {each.place: each for each in judgement.claims}


def registered(form: str, kind: str, paths: Sequence[ClaimPath]) -> Registration:
    base = registration()
    name = catalogue()[kind].types[form]
    meta = {"vct_values": [name]} if form == SD_JWT_VC else {"doctype_value": name}
    claims = tuple(RegisteredClaim(path) for path in paths)
    credential = RegisteredCredential(form, meta, claims)
    object.__setattr__(base, "credentials", (credential,))
    return base


@given(asked_claims(), st.sampled_from(PURPOSES), st.booleans(), st.data())
def test_asking_for_more_never_looks_less_excessive(
    asked: tuple[str, str, tuple[ClaimPath, ...]],
    purpose: str | None,
    is_registered: bool,
    data: st.DataObject,
) -> None:
    form, kind, paths = asked
    less = data.draw(st.lists(st.sampled_from(paths), min_size=1, unique=True))
    known = registered(form, kind, paths[::2]) if is_registered else None
    whole = judge(
        Asking(query=query(form, kind, paths), purpose=purpose, registration=known)
    )
    part = judge(
        Asking(query=query(form, kind, less), purpose=purpose, registration=known)
    )
    more = by_place(whole)
    for place, each in by_place(part).items():
        assert more[place].finding.severity >= each.finding.severity
    assert len(whole.excessive) >= len(part.excessive)
    codes = {each.code for each in whole.cautions}
    assert codes >= {each.code for each in part.cautions}


@given(asked_claims(), st.sampled_from(PURPOSES), st.randoms(use_true_random=False))
def test_a_judgement_does_not_depend_on_the_order(
    asked: tuple[str, str, tuple[ClaimPath, ...]], purpose: str | None, random: object
) -> None:
    form, kind, paths = asked
    turned = list(paths)
    random.shuffle(turned)  # type: ignore[attr-defined]
    one = judge(Asking(query=query(form, kind, paths), purpose=purpose))
    other = judge(Asking(query=query(form, kind, turned), purpose=purpose))
    assert by_place(one) == by_place(other)
    assert [(e.code, frozenset(e.places), e.count) for e in one.cautions] == [
        (e.code, frozenset(e.places), e.count) for e in other.cautions
    ]


@given(asked_claims(), st.sampled_from(PURPOSES), st.booleans())
def test_a_claim_that_the_purpose_needs_is_never_called_excess(
    asked: tuple[str, str, tuple[ClaimPath, ...]],
    purpose: str | None,
    is_registered: bool,
) -> None:
    form, kind, paths = asked
    known = registered(form, kind, ()) if is_registered else None
    profile = shipped_purposes().find(purpose)
    needs = None
    if profile is not None:
        needs = profile.needs(form, (catalogue()[kind].types[form],))
    judged = judge(
        Asking(query=query(form, kind, paths), purpose=purpose, registration=known)
    )
    for each in judged.claims:
        wanted = needs is not None and any(
            claim.covers(form, each.path) for claim in needs.wanted()
        )
        if wanted:
            assert each.finding is not Finding.EXCESS
        if each.finding is Finding.CHEAPER:
            assert each.instead
            assert all(other.path(form) is not None for other in each.instead)
        else:
            assert not each.instead


@given(asked_claims(), st.sampled_from(PURPOSES), st.integers(0, 9), st.integers(0, 9))
def test_every_judgement_has_words_and_tells_no_more_for_being_asked_often(
    asked: tuple[str, str, tuple[ClaimPath, ...]],
    purpose: str | None,
    before: int,
    refused: int,
) -> None:
    form, kind, paths = asked
    earlier = Earlier(before, refused)
    found = judge(
        Asking(query=query(form, kind, paths), purpose=purpose, earlier=earlier)
    )
    again = found.caution(CautionCode.ASKED_AGAIN)
    assert (again is not None) is (refused > 0)
    for lang in ("en", "ru"):
        told = explain_judgement(found, lang=lang)
        assert len(told.claims) == len(found.claims)
        assert all(told.claims.values())
        assert "{" not in str(told)


ANYTHING: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def _bend(value: Any, data: st.DataObject) -> Any:
    """Put anything in the place of one member or element, however deep."""
    if isinstance(value, dict | list) and value and data.draw(st.booleans()):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = data.draw(st.sampled_from(keys))
        value[key] = _bend(value[key], data)
        return value
    return data.draw(ANYTHING)


def _is_read_or_refused(read: Callable[[bytes], object], document: Any) -> None:
    with contextlib.suppress(MalformedError, UnsupportedError):
        read(json.dumps(document).encode())


@given(st.data())
def test_a_bent_profile_is_read_or_refused_and_breaks_nothing(
    data: st.DataObject,
) -> None:
    bent = _bend(copy.deepcopy(GOOD), data)
    _is_read_or_refused(lambda octets: read_purpose(octets, at="bent"), bent)


@given(st.data(), st.sampled_from([LISTED, ROOTED]))
def test_a_bent_disclosure_policy_is_read_or_refused_and_breaks_nothing(
    data: st.DataObject, policy: dict[str, Any]
) -> None:
    bent = _bend(copy.deepcopy(policy), data)
    _is_read_or_refused(lambda octets: read_disclosure_policy(octets, at="bent"), bent)
