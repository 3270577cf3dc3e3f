"""What settled a verdict: certificates, CRLs and OCSP responses, as they came.

Whoever has these, and believes the same anchors, comes to the same verdict with
nothing else at hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Material:
    """Certificates, CRLs and OCSP responses, each DER, none of them twice."""

    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[bytes, ...] = field(default=(), repr=False)
    responses: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def pieces(self) -> frozenset[bytes]:
        """Every piece, of whatever kind."""
        return frozenset((*self.certificates, *self.crls, *self.responses))

    def plus(self, other: "Material") -> "Material":
        """Return what is in either, this one's first."""
        return Material(
            _both(self.certificates, other.certificates),
            _both(self.crls, other.crls),
            _both(self.responses, other.responses),
        )

    def without(self, pieces: Iterable[bytes]) -> "Material":
        """Return the same without what is among those pieces."""
        have = frozenset(pieces)
        return Material(
            tuple(each for each in self.certificates if each not in have),
            tuple(each for each in self.crls if each not in have),
            tuple(each for each in self.responses if each not in have),
        )


def _both(first: tuple[bytes, ...], second: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys((*first, *second))) if second else first


def together(parts: Iterable[Material]) -> Material:
    """Return what is in any of them."""
    every = tuple(parts)
    return Material(
        tuple(dict.fromkeys(e for part in every for e in part.certificates)),
        tuple(dict.fromkeys(e for part in every for e in part.crls)),
        tuple(dict.fromkeys(e for part in every for e in part.responses)),
    )


NO_MATERIAL: Final = Material()
"""No material at all."""
