"""Types of credentials as the command line is given them: by name, or by file."""

from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.cli.faults import CommandFault, about, usage_fault
from idwallet.cli.files import read_input
from idwallet.credentials.catalogue import (
    CredentialType,
    catalogue,
    read_credential_type,
)
from idwallet.credentials.model import Format

_FILE: Final = ".json"
_MARKS: Final = MappingProxyType(
    {Format.SD_JWT_VC: ":", Format.MDOC: ".", Format.COMPACT: ":"}
)
_EXPECTED: Final = MappingProxyType(
    {
        Format.SD_JWT_VC: "a type with a colon in it",
        Format.MDOC: "a document type with a dot in it",
        Format.COMPACT: "a type with a colon in it",
    }
)


def credential_type_named(name: str) -> CredentialType | None:
    """Return a type of the catalogue, or the one that a file describes, else None.

    What ends in ``.json`` is a file.

    Raises:
        CommandFault: the file cannot be read, or does not describe a type.
    """
    if not name.endswith(_FILE):
        return catalogue().get(name)
    data = read_input(name, max_bytes=limits.CATALOGUE_BYTES)
    with about(name, remedy="a type of credential, as `idwallet types` shows one"):
        return read_credential_type(data, at="type")


def type_named(name: str, *, option: str, form: Format = Format.SD_JWT_VC) -> str:
    """Return a type's identifier in that format, or the name if it is one.

    A type is one of the catalogue, or described by a file. A `vct` has a colon in it, a
    document type of mobile documents a dot.

    Raises:
        CommandFault: it is neither, or the type is not encoded so.
    """
    listed = credential_type_named(name)
    if listed is not None:
        named = listed.type_in(form.value)
        if named is None:
            raise not_encoded(listed, form)
        return named
    if _MARKS[form] not in name:
        known = ", ".join(catalogue())
        raise usage_fault(f"{option} is {_EXPECTED[form]}, or one of: {known}")
    return name


def not_encoded(listed: CredentialType, form: Format) -> CommandFault:
    """Return the fault of a type that is asked for in a format it has not."""
    others = " or ".join(listed.formats)
    return usage_fault(f"{listed.name} is not encoded as {form.value} but as {others}")


def types_named(name: str) -> tuple[str, ...]:
    """Return a type's identifiers in every format, or the name if it is one.

    Raises:
        CommandFault: it is neither a name of the catalogue nor an identifier.
    """
    listed = credential_type_named(name)
    if listed is not None:
        return tuple(listed.types.values())
    if ":" in name or "." in name:
        return (name,)
    known = ", ".join(catalogue())
    raise usage_fault(
        f"--trust-type is a type with a colon or a dot in it, or one of: {known}"
    )
