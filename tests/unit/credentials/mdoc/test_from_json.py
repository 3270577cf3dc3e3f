"""A JSON file becomes the elements of a mobile document, or is refused at its place."""

from datetime import UTC, date, datetime
from typing import Any, Final

import pytest

from idwallet.codec.cbor import CborTag
from idwallet.codec.json import JsonObject
from idwallet.credentials.mdoc.from_json import elements_of
from idwallet.errors import MalformedError

MDL: Final = "org.iso.18013.5.1.mDL"
NAMESPACE: Final = "org.iso.18013.5.1"
OWN: Final = "org.example.own"
PHOTO: Final = "org.iso.23220.photoid.1"


def made(claims: JsonObject, doc_type: str = MDL) -> dict[str, dict[str, Any]]:
    return elements_of(claims, doc_type, at="claims")


@pytest.mark.parametrize(
    ("name", "value", "element", "expected"),
    [
        ("family_name", "Примерова", "family_name", "Примерова"),
        ("birth_date", "1990-05-17", "birth_date", date(1990, 5, 17)),
        ("issuance_date", "2021-03-01", "issue_date", date(2021, 3, 1)),
        (
            "issuance_date",
            "2021-03-01T08:00:00Z",
            "issue_date",
            datetime(2021, 3, 1, 8, tzinfo=UTC),
        ),
        ("portrait", "_w", "portrait", b"\xff"),
        ("portrait", "/w==", "portrait", b"\xff"),
        ("portrait", "data:image/png;base64,/w==", "portrait", b"\xff"),
        ("age_over_18", True, "age_over_18", True),
        ("sex", 2, "sex", 2),
        (
            "driving_privileges",
            [{"vehicle_category_code": "B", "issue_date": "2010-06-01"}],
            "driving_privileges",
            [{"vehicle_category_code": "B", "issue_date": CborTag(1004, "2010-06-01")}],
        ),
    ],
)
def test_a_claim_by_its_neutral_name_is_an_element(
    name: str, value: Any, element: str, expected: object
) -> None:
    assert made({name: value}) == {NAMESPACE: {element: expected}}


def test_elements_stand_by_namespace_too_known_or_not() -> None:
    found = made(
        {
            NAMESPACE: {"birth_date": "1990-05-17"},
            "family_name": "Примерова",
            OWN: {
                "day": {"$date": "2020-02-29"},
                "moment": {"$moment": "2020-02-29T00:00:00Z"},
                "octets": [{"$bytes": "AAEC"}],
                "text": "2020-02-29",
                "member": {"$date": "2020-02-29", "more": 1},
            },
        }
    )
    assert found == {
        NAMESPACE: {"birth_date": date(1990, 5, 17), "family_name": "Примерова"},
        OWN: {
            "day": CborTag(1004, "2020-02-29"),
            "moment": CborTag(0, "2020-02-29T00:00:00Z"),
            "octets": [b"\x00\x01\x02"],
            "text": "2020-02-29",
            "member": {"$date": "2020-02-29", "more": 1},
        },
    }


def test_a_date_of_birth_may_be_masked_where_the_standard_has_it_so() -> None:
    masked = {"birth_date": "1990-01-01", "approximate_mask": "00001111"}
    found = made({"birth_date": masked}, PHOTO)
    assert found["org.iso.23220.1"]["birth_date"] == {
        "birth_date": CborTag(1004, "1990-01-01"),
        "approximate_mask": "00001111",
    }


def test_where_the_namespace_is_not_known_the_catalogue_says_what_is_a_day() -> None:
    iban = "eu.europa.ec.eudi.iban.1"
    found = made({"birth_date": "1990-05-17", "account_number": "2026-01-01"}, iban)
    assert found == {iban: {"date_of_birth": date(1990, 5, 17), "iban": "2026-01-01"}}
    assert made({iban: {"date_of_birth": "1990-05-17"}}, iban) == {
        iban: {"date_of_birth": date(1990, 5, 17)}
    }


@pytest.mark.parametrize(
    ("claims", "at"),
    [
        ({"birthdate": "1990-05-17"}, "claims/birthdate"),
        ({"birth_date": "17.05.1990"}, "claims/birth_date"),
        ({"birth_date": "1990-02-30"}, "claims/birth_date"),
        ({"portrait": "###"}, "claims/portrait"),
        ({"portrait_capture_date": "2021-03-01"}, "claims/portrait_capture_date"),
        ({NAMESPACE: {"birth_date": ""}}, f"claims/{NAMESPACE}/birth_date"),
        ({NAMESPACE: "x"}, f"claims/{NAMESPACE}"),
        ({OWN: {"a": {"$date": "soon"}}}, f"claims/{OWN}/a/$date"),
        (
            {NAMESPACE: {"birth_date": "1990-05-17"}, "birth_date": "1990-05-17"},
            "claims/birth_date",
        ),
    ],
)
def test_what_is_no_element_is_refused_at_its_place(
    claims: JsonObject, at: str
) -> None:
    with pytest.raises(MalformedError) as caught:
        made(claims)
    assert caught.value.at == at
