"""A proof for a conversation that differs in one input is told by that input."""

from dataclasses import replace
from functools import cache

import pytest

from idwallet.codec.cbor import write_cbor
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.dc_api import encryption_info
from idwallet.credentials.mdoc.diagnose import variants
from idwallet.credentials.mdoc.transcript import (
    DcApiHandover,
    Handover,
    IsoDcApiHandover,
    KnownTranscript,
    NfcHandover,
    QrHandover,
    RedirectHandover,
    ReverseHandover,
)
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.hpke import RecipientKey
from idwallet.report import Check, CheckId, Outcome, Reason
from idwallet.testing.mdoc import MdocScene, judge, mdoc_draft

KEY = write_cbor(EphemeralKey.generate().public_key.to_cose())
# As wallets send it, its members not in the order that is deterministic.
ENGAGEMENT = b"\xa2\x01\x82\x01\xd8\x18\x41\x00\x00\x631.0"
INFO = encryption_info(RecipientKey().public_key, random=bytes)
HANDOVERS: dict[str, tuple[Handover, set[str]]] = {
    "redirect": (
        RedirectHandover(
            "x509_hash:abc", "nonce=", "https://a.example/?b=c", bytes(32)
        ),
        {"client_id", "nonce", "response_uri", "thumbprint", "handover"},
    ),
    "browser": (
        DcApiHandover("https://a.example", "nonce=", bytes(32)),
        {"origin", "nonce", "thumbprint", "handover"},
    ),
    "ISO browser": (
        IsoDcApiHandover(INFO.text, "https://a.example"),
        {"origin", "encryption_info", "handover"},
    ),
    "QR": (
        QrHandover(ENGAGEMENT, KEY),
        {"engagement", "reader_key", "tags", "handover"},
    ),
    "static NFC": (
        NfcHandover(ENGAGEMENT, KEY, b"select"),
        {"engagement", "reader_key", "tags", "handover", "request"},
    ),
    "NFC": (
        NfcHandover(ENGAGEMENT, KEY, b"select", b"request"),
        {"engagement", "reader_key", "tags", "handover", "request", "select"},
    ),
    "engagement of a reader": (
        ReverseHandover(ENGAGEMENT, KEY, b"\xa1\x00\x631.0"),
        {"engagement", "reader_key", "tags", "handover", "reader_engagement"},
    ),
}


@cache
def scene() -> MdocScene:
    return MdocScene()


def binding(heard: Handover, signed: Handover) -> Check:
    made = mdoc_draft(scene())
    made.session = Session(heard, scene().reader)
    made.signed_for = signed  # type: ignore[assignment]  # any has a transcript
    (found,) = (e for e in judge(made).checks if e.id is CheckId.HOLDER_BINDING)
    return found


@pytest.mark.parametrize("name", HANDOVERS)
def test_every_input_of_every_handover_is_tried(name: str) -> None:
    handover, inputs = HANDOVERS[name]
    assert {what for what, _ in variants(handover)} == inputs


@pytest.mark.parametrize("name", HANDOVERS)
def test_what_differs_is_named_and_fails_all_the_same(name: str) -> None:
    handover, _ = HANDOVERS[name]
    assert binding(handover, handover).reason is Reason.PROVEN
    told: dict[bytes, str] = {handover.transcript(): ""}
    for what, other in variants(handover):
        # Two mistakes may come to one transcript: the first that fits is told.
        what = told.setdefault(other.transcript(), what)  # noqa: PLW2901
        found = binding(handover, other)
        if not what:
            continue
        assert found.reason is Reason.TRANSCRIPT_MISMATCH
        assert found.outcome is Outcome.FAILED
        assert found.fact("what") == what


@pytest.mark.parametrize("name", HANDOVERS)
def test_another_conversation_altogether_is_just_that(name: str) -> None:
    handover, _ = HANDOVERS[name]
    other = KnownTranscript(write_cbor([None, None, ["other", b""]]))
    assert binding(handover, other).reason is Reason.INVALID


def test_what_cannot_be_read_is_tried_as_it_is() -> None:
    odd = QrHandover(b"\xff", b"\xa1\x00")
    assert {what for what, _ in variants(odd)} == HANDOVERS["QR"][1]
    broken = IsoDcApiHandover("!", "https://a.example")
    assert "handover" not in {what for what, _ in variants(broken)}
    assert list(variants(KnownTranscript(b""))) == []


NO_ADDRESS: dict[str, Handover] = {
    "redirect": RedirectHandover("x509_hash:abc", "nonce", "https://["),
    "browser": DcApiHandover("https://[", "nonce"),
    "ISO browser": IsoDcApiHandover(INFO.text, "https://["),
}


@pytest.mark.parametrize("name", NO_ADDRESS)
def test_an_address_that_is_none_is_no_reason_to_raise(name: str) -> None:
    odd = NO_ADDRESS[name]
    assert binding(odd, odd).reason is Reason.PROVEN
    other = KnownTranscript(write_cbor([None, None, ["other", b""]]))
    assert binding(odd, other).reason is Reason.INVALID


def test_no_two_kinds_of_handover_have_one_transcript() -> None:
    made = {handover.transcript() for handover, _ in HANDOVERS.values()}
    assert len(made) == len(HANDOVERS)
    qr, _ = HANDOVERS["QR"]
    assert isinstance(qr, QrHandover)
    assert replace(qr, engagement=b"\xa0").transcript() not in made
