"""Hand on only what was asked for (OpenID4VP 1.0 section 6.4.1)."""

from collections.abc import Iterable
from typing import NamedTuple

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.sdjwt.unpack import Place, Unpacked, without_holes


class Narrowed(NamedTuple):
    """The claims a verifier may see, and where it was shown more than that.

    `surplus` names disclosed claims that nobody asked for. What encloses an asked
    claim is not surplus: the holder cannot show one without the other.
    """

    claims: JsonObject
    surplus: tuple[Place, ...]

    def __repr__(self) -> str:
        """Show the number of surplus claims only."""
        return f"Narrowed(<{len(self.surplus)} surplus>)"


def narrow(unpacked: Unpacked, asked: Iterable[ClaimPath]) -> Narrowed:
    """Keep what `asked` names and what the issuer always discloses.

    `asked` are concrete paths, without wildcards.
    """
    wanted = frozenset(asked)
    disclosed = [each.place for each in unpacked.revealed]
    if wanted.issuperset(disclosed):
        return Narrowed(unpacked.claims, ())
    enclosing = {path[:n] for path in wanted for n in range(1, len(path))}
    surplus = tuple(
        place
        for place in disclosed
        if place not in enclosing and not _inside(place, wanted)
    )
    work = _Narrowing(wanted, enclosing=enclosing, disclosed=frozenset(disclosed))
    kept = work.object_at(unpacked.positioned, (), open_to_all=True)
    return Narrowed(without_holes(kept), surplus)


def _inside(place: Place, wanted: frozenset[ClaimPath]) -> bool:
    return any(place[:n] in wanted for n in range(1, len(place) + 1))


class _Narrowing:
    """One copy of one set of claims without what was not asked for."""

    __slots__ = ("_disclosed", "_enclosing", "_wanted")

    def __init__(
        self,
        wanted: frozenset[ClaimPath],
        *,
        enclosing: set[ClaimPath],
        disclosed: frozenset[Place],
    ) -> None:
        self._wanted = wanted
        self._enclosing = enclosing
        self._disclosed = disclosed

    def object_at(
        self, node: JsonObject, place: Place, *, open_to_all: bool
    ) -> JsonObject:
        made: JsonObject = {}
        for name, value in node.items():
            kept = self._member(value, (*place, name), open_to_all=open_to_all)
            if kept is not None:
                made[name] = kept[0]
        return made

    def _member(
        self, value: JsonValue, here: Place, *, open_to_all: bool
    ) -> tuple[JsonValue] | None:
        """Return the value as far as it may be handed on, or None for not at all."""
        if here in self._wanted:
            return (value,)
        still_open = open_to_all and here not in self._disclosed
        if not still_open and here not in self._enclosing:
            return None
        if isinstance(value, dict):
            return (self.object_at(value, here, open_to_all=still_open),)
        if isinstance(value, list):
            items = (
                self._member(item, (*here, n), open_to_all=still_open)
                for n, item in enumerate(value)
            )
            return ([each[0] for each in items if each is not None],)
        return (value,) if still_open else None
