"""Put disclosed claims where their digests stand (RFC 9901 section 7.1 step 3)."""

from collections.abc import Mapping
from typing import Final, NamedTuple, cast

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.paths import ABSENT, is_there
from idwallet.credentials.sdjwt.structures import (
    DOTS,
    HASHES,
    NEVER_DISCLOSABLE,
    SD,
    SD_ALG,
    hash_name,
    read_disclosures,
)
from idwallet.errors import LimitError, MalformedError
from idwallet.report import Facts, Reason

Place = tuple[str | int, ...]
"""Where a claim stands in the processed payload: names and positions, no wildcards."""

# What a named tuple's constructor calls, without the Python function around it.
_new: Final = tuple.__new__
_CONTAINERS: Final = (dict, list)
_FORBIDDEN_NAMES: Final = frozenset({SD, DOTS})


class Revealed(NamedTuple):
    """A disclosure that was put in its place, which counts as `Unpacked.positioned`.

    `position` indexes the disclosures as received; `parents` are the positions of
    the disclosures that enclose it, outermost first.
    """

    place: Place
    position: int
    parents: tuple[int, ...]


class Unpacked(NamedTuple):
    """The processed payload, what was disclosed in it, and how much stays hidden.

    `claims` is the processed payload of RFC 9901. In `positioned` an array element
    that was not disclosed leaves `paths.ABSENT` in its place, so that an index means
    the same to issuer, holder and verifier (OpenID4VP 1.0 section 7 counts elements
    of the credential); it is the same object when there are none. `hidden` counts
    digests without a disclosure: undisclosed claims and decoys.
    """

    claims: JsonObject
    positioned: JsonObject
    revealed: tuple[Revealed, ...]
    hidden: int

    def __repr__(self) -> str:
        """Show counts only."""
        return f"Unpacked(<{len(self.revealed)} disclosed, {self.hidden} hidden>)"


class DisclosureFault(Exception):  # noqa: N818 - carries a reason, never leaves the package
    """A rule of RFC 9901 section 7.1 that the disclosures break."""

    def __init__(self, reason: Reason, facts: Facts) -> None:
        """Keep reason and facts for the check."""
        super().__init__(reason.value)
        self.reason = reason
        self.facts = facts


def unpack(
    payload: Mapping[str, JsonValue], disclosures: tuple[str, ...]
) -> tuple[Unpacked, str]:
    """Return the processed payload and the hash algorithm's name.

    The payload is not changed.

    Raises:
        DisclosureFault: any refusal rule of section 7.1 steps 3 to 5.
    """
    algorithm = hash_name(payload)
    if algorithm is None:
        raise DisclosureFault(Reason.HASH_UNSUPPORTED, {"found": SD_ALG})
    work = _Unpacking(_by_digest(disclosures, algorithm))
    positioned = work.object_at(payload, ())
    positioned.pop(SD_ALG, None)
    work.finish()
    claims = without_holes(positioned) if work.holes else positioned
    revealed = tuple(work.revealed)
    return _new(Unpacked, (claims, positioned, revealed, work.hidden)), algorithm


def without_holes(claims: JsonObject) -> JsonObject:
    """Return a copy of claims without the places of undisclosed array elements."""
    return {name: _whole(value) for name, value in claims.items()}


def _whole(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return without_holes(value)
    if isinstance(value, list):
        return [_whole(each) for each in value if is_there(each)]
    return value


def _by_digest(
    disclosures: tuple[str, ...], algorithm: str
) -> dict[str, tuple[int, list[JsonValue]]]:
    hashed = HASHES[algorithm]
    try:
        rows = read_disclosures(disclosures)
    except MalformedError as error:
        limit = isinstance(error, LimitError)
        raise DisclosureFault(
            Reason.LIMIT_EXCEEDED if limit else Reason.MALFORMED,
            {"what": error.what, "at": error.at},
        ) from error
    found = {
        b64.encode(hashed(each.encode("ascii")).digest()): row
        for each, row in zip(disclosures, enumerate(rows), strict=True)
    }
    if len(found) != len(disclosures):
        # The same disclosure twice: one of them is referenced by nothing.
        kept = {position for position, _ in found.values()}
        again = next(n for n in range(len(disclosures)) if n not in kept)
        raise _fault(Reason.DIGEST_REPEATED, again)
    return found


def _malformed(what: str, place: Place) -> DisclosureFault:
    # The depth of the place, not its names: an unauthenticated payload chose them.
    return DisclosureFault(
        Reason.MALFORMED, {"what": what, "at": f"payload, level {len(place)}"}
    )


def _too_deep(place: Place) -> DisclosureFault:
    return DisclosureFault(
        Reason.LIMIT_EXCEEDED,
        {"what": "nested too deep", "at": f"payload, level {len(place)}"},
    )


def _fault(reason: Reason, position: int) -> DisclosureFault:
    return DisclosureFault(reason, {"at": f"disclosure {position + 1}"})


def _misplaced(what: str, position: int) -> DisclosureFault:
    facts = {"what": what, "at": f"disclosure {position + 1}"}
    return DisclosureFault(Reason.MALFORMED, facts)


class _Unpacking:
    """One pass over one payload; every digest seen is remembered (step 4)."""

    __slots__ = ("_by_digest", "_seen", "hidden", "holes", "revealed")

    def __init__(self, by_digest: dict[str, tuple[int, list[JsonValue]]]) -> None:
        self._by_digest = by_digest
        self._seen: set[str] = set()
        self.hidden = 0
        self.holes = False
        self.revealed: list[Revealed] = []

    def object_at(
        self,
        node: Mapping[str, JsonValue],
        place: Place,
        *,
        parents: tuple[int, ...] = (),
    ) -> JsonObject:
        if len(place) + len(parents) > limits.SD_DEPTH:
            raise _too_deep(place)
        made: JsonObject = dict(node)
        # Most members are scalars, which are where they belong already.
        for name, value in node.items():
            if isinstance(value, _CONTAINERS) and name != SD:
                made[name] = self.value_at(value, (*place, name), parents=parents)
        if DOTS in node:
            # Outside an array element the name has no meaning (§4.2.4.2).
            raise _malformed("a claim named '...'", place)
        if SD in node:
            digests = made.pop(SD)
            self._insert_claims(digests, made, place=place, parents=parents)
        return made

    def value_at(
        self, value: JsonValue, place: Place, *, parents: tuple[int, ...]
    ) -> JsonValue:
        if isinstance(value, dict):
            return self.object_at(value, place, parents=parents)
        if isinstance(value, list):
            return self._array_at(value, place, parents=parents)
        return value

    def _insert_claims(
        self,
        digests: JsonValue,
        made: JsonObject,
        *,
        place: Place,
        parents: tuple[int, ...],
    ) -> None:
        if not isinstance(digests, list):
            raise _malformed("'_sd' is no array", place)
        for position, parts in self._look_up(digests, place):
            if len(parts) != 3:
                raise _misplaced("an array element where a claim belongs", position)
            name, value = cast("str", parts[1]), parts[2]
            if name in _FORBIDDEN_NAMES:
                raise _fault(Reason.NAME_FORBIDDEN, position)
            if name in made:
                raise _fault(Reason.NAME_REPEATED, position)
            here = (*place, name)
            if here[0] in NEVER_DISCLOSABLE:
                raise _fault(Reason.CLAIM_NEVER_DISCLOSABLE, position)
            self.revealed.append(_new(Revealed, (here, position, parents)))
            if isinstance(value, _CONTAINERS):
                inside = (*parents, position)
                made[name] = self.value_at(value, here, parents=inside)
            else:
                made[name] = value

    def _array_at(
        self, items: list[JsonValue], place: Place, *, parents: tuple[int, ...]
    ) -> list[JsonValue]:
        if len(place) + len(parents) > limits.SD_DEPTH:
            raise _too_deep(place)
        return [
            self._element(item, (*place, position), parents=parents)
            for position, item in enumerate(items)
        ]

    def _element(
        self, item: JsonValue, here: Place, *, parents: tuple[int, ...]
    ) -> JsonValue:
        if not isinstance(item, dict) or DOTS not in item:
            return self.value_at(item, here, parents=parents)
        if len(item) != 1:
            # §4.2.4.2: no other key may stand beside the digest.
            raise _malformed("'...' beside other names", here[:-1])
        found = self._look_up([item[DOTS]], here[:-1])
        if not found:
            self.holes = True
            return cast("JsonValue", ABSENT)
        position, parts = found[0]
        if len(parts) != 2:
            raise _misplaced("a claim where an array element belongs", position)
        if here[0] in NEVER_DISCLOSABLE:
            raise _fault(Reason.CLAIM_NEVER_DISCLOSABLE, position)
        self.revealed.append(_new(Revealed, (here, position, parents)))
        return self.value_at(parts[1], here, parents=(*parents, position))

    def _look_up(
        self, digests: list[JsonValue], place: Place
    ) -> list[tuple[int, list[JsonValue]]]:
        """Return the disclosures that `digests` refer to, in their order."""
        texts = cast("list[str]", digests)
        try:
            "".join(texts)  # the quickest way to ask whether all are strings
        except TypeError:
            raise _malformed("a digest is no string", place) from None
        seen = self._seen
        before = len(seen)
        seen.update(texts)
        if len(seen) != before + len(digests):
            # Two places for one digest let one disclosure serve both (step 4).
            raise DisclosureFault(
                Reason.DIGEST_REPEATED, {"at": f"payload, level {len(place)}"}
            )
        if len(seen) > limits.DIGESTS:
            raise DisclosureFault(
                Reason.LIMIT_EXCEEDED,
                {
                    "what": f"more than {limits.DIGESTS} digests",
                    "at": f"payload, level {len(place)}",
                },
            )
        by_digest = self._by_digest
        known = filter(by_digest.__contains__, texts)
        found = list(map(by_digest.__getitem__, known))
        self.hidden += len(texts) - len(found)
        return found

    def finish(self) -> None:
        """Refuse disclosures that no digest refers to (step 5)."""
        if len(self.revealed) == len(self._by_digest):
            return
        used = {each.position for each in self.revealed}
        stray = next(
            position for position, _ in self._by_digest.values() if position not in used
        )
        raise _fault(Reason.NOT_REFERENCED, stray)
