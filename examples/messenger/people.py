"""Invented people, and what an office knows about them. Nobody is meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final


def is_aged(born: date, years: int, *, at: datetime) -> bool:
    """Whether somebody born that day has had that birthday."""
    today = at.date()
    had = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (not had) >= years


@dataclass(frozen=True)
class Citizen:
    """Somebody who does not exist. `name` is their name in the chat."""

    name: str
    family_name: str
    given_name: str
    born: date
    number: str
    latin: str
    address: str

    @property
    def called(self) -> str:
        """Their name as they write it."""
        return f"{self.given_name} {self.family_name}"

    def is_aged(self, years: int, *, at: datetime) -> bool:
        """Whether they have had that birthday."""
        return is_aged(self.born, years, at=at)


@dataclass(frozen=True)
class Child:
    """A child who does not exist, and has no phone. `parents` are names in the chat."""

    name: str
    family_name: str
    given_name: str
    born: date
    parents: tuple[str, ...]

    @property
    def called(self) -> str:
        """Their name as they write it."""
        return f"{self.given_name} {self.family_name}"


CHILDREN: Final = (Child("maria", "Образцова", "Мария", date(2013, 4, 12), ("anna",)),)


FINDER: Final = "finder"
"""Who finds phones; nobody else has what is in them."""

CITIZENS: Final[Mapping[str, Citizen]] = {
    each.name: each
    for each in (
        Citizen(
            "anna",
            *("Образцова", "Анна"),
            date(1990, 5, 17),
            "TEST-000001",
            "Anna Obraztsova",
            "Образцово, ул. Примерная, 1",
        ),
        Citizen(
            "boris",
            *("Примеров", "Борис"),
            date(1985, 11, 2),
            "TEST-000002",
            "Boris Primerov",
            "Образцово, ул. Примерная, 2",
        ),
        Citizen(
            FINDER,
            *("Находкин", "Фёдор"),
            date(1979, 1, 30),
            "TEST-000003",
            "Fyodor Nakhodkin",
            "Образцово, ул. Примерная, 3",
        ),
    )
}
