"""The catalogue that comes with the library, each file of it read once."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

from idwallet.credentials.catalogue.read import read_credential_type
from idwallet.credentials.catalogue.types import COMPACT, CredentialType

_NAMES: Final = (
    "national-id",
    "age-proof",
    "driving-licence",
    "photo-id",
    "student-card",
    "diploma",
    "health-insurance",
    "vehicle-registration",
    "power-of-attorney",
    "bank-account",
    "residence",
    "ticket",
)


class _Catalogue(Mapping[str, CredentialType]):
    """Every type by its name; a file is read when its type is looked up."""

    __slots__ = ()

    def __getitem__(self, name: str) -> CredentialType:
        if name not in _NAMES:
            raise KeyError(name)
        return _read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)

    def __contains__(self, name: object) -> bool:
        return name in _NAMES


_CATALOGUE: Final = _Catalogue()


def catalogue() -> Mapping[str, CredentialType]:
    """Return every type of credential that has a neutral name, by that name.

    The files are part of the package and never change while it runs, so reading them
    here is no more input than importing a module is; it happens once, when a type is
    first looked up.
    """
    return _CATALOGUE


@lru_cache(maxsize=len(_NAMES))
def _read(name: str) -> CredentialType:
    # Late, because it costs an import of several milliseconds.
    from importlib.resources import files

    file = files("idwallet.credentials.catalogue").joinpath(f"{name}.json")
    return read_credential_type(file.read_bytes(), at=f"{name}.json")


def listed_type(form: str, names: Iterable[str]) -> CredentialType | None:
    """Return the first of these types of that format that the catalogue knows.

    `names` are a credential's type and those that it extends, nearest first: a national
    identity card of one country is read like any other.
    """
    by_name = _by_name()
    found = (by_name.get((form, name)) for name in names)
    return next((each for each in found if each is not None), None)


@cache
def _by_name() -> Mapping[tuple[str, str], CredentialType]:
    return MappingProxyType(
        {
            (form, name): each
            for each in _CATALOGUE.values()
            for form, name in (*each.types.items(), (COMPACT, each.identifier))
        }
    )
