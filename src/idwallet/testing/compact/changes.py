"""Changes that one forged compact credential differs by from its twin."""

from collections.abc import Callable
from typing import Any

from idwallet.codec.cbor import CborValue, read_cbor
from idwallet.credentials.compact.structures import CLAUSE
from idwallet.credentials.mdoc.members import CborMap, a_list, a_map, typed
from idwallet.testing.compact.draft import CompactDraft, Parts

Forger = Callable[[CompactDraft], Any]


def setting(**changes: object) -> Forger:
    """Return what sets fields of the draft."""

    def forge(made: CompactDraft) -> None:
        for name, value in changes.items():
            setattr(made, name, value)

    return forge


def putting(place: int, value: CborValue) -> Callable[[Parts], None]:
    """Return what puts a value at a place of a list."""

    def change(parts: Parts) -> None:
        parts[place] = value

    return change


def signing(place: int, value: CborValue) -> Forger:
    """Return what the issuer signs at that place instead."""
    return setting(on_payload=putting(place, value))


def proving(place: int, value: CborValue) -> Forger:
    """Return what the holder signs at that place instead."""
    return setting(on_proof=putting(place, value))


def showing(place: int, value: CborValue) -> Forger:
    """Return what is shown at that place instead."""
    return setting(on_shown=putting(place, value))


def octets_of(value: CborValue) -> bytes:
    """Return octets that stand in a structure."""
    return typed(value, bytes, at="octets", clause=CLAUSE)


def list_of(value: CborValue) -> Parts:
    """Return a list that stands in a structure."""
    return a_list(value, at="list", clause=CLAUSE)


def number_of(value: CborValue) -> int:
    """Return a number that stands in a structure."""
    return typed(value, int, at="number", clause=CLAUSE)


def map_in(octets: CborValue) -> CborMap:
    """Return the map that octets hold."""
    return a_map(read_cbor(octets_of(octets), at="map"), at="map", clause=CLAUSE)


def list_in(octets: CborValue) -> Parts:
    """Return the list that octets hold."""
    return list_of(read_cbor(octets_of(octets), at="list"))


def flipped(octets: bytes, at: int = -1) -> bytes:
    """Return octets with one bit of another value."""
    changed = bytearray(octets)
    changed[at] ^= 1
    return bytes(changed)


def flipping(place: int) -> Callable[[Parts], None]:
    """Return what flips a bit of the octets at a place."""

    def change(parts: Parts) -> None:
        parts[place] = flipped(octets_of(parts[place]))

    return change
