"""A form is read by people: its fields have names, and its values hide nothing."""

import pytest

from idwallet.errors import UsageError
from idwallet.explain import explain_fields

FIELDS = {
    "family_name": "Образцова",
    "nationality": ["XX", "YY"],
    "birth_place": {"country": "XX", "locality": "Примерск"},
    "age_over_18": True,
    "age_over_65": False,
    "sex": 2,
}


def test_fields_are_called_what_people_call_them() -> None:
    for lang, label in (("en", "Family name"), ("ru", "Фамилия")):
        told = explain_fields(FIELDS, credential="national-id", lang=lang)  # type: ignore[arg-type]
        assert [each.name for each in told] == list(FIELDS)
        assert told[0].label == label
        assert [each.text for each in told] == [
            *("Образцова", "XX, YY", "XX, Примерск", "+", "-", "2")
        ]


def test_a_date_reads_as_people_write_it_and_what_is_none_stays() -> None:
    for lang, day in (("en", "17 May 1990"), ("ru", "17 мая 1990")):
        for given, text in (("1990-05-17", day), ("1990-05", "1990-05"), ("x", "x")):
            (told,) = explain_fields(
                {"birth_date": given},
                credential="national-id",
                lang=lang,  # type: ignore[arg-type]
            )
            assert told.text == text
    (number,) = explain_fields(
        {"document_number": "1990-05-17"}, credential="national-id"
    )
    assert number.text == "1990-05-17"


def test_what_nobody_listed_is_called_by_its_name() -> None:
    own = {"reader.number": "7", "family_name": "П"}
    told = explain_fields(own, credential="urn:example:reader:1")
    assert [each.label for each in told] == ["reader.number", "family_name"]
    (one,) = explain_fields({"shoe_size": 39}, credential="national-id")
    assert (one.label, one.text) == ("shoe_size", "39")


def test_values_from_outside_cannot_deceive_whoever_reads_them() -> None:
    wicked = {"family_name": "Ана\u202eтолий\n<b>", "a\u202eb": ["\x1b[31m"]}
    for each in explain_fields(wicked, credential="national-id"):
        for text in (each.label, each.text):
            assert not {"\u202e", "\n", "\x1b"} & set(text)
    assert "Образцова" not in repr(explain_fields(FIELDS, credential="national-id"))


def test_a_language_that_nobody_has_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="en, ru"):
        explain_fields(FIELDS, credential="national-id", lang="de")  # type: ignore[arg-type]
