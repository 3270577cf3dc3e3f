"""ISO/IEC 18013-5:2021 Annex D: the one published session, by both machines."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from idwallet.codec.cbor import read_cbor
from idwallet.credentials.mdoc.members import embedded
from idwallet.protocols.proximity.carriers import LEAST_NFC
from idwallet.protocols.proximity.contact import ByNfc, ByQr
from idwallet.protocols.proximity.device import DeviceSession
from idwallet.protocols.proximity.engagement import (
    device_engagement_of,
    read_device_engagement,
    write_device_engagement,
)
from idwallet.protocols.proximity.handover import (
    read_handover_request,
    read_handover_select,
    write_handover_select,
)
from idwallet.protocols.proximity.keys import session_key_of
from idwallet.protocols.proximity.machine import (
    AnswerHeard,
    RequestHeard,
    SessionEnded,
    ToSend,
)
from idwallet.protocols.proximity.messages import write_data
from idwallet.protocols.proximity.methods import Ble, OtherMethod
from idwallet.protocols.proximity.reader import ReaderSession
from idwallet.protocols.proximity.states import Ending
from tests.conformance.test_mdoc_annex_d import AnnexD

pytestmark = pytest.mark.conformance

SERVICE: Final = bytes.fromhex("3a82d455d5fc4db3bea06fd2f6ff32c8")
AT: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def annex(vectors: Path) -> AnnexD:
    return AnnexD(vectors)


@pytest.fixture(scope="module")
def contact(annex: AnnexD) -> ByNfc:
    """Negotiated handover: both messages are in the transcript."""
    _, _, handover = read_cbor(annex.transcript, at="transcript")  # type: ignore[misc]
    select, request = handover  # type: ignore[misc]
    assert isinstance(select, bytes)
    assert isinstance(request, bytes)
    return ByNfc(select, request)


@pytest.fixture
def device(annex: AnnexD, contact: ByNfc) -> DeviceSession:
    return DeviceSession(
        read_device_engagement(_engagement(annex), at="engagement"),
        contact,
        key=annex.key("ephemeral_device"),
        at=AT,
    )


@pytest.fixture
def reader(annex: AnnexD, contact: ByNfc) -> ReaderSession:
    return ReaderSession(
        read_device_engagement(_engagement(annex), at="engagement"),
        contact,
        key=annex.key("ephemeral_reader"),
        at=AT,
    )


def _engagement(annex: AnnexD) -> bytes:
    """The engagement of the session, which NFC carried: the annex' QR code is apart."""
    first, *_ = read_cbor(annex.transcript, at="transcript")  # type: ignore[misc]
    return embedded(first, at="engagement")


def test_the_engagement_of_a_qr_code_is_read_and_written_alike(annex: AnnexD) -> None:
    octets = annex["device_engagement"]
    read = read_device_engagement(octets, at="engagement")
    service = bytes.fromhex("45efef742b2c4837a9a3b0e1d05a6917")
    assert read.version == "1.0"
    assert read.methods == (Ble(central=service),)
    assert device_engagement_of(read.to_uri()) == read
    key = session_key_of(annex.key("ephemeral_device"))
    assert write_device_engagement(key, read.methods).octets == octets


def test_the_device_opens_the_request_and_its_answer_is_that_of_the_annex(
    annex: AnnexD, device: DeviceSession
) -> None:
    (asked,) = device.receive(annex["session_establishment"], at=AT)
    assert isinstance(asked, RequestHeard)
    assert asked.request == annex["device_request"]
    assert asked.handover.transcript() == annex.transcript
    assert asked.reader == annex.key("ephemeral_reader").public_key
    answer = device.answer(annex["device_response"], at=AT)
    assert answer == annex["session_data"]
    over = device.receive(annex["session_termination"], at=AT)
    assert over == (SessionEnded(Ending.BY_PEER),)


def test_the_reader_asks_opens_and_ends_as_in_the_annex(
    annex: AnnexD, reader: ReaderSession
) -> None:
    asked = reader.ask(annex["device_request"], at=AT)
    assert asked == annex["session_establishment"]
    events = reader.receive(annex["session_data"], at=AT)
    assert events == (AnswerHeard(annex["device_response"]),)
    assert reader.end(at=AT) == annex["session_termination"]


def test_the_handover_of_the_annex_is_read_and_what_was_selected_written(
    annex: AnnexD, contact: ByNfc
) -> None:
    assert contact.request is not None
    asked = read_handover_request(contact.request)
    address = bytes.fromhex("28bf80800728")
    offered = Ble(peripheral=SERVICE, central=SERVICE, address=address)
    assert asked.methods == (offered, LEAST_NFC, OtherMethod(3, 1))
    assert asked.engagement is None
    read = read_handover_select(contact.select, asked=asked)
    (way,) = read.methods
    assert isinstance(way, Ble)
    assert (way.peripheral, way.central) == (None, SERVICE)
    assert read.engagement.octets == _engagement(annex)
    again = write_handover_select(read.engagement, read.methods, asked=asked)
    assert again.octets == contact.select


def test_the_session_of_the_annex_opens_in_no_other_conversation(
    annex: AnnexD,
) -> None:
    engagement = read_device_engagement(_engagement(annex), at="engagement")
    key = annex.key("ephemeral_device")
    other = DeviceSession(engagement, ByQr(), key=key, at=AT)
    reply, over = other.receive(annex["session_establishment"], at=AT)
    assert reply == ToSend(bytes.fromhex("a1667374617475730a"))
    assert over == SessionEnded(Ending.UNOPENED)
    assert write_data(None) == b"\xa0"
