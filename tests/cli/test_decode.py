"""What `inspect` makes of each kind of thing, and that it verifies none of it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from idwallet import Algorithm, Query, SoftwareSigner
from idwallet.cli.screen import json_text
from idwallet.codec import b64
from idwallet.codec.pem import read_pem, write_pem
from idwallet.credentials.mdoc.request import (
    DocRequest,
    device_request,
    items_request,
)
from idwallet.credentials.possession import HolderKey
from idwallet.envelope.jws import (
    JsonShape,
    JsonSigner,
    sign_compact,
    sign_json_serialization,
)
from idwallet.roles.issuer import Issuer
from idwallet.testing.mdoc import MdocScene, mdoc_draft
from tests.cli.program import run

SIGNER: Final = SoftwareSigner.generate(Algorithm.ES256)


def _jwk() -> bytes:
    return json.dumps(SIGNER.public_key.to_jwk()).encode()


def _json_jws(shape: JsonShape) -> bytes:
    signers = [JsonSigner(SIGNER, {"typ": "test"})]
    value = sign_json_serialization(b'{"a":1}', signers=signers, shape=shape)
    return json.dumps(value).encode()


KINDS: Final[dict[str, tuple[bytes, str]]] = {
    "jwk": (_jwk(), "JWK"),
    "foreign key": (b'{"kty":"EC","crv":"P-0"}', "JWK"),
    "keys": (b'{"keys":[' + _jwk() + b"]}", "JWK set"),
    "spki": (write_pem("PUBLIC KEY", SIGNER.public_key.spki).encode(), "PEM"),
    "other pem": (write_pem("X509 CRL", b"\x30\x00").encode(), "PEM"),
    "broken pem": (write_pem("CERTIFICATE", b"\x30\x00").encode(), "PEM"),
    "query": (json.dumps(Query.age_over(18).to_dcql()).encode(), "DCQL query"),
    "type": (
        b'{"vct":"urn:example:card","name":"A card"}',
        "type metadata (SD-JWT VC)",
    ),
    "json": (b'{"a":[1,{"b":null}],"c":{},"d":[],"e":true,"f":1.5}', "JSON"),
    "array": (b"[]", "JSON"),
    "jws": (
        sign_compact(b"\xff", header={"typ": "test"}, signer=SIGNER).encode(),
        "JWS",
    ),
    "flattened": (_json_jws(JsonShape.FLATTENED), "JWS, JSON serialisation"),
    "general": (_json_jws(JsonShape.GENERAL), "JWS, JSON serialisation"),
    "refusal": (b"error=access_denied&state=s", "OpenID4VP refusal"),
    "unknown refusal": (b"error=nonsense", "OpenID4VP refusal"),
}


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_recognised_and_marked_unverified(name: str) -> None:
    data, kind = KINDS[name]
    ran = run("inspect", "--json", stdin=data)
    assert ran.status == 0, ran
    document = json.loads(ran.out)
    assert (document["verified"], document["kind"]) == (False, kind)
    text = run("inspect", stdin=data)
    assert text.status == 0
    assert text.out.startswith("UNVERIFIED")


def _document(story: Path, name: str) -> Any:
    ran = run("inspect", "--json", str(story / name))
    assert ran.status == 0, ran
    return json.loads(ran.out)


def test_a_card_is_decoded_with_every_disclosure(story: Path) -> None:
    document = _document(story, "card.sdjwt")
    values = [part["value"] for part in document["parts"]]
    names = {each.get("name") for each in values if isinstance(each, dict)}
    assert {"family_name", "отчество", "picture"} <= names


def test_a_card_in_json_form_is_the_same_card(story: Path) -> None:
    from idwallet.credentials.sdjwt.structures import json_form, read_sd_jwt

    text = (story / "card.sdjwt").read_text().strip()
    (story / "card.json").write_text(json.dumps(json_form(read_sd_jwt(text))))
    titles = [part["title"] for part in _document(story, "card.json")["parts"]]
    assert "disclosure 1" in titles


def test_a_der_certificate_is_decoded(story: Path) -> None:
    (block,) = read_pem((story / "pki/root.pem").read_bytes(), at="root")
    (story / "root.der").write_bytes(block.der)
    document = _document(story, "root.der")
    assert document["kind"] == "X.509 certificate"
    assert document["parts"][0]["value"]["is_ca"] is True


def test_a_forged_card_is_decoded_all_the_same(story: Path) -> None:
    card = (story / "card.sdjwt").read_text().strip()
    head, tilde, rest = card.partition("~")
    (story / "forged").write_text(head[:-4] + "AAAA" + tilde + rest)
    assert _document(story, "forged")["verified"] is False


def test_json_text_gives_back_its_value_and_no_terminal_acts_on_it() -> None:
    value = {"a\x1b[2J": "\u202e\x9b\x7f\u2028 ok \U000e0001 Анна \U0001f600"}
    text = json_text(value)
    assert json.loads(text) == value
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "Анна" in text


def test_long_values_are_cut_for_people_and_whole_for_programs(story: Path) -> None:
    text = run("inspect", str(story / "person.json")).out
    picture = _document(story, "person.json")["parts"][0]["value"]["picture"]
    assert len(picture) > 20_000
    assert f"({len(picture):,} characters)" in text
    assert picture not in text


def _mdocs() -> dict[str, tuple[bytes, str]]:
    scene = MdocScene()
    draft = mdoc_draft(scene)
    response = draft.response()
    issuer = Issuer(signer=scene.signer.signer, certificates=scene.signer.chain)
    issued = issuer.issue(
        draft.content,
        holder_key=HolderKey.unproven(scene.device.public_key, reason="a test key"),
        valid_until=scene.at + timedelta(days=9),
        at=scene.at,
    ).raw
    octets = b64.decode(issued, at="issued")
    return {
        "issued, base64url": (issued.encode(), "IssuerSigned (ISO/IEC 18013-5)"),
        "issued, octets": (octets, "IssuerSigned (ISO/IEC 18013-5)"),
        "issued, hexadecimal": (
            octets.hex().upper().encode(),
            "IssuerSigned (ISO/IEC 18013-5)",
        ),
        "shown, octets": (response, "DeviceResponse (ISO/IEC 18013-5)"),
        "shown, base64url": (
            b64.encode(response).encode(),
            "DeviceResponse (ISO/IEC 18013-5)",
        ),
        "any map": (b"\xa1\x61a\x01", "CBOR"),
    }


MDOCS: Final = _mdocs()


@pytest.mark.parametrize("name", MDOCS)
def test_a_mobile_document_is_decoded_in_whatever_it_is_written(name: str) -> None:
    data, kind = MDOCS[name]
    document = json.loads(run("inspect", "--json", stdin=data).out)
    assert (document["verified"], document["kind"]) == (False, kind)
    assert run("inspect", stdin=data).out.startswith("UNVERIFIED")


def _rows(data: bytes) -> list[dict[str, Any]]:
    document = json.loads(run("inspect", "--json", stdin=data).out)
    (rows,) = [
        each["value"]
        for each in document["parts"]
        if each["title"].endswith("elements of org.iso.18013.5.1")
    ]
    found: list[dict[str, Any]] = rows
    return found


def test_each_element_stands_beside_its_digest() -> None:
    rows = _rows(MDOCS["issued, octets"][0])
    assert {each["in the MSO"] for each in rows} == {"same"}
    assert {each["element"]: each["type"] for each in rows} == {
        "family_name": "tstr",
        "given_name": "tstr",
        "birth_date": "full-date",
        "issuing_country": "tstr",
        "age_over_18": "bool",
        "portrait": "bstr",
    }
    assert {len(each["digest"]) for each in rows} == {64}
    assert sorted(each["digestID"] for each in rows) == list(range(6))


def test_an_element_that_was_changed_is_seen_in_its_row() -> None:
    data = MDOCS["shown, octets"][0]
    changed = data.replace("Примерова".encode(), "Примеровы".encode())
    assert changed != data
    by_name = {each["element"]: each["in the MSO"] for each in _rows(changed)}
    assert by_name.pop("family_name") == "another"
    assert set(by_name.values()) == {"same"}


def test_what_breaks_off_is_named_with_its_place_and_clause() -> None:
    data = MDOCS["shown, octets"][0]
    ran = run("inspect", stdin=data[:-1])
    assert ran.status == 4
    assert ran.err.startswith("idwallet: standard input: ")
    assert "(at CBOR" in ran.err


def test_what_a_reader_asks_is_shown_with_what_it_would_keep() -> None:
    asked = {"org.iso.18013.5.1": {"family_name": True, "portrait": False}}
    items = items_request("org.iso.18013.5.1.mDL", asked, issuers=[b"\x01\x02"])
    data = device_request([DocRequest(items)])
    document = json.loads(run("inspect", "--json", stdin=data.hex().encode()).out)
    assert document["kind"] == "DeviceRequest (ISO/IEC 18013-5)"
    parts = {each["title"]: each["value"] for each in document["parts"]}
    assert parts["document 1"] == {
        "docType": "org.iso.18013.5.1.mDL",
        "readerAuth": False,
        "issuers": ["0102"],
    }
    assert parts["document 1: elements of org.iso.18013.5.1"] == [
        # In the order of their encodings (RFC 8949 4.2.1), as they were written.
        {"element": "portrait", "intentToRetain": False},
        {"element": "family_name", "intentToRetain": True},
    ]
