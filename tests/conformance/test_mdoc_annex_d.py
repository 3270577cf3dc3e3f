"""ISO/IEC 18013-5:2021 Annex D: the one published exchange, read and judged."""

import json
from functools import cached_property
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from idwallet.codec.b64 import decode
from idwallet.codec.cbor import read_cbor
from idwallet.credentials.mdoc.device import mac_key
from idwallet.credentials.mdoc.structures import DeviceResponse, read_device_response
from idwallet.credentials.mdoc.transcript import (
    DcApiHandover,
    RedirectHandover,
    device_authentication,
)
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.cose import mac_matches, signature_reason
from idwallet.report import Reason
from idwallet.trust.certificate import Certificate

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
