"""A document is read as ISO/IEC 18013-5 has it, or refused by clause."""

from collections.abc import Callable

import pytest

from idwallet import limits
from idwallet.codec.cbor import CborTag, CborValue, read_cbor, write_cbor
from idwallet.credentials.mdoc.members import CborMap
from idwallet.credentials.mdoc.mso import DIGEST_IDS, read_mso
from idwallet.credentials.mdoc.present import (
    Showing,
    device_response,
    signed_document,
)
from idwallet.credentials.mdoc.structures import read_device_response
from idwallet.credentials.mdoc.transcript import tagged
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from tests.unit.credentials.mdoc.making import (
    HANDOVER,
    NAMESPACE,
    device,
    in_map,
    issued,
)

Change = Callable[[CborMap], object]


def response() -> CborMap:
    showing = Showing(issued(), {NAMESPACE: ["age_over_18", "family_name"]})
    shown = signed_document(showing, signer=device(), handover=HANDOVER)
    return in_map(read_cbor(device_response([shown]), at=""))


def document(held: CborMap) -> CborMap:
    documents = held["documents"]
    assert isinstance(documents, list)
    return in_map(documents[0])


def at(held: CborMap, *path: str) -> CborMap:
    for name in path:
        held = in_map(held[name])
    return held


def items(held: CborMap) -> list[CborValue]:
    found = at(document(held), "issuerSigned", "nameSpaces")[NAMESPACE]
    assert isinstance(found, list)
    return found


def item(**changes: CborValue) -> Change:
    def change(held: CborMap) -> None:
        tag = items(held)[0]
        assert isinstance(tag, CborTag)
        assert isinstance(tag.value, bytes)
        inside = in_map(read_cbor(tag.value, at=""))
        inside.update(changes)
        items(held)[0] = CborTag(24, write_cbor(inside))

    return change


def item_without(name: str) -> Change:
    def change(held: CborMap) -> None:
        tag = items(held)[0]
        assert isinstance(tag, CborTag)
        assert isinstance(tag.value, bytes)
        inside = in_map(read_cbor(tag.value, at=""))
        del inside[name]
        items(held)[0] = CborTag(24, write_cbor(inside))

    return change


NO_MAP: CborValue = []
MALFORMED: list[tuple[str, Change]] = [
    ("no version", lambda r: r.pop("version")),
    ("a version that is none", lambda r: r.update(version="one")),
    ("no status", lambda r: r.pop("status")),
    ("a status that is no number", lambda r: r.update(status=True)),
    ("documents that are no array", lambda r: r.update(documents={})),
    ("a document that is no map", lambda r: r.update(documents=[1])),
    ("no docType", lambda r: document(r).pop("docType")),
    ("no issuerSigned", lambda r: document(r).pop("issuerSigned")),
    ("no deviceSigned", lambda r: document(r).pop("deviceSigned")),
    ("no issuerAuth", lambda r: at(document(r), "issuerSigned").pop("issuerAuth")),
    (
        "issuerAuth under a tag",
        lambda r: at(document(r), "issuerSigned").update(
            issuerAuth=CborTag(18, at(document(r), "issuerSigned")["issuerAuth"])
        ),
    ),
    ("a namespace without elements", lambda r: items(r).clear()),
    ("an item without tag 24", lambda r: items(r).__setitem__(0, b"\xa0")),
    (
        "an item under another tag",
        lambda r: items(r).__setitem__(0, CborTag(25, b"\xa0")),
    ),
    ("an item that is no map", lambda r: items(r).__setitem__(0, CborTag(24, b"\x80"))),
    (
        "an item of two maps",
        lambda r: items(r).__setitem__(0, CborTag(24, b"\xa0\xa0")),
    ),
    ("an item without digestID", item_without("digestID")),
    ("an item without random", item_without("random")),
    ("an item without elementIdentifier", item_without("elementIdentifier")),
    ("an item without elementValue", item_without("elementValue")),
    ("a digestID that is true", item(digestID=True)),
    ("a digestID below zero", item(digestID=-1)),
    ("a digestID of 2^31", item(digestID=DIGEST_IDS)),
    ("randomness of 15 octets", item(random=bytes(15))),
    ("an identifier of octets", item(elementIdentifier=b"family_name")),
    ("no deviceAuth", lambda r: at(document(r), "deviceSigned").pop("deviceAuth")),
    (
        "deviceAuth with nothing in it",
        lambda r: at(document(r), "deviceSigned", "deviceAuth").clear(),
    ),
    (
        "a signature and a MAC",
        lambda r: at(document(r), "deviceSigned", "deviceAuth").update(deviceMac=[]),
    ),
    (
        "device elements without tag 24",
        lambda r: at(document(r), "deviceSigned").update(nameSpaces={}),
    ),
    (
        "device elements that are no map",
        lambda r: at(document(r), "deviceSigned").update(
            nameSpaces=CborTag(24, b"\x80")
        ),
    ),
    ("errors that are no map", lambda r: document(r).update(errors=[])),
    ("document errors that are no array", lambda r: r.update(documentErrors={})),
    ("an error code of text", lambda r: r.update(documentErrors=[{"a": "b"}])),
]


def test_the_valid_twin_of_all_that_follows_is_read() -> None:
    read = read_device_response(write_cbor(response()), at="response")
    (found,) = read.documents
    assert [each.element for each in found.issuer_signed.namespaces[NAMESPACE]] == [
        "family_name",
        "age_over_18",
    ]


@pytest.mark.parametrize(("name", "change"), MALFORMED, ids=[n for n, _ in MALFORMED])
def test_a_response_that_breaks_the_structure_is_malformed(
    name: str, change: Change
) -> None:
    made = response()
    change(made)
    with pytest.raises(MalformedError) as refused:
        read_device_response(write_cbor(made), at="response")
    assert refused.value.at.startswith("response")
    assert refused.value.clause.startswith(("ISO/IEC 18013-5", "RFC 9052"))


@pytest.mark.parametrize("version", ["2.0", "0.9"])
def test_another_version_is_not_supported(version: str) -> None:
    made = response()
    made["version"] = version
    with pytest.raises(UnsupportedError, match="version"):
        read_device_response(write_cbor(made), at="response")


def test_a_later_minor_version_and_members_unknown_to_us_are_read() -> None:
    made = response()
    made.update(version="1.1", somethingNew=1)
    assert read_device_response(write_cbor(made), at="response").version == "1.1"


def test_octets_behind_a_response_and_a_longer_head_are_malformed() -> None:
    data = write_cbor(response())
    for each in (data + b"\0", b"\xb8\x03" + data[1:]):
        with pytest.raises(MalformedError):
            read_device_response(each, at="response")


def test_an_error_for_each_document_and_element_is_read() -> None:
    showing = Showing(issued(), {NAMESPACE: ["height"]}, errors={NAMESPACE: ["weight"]})
    shown = signed_document(showing, signer=device(), handover=HANDOVER)
    data = device_response([shown], errors={"org.example": 10}, status=10)
    read = read_device_response(data, at="response")
    assert (read.errors, read.status) == ((("org.example", 10),), 10)
    assert read.documents[0].errors == {NAMESPACE: {"weight": 0}}


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r.update(documents=[0] * (limits.MDOC_DOCUMENTS + 1)),
        lambda r: r.update(documentErrors=[0] * (limits.MDOC_DOCUMENTS + 1)),
        lambda r: items(r).extend([0] * limits.MDOC_DIGESTS),
        lambda r: at(document(r), "issuerSigned", "nameSpaces").update(
            {f"n{n}": 0 for n in range(limits.MDOC_NAMESPACES + 1)}
        ),
    ],
)
def test_more_than_there_may_be_is_refused_before_it_is_read(change: Change) -> None:
    made = response()
    change(made)
    with pytest.raises(LimitError):
        read_device_response(write_cbor(made), at="response")


# --- the mobile security object -------------------------------------------------------


def mso() -> CborMap:
    payload = read_cbor(issued().auth.payload, at="")
    assert isinstance(payload, CborTag)
    assert isinstance(payload.value, bytes)
    return in_map(read_cbor(payload.value, at=""))


def moment(text: str) -> CborTag:
    return CborTag(0, text)


VALIDITY = "validityInfo"
MSO: list[tuple[str, Change]] = [
    ("no version", lambda m: m.pop("version")),
    ("no digestAlgorithm", lambda m: m.pop("digestAlgorithm")),
    ("no docType", lambda m: m.pop("docType")),
    ("no digests", lambda m: m.pop("valueDigests")),
    ("digests of nothing", lambda m: m.update(valueDigests={})),
    ("digests by text", lambda m: at(m, "valueDigests").update(a={"0": bytes(32)})),
    (
        "a negative digest number",
        lambda m: at(m, "valueDigests").update(a={-1: bytes(32)}),
    ),
    (
        "a digest number of 2^31",
        lambda m: at(m, "valueDigests").update(a={DIGEST_IDS: bytes(32)}),
    ),
    ("a digest of 31 octets", lambda m: at(m, "valueDigests").update(a={0: bytes(31)})),
    ("a digest of text", lambda m: at(m, "valueDigests").update(a={0: "x" * 32})),
    ("no device key", lambda m: at(m, "deviceKeyInfo").pop("deviceKey")),
    ("no deviceKeyInfo", lambda m: m.pop("deviceKeyInfo")),
    (
        "a private part in the device key",
        lambda m: at(m, "deviceKeyInfo", "deviceKey").update({-4: bytes(32)}),
    ),
    (
        "a point off its curve",
        lambda m: at(m, "deviceKeyInfo", "deviceKey").update({-2: bytes(32)}),
    ),
    (
        "a namespace allowed whole and in part",
        lambda m: at(m, "deviceKeyInfo").update(
            keyAuthorizations={"nameSpaces": ["a"], "dataElements": {"a": ["b"]}}
        ),
    ),
    (
        "authorizations that are no map",
        lambda m: at(m, "deviceKeyInfo").update(keyAuthorizations=NO_MAP),
    ),
    ("no validity", lambda m: m.pop(VALIDITY)),
    ("no signed date", lambda m: at(m, VALIDITY).pop("signed")),
    ("no end", lambda m: at(m, VALIDITY).pop("validUntil")),
    (
        "a date without tag",
        lambda m: at(m, VALIDITY).update(signed="2026-01-01T00:00:00Z"),
    ),
    (
        "a date with a fraction",
        lambda m: at(m, VALIDITY).update(signed=moment("2026-01-01T00:00:00.0Z")),
    ),
    (
        "a date with an offset",
        lambda m: at(m, VALIDITY).update(signed=moment("2026-01-01T00:00:00+00:00")),
    ),
    (
        "a date with offset and Z",
        lambda m: at(m, VALIDITY).update(signed=moment("2026-01-01T00:00:00+00:00Z")),
    ),
    (
        "a day that is none",
        lambda m: at(m, VALIDITY).update(signed=moment("2026-02-30T00:00:00Z")),
    ),
    (
        "a date in other digits",
        lambda m: at(m, VALIDITY).update(signed=moment("٢٠٢٦-01-01T00:00:00Z")),
    ),
    (
        "an end before the beginning",
        lambda m: at(m, VALIDITY).update(validUntil=moment("2020-01-01T00:00:00Z")),
    ),
    (
        "valid before it was signed",
        lambda m: at(m, VALIDITY).update(validFrom=moment("2020-01-01T00:00:00Z")),
    ),
    (
        "an update that is no moment",
        lambda m: at(m, VALIDITY).update(expectedUpdate="soon"),
    ),
    ("a status that is no map", lambda m: m.update(status=NO_MAP)),
]


def test_the_valid_twin_of_the_object_is_read() -> None:
    found = read_mso(tagged(write_cbor(mso())), at="mso")
    assert found.device_key == device().public_key
    assert found.validity.valid_from <= found.validity.valid_until


@pytest.mark.parametrize(("name", "change"), MSO, ids=[n for n, _ in MSO])
def test_an_object_that_breaks_its_structure_is_malformed(
    name: str, change: Change
) -> None:
    made = mso()
    change(made)
    with pytest.raises(MalformedError) as refused:
        read_mso(tagged(write_cbor(made)), at="mso")
    assert refused.value.at.startswith("mso")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda m: m.update(version="2.0"), "version"),
        (lambda m: m.update(digestAlgorithm="SHA-1"), "digest"),
        (lambda m: m.update(digestAlgorithm="sha-256"), "digest"),
        (lambda m: at(m, "deviceKeyInfo", "deviceKey").update({1: 4}), "key type"),
    ],
)
def test_what_is_not_of_the_standard_is_not_supported(
    change: Change, what: str
) -> None:
    made = mso()
    change(made)
    with pytest.raises(UnsupportedError, match=what):
        read_mso(tagged(write_cbor(made)), at="mso")


def test_an_object_without_its_tag_is_malformed() -> None:
    with pytest.raises(MalformedError, match="tag 24"):
        read_mso(write_cbor(mso()), at="mso")


def test_more_digests_than_there_may_be_are_refused() -> None:
    made = mso()
    many: CborMap = {n: bytes(32) for n in range(limits.MDOC_DIGESTS + 1)}
    at(made, "valueDigests")["a"] = many
    with pytest.raises(LimitError):
        read_mso(tagged(write_cbor(made)), at="mso")
