"""The choice of a service on a tag, before a handover is negotiated."""

from collections.abc import Callable

import pytest

from idwallet.errors import MalformedError
from idwallet.protocols.proximity.ndef import WELL_KNOWN, Record, write_records
from idwallet.protocols.proximity.tnep import (
    HANDOVER,
    is_chosen,
    offers_handover,
    selects_handover,
    write_service_select,
    write_service_status,
    write_services,
)


def message(type_: bytes, payload: bytes) -> bytes:
    return write_records((Record(WELL_KNOWN, type_, payload),))


def test_a_device_offers_and_a_reader_chooses_handover() -> None:
    assert offers_handover(write_services())
    assert selects_handover(write_service_select())
    assert is_chosen(write_service_status(chosen=True))
    assert not is_chosen(write_service_status(chosen=False))


def test_other_services_and_versions_are_not_handover() -> None:
    other = b"urn:nfc:sn:something"
    name = bytes((len(other),)) + other
    assert not offers_handover(message(b"Tp", b"\x10" + name + bytes(5)))
    again = b"\x20" + bytes((len(HANDOVER),)) + HANDOVER + bytes(5)
    assert not offers_handover(message(b"Tp", again))
    assert not offers_handover(message(b"Hs", b"\x15"))
    assert not selects_handover(message(b"Ts", name))


@pytest.mark.parametrize(
    ("read", "octets"),
    [
        (offers_handover, message(b"Tp", b"\x10\x13urn:nfc:sn:handover")),
        (offers_handover, message(b"Tp", b"\x10\xff")),
        (offers_handover, b""),
        (selects_handover, message(b"Ts", b"\x14urn:nfc:sn:handover")),
        (selects_handover, message(b"Ts", b"\x12urn:nfc:sn:handover")),
        (selects_handover, write_services()),
        (is_chosen, message(b"Te", b"")),
        (is_chosen, message(b"Te", b"\x00\x00")),
        (is_chosen, write_service_select()),
    ],
)
def test_what_breaks_the_form_is_refused(
    read: Callable[[bytes], bool], octets: bytes
) -> None:
    with pytest.raises(MalformedError):
        read(octets)
