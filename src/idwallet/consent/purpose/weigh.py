"""How much is told by showing claims: a number to compare ways of answering by."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from idwallet.consent.purpose.structures import bare
from idwallet.credentials.catalogue import Sensitivity, listed_type
from idwallet.credentials.paths import ClaimPath

# One number that singles a person out weighs as much as three facts that do together;
# nothing makes up for a biometric.
_WEIGHTS: Final[Mapping[Sensitivity, int]] = MappingProxyType(
    {
        Sensitivity.SPECIAL: 1_000,
        Sensitivity.IDENTIFYING: 30,
        Sensitivity.PERSONAL: 10,
        Sensitivity.MINIMAL: 1,
    }
)
_UNKNOWN_TYPE: Final = 1_000_000
_UNLISTED: Final = _WEIGHTS[Sensitivity.PERSONAL]


class Weights:
    """What the claims of one type of credential weigh, by where they stand.

    `lineage` is its type and the types that it extends, nearest first. A claim that the
    catalogue does not know weighs like a personal one.
    """

    __slots__ = ("_by_path", "whole")

    def __init__(self, form: str, lineage: Iterable[str]) -> None:
        """Read the type from the catalogue."""
        listed = listed_type(form, lineage)
        claims = () if listed is None else tuple(listed.claims.values())
        self._by_path = {
            bare(path): _WEIGHTS[each.sensitivity]
            for each in claims
            if (path := each.path_in(form)) is not None
        }
        # A type that is not known is not taken to tell little.
        every = (_WEIGHTS[each.sensitivity] for each in claims)
        self.whole = sum(every) if claims else _UNKNOWN_TYPE
        """What all claims of the type weigh together, in whichever encoding."""

    def of(self, paths: Iterable[ClaimPath]) -> int:
        """Return what claims at these places weigh together, each place by itself."""
        return sum(map(self._one, paths))

    def _one(self, path: ClaimPath) -> int:
        for size in range(len(path), 0, -1):
            found = self._by_path.get(path[:size])
            if found is not None:
                return found
        return _UNLISTED
