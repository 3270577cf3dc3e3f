"""The catalogue that comes with the library, read once."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from idwallet.credentials.catalogue.read import read_credential_type
from idwallet.credentials.catalogue.types import CredentialType

_FILES: Final = (
    "national-id.json",
    "age-proof.json",
    "driving-licence.json",
    "photo-id.json",
    "student-card.json",
    "diploma.json",
    "health-insurance.json",
    "vehicle-registration.json",
    "power-of-attorney.json",
    "bank-account.json",
    "residence.json",
    "ticket.json",
)


@cache
def catalogue() -> Mapping[str, CredentialType]:
    """Return every type of credential that has a neutral name, by that name.

    The files are part of the package and never change while it runs, so reading them
    here is no more input than importing a module is; it happens once.
    """
    # Late, because it costs an import of several milliseconds.
    from importlib.resources import files

    folder = files("idwallet.credentials.catalogue")
    read = (
        read_credential_type(folder.joinpath(name).read_bytes(), at=name)
        for name in _FILES
    )
    return MappingProxyType({each.name: each for each in read})


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
    return {
        (form, name): each
        for each in catalogue().values()
        for form, name in each.types.items()
    }
