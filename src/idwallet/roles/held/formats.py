"""The table of formats that a wallet holds; a format is added by adding a row."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from idwallet.credentials.model import Format
from idwallet.roles.held.compact import CompactFormat, issued_of, numbers_of
from idwallet.roles.held.format import HeldFormat, Opened
from idwallet.roles.held.mdoc import MdocFormat
from idwallet.roles.held.sdjwt import SdJwtFormat

FORMATS: Final[Mapping[Format, HeldFormat]] = MappingProxyType(
    {
        Format.SD_JWT_VC: SdJwtFormat(),
        Format.MDOC: MdocFormat(),
        Format.COMPACT: CompactFormat(),
    }
)
"""Every format that a wallet holds, each with its room."""


def signing_algorithms(kind: Format, raw: str) -> frozenset[int]:
    """Return by which its holder signs for a credential of the wallet (COSE numbers).

    Empty where nothing depends on it: see `idwallet.roles.accepting`.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none of the format.
    """
    if kind is not Format.COMPACT:
        return frozenset()
    return numbers_of(issued_of(raw, at="credential").credential.key)


def open_held(kind: Format, raw: str) -> Opened:
    """Read a credential of the wallet again; it was verified when it was added.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none of the format.
    """
    return FORMATS[kind].read(raw)
