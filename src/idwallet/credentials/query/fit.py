"""How far the claims of one credential go towards one credential query."""

from typing import NamedTuple

from idwallet.codec.json import JsonObject
from idwallet.credentials.paths import ABSENT, ClaimPath, Selection, look_up, select
from idwallet.credentials.query.structures import ClaimQuery, CredentialQuery
from idwallet.errors import LimitError


class Fit(NamedTuple):
    """What a credential lacks of the claim set that it comes nearest to.

    `missing` are pointers that select nothing, `differing` those that select only
    other values; both are empty when it serves the query.
    """

    missing: tuple[ClaimPath, ...]
    differing: tuple[ClaimPath, ...]


class _Judged(NamedTuple):
    """What one claim query comes to: is the claim there, and where is it accepted?"""

    is_there: bool
    accepted: tuple[ClaimPath, ...]


class Fitting:
    """One credential's claims held against one credential query.

    Each claim query is judged once, however many claim sets name it: else a small
    query of many sets over long arrays keeps a wallet busy for minutes.
    """

    __slots__ = ("_asked", "_claims", "_judged")

    def __init__(self, asked: CredentialQuery, claims: JsonObject) -> None:
        """Judge nothing yet."""
        self._asked = asked
        self._claims = claims
        self._judged: dict[ClaimQuery, _Judged] = {}

    def _of(self, each: ClaimQuery) -> _Judged:
        judged = self._judged.get(each)
        if judged is None:
            found = _found(each, self._claims)
            accepted = tuple(path for path, value in found if each.accepts(value))
            judged = self._judged[each] = _Judged(bool(found), accepted)
        return judged

    def served(self) -> int | None:
        """Return the index of the first claim set that is served wholly, or None."""
        for index, option in enumerate(self._asked.options):
            if all(self._of(each).accepted for each in option):
                return index
        return None

    def every_served(self) -> tuple[int, ...]:
        """Return the index of every claim set that is served wholly, in order."""
        return tuple(
            index
            for index, option in enumerate(self._asked.options)
            if all(self._of(each).accepted for each in option)
        )

    def nearest(self) -> Fit:
        """Return what the claims lack of the claim set they come nearest to.

        At a tie it is the one that the verifier likes better.
        """
        return min(map(self._lacking, self._asked.options), key=_distance)

    def _lacking(self, option: tuple[ClaimQuery, ...]) -> Fit:
        judged = [(each.path, self._of(each)) for each in option]
        return Fit(
            missing=tuple(path for path, found in judged if not found.is_there),
            differing=tuple(
                path for path, found in judged if found.is_there and not found.accepted
            ),
        )

    def paths(self, option: int) -> tuple[ClaimPath, ...]:
        """Return the concrete paths of what answers that claim set."""
        chosen = self._asked.options[option]
        found = (path for each in chosen for path in self._of(each).accepted)
        return tuple(dict.fromkeys(found))


def fit(asked: CredentialQuery, claims: JsonObject) -> Fit:
    """Return what `claims` lack of the claim set they come nearest to."""
    return Fitting(asked, claims).nearest()


def _distance(found: Fit) -> int:
    return len(found.missing) + len(found.differing)


def served(asked: CredentialQuery, claims: JsonObject) -> int | None:
    """Return the index of the first claim set that `claims` serve wholly, or None.

    It says no more than `fit` does, and is what verifying pays for.
    """
    if len(asked.options) > 1:
        return Fitting(asked, claims).served()
    return 0 if serves(asked, claims) else None


def serves(asked: CredentialQuery, claims: JsonObject) -> bool:
    """Return whether `claims` serve the first claim set wholly."""
    return _serves(asked.options[0], claims)


def _serves(option: tuple[ClaimQuery, ...], claims: JsonObject) -> bool:
    for each in option:
        if each.name is not None:
            value = claims.get(each.name, ABSENT)
        elif each.concrete:
            value = look_up(claims, each.path)
        elif any(each.accepts(value) for _, value in _selected(each.path, claims)):
            continue
        else:
            return False
        if value is ABSENT or (each.accepted and not each.accepts(value)):
            return False
    return True


def _found(asked: ClaimQuery, claims: JsonObject) -> Selection:
    if not asked.concrete:
        return _selected(asked.path, claims)
    value = look_up(claims, asked.path)
    return () if value is ABSENT else ((asked.path, value),)


def _selected(path: ClaimPath, claims: JsonObject) -> Selection:
    """Select, and take a path that selects more than is bounded as selecting nothing.

    One oversized credential must not stop the judging of another.
    """
    try:
        return select(claims, path)
    except LimitError:
        return ()


def accepted_paths(
    option: tuple[ClaimQuery, ...], claims: JsonObject
) -> tuple[ClaimPath, ...]:
    """Return the concrete paths that `option` points to with a value it accepts."""
    found: list[ClaimPath] = []
    for each in option:
        if each.name is not None:
            value = claims.get(each.name, ABSENT)
        elif each.concrete:
            value = look_up(claims, each.path)
        else:
            selected = _selected(each.path, claims)
            found += [path for path, value in selected if each.accepts(value)]
            continue
        if value is not ABSENT and (not each.accepted or each.accepts(value)):
            found.append(each.path)
    return tuple(dict.fromkeys(found))


def claim_set_paths(
    asked: CredentialQuery, claims: JsonObject, *, claim_set: int
) -> tuple[ClaimPath, ...]:
    """Return the concrete paths of what answers that claim set of the query."""
    return accepted_paths(asked.options[claim_set], claims)


def requested_paths(
    asked: CredentialQuery, claims: JsonObject
) -> tuple[ClaimPath, ...]:
    """Return the concrete paths of what `asked` lets the verifier see of `claims`.

    That is every claim named in the query's `claims`, whichever of its claim sets
    was answered: the verifier asked for each of them. A claim whose value is not one
    that was asked for is not among them (OpenID4VP 1.0 §6.4.1: it is treated as if
    it did not exist). A claim that is an object or array comes with all that is in
    it (`paths.covers`).
    """
    return accepted_paths(asked.claims, claims)
