"""Changes that one forged document differs by from its twin."""

from collections.abc import Callable
from typing import Any

from idwallet.codec.cbor import CborTag, CborValue, write_cbor
from idwallet.credentials.mdoc.members import (
    CborMap,
    a_list,
    a_map,
    embedded,
    read_map,
)
from idwallet.report import CheckId, Reason
from idwallet.testing.mdoc.draft import (
    NAMESPACE,
    MdocDraft,
)

Forger = Callable[[MdocDraft], Any]
_C, _R = CheckId, Reason


def setting(**changes: object) -> Forger:
    """Return what sets fields of the draft."""

    def forge(made: MdocDraft) -> None:
        for name, value in changes.items():
            setattr(made, name, value)

    return forge


def inside(held: CborMap, *path: str) -> CborMap:
    """Return the map at a path of maps."""
    for name in path:
        held = a_map(held[name], at=name)
    return held


def items(issued: CborMap) -> list[CborValue]:
    """Return the items shown of the one namespace."""
    return a_list(inside(issued, "nameSpaces")[NAMESPACE], at="items")


def item(value: CborValue) -> CborMap:
    """Return what is in an item."""
    return read_map(embedded(value, at="item"), at="item")


def after_issuing(change: Callable[[CborMap], object]) -> Forger:
    """Return what changes IssuerSigned after it was signed."""
    return setting(on_issued=change)


def before_signing(change: Callable[[CborMap], object]) -> Forger:
    """Return what changes the mobile security object before it is signed."""
    return setting(on_mso=change)


def after_showing(change: Callable[[CborMap], object]) -> Forger:
    """Return what changes DeviceSigned after it was signed."""
    return setting(on_document=lambda held: change(inside(held, "deviceSigned")))


def changed_item(**changes: CborValue) -> Forger:
    """Return what puts other members into the first item shown."""

    def change(issued: CborMap) -> None:
        listed = items(issued)
        listed[0] = CborTag(24, write_cbor(item(listed[0]) | dict(changes.items())))

    return after_issuing(change)
