"""An age is proven by what was shown, or it is not: never by what is absent."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

import pytest

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.age import AgeSource, age_over
from idwallet.errors import UsageError

AT: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PID: Final = "eu.europa.ec.eudi.pid.1"
MDL: Final = "org.iso.18013.5.1"


def sd_jwt(**claims: JsonValue) -> AgeSource:
    return AgeSource("dc+sd-jwt", ("urn:eudi:pid:1",), claims)


def licence(**elements: JsonValue) -> AgeSource:
    claims: JsonObject = {MDL: elements}
    return AgeSource("mso_mdoc", ("org.iso.18013.5.1.mDL",), claims)


def pid_mdoc(**elements: JsonValue) -> AgeSource:
    return AgeSource("mso_mdoc", (PID,), {PID: elements})


def photo_id(**elements: JsonValue) -> AgeSource:
    claims: JsonObject = {"org.iso.23220.1": elements}
    return AgeSource("mso_mdoc", ("org.iso.23220.photoid.1",), claims)


def years_old(born: date, day: date) -> int:
    """Count birthdays one by one: another way than the one that is tested.

    Somebody of 29 February has one on 1 March of a year without that day.
    """
    count = 0
    for year in range(born.year + 1, day.year + 1):
        try:
            birthday = date(year, born.month, born.day)
        except ValueError:
            birthday = date(year, 3, 1)
        count += birthday <= day
    return count


def test_every_day_of_birth_makes_somebody_as_old_as_a_calendar_says() -> None:
    days = (
        date(2026, 2, 28),
        date(2026, 3, 1),
        date(2028, 2, 28),
        date(2028, 2, 29),
        date(2028, 3, 1),
        date(2026, 12, 31),
        date(2027, 1, 1),
    )
    for day in days:
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        for back in range(17 * 365, 22 * 366):
            born = day - timedelta(days=back)
            old = years_old(born, day)
            for age in (18, 20, 21):
                found = age_over(age, [sd_jwt(birthdate=born.isoformat())], at=at)
                assert found is (old >= age), (born, day, age)


@pytest.mark.parametrize(
    ("day", "of_age"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2028, 2, 29), True),
    ],
)
def test_who_was_born_on_29_february_is_of_age_on_1_march(
    day: date, *, of_age: bool
) -> None:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    born = sd_jwt(birthdate="2008-02-29")
    assert age_over(18, [born], at=at) is of_age
    assert age_over(16, [born], at=datetime(2024, 2, 28, tzinfo=UTC)) is False
    assert age_over(16, [born], at=datetime(2024, 2, 29, tzinfo=UTC)) is True


def test_the_day_is_that_of_the_moment_in_its_own_zone() -> None:
    born = sd_jwt(birthdate="2008-11-25")
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert age_over(18, [born], at=late) is False
    there = late.astimezone(timezone(timedelta(hours=3)))
    assert age_over(18, [born], at=there) is True


@pytest.mark.parametrize(
    "shown",
    [
        sd_jwt(birthdate="1990-05-17"),
        sd_jwt(birthdate="1990"),
        sd_jwt(age_in_years=18),
        sd_jwt(age_birth_year=2007),
        sd_jwt(age_equal_or_over={"18": True}),
        sd_jwt(age_equal_or_over={"21": True, "65": False}),
        sd_jwt(age_equal_or_over={"19": True}),  # not one that the catalogue lists
        licence(birth_date="1990-05-17"),
        licence(age_over_18=True),
        licence(age_over_65=False, age_over_21=True),
        licence(age_over_99=True),
        licence(age_in_years=44),
        pid_mdoc(age_over_18=True),
        pid_mdoc(birth_date="2008-11-24"),
        photo_id(birth_date={"birth_date": "1990-05-17"}),
        photo_id(birth_date={"birth_date": "1990-05-17", "approximate_mask": "0" * 8}),
        AgeSource(
            "mso_mdoc",
            ("eu.europa.ec.av.1",),
            {"eu.europa.ec.av.1": {"age_over_18": True}},
        ),
        AgeSource(
            "dc+sd-jwt", ("urn:eudi:pid:xx:1", "urn:eudi:pid:1"), {"age_in_years": 40}
        ),
    ],
)
def test_what_proves_an_age_is_a_yes(shown: AgeSource) -> None:
    assert age_over(18, [shown], at=AT) is True
    assert age_over(18, [shown, sd_jwt(family_name="X")], at=AT) is True


@pytest.mark.parametrize(
    "shown",
    [
        sd_jwt(birthdate="2010-05-17"),
        sd_jwt(birthdate="2008-11-25"),
        sd_jwt(birthdate="2030-01-01"),  # not born yet
        sd_jwt(birthdate="2010"),
        sd_jwt(age_in_years=17),
        sd_jwt(age_birth_year=2009),
        sd_jwt(age_equal_or_over={"18": False}),
        sd_jwt(age_equal_or_over={"16": False}),
        licence(age_over_16=False, age_over_13=True),
        licence(age_over_17=False),
        pid_mdoc(birth_date="2015-01-01"),
    ],
)
def test_what_speaks_against_an_age_is_a_no(shown: AgeSource) -> None:
    assert age_over(18, [shown], at=AT) is False


@pytest.mark.parametrize(
    "shown",
    [
        sd_jwt(),
        sd_jwt(family_name="X"),
        sd_jwt(age_equal_or_over={}),
        sd_jwt(age_equal_or_over={"16": True}),  # over 16, and who knows over 18
        sd_jwt(age_equal_or_over={"21": False}),  # not over 21, and perhaps over 18
        sd_jwt(age_equal_or_over=True),
        sd_jwt(age_equal_or_over={"18": 1}),
        sd_jwt(age_equal_or_over={"18": "true"}),
        sd_jwt(age_equal_or_over={"18": None}),
        sd_jwt(age_equal_or_over={"+18": True, "0x18": True, "1e2": True, "": True}),
        sd_jwt(age_equal_or_over={"٢١": True}),  # digits, but not these
        sd_jwt(age_over_18=True),  # not where the type has it
        sd_jwt(age_in_years=True),
        sd_jwt(age_in_years="40"),
        sd_jwt(age_in_years=40.0),
        sd_jwt(age_in_years=-1),
        sd_jwt(age_in_years=999),
        sd_jwt(age_birth_year=2008),  # the birthday may be to come
        sd_jwt(age_birth_year=0),
        sd_jwt(age_birth_year=2050),
        sd_jwt(birthdate="2008"),
        sd_jwt(birthdate="0000"),
        sd_jwt(birthdate="1990-02-30"),
        sd_jwt(birthdate="0000-05-17"),
        sd_jwt(birthdate="0001-01-01"),  # what stands where no date is known
        sd_jwt(birthdate="1990-5-17"),
        sd_jwt(birthdate="1990-05-17T00:00:00Z"),
        sd_jwt(birthdate=" 1990-05-17"),
        sd_jwt(birthdate=19900517),
        sd_jwt(birthdate=["1990-05-17"]),
        licence(age_over_8=True, age_over_=True, age_over_018x=True),
        licence(age_birth_year=2008),
        photo_id(
            birth_date={"birth_date": "1990-05-17", "approximate_mask": "00000011"}
        ),
        photo_id(birth_date={"birth_date": "1990-05-17", "approximate_mask": 11}),
        photo_id(birth_date={}),
        AgeSource("mso_mdoc", ("org.iso.18013.5.1.mDL",), {PID: {"age_over_18": True}}),
        AgeSource("mso_mdoc", ("org.iso.18013.5.1.mDL",), {MDL: True}),
        # A type that nobody described: it may be the birthday of a dog.
        AgeSource("dc+sd-jwt", ("urn:example:dog:1",), {"birthdate": "1990-05-17"}),
        # The name of a type in another format is none.
        AgeSource("mso_mdoc", ("urn:eudi:pid:1",), {"birthdate": "1990-05-17"}),
        AgeSource("dc+sd-jwt", (), {"birthdate": "1990-05-17"}),
    ],
)
def test_what_proves_nothing_is_neither(shown: AgeSource) -> None:
    assert age_over(18, [shown], at=AT) is None


def test_nothing_shown_is_neither() -> None:
    assert age_over(18, [], at=AT) is None


@pytest.mark.parametrize(
    "shown",
    [
        [sd_jwt(age_equal_or_over={"18": False, "21": True})],
        [sd_jwt(birthdate="1990-05-17", age_in_years=12)],
        [sd_jwt(age_in_years=40, age_birth_year=2015)],
        [licence(age_over_18=True), sd_jwt(birthdate="2015-01-01")],
        [licence(age_over_18=False), sd_jwt(birthdate="1990-05-17")],
    ],
)
def test_what_contradicts_itself_proves_nothing(shown: list[AgeSource]) -> None:
    assert age_over(18, shown, at=AT) is None


def test_statements_are_understood_for_every_age_between_them() -> None:
    shown = licence(age_over_16=True, age_over_21=False)
    for age in range(1, 100):
        expected = True if age <= 16 else False if age >= 21 else None
        assert age_over(age, [shown], at=AT) is expected


@pytest.mark.parametrize("age", [0, -1, 150, True, 18.0, "18", None])
def test_an_age_that_is_none_is_refused(age: object) -> None:
    with pytest.raises(UsageError, match="whole number"):
        age_over(age, [sd_jwt(age_in_years=40)], at=AT)  # type: ignore[arg-type]


def test_a_source_shows_nothing_of_a_person() -> None:
    assert "1990" not in repr(sd_jwt(birthdate="1990-05-17"))
