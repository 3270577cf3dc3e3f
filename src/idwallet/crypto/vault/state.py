"""What a vault knows of itself: how often it changed, and all that is in it.

Sealing alone tells when one record was changed, swapped with another or came from
another vault. It does not tell when one was removed, or replaced by what once stood in
its place. So a sum over all records is kept, which each change brings up to date: of
each record a keyed digest, added modulo 2**256 (the set hash MSet-Add-Hash of Clarke
and others, Asiacrypt 2003, with its key and sum sealed).
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.crypto.seal import random_bytes
from idwallet.crypto.vault.header import CLAUSE
from idwallet.crypto.vault.records import Place
from idwallet.errors import MalformedError
from idwallet.ports import Change, Random

STATE: Final = "state"
_AT: Final = "vault state"
_FORMAT: Final = "idwallet-vault-state/1"
_KEY_BYTES: Final = 32
_SUM_BYTES: Final = 32
_MODULUS: Final = 1 << (8 * _SUM_BYTES)


@dataclass(frozen=True, slots=True, repr=False)
class State:
    """The state after `generation` changes; `total` sums `key`ed digests of records."""

    generation: int
    total: int
    key: bytes

    def __repr__(self) -> str:
        """Show the number of changes only."""
        return f"<State {self.generation}>"

    def to_bytes(self) -> bytes:
        """Return the state as it is sealed."""
        record: JsonObject = {
            "format": _FORMAT,
            "generation": self.generation,
            "sum": b64.encode(self.total.to_bytes(_SUM_BYTES)),
            "key": b64.encode(self.key),
        }
        return write_json(record)

    def digest(self, place: Place, sealed: bytes | None) -> int:
        """Return what a record adds to the sum; nothing where there is none."""
        if sealed is None:
            return 0
        # No name or shelf holds a space, so no two records are spelled alike.
        message = b"%s %s" % (place.to_bytes(), sealed)
        return int.from_bytes(hmac.digest(self.key, message, "sha256"))

    def after(self, changes: Iterable[Change]) -> "State":
        """Return the state that the changes lead to."""
        total = self.total
        for each in changes:
            place = Place(each.shelf, each.name)
            total += self.digest(place, each.sealed) - self.digest(place, each.expected)
        return State(self.generation + 1, total % _MODULUS, self.key)

    def over(self, records: Iterable[tuple[Place, bytes | None]]) -> "State":
        """Return the next state over exactly these records, whatever stood before."""
        total = sum(self.digest(*each) for each in records) % _MODULUS
        return State(self.generation + 1, total, self.key)


def new_state(random: Random, *, generation: int = 0) -> State:
    """Return the state of a vault without records, with a key of its own."""
    return State(generation, 0, random_bytes(random, _KEY_BYTES))


def read_state(data: bytes) -> State:
    """Read what was sealed.

    Raises:
        MalformedError: it is none.
    """
    record = read_object(data, at=_AT, clause=CLAUSE)
    generation, total, key = (record.get(each) for each in ("generation", "sum", "key"))
    if (
        record.get("format") != _FORMAT
        or type(generation) is not int
        or not isinstance(total, str)
        or not isinstance(key, str)
    ):
        raise MalformedError("not a vault's state", at=_AT, clause=CLAUSE)
    octets = b64.decode(total, at=_AT, clause=CLAUSE)
    return State(
        generation, int.from_bytes(octets), b64.decode(key, at=_AT, clause=CLAUSE)
    )
