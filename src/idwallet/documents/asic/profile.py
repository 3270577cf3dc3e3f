"""How a container is signed."""

from dataclasses import dataclass
from enum import StrEnum

from idwallet.documents.model import CAdES, Level, XAdES
from idwallet.errors import UsageError


class ASiCKind(StrEnum):
    """How much a container holds (EN 319 162-1 4.3, 4.4)."""

    S = "ASiC-S"
    """One document."""

    E = "ASiC-E"
    """Any number of documents, in folders too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ASiC:
    """Sign into a container with what is signed (ETSI EN 319 162-1): one file for all.

    `signature` is in which form the signatures in it are, as its profile is called.
    """

    kind: ASiCKind
    signature: type[CAdES] | type[XAdES]
    level: Level = Level.B_B

    def __post_init__(self) -> None:
        """Refuse what is no container.

        Raises:
            UsageError: a kind, a form of signatures or a level that there is none of.
        """
        if type(self.kind) is not ASiCKind or self.signature not in {CAdES, XAdES}:
            raise UsageError("a container is ASiC(kind=ASiCKind.E, signature=CAdES)")
        if type(self.level) is not Level:
            raise UsageError("level is a Level, as Level(text)")
