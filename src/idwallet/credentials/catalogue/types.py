"""What the catalogue says about a type of credential."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from idwallet.credentials.paths import ClaimPath


class Sensitivity(StrEnum):
    """How much a claim gives away about a person, for consent and minimisation."""

    SPECIAL = "special"
    """Biometric or health data: GDPR Article 9 may apply."""
    IDENTIFYING = "identifying"
    """Singles out one person, and links visits: a number, an e-mail address."""
    PERSONAL = "personal"
    """Tells about the person, and singles out only with other claims: a name."""
    MINIMAL = "minimal"
    """Tells next to nothing about the person: of age, the issuing country."""


class ClaimKind(StrEnum):
    """What a claim's value is, for showing it."""

    STRING = "string"
    DATE = "date"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    IMAGE = "image"
    COUNTRY = "country"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    OBJECT = "object"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Display:
    """A name for people, in each language that the library speaks."""

    en: str
    ru: str


@dataclass(frozen=True, slots=True)
class CatalogueClaim:
    """One claim: its neutral name, and where each format keeps it.

    `paths` is by credential format identifier. `states_age` is N when the claim says
    whether the holder is at least N years old.
    """

    name: str
    paths: Mapping[str, ClaimPath]
    display: Display
    sensitivity: Sensitivity
    kind: ClaimKind
    states_age: int | None = None


@dataclass(frozen=True, slots=True)
class CredentialType:
    """One type of credential, by its neutral name.

    `types` holds the type identifier of each format (for ``dc+sd-jwt`` the `vct`),
    `claims` is by neutral claim name, `source` says which document defines it.
    """

    name: str
    display: Display
    source: str
    types: Mapping[str, str]
    claims: Mapping[str, CatalogueClaim]

    def ages(self) -> tuple[int, ...]:
        """Return the ages that a credential of this type can state, ascending."""
        stated = (each.states_age for each in self.claims.values())
        return tuple(sorted(age for age in stated if age is not None))
