"""Is somebody of an age, by whatever a verified credential says of it?

Only types of the catalogue are read, at the places that it names: a date of birth in a
type that nobody described may be that of a dog, or of somebody else.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import Enum
from typing import Final, NamedTuple

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.catalogue import CredentialType, TellsAge, listed_type
from idwallet.credentials.paths import Absent, ClaimPath, look_up
from idwallet.errors import UsageError

OLDEST: Final = 150
"""No age that is asked for, or stated, reaches it."""

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEAR: Final = re.compile(r"\d{4}", re.ASCII)
_DIGITS: Final = re.compile(r"\d{1,3}", re.ASCII)
_APPROXIMATE: Final = "approximate_mask"


class Says(Enum):
    """What one statement comes to for the age that is asked about."""

    OF_AGE = True
    NOT_OF_AGE = False
    NOTHING = None


class AgeSource(NamedTuple):
    """What a credential discloses, and the types by which it may be read."""

    format: str
    types: tuple[str, ...]
    claims: JsonObject

    def __repr__(self) -> str:
        """Show the types only: the rest is personal data."""
        return f"AgeSource({self.types!r})"


def age_over(age: int, sources: Iterable[AgeSource], *, at: datetime) -> bool | None:
    """Return whether these statements prove somebody to be at least `age` years old.

    True only where one says so and none says otherwise; False where one says no and
    none says otherwise; None where nothing tells, or they contradict each other.

    Raises:
        UsageError: `age` is no whole number between 1 and 149.
    """
    if type(age) is not int or not 0 < age < OLDEST:
        raise UsageError(f"an age is a whole number from 1 to {OLDEST - 1}")
    day = at.date()
    said = {each for source in sources for each in _statements(source, age, day=day)}
    said.discard(Says.NOTHING)
    return said.pop().value if len(said) == 1 else None


def _statements(source: AgeSource, age: int, *, day: date) -> Iterator[Says]:
    listed = listed_type(source.format, source.types)
    if listed is None:
        return
    for parent, prefix in _families(listed, source.format):
        yield from _stated(look_up(source.claims, parent), prefix, age=age)
    for claim in listed.claims.values():
        path = claim.path_in(source.format)
        if claim.tells_age is not None and path is not None:
            yield _told(look_up(source.claims, path), claim.tells_age, age=age, day=day)


def _families(listed: CredentialType, form: str) -> frozenset[tuple[ClaimPath, str]]:
    """Return where statements about ages stand: the place above, and a beginning.

    ``18`` stands in ``age_equal_or_over`` and begins with nothing, ``age_over_18``
    stands in a namespace and begins with ``age_over_``. So an age is understood that
    the catalogue does not list.
    """
    return frozenset(
        (path[:-1], name.removesuffix(str(claim.states_age)))
        for claim in listed.claims.values()
        if claim.states_age is not None
        and (path := claim.path_in(form)) is not None
        and isinstance(name := path[-1], str)
        and name.endswith(str(claim.states_age))
    )


def _stated(found: JsonValue | Absent, prefix: str, *, age: int) -> Iterator[Says]:
    """Read statements of "at least N": the nearest decides (ISO/IEC 18013-5 7.2.5).

    Who is N is any age below, and who is not N is not any age above. What was true when
    it was signed is true for ever; what was false then is the issuer's word all the
    same.
    """
    if not isinstance(found, dict):
        return
    for name, value in found.items():
        digits = name.removeprefix(prefix)
        if not name.startswith(prefix) or _DIGITS.fullmatch(digits) is None:
            continue
        if value is True and int(digits) >= age:
            yield Says.OF_AGE
        elif value is False and int(digits) <= age:
            yield Says.NOT_OF_AGE


def _told(value: JsonValue | Absent, tells: TellsAge, *, age: int, day: date) -> Says:
    if tells is TellsAge.BIRTH_DATE:
        return _born(value, age=age, day=day)
    if type(value) is not int:
        return Says.NOTHING
    if tells is TellsAge.BIRTH_YEAR:
        return _born_in(value, age=age, day=day)
    return Says(value >= age) if 0 <= value < OLDEST else Says.NOTHING


def _born(value: JsonValue | Absent, *, age: int, day: date) -> Says:
    if isinstance(value, dict):
        # ISO/IEC TS 23220-2 6.3.1.1.3: what is masked is not for calculation.
        mask = value.get(_APPROXIMATE, "")
        if not isinstance(mask, str) or mask.strip("0"):
            return Says.NOTHING
        value = value.get("birth_date")
    if not isinstance(value, str):
        return Says.NOTHING
    if _YEAR.fullmatch(value):  # OpenID Connect Core 5.1: the year alone
        return _born_in(int(value), age=age, day=day)
    born = _day(value)
    if (
        born is None
        or born.year + age > date.max.year
        or day.year - born.year >= OLDEST
    ):
        # What stands where a date is not known, like the first day of the calendar.
        return Says.NOTHING
    return Says(_birthday(born, age) <= day)


def _day(text: str) -> date | None:
    if _DAY.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _birthday(born: date, age: int) -> date:
    """Return the day on which somebody turns `age`.

    Who was born on 29 February turns it on 1 March of a year that has no such day: some
    laws say the day before, none says later.
    """
    year = born.year + age
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _born_in(year: int, *, age: int, day: date) -> Says:
    """Judge by the year: in the year of the birthday itself nothing is known."""
    turned = day.year - year
    if turned == age or not 0 <= turned < OLDEST:
        return Says.NOTHING
    return Says(turned > age)
