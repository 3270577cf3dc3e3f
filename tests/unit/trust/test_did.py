"""Decentralized identifiers: which key a name leads to."""

from typing import Final

import pytest

from idwallet.codec import b64, base58
from idwallet.codec.json import write_json
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.bundle.anchors import read_anchors, write_anchors
from idwallet.trust.did import (
    did_jwk,
    key_in_document,
    key_in_name,
    own_method,
    read_did,
)

KEY: Final = SoftwareSigner.generate(Algorithm.ES256).public_key


def compressed(key: PublicKey) -> bytes:
    jwk = key.to_jwk()
    x, y = (b64.decode(str(jwk[name]), at="x") for name in ("x", "y"))
    return bytes([2 + y[-1] % 2]) + x


def named(own: str) -> PublicKey | None:
    return key_in_name(read_did(f"did:key:{own}", at="x"), own, at="x")


def test_a_key_that_is_a_name_is_found_in_it() -> None:
    did = read_did(did_jwk(KEY), at="x")
    assert key_in_name(did, "0", at="x") == KEY
    assert key_in_name(did, "1", at="x") is None
    assert own_method(did) == f"{did.text}#0"
    assert did.address is None


@pytest.mark.parametrize(
    ("algorithm", "codec"),
    [
        (Algorithm.ES256, "8024"),
        (Algorithm.ES384, "8124"),
        (Algorithm.ES512, "8224"),
    ],
)
def test_a_point_in_did_key_is_read_for_each_curve(
    algorithm: Algorithm, codec: str
) -> None:
    key = SoftwareSigner.generate(algorithm).public_key
    own = "z" + base58.encode(bytes.fromhex(codec) + compressed(key))
    assert named(own) == key
    did = read_did(f"did:key:{own}", at="x")
    assert own_method(did) == f"did:key:{own}#{own}"
    assert key_in_name(did, "other", at="x") is None


def test_edwards_keys_and_whole_jwks_in_did_key_are_read() -> None:
    key = SoftwareSigner.generate(Algorithm.EDDSA).public_key
    raw = b64.decode(str(key.to_jwk()["x"]), at="x")
    assert named("z" + base58.encode(b"\xed\x01" + raw)) == key
    jcs = b"\xd1\xd6\x03" + write_json(KEY.to_jwk())
    assert named("z" + base58.encode(jcs)) == KEY


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x24" + b"\x04" + bytes(64),
        b"\x80\x24" + b"\x02" + bytes(31),
        b"\x80\x24" + b"\x02" + b"\xff" * 32,
        b"\x80\x24" + b"\x00",
        b"\xed\x01" + bytes(31),
        b"\xed\x01" + bytes(33),
    ],
)
def test_what_is_no_key_of_its_codec_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        named("z" + base58.encode(data))


@pytest.mark.parametrize("own", ["z" + base58.encode(b"\xe7\x01" + bytes(33)), "mAAA"])
def test_a_codec_or_base_that_is_not_known_is_unsupported(own: str) -> None:
    with pytest.raises(UnsupportedError):
        named(own)


def test_a_private_key_is_no_name() -> None:
    jwk = {**KEY.to_jwk(), "d": "AA"}
    did = read_did(f"did:jwk:{b64.encode(write_json(jwk))}", at="x")
    with pytest.raises(MalformedError):
        key_in_name(did, "0", at="x")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("did:web:shop.example", "https://shop.example/.well-known/did.json"),
        ("did:web:shop.example:user:ann", "https://shop.example/user/ann/did.json"),
        (
            "did:web:shop.example%3A8443",
            "https://shop.example:8443/.well-known/did.json",
        ),
        ("did:web:shop.example%3A8443:a", "https://shop.example:8443/a/did.json"),
    ],
)
def test_the_document_of_a_web_site_has_one_address(text: str, address: str) -> None:
    assert read_did(text, at="x").address == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "did:web:",
        "did:web:192.0.2.1",
        "did:web:Shop.example",
        "did:web:shop.example:..:..",
        "did:web:shop.example::a",
        "did:web:shop.example%2Fevil",
        "did:web:shop.example%3A99999",
        "did:web:shop.example%3A0",
        "did:web:user@shop.example",
        "did:web:shop.example/path",
        "did:web:shop.example?a=b",
        "did:web:shop.example#key",
        "DID:web:shop.example",
        "did:WEB:shop.example",
        "shop.example",
    ],
)
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        read_did(text, at="x")


def test_a_method_that_is_not_known_is_unsupported() -> None:
    with pytest.raises(UnsupportedError):
        read_did("did:example:123", at="x")


def test_only_the_wanted_method_of_a_document_has_to_be_understood() -> None:
    did = read_did("did:web:shop.example", at="x")
    strange = {"id": "#old", "controller": did.text, "publicKeyBase58": "x"}
    method = {"id": "#new", "controller": did.text, "publicKeyJwk": KEY.to_jwk()}
    document = write_json({"id": did.text, "verificationMethod": [strange, method]})
    assert key_in_document(document, did=did, fragment="new") == KEY
    assert key_in_document(document, did=did, fragment="nobody") is None
    with pytest.raises(UnsupportedError):
        key_in_document(document, did=did, fragment="old")


def test_an_anchor_of_identifiers_speaks_for_who_asks_alone() -> None:
    did = did_jwk(KEY)
    anchor = TrustAnchor.from_dids([did], name="TEST shop")
    assert TrustStore([anchor]).identified(did) is anchor
    assert TrustStore([anchor]).identified("did:web:shop.example") is None
    with pytest.raises(UsageError):
        TrustAnchor.from_dids(
            [did], name="TEST shop", purposes=[Purpose.ISSUE_CREDENTIALS]
        )
    with pytest.raises(UsageError):
        TrustAnchor.from_dids(["did:example:1"], name="TEST shop")
    with pytest.raises(UsageError):
        TrustStore([anchor, TrustAnchor.from_dids([did], name="another")])


def test_a_bundle_carries_identifiers() -> None:
    anchor = TrustAnchor.from_dids(
        ["did:web:shop.example"],
        name="TEST shop",
        fetch_origins=["https://shop.example"],
    )
    assert read_anchors(write_anchors([anchor]), at="anchors") == (anchor,)
