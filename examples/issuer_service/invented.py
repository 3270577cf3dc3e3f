"""Invented people, and what an office would know about them. Nobody is meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from idwallet import SdJwtVc
from idwallet.protocols import CredentialConfiguration, Display, ProofType


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist."""

    name: Mapping[str, str]
    family_name: str
    given_name: str
    born: date
    number: str

    def is_aged(self, years: int, *, at: datetime) -> bool:
        """Whether they have had that birthday."""
        today = at.date()
        had = (today.month, today.day) >= (self.born.month, self.born.day)
        return today.year - self.born.year - (not had) >= years


PEOPLE: Final[Mapping[str, Person]] = {
    "anna": Person(
        {"en": "Anna Obraztsova", "ru": "Анна Образцова"},
        *("Образцова", "Анна"),
        date(1990, 5, 17),
        "TEST-000001",
    ),
    "pyotr": Person(
        {"en": "Pyotr Primerov", "ru": "Пётр Примеров"},
        *("Примеров", "Пётр"),
        date(2010, 2, 3),
        "TEST-000002",
    ),
    "maria": Person(
        {"en": "Maria Testova", "ru": "Мария Тестова"},
        *("Тестова", "Мария"),
        date(1955, 9, 1),
        "TEST-000003",
    ),
}


def _ages(person: Person, at: datetime) -> dict[str, bool]:
    return {str(each): person.is_aged(each, at=at) for each in (14, 16, 18, 21, 65)}


def _identity(person: Person, at: datetime) -> SdJwtVc:
    return SdJwtVc(
        vct="urn:eudi:pid:1",
        claims={
            "family_name": person.family_name,
            "given_name": person.given_name,
            "birthdate": person.born.isoformat(),
            "place_of_birth": {"locality": "Образцово", "country": "XX"},
            "nationalities": ["XX"],
            "age_equal_or_over": dict(_ages(person, at)),
            "document_number": person.number,
        },
    )


def _age(person: Person, at: datetime) -> SdJwtVc:
    return SdJwtVc(
        vct="urn:idwallet:age-proof:1",
        claims={"age_equal_or_over": dict(_ages(person, at))},
    )


def _diploma(person: Person, _: datetime) -> SdJwtVc:
    return SdJwtVc(
        vct="urn:eu.europa.ec.eudi:learning:credential:1",
        claims={
            "family_name": person.family_name,
            "given_name": person.given_name,
            "achievement_title": "Инженер (вымышленный диплом)",
            "issuing_authority": "TEST university",
            "issuing_country": "XX",
        },
    )


CONTENT: Final = {"national-id": _identity, "age-proof": _age, "diploma": _diploma}
"""What each credential says of a person."""

SLOW: Final = frozenset({"diploma"})
"""What a clerk looks at first."""

_NAMES: Final = {
    "national-id": (
        "urn:eudi:pid:1",
        "National identity card",
        "Удостоверение личности",
    ),
    "age-proof": ("urn:idwallet:age-proof:1", "Proof of age", "Подтверждение возраста"),
    "diploma": (*("urn:eu.europa.ec.eudi:learning:credential:1", "Diploma", "Диплом"),),
}


def configurations() -> dict[str, CredentialConfiguration]:
    """Return what the metadata say of each credential."""
    return {
        name: CredentialConfiguration(
            format="dc+sd-jwt",
            credential_type=kind,
            scope=name,
            binding_methods=("jwk",),
            proofs={"jwt": ProofType(algorithms=("ES256",))},
            display=(
                Display(name=english, locale="en"),
                Display(name=russian, locale="ru"),
            ),
        )
        for name, (kind, english, russian) in _NAMES.items()
    }


def called(credential: str, lang: str) -> str:
    """Return what people call a credential."""
    _, english, russian = _NAMES[credential]
    return russian if lang == "ru" else english
