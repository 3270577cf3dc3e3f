"""Published COSE messages: the status list drafts' web tokens and ISO 18013-5 Annex D.

Each is verified with its published key, and refused once anything in it is changed.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from idwallet.codec.cbor import CborTag, CborValue, read_cbor, write_cbor
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.cose import (
    ChainRule,
    CoseRules,
    CoseSign1,
    MacKey,
    TagRule,
    mac0_of,
    mac_matches,
    read_cwt,
    read_sign1,
    sign1_of,
    signature_reason,
)
from idwallet.errors import MalformedError
from idwallet.report import Reason
from idwallet.trust.certificate import Certificate

pytestmark = pytest.mark.conformance

TAGGED: Final = CoseRules(TagRule.TAGGED)
MDOC: Final = CoseRules(TagRule.UNTAGGED, chain=ChainRule.UNPROTECTED)
FOLDER: Final = "status/token_status_list"


def judged(sign1: CoseSign1, key: PublicKey) -> Reason:
    return signature_reason(sign1, key=key, allowed=DEFAULT_ALGORITHMS)


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


def part(value: CborValue, *path: str | int) -> CborValue:
    for step in path:
        assert isinstance(value, dict | list)
        value = value[step]
    return value


# --- Token Status List ----------------------------------------------------------------


@pytest.fixture(scope="session")
def status_key(vectors: Path) -> PublicKey:
    jwk = json.loads((vectors / FOLDER / "example_key.json").read_text("utf-8"))
    public = {name: jwk[name] for name in ("kty", "crv", "x", "y")}
    return PublicKey.from_jwk(public, at="key")


def token(vectors: Path, name: str) -> bytes:
    return bytes.fromhex((vectors / FOLDER / f"{name}.md").read_text("utf-8"))


def test_the_status_list_token_is_valid_and_says_what_the_draft_says(
    vectors: Path, status_key: PublicKey
) -> None:
    sign1 = read_sign1(token(vectors, "status_list_cwt"), at="cwt", rules=TAGGED)
    assert judged(sign1, status_key) is Reason.VALID
    assert sign1.header.algorithm == -7
    assert sign1.header.typ == "application/statuslist+cwt"
    assert sign1.kid == b"12"
    cwt = read_cwt(sign1.payload, at="cwt")
    assert cwt.subject == "https://example.com/statuslists/1"
    assert cwt.issued == datetime.fromtimestamp(1_686_920_170, UTC)
    assert cwt.expires == datetime.fromtimestamp(2_291_720_170, UTC)
    assert cwt.claims[65534] == 43_200
    assert part(dict(cwt.claims), 65533, "bits") == 1


def test_the_referenced_token_is_valid_and_points_to_its_status(
    vectors: Path, status_key: PublicKey
) -> None:
    sign1 = read_sign1(token(vectors, "referenced_token_cwt"), at="cwt", rules=TAGGED)
    assert judged(sign1, status_key) is Reason.VALID
    cwt = read_cwt(sign1.payload, at="cwt")
    assert (cwt.subject, cwt.issuer) == ("12345", "https://example.com")
    status = part(dict(cwt.claims), 65535, "status_list")
    assert status == {"idx": 0, "uri": "https://example.com/statuslists/1"}


@pytest.mark.parametrize("name", ["status_list_cwt", "referenced_token_cwt"])
def test_a_token_with_any_octet_changed_is_not_valid(
    vectors: Path, status_key: PublicKey, name: str
) -> None:
    data = token(vectors, name)
    whole = read_sign1(data, at="cwt", rules=TAGGED)
    valid = []
    for place in range(len(data)):
        try:
            sign1 = read_sign1(flipped(data, place), at="cwt", rules=TAGGED)
        except MalformedError:
            continue
        if judged(sign1, status_key) is Reason.VALID:
            valid.append(sign1)
    # Only the unprotected header is signed by nobody: its one label and its kid.
    assert all(each.signing_input == whole.signing_input for each in valid)
    assert all(each.unprotected != whole.unprotected for each in valid)
    assert len(valid) == 3


@pytest.mark.parametrize("name", ["status_list_cwt", "referenced_token_cwt"])
def test_a_token_is_written_again_as_it_was_published(vectors: Path, name: str) -> None:
    data = token(vectors, name)
    sign1 = read_sign1(data, at="cwt", rules=TAGGED)
    parts = [sign1.protected, dict(sign1.unprotected), sign1.payload, sign1.signature]
    assert write_cbor(CborTag(18, parts)) == data


# --- ISO/IEC 18013-5 Annex D ----------------------------------------------------------


@pytest.fixture(scope="session")
def annex_d(vectors: Path) -> dict[str, bytes]:
    text = (vectors / "mdoc/annex_d.json").read_text("utf-8")
    return {name: bytes.fromhex(value) for name, value in json.loads(text).items()}


@pytest.fixture(scope="session")
def document(annex_d: dict[str, bytes]) -> CborValue:
    return part(read_cbor(annex_d["device_response"], at="mdoc"), "documents", 0)


def test_the_issuer_signed_the_mobile_security_object(
    annex_d: dict[str, bytes], document: CborValue
) -> None:
    value = part(document, "issuerSigned", "issuerAuth")
    sign1 = sign1_of(value, at="issuerAuth", rules=MDOC)
    assert sign1.x5chain == (annex_d["ds_cert"],)
    key = Certificate.from_der(sign1.x5chain[0], at="x5chain").public_key
    assert judged(sign1, key) is Reason.VALID
    forged = sign1._replace(signing_input=flipped(sign1.signing_input, 100))
    assert judged(forged, key) is Reason.INVALID
    again = read_sign1(write_cbor(value), at="issuerAuth", rules=MDOC)
    assert again == sign1


def test_a_chain_outside_the_signature_is_for_the_profile_to_allow(
    document: CborValue,
) -> None:
    value = part(document, "issuerSigned", "issuerAuth")
    with pytest.raises(MalformedError) as caught:
        sign1_of(value, at="issuerAuth", rules=CoseRules(TagRule.UNTAGGED))
    assert caught.value.at == "issuerAuth/unprotected"


def authentication(annex_d: dict[str, bytes], name: str, *more: CborValue) -> bytes:
    """ReaderAuthenticationBytes or DeviceAuthenticationBytes, which do not travel."""
    outer = read_cbor(annex_d["session_transcript_bytes"], at="transcript")
    assert isinstance(outer, CborTag)
    assert isinstance(outer.value, bytes)
    transcript = read_cbor(outer.value, at="transcript")
    return write_cbor(CborTag(24, write_cbor([name, transcript, *more])))


def test_the_reader_signed_its_request_detached(annex_d: dict[str, bytes]) -> None:
    items = CborTag(24, annex_d["items_request"])
    payload = authentication(annex_d, "ReaderAuthentication", items)
    data = annex_d["reader_auth"]
    sign1 = read_sign1(data, at="readerAuth", rules=MDOC, detached=payload)
    assert sign1.x5chain == (annex_d["reader_cert"],)
    key = Certificate.from_der(sign1.x5chain[0], at="x5chain").public_key
    assert judged(sign1, key) is Reason.VALID
    other = read_sign1(data, at="x", rules=MDOC, detached=flipped(payload, 50))
    assert judged(other, key) is Reason.INVALID
    with pytest.raises(MalformedError):
        read_sign1(data, at="readerAuth", rules=MDOC)


def device_mac_key(annex_d: dict[str, bytes]) -> MacKey:
    """EMacKey of §9.1.3.5, from the published private halves."""
    reader = ec.derive_private_key(
        int.from_bytes(annex_d["ephemeral_reader_key_d"], "big"), ec.SECP256R1()
    )
    device = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(),
        b"\x04" + annex_d["static_device_key_x"] + annex_d["static_device_key_y"],
    )
    salt = hashlib.sha256(annex_d["session_transcript_bytes"]).digest()
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"EMacKey")
    return MacKey(kdf.derive(reader.exchange(ec.ECDH(), device)))


def test_the_device_mac_is_the_readers_to_check_and_no_signature(
    annex_d: dict[str, bytes], document: CborValue
) -> None:
    payload = authentication(
        annex_d,
        "DeviceAuthentication",
        part(document, "docType"),
        part(document, "deviceSigned", "nameSpaces"),
    )
    value = part(document, "deviceSigned", "deviceAuth", "deviceMac")
    key = device_mac_key(annex_d)
    mac0 = mac0_of(value, at="deviceMac", rules=MDOC, detached=payload)
    assert mac_matches(mac0, key=key)
    assert not mac_matches(mac0, key=MacKey(bytes(32)))
    other = mac0_of(value, at="x", rules=MDOC, detached=flipped(payload, 50))
    assert not mac_matches(other, key=key)
    # It stands untagged, so that only its algorithm tells it from a signature.
    sign1 = sign1_of(value, at="deviceMac", rules=MDOC, detached=payload)
    issuer = Certificate.from_der(annex_d["ds_cert"], at="x5chain").public_key
    assert judged(sign1, issuer) is Reason.ALGORITHM_NOT_ALLOWED
