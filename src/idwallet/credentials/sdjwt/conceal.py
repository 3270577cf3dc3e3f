"""Turn claims into digests and disclosures (RFC 9901 section 4.2)."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, write_rows
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.sdjwt.structures import DOTS, HASHES, SD
from idwallet.ports import Random

_SALTS_AT_ONCE: Final = 32
_SALT_BYTES: Final = 18  # encodes to exactly 24 characters; §9.3 asks for 16 or more

SaltSource = Iterator[str]
"""Fresh salts, one for each disclosure and decoy, never ending."""

RowWriter = Callable[[Sequence[list[JsonValue]]], list[bytes]]


def random_salts(random: Random = secrets.token_bytes) -> SaltSource:
    """Make a source of salts of 144 bits (RFC 9901 section 9.3 asks for 128)."""
    # Drawn by C code: a generator resumes once for every claim that is hidden.
    return chain.from_iterable(iter(partial(_salts, random), None))


def _salts(random: Random) -> list[str]:
    # 18 bytes are 24 characters: one call and one encoding serve many salts.
    text = b64.encode(random(_SALT_BYTES * _SALTS_AT_ONCE))
    return [text[start : start + 24] for start in range(0, len(text), 24)]


class Step(NamedTuple):
    """What a plan says of one member: is it hidden, and the plan for its inside."""

    hidden: bool
    inside: "Plan | None"


_SHOWN: Final = Step(hidden=False, inside=None)
_NOTHING: Final[Mapping[str | int | None, Step]] = MappingProxyType({})


class Plan:
    """Which claims are hidden, as a tree over names and positions.

    `steps` has an entry for each member that is hidden or has something hidden inside;
    None stands for every array element without an entry of its own.
    """

    __slots__ = ("_elements", "steps")

    def __init__(self, steps: Mapping[str | int | None, Step] = _NOTHING) -> None:
        """Take the steps; nobody may change them."""
        self.steps = steps
        self._elements = steps.get(None, _SHOWN)

    def element(self, position: int) -> Step:
        """Return what is said of an array element."""
        return self.steps.get(position, self._elements)


def plan_of(paths: frozenset[ClaimPath]) -> Plan:
    """Build the plan that hides exactly the claims at `paths`."""
    hidden = {path[0] for path in paths if len(path) == 1}
    below: dict[str | int | None, set[ClaimPath]] = {}
    for path in paths:
        if len(path) > 1:
            below.setdefault(path[0], set()).add(path[1:])
    elements = below.get(None, set())
    inside = {
        # What is said of every element's inside holds for the one that is named too.
        key: plan_of(frozenset(rest | elements if isinstance(key, int) else rest))
        for key, rest in below.items()
    }

    def step(key: str | int | None) -> Step:
        # What is said of every element holds for the one that has its own step too.
        wider = key if isinstance(key, str) else None
        return Step(
            hidden=key in hidden or wider in hidden,
            inside=inside.get(key, inside.get(wider)),
        )

    return Plan({key: step(key) for key in hidden | inside.keys()})


class Concealment:
    """Turns claims into digests and disclosures, one payload at a time.

    `disclosures` are those made so far, `decoys` the number of digests of nothing.
    `write` serialises disclosures before they are encoded (any JSON is allowed, RFC
    9901 section 4.2.1). With an injected `salts` the result is reproducible byte for
    byte: one is drawn for each disclosure, in their order, then for each decoy of the
    level.
    """

    __slots__ = ("_decoys", "_digest", "_salts", "_write", "decoys", "disclosures")

    def __init__(
        self,
        *,
        salts: SaltSource,
        algorithm: str = "sha-256",
        write: RowWriter = write_rows,
        decoys: int = 0,
    ) -> None:
        """Start with no disclosures."""
        self._salts = salts
        self._digest = HASHES[algorithm]
        self._write = write
        self._decoys = decoys
        self.decoys = 0
        self.disclosures: list[str] = []

    def conceal(self, value: JsonObject, plan: Plan) -> JsonObject:
        """Return the claims of `value` with those that `plan` hides as digests."""
        made: JsonObject = {}
        digests: list[str] = []
        rows: list[list[JsonValue]] = []
        salts, steps = self._salts, plan.steps
        for name, member in value.items():
            hidden, inside = steps.get(name, _SHOWN)
            kept = member
            if inside is not None:
                # What came before stands before what is inside.
                digests += self._disclose(rows)
                rows = []
                kept = self._inside(member, inside)
            if hidden:
                rows.append([next(salts), name, kept])
            else:
                made[name] = kept
        digests += self._disclose(rows)
        if not digests:
            return made
        digests += self._decoy_digests()
        # Sorted: the order in which claims were issued must not show (§4.2.4.1).
        digests.sort()
        return {SD: [*digests], **made}

    def _inside(self, value: JsonValue, plan: Plan) -> JsonValue:
        if isinstance(value, dict):
            return self.conceal(value, plan)
        if isinstance(value, list):
            return self._array(value, plan)
        return value

    def _array(self, value: list[JsonValue], plan: Plan) -> list[JsonValue]:
        made: list[JsonValue] = []
        for position, item in enumerate(value):
            hidden, inside = plan.element(position)
            kept = item if inside is None else self._inside(item, inside)
            if hidden:
                (digest,) = self._disclose([[next(self._salts), kept]])
                made.append({DOTS: digest})
            else:
                made.append(kept)
        if any(isinstance(each, dict) and DOTS in each for each in made):
            made += [{DOTS: each} for each in self._decoy_digests()]
        return made

    def _disclose(self, rows: list[list[JsonValue]]) -> list[str]:
        """Keep the disclosures and return their digests."""
        texts = b64.encode_each(self._write(rows))
        self.disclosures += texts
        return self._digests(texts)

    def _digests(self, texts: list[str]) -> list[str]:
        hashed = self._digest
        return b64.encode_each(
            [hashed(each.encode("ascii")).digest() for each in texts]
        )

    def _decoy_digests(self) -> list[str]:
        if not self._decoys:
            return []
        # A digest of a fresh salt is indistinguishable from any other (§4.2.5).
        self.decoys += self._decoys
        return self._digests([next(self._salts) for _ in range(self._decoys)])
