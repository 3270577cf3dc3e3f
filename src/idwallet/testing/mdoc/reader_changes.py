"""Changes that one forged request of a reader differs by from its twin."""

from collections.abc import Callable

from idwallet.codec.cbor import CborTag, CborValue, write_cbor
from idwallet.credentials.mdoc.members import (
    CborMap,
    a_list,
    a_map,
    embedded,
    read_map,
)
from idwallet.credentials.mdoc.reader import SignedOver
from idwallet.testing.mdoc.draft import NAMESPACE
from idwallet.testing.mdoc.reader_draft import ReaderDraft

Forger = Callable[[ReaderDraft], None]


def after_signing(change: Callable[[CborMap], object]) -> Forger:
    """Return what changes the request after it was signed."""

    def forge(made: ReaderDraft) -> None:
        made.on_request = change

    return forge


def on_octets(change: Callable[[bytes], bytes]) -> Forger:
    """Return what changes the octets of the request."""

    def forge(made: ReaderDraft) -> None:
        made.on_octets = change

    return forge


def documents(held: CborMap) -> list[CborValue]:
    """Return the documents asked for."""
    return a_list(held["docRequests"], at="docRequests")


def document(held: CborMap, number: int = 0) -> CborMap:
    """Return one of the documents asked for."""
    return a_map(documents(held)[number], at="docRequest")


def on_items(change: Callable[[CborMap], object]) -> Forger:
    """Return what changes the first ItemsRequest after it was signed."""

    def forge(held: CborMap) -> None:
        first = document(held)
        octets = embedded(first["itemsRequest"], at="items")
        items = read_map(octets, at="items")
        change(items)
        first["itemsRequest"] = CborTag(24, write_cbor(items))

    return after_signing(forge)


def on_item_octets(change: Callable[[bytes], bytes]) -> Forger:
    """Return what changes the octets of the first ItemsRequest."""

    def forge(held: CborMap) -> None:
        first = document(held)
        octets = embedded(first["itemsRequest"], at="items")
        first["itemsRequest"] = CborTag(24, change(octets))

    return after_signing(forge)


def asked(items: CborMap) -> CborMap:
    """Return the elements asked for in the one namespace."""
    return a_map(a_map(items["nameSpaces"], at="")[NAMESPACE], at="")


def asking_twice(octets: bytes) -> bytes:
    """Ask for one element twice, once to keep and once not."""
    one = write_cbor("age_over_18")
    return octets.replace(b"\xa2" + one, b"\xa3" + one + b"\xf5" + one, 1)


def another_order(octets: bytes) -> bytes:
    """Write the same in other octets: the members the other way round."""
    held = read_map(octets, at="items")
    parts = [write_cbor(name) + write_cbor(held[name]) for name in reversed(list(held))]
    return bytes([0xA0 | len(parts)]) + b"".join(parts)


def all_at_once(made: ReaderDraft) -> None:
    """Sign all documents at once."""
    made.over = SignedOver.WHOLE_REQUEST
