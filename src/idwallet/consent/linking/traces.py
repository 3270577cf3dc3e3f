"""What a presentation leaves with whoever receives it, whatever its format."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from idwallet.codec.jcs import canonicalize
from idwallet.codec.json import JsonValue
from idwallet.credentials.catalogue import Sensitivity, catalogue
from idwallet.credentials.paths import ClaimPath, is_there, show_path
from idwallet.errors import UsageError

_SHORT_TEXT: Final = 3  # a country, a sex, a category: a code that many share
_SMALL_NUMBER: Final = 1_000  # an age, a height


class Placed(NamedTuple):
    """Where a claim's digest stands, among how many, in no order that tells."""

    position: int
    among: int


class Signer(NamedTuple):
    """The certificate of who issued it: its digest, and how long it lives."""

    sha256: bytes
    seconds: float


@dataclass(slots=True, kw_only=True)
class Trace:
    """Everything in one credential shown that can be held against another.

    `unique` is what no two credentials ought to share, by kind and name; `near` what
    is compared as a number. `claims` are leaves of what was disclosed, by the name that
    they end in. `common` is what many share.
    """

    unique: dict[tuple[str, str], frozenset[bytes]] = field(default_factory=dict)
    digests: frozenset[bytes] = frozenset()
    salts: Mapping[bytes, str] = field(default_factory=dict)
    places: Mapping[str, Placed] = field(default_factory=dict)
    status: tuple[str, int | str] | None = None
    times: dict[str, float] = field(default_factory=dict)
    signer: Signer | None = None
    headers: dict[str, bytes] = field(default_factory=dict)
    claims: dict[tuple[str, bytes], str] = field(default_factory=dict)
    common: dict[str, bytes] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Show nothing of it: it is what a person can be followed by."""
        return "Trace(<...>)"


def telling_claims(
    claims: JsonValue, *, format_: str, of_type: str, skipped: frozenset[str]
) -> dict[tuple[str, bytes], str]:
    """Return the leaves that tell more than a few people apart, and where they stand.

    The catalogue says of the claims that it knows whether they are minimal; of the
    others, truth values, small numbers and short codes are taken to be.
    """
    found: dict[tuple[str, bytes], str] = {}
    minimal = _minimal(format_, of_type)
    for path, value in _leaves(claims):
        if path[0] in skipped or not tells(value):
            continue
        if any(path[:size] in minimal for size in range(1, len(path) + 1)):
            continue
        named = next(part for part in reversed(path) if isinstance(part, str))
        found[named, octets_of(value)] = show_path(path)
    return found


def octets_of(value: JsonValue) -> bytes:
    """Return a value as it is compared: whatever way it was written."""
    try:
        return canonicalize(value)
    except UsageError:  # a number that canonical JSON has no form for
        return repr(value).encode("utf-8", "backslashreplace")


def tells(value: JsonValue) -> bool:
    """Say whether a value is such that more than a few people do not share it."""
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        return abs(value) >= _SMALL_NUMBER
    return isinstance(value, str) and len(value) > _SHORT_TEXT


def _leaves(
    value: JsonValue, at: ClaimPath = ()
) -> Iterator[tuple[ClaimPath, JsonValue]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _leaves(each, (*at, name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _leaves(each, (*at, number))
    elif at and is_there(value):
        yield at, value


@lru_cache(maxsize=64)
def _minimal(format_: str, of_type: str) -> frozenset[ClaimPath]:
    """Return the paths of claims that tell next to nothing, in that type."""
    return frozenset(
        path
        for each in catalogue().values()
        if each.type_in(format_) == of_type
        for claim in each.claims.values()
        if (path := claim.path_in(format_)) is not None
        and claim.sensitivity is Sensitivity.MINIMAL
    )
