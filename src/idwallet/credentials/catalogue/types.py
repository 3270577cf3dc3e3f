"""What the catalogue says about a type of credential."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from idwallet.codec.json import JsonObject, JsonValue, read_json
from idwallet.credentials.paths import ClaimPath

OWN: Final = "urn:idwallet:"
"""How the identifiers of types begin that no standard names but this library."""

_MDOC: Final = "mso_mdoc"
COMPACT: Final = "idwallet-compact"
"""The format of compact credentials: every type has it, its claims by neutral names."""

_SD_JWT_VC: Final = "dc+sd-jwt"
_SUFFIXES: Final = {_MDOC: "-mdoc", COMPACT: "-qr"}


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


class TellsAge(StrEnum):
    """What a claim tells of an age beside a plain yes or no."""

    BIRTH_DATE = "birth_date"
    """The day of birth."""
    BIRTH_YEAR = "birth_year"
    """The year of birth."""
    AGE_IN_YEARS = "age_in_years"
    """How old the person was when the credential was issued."""


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

    `paths` is by credential format identifier; a format that has no such claim is not
    in it. `states_age` is N when the claim says whether the holder is at least N years
    old, `tells_age` what else it tells of the holder's age. `example` is what an
    invented person has there, as JSON text.
    """

    name: str
    paths: Mapping[str, ClaimPath]
    display: Display
    sensitivity: Sensitivity
    kind: ClaimKind
    states_age: int | None = None
    tells_age: TellsAge | None = None
    example: str | None = None

    @property
    def places(self) -> Mapping[str, ClaimPath]:
        """`paths`, and where compact credentials keep it: under its neutral name."""
        return MappingProxyType({**self.paths, COMPACT: (self.name,)})

    def path_in(self, form: str) -> ClaimPath | None:
        """Return where a format keeps it, None where it has no such claim."""
        return (self.name,) if form == COMPACT else self.paths.get(form)


@dataclass(frozen=True, slots=True)
class CredentialType:
    """One type of credential, by its neutral name.

    `types` holds the type identifier of each format (for ``dc+sd-jwt`` the `vct`, for
    ``mso_mdoc`` the document type), in the order that they are asked for; `claims` is
    by neutral claim name, `source` says which document defines it.
    """

    name: str
    display: Display
    source: str
    types: Mapping[str, str]
    claims: Mapping[str, CatalogueClaim]

    @property
    def formats(self) -> tuple[str, ...]:
        """The credential format identifiers that it is encoded in."""
        return tuple(self.types)

    @property
    def identifier(self) -> str:
        """What the type is called where no format has a name of its own for it."""
        return self.types.get(_SD_JWT_VC) or next(iter(self.types.values()))

    @property
    def identifiers(self) -> Mapping[str, str]:
        """`types`, and what a compact credential of the type is called."""
        return MappingProxyType({**self.types, COMPACT: self.identifier})

    def type_in(self, form: str) -> str | None:
        """Return the identifier of the type in a format, None where it has none."""
        return self.identifier if form == COMPACT else self.types.get(form)

    @property
    def is_own(self) -> bool:
        """Whether one of its identifiers is this library's, and no standard's."""
        return any(each.startswith(OWN) for each in self.types.values())

    def query_id(self, form: str, base: str | None = None) -> str:
        """Return the identifier of the credential query for that format.

        It is the type's name, or `base`; a mobile document of a type that is not only
        one has ``-mdoc`` behind it, a compact credential ``-qr``: ``national-id``,
        ``national-id-mdoc`` and ``national-id-qr``.
        """
        name = self.name if base is None else base
        if form == _MDOC and len(self.types) == 1:
            return name
        return name + _SUFFIXES.get(form, "")

    def example(self, form: str) -> JsonObject:
        """Return claims of an invented person, to begin with in that format.

        For ``dc+sd-jwt`` they stand as in a credential, for other formats by their
        neutral names. It is what `idwallet types NAME --example` prints.
        """
        found: JsonObject = {}
        for claim in self.claims.values():
            path = claim.path_in(form)
            if path is None or claim.example is None:
                continue
            value = read_json(claim.example, at=claim.name)
            if form == _MDOC:
                found[claim.name] = value
            else:
                _put(found, path, value=value)
        return found

    def ages(self) -> tuple[int, ...]:
        """Return the ages that a credential of this type can state, ascending."""
        stated = (each.states_age for each in self.claims.values())
        return tuple(sorted(age for age in stated if age is not None))


def _put(claims: JsonObject, path: ClaimPath, *, value: JsonValue) -> None:
    """Put a value at a path of names; what a claim that holds it said is kept."""
    *above, last = map(str, path)
    held = claims
    for name in above:
        inside = held.setdefault(name, {})
        if not isinstance(inside, dict):
            return
        held = inside
    held.setdefault(last, value)
