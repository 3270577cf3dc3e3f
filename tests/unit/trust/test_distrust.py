"""What was signed before and after keys were lost, and what cannot be told apart."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.errors import UsageError
from idwallet.trust.distrust import Standing, standing
from tests.conftest import AT

DAY = timedelta(days=1)
BEFORE, SAME, AFTER = AT - DAY, AT, AT + DAY


@pytest.mark.parametrize(
    ("signed", "existed", "expected"),
    [
        (BEFORE, None, Standing.CANNOT_BE_TOLD),
        (None, None, Standing.CANNOT_BE_TOLD),
        (SAME, None, Standing.AFTER),
        (AFTER, None, Standing.AFTER),
        (BEFORE, BEFORE, Standing.BEFORE),
        (None, BEFORE, Standing.BEFORE),
        (BEFORE, SAME, Standing.CANNOT_BE_TOLD),
        (BEFORE, AFTER, Standing.CANNOT_BE_TOLD),
        (AFTER, AFTER, Standing.AFTER),
        # Who proves that it existed before knows better than the date in it.
        (AFTER, BEFORE, Standing.BEFORE),
    ],
)
def test_a_date_of_the_signers_own_never_proves_that_it_was_before(
    signed: object, existed: object, expected: Standing
) -> None:
    found = standing(AT, signed=signed, existed=existed)  # type: ignore[arg-type]
    assert found is expected


@given(st.integers(-9, 9), st.none() | st.integers(-9, 9), st.integers(0, 9))
def test_a_later_proof_never_makes_more_stand(
    signed: int, existed: int | None, more: int
) -> None:
    date = AT + signed * DAY
    early = None if existed is None else AT + existed * DAY
    late = None if early is None else early + more * DAY
    first = standing(AT, signed=date, existed=early)
    second = standing(AT, signed=date, existed=late)
    assert not (second is Standing.BEFORE and first is not Standing.BEFORE)
    assert standing(AT, signed=date, existed=None) is not Standing.BEFORE


def test_a_moment_without_a_zone_is_a_mistake_of_the_program() -> None:
    with pytest.raises(UsageError):
        standing(AT.replace(tzinfo=None), signed=None, existed=None)
    with pytest.raises(UsageError):
        standing(AT, signed=AT.replace(tzinfo=None), existed=None)
