"""A form is asked for and filled by what its purpose names, and by nothing else."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from idwallet.consent import (
    Asking,
    Finding,
    PurposeProfile,
    fields_for,
    judge,
    promise_for,
    query_for,
    read_purpose,
    shipped_purposes,
)
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.query import Query
from idwallet.errors import UsageError
from idwallet.roles.presentation import verify_presentation
from idwallet.testing.scene import Scene

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
RU = "hotel-check-in-ru"
ES = "hotel-check-in-es"


def profile(**more: Any) -> PurposeProfile:
    """Return a profile of invented house rules."""
    source = {
        "title": {"en": "House rules (invented)", "ru": "Правила (вымысел)"},
        "basis": "practice",
        "read": "2026-11-26",
        "note": "Invented for a test.",
    }
    file = {
        "format": "idwallet-purpose/1",
        "name": "house-rules",
        "version": 1,
        "display": {"en": "House rules", "ru": "Правила"},
        "sources": [source],
        "credentials": {"national-id": {"needed": ["family_name"]}},
    }
    return read_purpose(json.dumps({**file, **more}).encode(), at="test")


def kept(days: int, counted: str) -> PurposeProfile:
    basis = {"en": "section 5", "ru": "раздел 5"}
    return profile(retention={"days": days, "counted": counted, "basis": basis})


def shipped(name: str) -> PurposeProfile:
    return shipped_purposes().by_name[name]


# --- asking -------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(shipped_purposes().by_name))
def test_nothing_that_is_asked_for_is_too_much(name: str) -> None:
    found = shipped(name)
    for needs in found.credentials:
        if not needs.needed:
            with pytest.raises(UsageError, match="needs nothing"):
                query_for(found, needs.credential)
            continue
        query = query_for(found, needs.credential)
        judgement = judge(Asking(query=query, purpose=name))
        assert not judgement.excessive
        assert {each.finding for each in judgement.claims} == {Finding.NEEDED}


def test_each_encoding_that_has_every_claim_is_asked_for() -> None:
    query = query_for(shipped(RU), "national-id")
    assert [each.format for each in query.credentials] == ["dc+sd-jwt", "mso_mdoc"]
    # A mobile document has no place for a birth place in four parts.
    narrow = query_for(shipped(RU), "national-id", also=["birth_locality"])
    assert [each.format for each in narrow.credentials] == ["dc+sd-jwt"]


def test_of_claims_of_which_one_will_do_the_least_telling_is_asked_for() -> None:
    query = query_for(
        profile(
            credentials={
                "national-id": {
                    "needed": [{"any_of": ["age_over_18", "birth_date"]}],
                }
            }
        ),
        "national-id",
        formats=["idwallet-compact"],
    )
    assert [each.path for each in query.credentials[0].claims] == [("age_over_18",)]


def test_only_what_may_be_kept_is_asked_for_to_be_kept() -> None:
    for name, retains in ((RU, False), (ES, True)):
        query = query_for(shipped(name), "photo-id", formats=["mso_mdoc"])
        told = {each.intent_to_retain for each in query.credentials[0].claims}
        assert told == {retains}


def test_who_keeps_it_until_the_dealings_end_says_so_when_asking() -> None:
    found = shipped(RU)
    query = query_for(found, "photo-id", formats=["mso_mdoc"], lasts=True)
    told = {each.intent_to_retain for each in query.credentials[0].claims}
    assert told == {promise_for(found, shown=AT, ended=AT + timedelta(days=2)).kept}
    assert told == {True}


def test_a_claim_of_a_type_outside_the_catalogue_is_asked_for_by_its_path() -> None:
    own = profile(credentials={"urn:example:reader:1": {"needed": [["reader", "no"]]}})
    query = query_for(own, "urn:example:reader:1", formats=["dc+sd-jwt"])
    assert query.credentials[0].claims[0].path == ("reader", "no")


def test_what_the_profile_does_not_name_cannot_be_asked_for() -> None:
    with pytest.raises(UsageError, match="not an optional claim"):
        query_for(shipped(RU), "national-id", also=["portrait"])
    with pytest.raises(UsageError, match="no such credential"):
        query_for(shipped(RU), "student-card")
    with pytest.raises(UsageError, match="no encoding"):
        query_for(shipped(RU), "driving-licence", formats=["dc+sd-jwt"])


# --- filling ------------------------------------------------------------------------


GUEST: dict[str, Any] = {
    "family_name": "Образцова",
    "given_name": "Анна",
    "birthdate": "1990-05-17",
    "nationalities": ["XX", "YY"],
    "document_number": "00 00 000017",
    "sex": 2,
    "email": "anna@example.org",
}


def test_a_form_holds_what_the_purpose_names_whatever_was_shown() -> None:
    scene = Scene(at=AT)
    wide = Query.claims(
        "national-id",
        *("family_name", "given_name", "birth_date", "nationality"),
        *("document_number", "sex", "email_address"),
        formats=["dc+sd-jwt"],
    )
    content = scene.content()
    object.__setattr__(content, "claims", GUEST)
    request = scene.request(wide)
    body = scene.answer(request, scene.issue(content))
    verified = verify_presentation(body, request=request, trust=scene.trust, at=AT)
    credential = verified.credential("national-id")
    assert credential.claims["email"] == "anna@example.org"
    assert dict(fields_for(shipped(RU), credential)) == {
        "family_name": "Образцова",
        "given_name": "Анна",
        "birth_date": "1990-05-17",
        "nationality": ["XX", "YY"],
        "document_number": "00 00 000017",
    }
    # The same guest under the rules of another country.
    assert {"sex", "email_address"} <= set(fields_for(shipped(ES), credential))
    with pytest.raises(UsageError, match="no credential of that type"):
        fields_for(
            profile(credentials={"student-card": {"needed": ["affiliation"]}}),
            credential,
        )


def test_a_mobile_document_fills_the_same_form() -> None:
    from idwallet.testing.mdoc import MDL, NAMESPACE

    scene = Scene(at=AT)
    claims = {
        "family_name": "Образцова",
        "given_name": "Анна",
        "birth_date": date(1990, 5, 17),
        "nationality": "XX",
        "document_number": "00 00 000017",
        "sex": 2,
    }
    request = scene.request(query_for(shipped(RU), "driving-licence"))
    body = scene.answer(request, scene.issue(Mdoc(MDL, {NAMESPACE: claims})))
    verified = verify_presentation(body, request=request, trust=scene.trust, at=AT)
    found = fields_for(shipped(RU), verified.credentials[0])
    assert list(found) == [
        *("family_name", "given_name", "birth_date", "nationality", "document_number")
    ]
    assert found["birth_date"] == "1990-05-17"


# --- keeping ------------------------------------------------------------------------


NIGHT = timedelta(days=1)


@pytest.mark.parametrize(
    ("found", "until"),
    [
        (profile(), AT + 3 * NIGHT),
        (kept(30, "presentation"), AT + 30 * NIGHT),
        (kept(30, "end"), AT + 33 * NIGHT),
        (kept(0, "end"), AT + 3 * NIGHT),
        (kept(0, "presentation"), None),
    ],
)
def test_a_promise_ends_when_the_purpose_says(
    found: PurposeProfile, until: datetime | None
) -> None:
    promise = promise_for(found, shown=AT, ended=AT + 3 * NIGHT, lang="ru")
    assert promise.until == until
    assert promise.kept is (until is not None)
    told = None if found.retention is None or until is None else "раздел 5"
    assert promise.basis == told


def test_where_a_purpose_names_no_time_nothing_is_kept_after_the_dealings() -> None:
    assert promise_for(profile(), shown=AT) == promise_for(profile(), shown=AT)
    assert promise_for(profile(), shown=AT).kept is False


def test_dealings_do_not_end_before_they_began() -> None:
    with pytest.raises(UsageError, match="before they began"):
        promise_for(profile(), shown=AT, ended=AT - NIGHT)
    with pytest.raises(UsageError, match="time zone"):
        promise_for(profile(), shown=AT.replace(tzinfo=None))
