"""Asks held against the shipped purposes: what each claim is, written by hand.

A row is one request: the purpose it states, the type of credential, and each claim of
it with what must be found. ``"cheaper: a, b"`` says that a and b would do.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import pytest

from idwallet.consent import Asking, ClaimJudgement, judge, shipped_purposes
from idwallet.credentials.catalogue import catalogue
from idwallet.credentials.query import MDOC, SD_JWT_VC, Query

SALE: Final = "age-restricted-sale"
SPAIN: Final = "hotel-check-in-es"
RUSSIA: Final = "hotel-check-in-ru"
BANK: Final = "account-opening"
STUDENT: Final = "student-discount"
CONTRACT: Final = "contract-signing"
PARCEL: Final = "parcel-pick-up"
DOCTOR: Final = "medical-visit"
ID: Final = "national-id"
AGE: Final = "age-proof"
CARD: Final = "student-card"
LICENCE: Final = "driving-licence"
PHOTO: Final = "photo-id"
INSURANCE: Final = "health-insurance"

Row = tuple[str | None, str, Mapping[str, str]]
POSTAL: Final = "cheaper: resident_city, resident_postal_code"

ROWS: Final[tuple[Row, ...]] = (
    # A till: of age, and no more.
    (SALE, AGE, {"age_over_18": "needed"}),
    (SALE, AGE, {"age_over_21": "needed"}),
    (SALE, AGE, {"age_over_16": "needed"}),
    (SALE, AGE, {"age_over_65": "excess"}),
    (SALE, AGE, {"age_over_18": "needed", "age_over_21": "cheaper: age_over_18"}),
    (SALE, AGE, {"age_over_21": "needed", "age_over_16": "cheaper: age_over_21"}),
    (SALE, AGE, {"age_over_18": "needed", "issuing_country": "optional"}),
    (SALE, AGE, {"expiry_date": "optional", "issuing_authority": "optional"}),
    (SALE, ID, {"age_over_18": "needed"}),
    (SALE, ID, {"birth_date": "cheaper: age_over_18"}),
    (SALE, ID, {"age_over_18": "needed", "birth_date": "cheaper: age_over_18"}),
    (SALE, ID, {"age_in_years": "cheaper: age_over_18"}),
    (SALE, ID, {"age_birth_year": "cheaper: age_over_18"}),
    (SALE, ID, {"age_over_18": "needed", "portrait": "optional"}),
    (SALE, ID, {"family_name": "excess", "given_name": "excess"}),
    (SALE, ID, {"document_number": "excess"}),
    (SALE, ID, {"resident": "excess"}),
    (SALE, ID, {"nationality": "excess", "sex": "excess"}),
    (SALE, CARD, {"birth_date": "excess"}),
    (SALE, LICENCE, {"age_over_18": "needed", "portrait": "optional"}),
    (SALE, LICENCE, {"birth_date": "cheaper: age_over_18"}),
    (SALE, LICENCE, {"driving_privileges": "excess", "height": "excess"}),
    (SALE, PHOTO, {"age_over_21": "needed", "person_id": "excess"}),
    # A hotel in Spain: what annex I, A.3 of Real Decreto 933/2021 lists.
    (SPAIN, ID, {"family_name": "needed", "given_name": "needed", "sex": "needed"}),
    (SPAIN, ID, {"birth_date": "needed", "nationality": "needed"}),
    (SPAIN, ID, {"document_number": "needed"}),
    (SPAIN, ID, {"personal_administrative_number": "needed"}),
    (
        SPAIN,
        ID,
        {
            "document_number": "needed",
            "personal_administrative_number": "cheaper: document_number",
        },
    ),
    (SPAIN, ID, {"resident": "needed"}),
    (SPAIN, ID, {"resident_street": "needed", "resident_city": "needed"}),
    (SPAIN, ID, {"mobile_phone_number": "needed", "email_address": "needed"}),
    (SPAIN, ID, {"portrait": "excess"}),
    (SPAIN, ID, {"expiry_date": "excess"}),
    (SPAIN, ID, {"birth_place": "excess"}),
    (SPAIN, ID, {"birth_country": "excess"}),
    (SPAIN, ID, {"age_over_18": "excess"}),
    (SPAIN, ID, {"family_name_birth": "excess"}),
    (SPAIN, AGE, {"age_over_18": "excess"}),
    # A hotel in Russia: the usual card.
    (RUSSIA, ID, {"family_name": "needed", "given_name": "needed"}),
    (RUSSIA, ID, {"birth_date": "needed", "document_number": "needed"}),
    (RUSSIA, ID, {"nationality": "needed"}),
    (RUSSIA, ID, {"birth_place": "optional", "resident": "optional"}),
    (RUSSIA, ID, {"birth_locality": "optional", "resident_city": "optional"}),
    (RUSSIA, ID, {"issuance_date": "optional", "issuing_authority": "optional"}),
    (RUSSIA, ID, {"email_address": "excess", "mobile_phone_number": "excess"}),
    (RUSSIA, ID, {"portrait": "excess"}),
    (RUSSIA, ID, {"sex": "excess"}),
    (RUSSIA, ID, {"personal_administrative_number": "excess"}),
    (RUSSIA, LICENCE, {"family_name": "needed", "document_number": "needed"}),
    (RUSSIA, LICENCE, {"driving_privileges": "excess", "portrait": "excess"}),
    # A bank: article 22(1)(a) of Regulation (EU) 2024/1624.
    (BANK, ID, {"family_name": "needed", "given_name": "needed"}),
    (BANK, ID, {"birth_date": "needed", "birth_place": "needed"}),
    (BANK, ID, {"nationality": "needed", "resident": "needed"}),
    (BANK, ID, {"resident_country": "needed", "birth_country": "needed"}),
    (BANK, ID, {"personal_administrative_number": "optional"}),
    (BANK, ID, {"document_number": "optional", "expiry_date": "optional"}),
    (BANK, ID, {"family_name_birth": "optional"}),
    (BANK, ID, {"portrait": "excess"}),
    (BANK, ID, {"sex": "excess", "email_address": "excess"}),
    (BANK, ID, {"age_over_18": "excess"}),
    (BANK, CARD, {"affiliation": "excess"}),
    # A discount: a student now.
    (STUDENT, CARD, {"affiliation": "needed"}),
    (STUDENT, CARD, {"affiliation": "needed", "expiry_date": "optional"}),
    (STUDENT, CARD, {"student_number": "cheaper: affiliation"}),
    (STUDENT, CARD, {"card_number": "cheaper: affiliation"}),
    (STUDENT, CARD, {"institution_name": "cheaper: affiliation"}),
    (STUDENT, CARD, {"field_of_study": "cheaper: affiliation"}),
    (STUDENT, CARD, {"birth_date": "cheaper: affiliation"}),
    (STUDENT, CARD, {"issuance_date": "cheaper: expiry_date"}),
    (STUDENT, CARD, {"family_name": "excess", "portrait": "excess"}),
    (STUDENT, CARD, {"email_address": "excess"}),
    (STUDENT, ID, {"family_name": "excess", "birth_date": "excess"}),
    # A contract: the name, and one thing that tells namesakes apart.
    (CONTRACT, ID, {"family_name": "needed", "given_name": "needed"}),
    (CONTRACT, ID, {"birth_date": "needed"}),
    (CONTRACT, ID, {"document_number": "needed"}),
    (CONTRACT, ID, {"birth_date": "needed", "document_number": "cheaper: birth_date"}),
    (
        CONTRACT,
        ID,
        {
            "document_number": "needed",
            "personal_administrative_number": "cheaper: document_number",
        },
    ),
    (CONTRACT, ID, {"resident": "optional"}),
    (CONTRACT, ID, {"age_birth_year": "cheaper: birth_date"}),
    (CONTRACT, ID, {"portrait": "excess", "sex": "excess"}),
    # A parcel: the name on it.
    (PARCEL, ID, {"family_name": "needed", "given_name": "needed"}),
    (PARCEL, ID, {"resident_postal_code": "optional", "resident_city": "optional"}),
    (PARCEL, ID, {"resident": POSTAL}),
    (PARCEL, ID, {"resident_address": POSTAL}),
    (PARCEL, ID, {"resident_street": "cheaper: resident_postal_code"}),
    (PARCEL, ID, {"birth_date": "cheaper: age_over_18"}),
    (PARCEL, ID, {"document_number": "excess", "portrait": "excess"}),
    (PARCEL, LICENCE, {"resident_address": POSTAL, "family_name": "needed"}),
    (PARCEL, AGE, {"age_over_18": "optional", "age_over_21": "excess"}),
    # A doctor: finding the record.
    (DOCTOR, ID, {"family_name": "needed", "birth_date": "needed"}),
    (DOCTOR, ID, {"sex": "optional", "resident": "optional"}),
    (DOCTOR, ID, {"age_in_years": "cheaper: birth_date"}),
    (DOCTOR, ID, {"portrait": "excess", "nationality": "excess"}),
    (DOCTOR, ID, {"birth_place": "excess"}),
    (DOCTOR, INSURANCE, {"insured_number": "needed", "family_name": "needed"}),
    (DOCTOR, INSURANCE, {"insurer_name": "optional", "insured_until": "optional"}),
    (DOCTOR, INSURANCE, {"holder_birth_date": "excess", "insured_since": "excess"}),
    # No purpose that is known, and no registration: nothing is known of any claim.
    (None, ID, {"family_name": "unknown", "portrait": "unknown"}),
    ("Age-Restricted-Sale", ID, {"age_over_18": "unknown", "birth_date": "unknown"}),
    ("we need this", AGE, {"age_over_18": "unknown"}),
)


def _told(found: ClaimJudgement) -> str:
    names = ", ".join(each.name for each in found.instead)
    return f"cheaper: {names}" if names else found.finding.value


def _asked(form: str, kind: str, claims: Iterable[str]) -> Query | None:
    """Ask for the claims in one encoding; None where it has not all of them."""
    listed = catalogue()[kind]
    paths = [listed.claims[name].paths.get(form) for name in claims]
    if form not in listed.types or None in paths:
        return None
    vct = {"vct_values": [listed.types[form]]}
    doctype = {"doctype_value": listed.types[form]}
    credential = {
        "id": "asked",
        "format": form,
        "meta": vct if form == SD_JWT_VC else doctype,
        "claims": [{"path": list(path or ())} for path in paths],
    }
    return Query.from_dcql({"credentials": [credential]})


@pytest.mark.parametrize(("purpose", "kind", "expected"), ROWS)
def test_each_claim_is_judged_as_the_table_says_in_both_encodings(
    purpose: str | None, kind: str, expected: Mapping[str, str]
) -> None:
    judged = 0
    for form in (SD_JWT_VC, MDOC):
        query = _asked(form, kind, expected)
        if query is not None:
            found = judge(Asking(query=query, purpose=purpose)).claims
            assert {e.claim: _told(e) for e in found} == dict(expected)
            judged += 1
    assert judged


def test_the_table_is_long_enough_and_leaves_no_purpose_out() -> None:
    assert len(ROWS) >= 60
    assert {purpose for purpose, _, _ in ROWS} >= set(shipped_purposes().by_name)
