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


def fit(asked: CredentialQuery, claims: JsonObject) -> Fit:
    """Return what `claims` lack of the claim set they come nearest to.

    At a tie it is the one that the verifier likes better.
    """
    return min((_lacking(option, claims) for option in asked.options), key=_distance)


def _distance(found: Fit) -> int:
    return len(found.missing) + len(found.differing)


def served(asked: CredentialQuery, claims: JsonObject) -> int | None:
    """Return the index of the first claim set that `claims` serve wholly, or None.

    It says no more than `fit` does, and is what verifying pays for.
    """
    for index, option in enumerate(asked.options):
        if _serves(option, claims):
            return index
    return None


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


def _lacking(option: tuple[ClaimQuery, ...], claims: JsonObject) -> Fit:
    missing: list[ClaimPath] = []
    differing: list[ClaimPath] = []
    for each in option:
        found = _found(each, claims)
        if not found:
            missing.append(each.path)
        elif not any(each.accepts(value) for _, value in found):
            differing.append(each.path)
    return Fit(tuple(missing), tuple(differing))


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
