"""Claims path pointers: where a claim stands inside a credential.

A pointer is a non-empty sequence of names, indexes and None, where None stands for
every element of an array (OpenID4VP 1.0 §7). A *concrete* path has no None. What a
pointer selects is decided on the processed claims, after disclosures were resolved.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonValue
from idwallet.codec.text import show
from idwallet.errors import LimitError

ClaimPath = tuple[str | int | None, ...]

_CLAUSE: Final = "OpenID4VP 1.0 §7.1.1"


class Absent(Enum):
    """The answer of `look_up` when nothing stands at a path; None is a claim.

    It also stands in an array where an element was not disclosed, so that the index
    of the others stays what it is in the credential. No path selects it.
    """

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


def is_there(value: object) -> bool:
    """Tell whether a value found in claims is one, and no undisclosed element."""
    return value is not ABSENT


Selection = tuple[tuple[ClaimPath, JsonValue], ...]


def select(claims: JsonValue, path: ClaimPath) -> Selection:
    """Return every claim that `path` selects, with its concrete path, in order.

    An empty answer means that the pointer selects nothing or that processing it
    ends in an error; §7.1.1 step 3 makes these one. A name applied to anything but
    an object, or an index or None applied to anything but an array, is such an
    error even when other selected elements would fit.

    Raises:
        LimitError: more than `limits.QUERY_PATH_MATCHES` elements are selected.
    """
    found: list[tuple[ClaimPath, JsonValue]] = [((), claims)]
    for part in path:
        found = _step(found, part)
        if not found:
            return ()
    return tuple(found)


def _step(
    found: list[tuple[ClaimPath, JsonValue]], part: str | int | None
) -> list[tuple[ClaimPath, JsonValue]]:
    if part is None:
        return _every_element(found)
    following: list[tuple[ClaimPath, JsonValue]] = []
    for where, value in found:
        if isinstance(part, str):
            if not isinstance(value, dict):
                return []
            if part in value:
                following.append(((*where, part), value[part]))
        else:
            if not isinstance(value, list):
                return []
            if part < len(value) and is_there(value[part]):
                following.append(((*where, part), value[part]))
    return following


def _every_element(
    found: list[tuple[ClaimPath, JsonValue]],
) -> list[tuple[ClaimPath, JsonValue]]:
    following: list[tuple[ClaimPath, JsonValue]] = []
    for where, value in found:
        if not isinstance(value, list):
            return []
        if len(following) + len(value) > limits.QUERY_PATH_MATCHES:
            raise LimitError(
                "path selects too many elements", at=show_path(where), clause=_CLAUSE
            )
        following += [
            ((*where, index), each)
            for index, each in enumerate(value)
            if is_there(each)
        ]
    return following


def look_up(claims: JsonValue, path: ClaimPath) -> JsonValue | Absent:
    """Return the claim at a concrete `path`, or `ABSENT`.

    It is `select` for paths without None, at a fraction of the cost.
    """
    value: JsonValue | Absent = claims
    for part in path:
        if isinstance(part, str):
            if not isinstance(value, dict):
                return ABSENT
            value = value.get(part, ABSENT)
        elif isinstance(value, list) and part is not None and part < len(value):
            value = value[part]
        else:
            return ABSENT
    return value


def telling(claims: JsonValue, places: Iterable[ClaimPath]) -> tuple[ClaimPath, ...]:
    """Return those of the concrete `places` at which there is more than ``{}``.

    An object of which every member is concealed looks empty, and tells nothing.
    """
    return tuple(each for each in places if look_up(claims, each) != {})


def is_pointer_part(part: object) -> bool:
    """Return whether `part` may stand in a pointer: a string, null or an index (§7)."""
    if isinstance(part, int):
        return not isinstance(part, bool) and part >= 0
    return part is None or isinstance(part, str)


def is_pointer(path: ClaimPath) -> bool:
    """Return whether `path` is a pointer: not empty, and each part one of those."""
    return bool(path) and all(map(is_pointer_part, path))


def is_concrete(path: ClaimPath) -> bool:
    """Return whether `path` names one place: it holds no None."""
    return None not in path


def covers(pattern: ClaimPath, concrete: ClaimPath) -> bool:
    """Return whether `pattern` selects the claim at `concrete` or one that holds it.

    Selecting a claim selects everything inside it (§7.3: "the claim ``address`` with
    its sub-claims"), so a shorter pattern covers longer paths.
    """
    if len(pattern) > len(concrete):
        return False
    return all(_fits(*pair) for pair in zip(pattern, concrete, strict=False))


def _fits(asked: str | int | None, found: str | int | None) -> bool:
    if asked is None:
        return not isinstance(found, str)
    return asked == found


def show_path(path: ClaimPath) -> str:
    """Return `path` as text in the manner of a JSON pointer (RFC 6901).

    None is written ``*`` (a claim of that name ``~2``). Names pass through
    `codec.text.show`: whoever wrote a query or a credential chose them. What is left
    of `limits.TEXT_CHARACTERS` is the room of each name; after it stands an ellipsis.
    """
    shown = ""
    for each in path:
        room = limits.TEXT_CHARACTERS - len(shown)
        if room <= 0:
            return f"{shown}/…"
        shown += f"/{_part(each, room)}"
    return shown


def _part(part: str | int | None, room: int) -> str:
    if part is None:
        return "*"
    if isinstance(part, int):
        return str(part)
    name = part[: room + 1].replace("~", "~0").replace("/", "~1")
    return "~2" if name == "*" else show(name, limit=room)
