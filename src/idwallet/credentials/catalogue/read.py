"""Reading a catalogue file, strictly: what it does not know it refuses."""

from collections.abc import Collection
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from idwallet import limits
from idwallet.codec.json import read_object, write_json
from idwallet.credentials.catalogue.types import (
    CatalogueClaim,
    ClaimKind,
    CredentialType,
    Display,
    Sensitivity,
    TellsAge,
)
from idwallet.credentials.cursor import Cursor
from idwallet.credentials.paths import ClaimPath

CATALOGUE_FORMAT: Final = "idwallet-catalogue/1"
"""The version of the files' shape."""

_CLAUSE: Final = CATALOGUE_FORMAT
_TYPE: Final = ("format", "name", "display", "source", "types", "claims")
_CLAIM: Final = ("paths", "display", "sensitivity", "kind")
_OLDEST_AGE: Final = 150
# Where there is a type of those formats there is a type in the catalogue.
_FORMATS: Final = ("dc+sd-jwt", "mso_mdoc")
_OF_AN_ELEMENT: Final = 2  # namespace and identifier (OpenID4VP 1.0 B.2.4)
_Choice = TypeVar("_Choice", bound=StrEnum)


def read_credential_type(data: bytes, *, at: str) -> CredentialType:
    """Read one file of the catalogue; `at` names it.

    Raises:
        MalformedError: a member is missing, unknown or of the wrong kind, a claim
            has a path in none of the type's formats or in another one, or two claims
            stand at one place or state one age.
        LimitError: it is longer, or has more claims, than `limits` says.
    """
    value = read_object(data, at=at, clause=_CLAUSE, max_bytes=limits.CATALOGUE_BYTES)
    file = Cursor(value, at, _CLAUSE)
    _require_only(file, _TYPE)
    if file.member("format").text() != CATALOGUE_FORMAT:
        raise file.member("format").fault("not a format read here")
    types = {
        name: file.member("types").member(name).text()
        for name in _names(file.member("types"), among=_FORMATS)
    }
    claims = {
        name: _claim(file.member("claims").member(name), name, formats=frozenset(types))
        for name in _names(file.member("claims"))
    }
    found = CredentialType(
        name=file.member("name").identifier(),
        display=_display(file.member("display")),
        source=file.member("source").text(),
        types=MappingProxyType(types),
        claims=MappingProxyType(claims),
    )
    _require_distinct(found, file.member("claims"))
    return found


def _claim(here: Cursor, name: str, *, formats: frozenset[str]) -> CatalogueClaim:
    _require_only(here, _CLAIM, maybe=("states_age", "tells_age", "example"))
    paths = here.member("paths")
    # It is shown to people, and named in messages, as it stands.
    Cursor(name, here.at, _CLAUSE).identifier()
    tells, example = here.optional("tells_age"), here.optional("example")
    return CatalogueClaim(
        name=name,
        paths=MappingProxyType(
            {
                each: _path(paths.member(each), each)
                for each in _names(paths, among=formats)
            }
        ),
        display=_display(here.member("display")),
        sensitivity=_choice(here.member("sensitivity"), Sensitivity),
        kind=_choice(here.member("kind"), ClaimKind),
        states_age=_age(here.optional("states_age")),
        tells_age=None if tells is None else _choice(tells, TellsAge),
        example=None if example is None else write_json(example.value).decode(),
    )


def _names(here: Cursor, *, among: Collection[str] = ()) -> tuple[str, ...]:
    names = tuple(here.members())
    if not names:
        raise here.fault("empty object")
    if len(names) > limits.CATALOGUE_CLAIMS:
        raise here.excess("too many members")
    for name in names:
        if among and name not in among:
            raise here.member(name).fault(f"not one of {', '.join(sorted(among))}")
    return names


def _path(here: Cursor, form: str) -> ClaimPath:
    path = here.texts(limit=limits.QUERY_PATH_ELEMENTS)
    if form == _FORMATS[1] and len(path) != _OF_AN_ELEMENT:
        raise here.fault("not a namespace and an element")
    return path


def _display(here: Cursor) -> Display:
    _require_only(here, ("en", "ru"))
    return Display(en=here.member("en").text(), ru=here.member("ru").text())


def _choice(here: Cursor, choices: type[_Choice]) -> _Choice:
    known = {each.value: each for each in choices}
    found = known.get(here.text())
    if found is None:
        raise here.fault("not one of the known words")
    return found


def _age(here: Cursor | None) -> int | None:
    if here is None:
        return None
    value = here.value
    if isinstance(value, bool) or not isinstance(value, int):
        raise here.fault("not an integer")
    if not 0 < value < _OLDEST_AGE:
        raise here.fault("not an age")
    return value


def _require_only(
    here: Cursor, names: tuple[str, ...], *, maybe: tuple[str, ...] = ()
) -> None:
    for name in names:
        here.member(name)
    for name in here.members():
        if name not in names and name not in maybe:
            raise Cursor(None, f"{here.at}/{name}", here.clause).fault("unknown member")


def _require_distinct(found: CredentialType, here: Cursor) -> None:
    ages = found.ages()
    if len(set(ages)) < len(ages):
        raise here.fault("two claims state one age")
    places = [
        (form, path)
        for each in found.claims.values()
        for form, path in each.paths.items()
    ]
    if len(set(places)) < len(places):
        raise here.fault("two claims stand at one place")
