"""ISO/IEC 18013-5:2021 Annex D: the one published exchange, read and judged."""

import json
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from idwallet.codec.b64 import decode
from idwallet.codec.cbor import read_cbor
from idwallet.credentials.mdoc.device import mac_key
from idwallet.credentials.mdoc.evaluate_request import (
    ReaderVerdict,
    evaluate_device_request,
)
from idwallet.credentials.mdoc.reader import read_signatures
from idwallet.credentials.mdoc.request import read_device_request
from idwallet.credentials.mdoc.structures import DeviceResponse, read_device_response
from idwallet.credentials.mdoc.transcript import (
    DcApiHandover,
    KnownTranscript,
    NfcHandover,
    RedirectHandover,
    device_authentication,
)
from idwallet.credentials.required import Context
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.cose import mac_matches, signature_reason
from idwallet.report import CheckId, Reason
from idwallet.testing.mdoc import MdocScene
from idwallet.trust.certificate import Certificate
from idwallet.trust.policies import STRICT
from idwallet.trust.reader_profile import reader_deviations

pytestmark = pytest.mark.conformance


class AnnexD:
    """The strings of the annex, as octets."""

    def __init__(self, folder: Path) -> None:
        text = (folder / "mdoc/annex_d.json").read_text()
        self.held: Final[dict[str, str]] = json.loads(text)

    def __getitem__(self, name: str) -> bytes:
        return bytes.fromhex(self.held[name])

    @cached_property
    def response(self) -> DeviceResponse:
        return read_device_response(self["device_response"], at="response")

    def key(self, name: str) -> EphemeralKey:
        x, y, d = (int(self.held[f"{name}_key_{part}"], 16) for part in "xyd")
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1())
        return EphemeralKey(ec.EllipticCurvePrivateNumbers(d, public).private_key())

    @cached_property
    def transcript(self) -> bytes:
        inside = read_cbor(self["session_transcript_bytes"], at="transcript")
        return inside.value  # type: ignore[union-attr,return-value]


@pytest.fixture(scope="module")
def annex(vectors: Path) -> AnnexD:
    return AnnexD(vectors)


def test_the_response_is_read_whole(annex: AnnexD) -> None:
    (document,) = annex.response.documents
    assert (annex.response.version, annex.response.status) == ("1.0", 0)
    assert document.doc_type == "org.iso.18013.5.1.mDL"
    assert document.issuer_signed.mso.doc_type == document.doc_type
    (items,) = document.issuer_signed.namespaces.values()
    assert [each.element for each in items] == [
        "family_name",
        "issue_date",
        "expiry_date",
        "document_number",
        "portrait",
        "driving_privileges",
    ]
    portrait = items[4].value
    assert portrait == annex["device_response_portrait_data"]


def test_the_issuer_signed_it(annex: AnnexD) -> None:
    auth = annex.response.documents[0].issuer_signed.auth
    assert auth.x5chain == (annex["ds_cert"],)
    leaf = Certificate.from_der(auth.x5chain[0], at="leaf")
    allowed = leaf.public_key.algorithms
    assert signature_reason(auth, key=leaf.public_key, allowed=allowed) is Reason.VALID


def test_six_of_six_digests_match(annex: AnnexD) -> None:
    signed = annex.response.documents[0].issuer_signed
    matches = [
        signed.mso.digests[namespace][item.digest_id] == item.digest(signed.mso.hashed)
        for namespace, items in signed.namespaces.items()
        for item in items
    ]
    assert matches == [True] * 6


@pytest.mark.parametrize(
    ("own", "peer"),
    [("ephemeral_reader", "static_device"), ("static_device", "ephemeral_reader")],
)
def test_the_device_mac_is_the_one_of_both_sides(
    annex: AnnexD, own: str, peer: str
) -> None:
    (document,) = annex.response.documents
    device = document.device_signed
    key = mac_key(
        annex.key(own), annex.key(peer).public_key, transcript=annex.transcript
    )
    covered = device_authentication(
        annex.transcript, doc_type=document.doc_type, namespaces=device.octets
    )
    assert mac_matches(device.read_mac(covered, at="device"), key=key)


def test_the_mac_is_none_for_another_transcript(annex: AnnexD) -> None:
    (document,) = annex.response.documents
    other = annex.transcript[:-1] + bytes([annex.transcript[-1] ^ 1])
    key = mac_key(
        annex.key("ephemeral_reader"),
        document.issuer_signed.mso.device_key,
        transcript=other,
    )
    covered = device_authentication(
        other, doc_type=document.doc_type, namespaces=document.device_signed.octets
    )
    assert not mac_matches(document.device_signed.read_mac(covered, at=""), key=key)


def test_the_device_key_is_the_published_one(annex: AnnexD) -> None:
    mso = annex.response.documents[0].issuer_signed.mso
    assert mso.device_key == annex.key("static_device").public_key


# --- who asked (D.5.2) -------------------------------------------------------------

ASKED_AT: Final = datetime(2020, 10, 1, 13, 30, 2, tzinfo=UTC)
"""When the annex has its licence signed: its reader asked at about that time."""


def asked(annex: AnnexD, *, transcript: bytes = b"") -> ReaderVerdict:
    """Judge the request; nobody can believe its reader, whose root is not printed."""
    context = Context(MdocScene(at=ASKED_AT).root(), STRICT, ASKED_AT)
    return evaluate_device_request(
        annex["device_request"],
        handover=KnownTranscript(transcript or annex.transcript),
        context=context,
    )


def said(verdict: ReaderVerdict) -> dict[CheckId, Reason]:
    return {each.id: each.reason for each in verdict.checks}


def test_the_reader_signed_it_for_this_conversation(annex: AnnexD) -> None:
    assert said(asked(annex)) == {
        CheckId.REQUEST_FORMAT: Reason.WELL_FORMED,
        CheckId.REQUEST_SIGNATURE: Reason.VALID,
        CheckId.READER_AUTHORISED: Reason.NO_TRUSTED_PATH,
        CheckId.READER_REVOCATION: Reason.WAITING,
    }
    other = annex.transcript[:-1] + bytes([annex.transcript[-1] ^ 1])
    elsewhere = asked(annex, transcript=other)
    assert said(elsewhere)[CheckId.REQUEST_SIGNATURE] is Reason.INVALID


def test_the_readers_certificate_keeps_its_profile_at_its_own_time(
    annex: AnnexD,
) -> None:
    request = read_device_request(annex["device_request"], at="request")
    ((signature,), ()) = read_signatures(request, annex.transcript, at="request")
    assert signature is not None
    (der,) = signature.x5chain
    assert der == annex["reader_cert"]
    leaf = Certificate.from_der(der, at="reader")
    assert leaf.not_before <= ASKED_AT <= leaf.not_after
    assert leaf.not_after < datetime(2026, 11, 24, tzinfo=UTC)
    assert reader_deviations(leaf) == ()


def test_the_request_is_read_whole(annex: AnnexD) -> None:
    (document,) = read_device_request(annex["device_request"], at="request").documents
    items = document.items
    assert items.octets == annex["items_request"]
    assert (items.doc_type, items.issuers) == ("org.iso.18013.5.1.mDL", ())
    assert items.elements["org.iso.18013.5.1"] == {
        "family_name": True,
        "document_number": True,
        "driving_privileges": True,
        "issue_date": True,
        "expiry_date": True,
        "portrait": False,
    }


def test_the_transcript_is_made_of_what_was_received(annex: AnnexD) -> None:
    held = read_cbor(annex.transcript, at="transcript")
    assert isinstance(held, list)
    engagement, reader_key, handover = held
    made = NfcHandover(
        engagement=engagement.value,  # type: ignore[union-attr,arg-type]
        reader_key=reader_key.value,  # type: ignore[union-attr,arg-type]
        select=handover[0],  # type: ignore[index,call-overload,arg-type]
        request=handover[1],  # type: ignore[index,call-overload,arg-type]
    )
    assert made.transcript() == annex.transcript
    by_nfc, by_qr = (
        read_cbor(each, at="engagement")
        for each in (made.engagement, annex["device_engagement"])
    )
    assert by_nfc[1] == by_qr[1]  # type: ignore[index,call-overload]


def test_engagement_and_session_messages_are_strict_cbor(annex: AnnexD) -> None:
    engagement = read_cbor(annex["device_engagement"], at="engagement")
    assert isinstance(engagement, dict)
    assert engagement[0] == "1.0"
    start = read_cbor(annex["session_establishment"], at="establishment")
    assert isinstance(start, dict)
    assert set(start) == {"eReaderKey", "data"}
    key = read_cbor(start["eReaderKey"].value, at="key")  # type: ignore[union-attr,arg-type]
    assert isinstance(key, dict)
    public = PublicKey.from_cose(key, at="key")
    assert public == annex.key("ephemeral_reader").public_key
    data = read_cbor(annex["session_data"], at="data")
    assert isinstance(data, dict)
    assert set(data) == {"data"}
    assert read_cbor(annex["session_termination"], at="end") == {"status": 20}


CLIENT: Final = "x509_san_dns:example.com"
NONCE: Final = "exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA"
SECTIONS: Final = {
    "Invocation via Redirects": lambda print_: RedirectHandover(
        CLIENT, NONCE, "https://example.com/response", print_
    ),
    "Invocation via the Digital Credentials API": lambda print_: DcApiHandover(
        "https://example.com", NONCE, print_
    ),
}


@pytest.mark.parametrize("section", SECTIONS)
def test_openid4vp_transcripts_are_the_published_octets(
    vectors: Path, section: str
) -> None:
    text = (vectors / "openid4vp/session_transcripts.json").read_text()
    found = {
        each["structure"]: each
        for each in json.loads(text)
        if each["section"].startswith(section)
    }
    key = PublicKey.from_jwk(
        {name: found["jwk"]["json"][name] for name in ("kty", "crv", "x", "y")},
        at="jwk",
    )
    made = SECTIONS[section](decode(key.thumbprint, at="thumbprint"))
    assert made.transcript().hex() == found["SessionTranscript"]["hex"]
