"""What a trust bundle is made of, as data."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from idwallet.crypto.keys import PublicKey

VERSION: Final = "idwallet-bundle/1"
"""The version of the file and of its manifest; a change of their form changes this."""

DELTA_VERSION: Final = "idwallet-bundle-delta/1"
"""The version of the file that makes one bundle of another."""

CLAUSE: Final = "idwallet bundle 1"
"""The standard of all this: docs/reference/bundle.md, whose sections clauses name."""


class PartKind(StrEnum):
    """What a part holds; docs/reference/bundle.md §5 says how its name is meant."""

    ANCHORS = "anchors"
    BLOB = "blob"
    CERTIFICATE = "certificate"
    CRL = "crl"
    OCSP = "ocsp"
    STATUS_LIST = "status_list"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PartEntry:
    """What the manifest says of one part.

    `as_of` is the moment at which the operator took it from its source, and `source`
    the SHA-256 digest of what was taken there: of the part itself, unless it was made
    from something else. `media_type` says what a blob is, and is empty for the others.
    """

    kind: PartKind
    name: str
    size: int
    digest: bytes = field(repr=False)
    as_of: datetime
    source: bytes = field(repr=False)
    media_type: str = ""

    @property
    def place(self) -> str:
        """How faults and reports call the part."""
        return f"{self.kind.value}/{self.name}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the operator signed.

    `series` names the line of bundles that this one is of, `sequence` its number in
    it. `parts` are in the order in which they follow.
    """

    series: str
    sequence: int
    issued: datetime
    next_update: datetime
    parts: tuple[PartEntry, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rotation:
    """An old key's word that `key` signs the series from `sequence` on."""

    series: str
    key: PublicKey
    sequence: int
    issued: datetime
