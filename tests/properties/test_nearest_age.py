"""The nearest statement about an age is never a lie, and never tells more than it must.

Brute force over birthdays: whatever ages an honest issuer states of somebody, the
answer to any question says what is true of them, and no statement that lies between it
and the question would have settled it.
"""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from idwallet.credentials.mdoc.match_request import (
    answering,
    answers,
    nearest_age,
    stated_ages,
)

TODAY = date(2026, 11, 24)
AGES = st.sets(st.integers(0, 99), max_size=12)


def is_over(age: int, *, born: date) -> bool:
    """Say whether somebody has had that birthday; nobody here is born on a 29th."""
    return born.replace(year=born.year + age) <= TODAY


def stated(ages: set[int], *, born: date) -> dict[int, bool]:
    return {age: is_over(age, born=born) for age in ages}


def test_no_answer_lies_of_anybody_born_in_a_century() -> None:
    """Every age asked, of everybody of 0 to 99 years and a day before or after."""
    usual = {12, 14, 16, 18, 21, 25, 60, 65, 67}
    for years in range(100):
        for days in (-1, 0, 1):
            born = TODAY.replace(year=TODAY.year - years) + timedelta(days=days)
            said = stated(usual, born=born)
            for asked in range(100):
                found = nearest_age(asked, said)
                truth = is_over(asked, born=born)
                if found is None:
                    # Nothing that was stated would have settled it.
                    assert not any(
                        (is_true and age >= asked) or (not is_true and age <= asked)
                        for age, is_true in said.items()
                    )
                    continue
                assert said[found] is truth
                assert found >= asked if truth else found <= asked


@given(
    ages=AGES,
    born=st.dates(date(1927, 1, 1), date(2026, 11, 24)),
    asked=st.integers(0, 99),
)
def test_the_answer_is_true_and_the_nearest_that_is(
    ages: set[int], born: date, asked: int
) -> None:
    born = born.replace(day=min(born.day, 28))
    said = stated(ages, born=born)
    found = nearest_age(asked, said)
    truth = is_over(asked, born=born)
    able = [
        age
        for age in ages
        if (age >= asked if truth else age <= asked) and said[age] is truth
    ]
    if found is None:
        assert able == []
    else:
        assert found == (min(able) if truth else max(able))


@given(
    said=st.dictionaries(st.integers(0, 99), st.booleans()), asked=st.integers(0, 99)
)
def test_whatever_was_stated_an_answer_settles_the_question(
    said: dict[int, bool], asked: int
) -> None:
    """Of an issuer that contradicts itself, too: the very statement comes first."""
    found = nearest_age(asked, said)
    if asked in said:
        assert found == asked
    elif found is not None:
        assert found > asked if said[found] else found < asked


@given(
    elements=st.dictionaries(
        st.sampled_from(
            ["age_over_18", "age_over_21", "age_over_5", "age_over_018", "age_over_1٨"]
        ),
        st.one_of(st.booleans(), st.integers(), st.text(max_size=3), st.none()),
    )
)
def test_only_truth_values_of_two_digits_are_statements(
    elements: dict[str, object],
) -> None:
    said = stated_ages(elements)  # type: ignore[arg-type]
    assert set(said) <= {18, 21}
    assert all(type(each) is bool for each in said.values())


@given(names=st.sets(st.text(min_size=1, max_size=12), max_size=5))
def test_all_else_is_answered_by_its_exact_name(names: set[str]) -> None:
    elements = dict.fromkeys(names, 1)
    for name in names:
        assert answering(name, elements) == name  # type: ignore[arg-type]
    assert answering("family_name_", elements) is None  # type: ignore[arg-type]
    found = dict(
        answers({"ns": dict.fromkeys(names, False)}, {"ns": elements}, ages=set())
    )  # type: ignore[dict-item]
    assert found == {("ns", name): ("ns", name) for name in names}
    assert dict(answers({"other": {"a": True}}, {"ns": elements}, ages=set())) == {}  # type: ignore[dict-item]


@given(
    asked=st.lists(st.integers(0, 99), unique=True, min_size=1, max_size=8),
    said=st.dictionaries(st.integers(0, 99), st.booleans(), max_size=8),
)
def test_no_more_than_two_statements_are_given(
    asked: list[int], said: dict[int, bool]
) -> None:
    """ISO/IEC 18013-5 7.2.5: with more of them a birthday is found by asking."""
    elements = {f"age_over_{age:02}": value for age, value in said.items()}
    wanted = {"ns": {f"age_over_{age:02}": False for age in asked}}
    found = dict(answers(wanted, {"ns": elements}, ages=set()))  # type: ignore[dict-item]
    assert len(set(found.values())) <= 2
    possible = {nearest_age(age, said) for age in asked} - {None}
    assert len(set(found.values())) == min(2, len(possible))
