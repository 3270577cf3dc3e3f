"""Purpose profiles: read strictly, kept apart by name, and replaced only by intent."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from idwallet import limits
from idwallet.consent import (
    Asking,
    Basis,
    Finding,
    ProfileOrigin,
    PurposeProfile,
    judge,
    read_purpose,
    shipped_purposes,
)
from idwallet.credentials.query import Query
from idwallet.errors import LimitError, MalformedError, UsageError

GOOD: dict[str, Any] = {
    "format": "idwallet-purpose/1",
    "name": "club-entry",
    "version": 2,
    "display": {"en": "Entry to a club (invented)", "ru": "Вход в клуб (вымысел)"},
    "sources": [
        {
            "title": {"en": "House rules (invented)", "ru": "Правила (вымысел)"},
            "basis": "practice",
            "dated": "2026-01-02",
            "read": "2026-11-26",
            "note": "An example.",
        }
    ],
    "credentials": {
        "national-id": {
            "needed": [{"any_of": ["age_over_18", "age_over_21"]}],
            "optional": ["given_name"],
            "instead": {"birth_date": ["age_over_18"]},
        },
        "urn:example:club": {
            "needed": [["member", "number"]],
            "optional": [["visits", None]],
        },
    },
    "retention": {
        "days": 1,
        "counted": "presentation",
        "basis": {"en": "House rules", "ru": "Правила"},
    },
}


def read(document: dict[str, Any]) -> PurposeProfile:
    return read_purpose(json.dumps(document).encode(), at="club.json")


def test_a_profile_says_what_its_file_says() -> None:
    found = read(GOOD)
    assert (found.name, found.version, found.supersedes) == ("club-entry", 2, None)
    assert found.origin is ProfileOrigin.OWN
    assert found.retention is not None
    assert found.retention.days == 1
    assert found.sources[0].basis is Basis.PRACTICE
    club = found.credentials[1]
    assert [each.name for each in club.wanted()] == ["/member/number", "/visits/*"]


def test_a_type_that_the_catalogue_lacks_is_judged_by_its_identifier() -> None:
    purposes = shipped_purposes().with_profiles([read(GOOD)])
    paths = (("member", "number"), ("visits",), ("name",))
    query = Query.claims("urn:example:club", *paths)
    found = judge(Asking(query=query, purpose="club-entry"), purposes=purposes).claims
    assert [each.finding for each in found] == [
        Finding.NEEDED,
        Finding.OPTIONAL,
        Finding.EXCESS,
    ]
    assert {each.credential_type for each in found} == {"urn:example:club"}


def _set(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = to

    return change


def _without(*path: str | int) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for part in path[:-1]:
            place = place[part]
        del place[path[-1]]

    return change


ID = ("credentials", "national-id")
CLUB = ("credentials", "urn:example:club")

HOSTILE = {
    "another format": _set("format", to="idwallet-purpose/2"),
    "no name": _without("name"),
    "a name with a space": _set("name", to="club entry"),
    "a name with an escape": _set("name", to="club\x1b[0m"),
    "an empty name": _set("name", to=""),
    "version zero": _set("version", to=0),
    "version true": _set("version", to=True),
    "a version of text": _set("version", to="2"),
    "a huge version": _set("version", to=limits.PURPOSE_NUMBER + 1),
    "a member nobody knows": _set("trust_me", to=True),
    "one language": _without("display", "ru"),
    "no sources": _set("sources", to=[]),
    "a source without a note": _without("sources", 0, "note"),
    "a source of no kind": _set("sources", 0, "basis", to="divine"),
    "a date that is none": _set("sources", 0, "dated", to="2026-02-30"),
    "a date in words": _set("sources", 0, "read", to="today"),
    "no credentials": _set("credentials", to={}),
    "credentials as a list": _set("credentials", to=[]),
    "a misspelt type": _set("credentials", "nationalid", to={"needed": ["sex"]}),
    "a misspelt claim": _set(*ID, "needed", to=["age_over_eighteen"]),
    "a name where a path is due": _set(*CLUB, "needed", to=["member"]),
    "an empty path": _set(*CLUB, "needed", to=[[]]),
    "a path with a number below zero": _set(*CLUB, "needed", to=[["a", -1]]),
    "a path with a truth value": _set(*CLUB, "needed", to=[["a", True]]),
    "a path with an object": _set(*CLUB, "needed", to=[["a", {}]]),
    "an empty need": _set(*ID, "needed", to=[{"any_of": []}]),
    "a need with two rules": _set(
        *ID, "needed", to=[{"any_of": ["sex"], "all_of": ["sex"]}]
    ),
    "an empty list of needs": _set(*ID, "needed", to=[]),
    "a claim needed and optional": _set(*ID, "optional", to=["age_over_18"]),
    "a claim needed twice": _set(*ID, "needed", to=["sex", "sex"]),
    "a needed claim with a cheaper one": _set(
        *ID, "instead", to={"age_over_21": ["age_over_18"]}
    ),
    "a cheaper claim that may not be asked": _set(
        *ID, "instead", to={"birth_date": ["age_over_16"]}
    ),
    "a rule nobody knows": _set(*ID, "forbidden", to=["sex"]),
    "retention below zero": _set("retention", "days", to=-1),
    "retention without a reason": _without("retention", "basis"),
    "retention from nowhere": _set("retention", "counted", to="whenever"),
    "retention for ever": _set("retention", "days", to=None),
    "together in words": _set("together", to="yes"),
    "superseding nothing": _set("supersedes", to=0),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_and_its_twin_is_read(name: str) -> None:
    document = copy.deepcopy(GOOD)
    read(document)
    HOSTILE[name](document)
    with pytest.raises(MalformedError) as caught:
        read(document)
    assert caught.value.clause in {"idwallet-purpose/1", "idwallet limits"}


LONG = {
    "too many sources": _set("sources", to=GOOD["sources"] * 17),
    "too many credentials": _set(
        "credentials", to={f"urn:x:{n}": {"needed": [["a"]]} for n in range(65)}
    ),
    "too many claims": _set(*CLUB, "needed", to=[[f"c{n}"] for n in range(257)]),
    "too many cheaper ones": _set(
        *ID, "instead", to={f"c{n}": ["age_over_18"] for n in range(257)}
    ),
    "a long title": _set("sources", 0, "title", "en", to="a" * 513),
    "a long name for people": _set("display", "en", to="a" * 513),
}


@pytest.mark.parametrize("name", LONG)
def test_what_passes_a_bound_is_refused(name: str) -> None:
    document = copy.deepcopy(GOOD)
    LONG[name](document)
    with pytest.raises(LimitError):
        read(document)


def test_a_long_file_is_refused_unread() -> None:
    with pytest.raises(LimitError):
        read_purpose(b" " * (limits.PURPOSE_BYTES + 1), at="long.json")


def test_a_name_that_stands_twice_in_a_file_is_refused() -> None:
    text = json.dumps(GOOD).replace('"version": 2', '"version": 2, "version": 3')
    with pytest.raises(MalformedError):
        read_purpose(text.encode(), at="twice.json")


# --- names -------------------------------------------------------------------------


def _named(supersedes: int | None, version: int = 9) -> PurposeProfile:
    document = {**GOOD, "name": "parcel-pick-up", "version": version}
    if supersedes is not None:
        document["supersedes"] = supersedes
    return read(document)


def test_a_profile_takes_anothers_place_only_when_it_says_so() -> None:
    shipped = shipped_purposes()
    mine = shipped.by_name["parcel-pick-up"]
    silent = shipped.with_profiles([_named(None)])
    assert silent.by_name["parcel-pick-up"] is mine
    assert [each.version for each in silent.set_aside] == [9]
    spoken = shipped.with_profiles([_named(mine.version)])
    assert spoken.by_name["parcel-pick-up"].version == 9
    assert spoken.set_aside == ()


def test_what_was_written_for_an_earlier_version_replaces_no_later_one() -> None:
    first = shipped_purposes().with_profiles([_named(1, version=5)])
    second = first.with_profiles([_named(4, version=6)])
    assert second.by_name["parcel-pick-up"].version == 5
    third = first.with_profiles([_named(5, version=6)])
    assert third.by_name["parcel-pick-up"].version == 6


def test_two_of_one_name_are_refused_whichever_was_meant() -> None:
    with pytest.raises(UsageError):
        shipped_purposes().with_profiles([read(GOOD), read(GOOD)])


def test_there_is_a_bound_on_purposes() -> None:
    names = (f"p{number}" for number in range(limits.PURPOSES + 1))
    with pytest.raises(LimitError):
        shipped_purposes().with_profiles(read({**GOOD, "name": n}) for n in names)


def test_a_purpose_is_found_by_its_name_to_the_letter() -> None:
    shipped = shipped_purposes()
    assert shipped.find("medical-visit") is not None
    for stated in (None, "", "Medical-Visit", "medical-visit ", "medical_visit"):
        assert shipped.find(stated) is None


def test_every_shipped_profile_names_its_sources_and_when_they_were_read() -> None:
    shipped = shipped_purposes()
    assert len(shipped.by_name) == 8
    for name, profile in shipped.by_name.items():
        assert profile.name == name
        assert profile.origin is ProfileOrigin.SHIPPED
        assert all(each.note.strip() for each in profile.sources)
        laws = [each for each in profile.sources if each.basis is Basis.LAW]
        assert all(each.dated is not None for each in laws)
