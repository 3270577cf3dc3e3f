"""What is shown is what was chosen, and the device proves it for one conversation."""

from dataclasses import replace

import pytest

from idwallet.codec.cbor import CborTag
from idwallet.credentials.mdoc.device import mac_key
from idwallet.credentials.mdoc.mso import Authorizations
from idwallet.credentials.mdoc.present import (
    Showing,
    authenticated_document,
    device_response,
    signed_document,
)
from idwallet.credentials.mdoc.structures import Document, read_device_response
from idwallet.credentials.mdoc.transcript import (
    DcApiHandover,
    Handover,
    IsoDcApiHandover,
    KnownTranscript,
    NfcHandover,
    QrHandover,
    device_authentication,
)
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose import mac_matches, signature_reason
from idwallet.errors import UsageError
from idwallet.report import Reason
from tests.unit.credentials.mdoc.making import (
    HANDOVER,
    NAMESPACE,
    device,
    issued,
    licence,
)

HANDOVERS: list[Handover] = [
    HANDOVER,
    replace(HANDOVER, thumbprint=bytes(32)),
    replace(HANDOVER, client_id="x509_hash:abd"),
    replace(HANDOVER, nonce="another"),
    replace(HANDOVER, response_uri="https://shop.example/answer/"),
    DcApiHandover("https://shop.example", "a-nonce-of-the-reader"),
    IsoDcApiHandover("e30", "https://shop.example"),
    QrHandover(b"\xa0", b"\xa1\x01\x02"),
    NfcHandover(b"\xa0", b"\xa1\x01\x02", b"select"),
    NfcHandover(b"\xa0", b"\xa1\x01\x02", b"select", b"request"),
    NfcHandover(b"\xa0", b"\xa1\x01\x02", b"request", b"select"),
]


def shown(showing: Showing, handover: Handover = HANDOVER) -> Document:
    made = signed_document(showing, signer=device(), handover=handover)
    (found,) = read_device_response(device_response([made]), at="response").documents
    return found


def is_proven(found: Document, handover: Handover) -> bool:
    covered = device_authentication(
        handover.transcript(),
        doc_type=found.doc_type,
        namespaces=found.device_signed.octets,
    )
    signature = found.device_signed.read_signature(covered, at="device")
    key = found.issuer_signed.mso.device_key
    reason = signature_reason(signature, key=key, allowed=key.algorithms)
    return reason is Reason.VALID


def test_nothing_is_shown_but_what_was_chosen() -> None:
    found = shown(Showing(issued(), {NAMESPACE: ["age_over_18"]}))
    (only,) = found.issuer_signed.namespaces[NAMESPACE]
    assert (only.element, only.value) == ("age_over_18", True)


def test_nothing_at_all_can_be_shown_of_a_document() -> None:
    assert shown(Showing(issued(), {})).issuer_signed.namespaces == {}
    assert shown(Showing(issued(), {NAMESPACE: []})).issuer_signed.namespaces == {}


def test_what_is_shown_is_what_was_issued_octet_by_octet() -> None:
    document = issued()
    found = shown(Showing(document, {NAMESPACE: ["portrait", "height"]}))
    kept = {each.element: each.octets for each in document.namespaces[NAMESPACE]}
    for each in found.issuer_signed.namespaces[NAMESPACE]:
        assert each.octets == kept[each.element]
    assert found.issuer_signed.auth == document.auth


@pytest.mark.parametrize("made", range(len(HANDOVERS)))
def test_the_device_signs_for_one_conversation_and_no_other(made: int) -> None:
    found = shown(Showing(issued(), {NAMESPACE: ["height"]}), HANDOVERS[made])
    proven = [n for n, each in enumerate(HANDOVERS) if is_proven(found, each)]
    assert proven == [made]


def test_each_kind_of_handover_has_a_transcript_of_its_own() -> None:
    assert len({each.transcript() for each in HANDOVERS}) == len(HANDOVERS)
    same = KnownTranscript(HANDOVER.transcript())
    assert same.transcript() == HANDOVER.transcript()


def test_a_mac_convinces_the_reader_that_it_was_made_for_alone() -> None:
    reader, other = EphemeralKey.generate(), EphemeralKey.generate()
    made = authenticated_document(
        Showing(issued(), {NAMESPACE: ["height"]}),
        key=device(),
        reader=reader.public_key,
        handover=HANDOVER,
    )
    (found,) = read_device_response(device_response([made]), at="").documents
    transcript = HANDOVER.transcript()
    covered = device_authentication(
        transcript, doc_type=found.doc_type, namespaces=found.device_signed.octets
    )
    mac = found.device_signed.read_mac(covered, at="device")
    peer = found.issuer_signed.mso.device_key
    matches = [
        mac_matches(mac, key=mac_key(each, peer, transcript=transcript))
        for each in (reader, other)
    ]
    assert matches == [True, False]


def test_the_device_says_by_itself_what_the_issuer_allowed() -> None:
    allowed = Authorizations(frozenset({"own"}), {NAMESPACE: frozenset({"height"})})
    document = issued(licence(authorizations=allowed))
    said = {"own": {"seat": "12A"}, NAMESPACE: {"height": 180}}
    found = shown(Showing(document, {}, device_elements=said))
    assert found.device_signed.namespaces == said
    assert is_proven(found, HANDOVER)


@pytest.mark.parametrize(
    "said", [{"own": {"seat": "12A"}}, {NAMESPACE: {"weight": 80}}]
)
def test_the_device_says_nothing_that_the_issuer_did_not_allow(
    said: dict[str, dict[str, str | int]],
) -> None:
    allowed = Authorizations(frozenset(), {NAMESPACE: frozenset({"height"})})
    document = issued(licence(authorizations=allowed))
    with pytest.raises(UsageError, match=r"9\.1\.2\.4"):
        shown(Showing(document, {}, device_elements=said))  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [(NAMESPACE, "weight"), ("org.example", "height")])
def test_an_element_that_is_not_there_is_not_shown(place: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match=place[1]):
        shown(Showing(issued(), {place[0]: [place[1]]}))


def test_another_key_shows_nothing() -> None:
    showing = Showing(issued(), {NAMESPACE: ["height"]})
    other = SoftwareSigner.generate(Algorithm.ES256)
    with pytest.raises(UsageError, match="another key"):
        signed_document(showing, signer=other, handover=HANDOVER)
    with pytest.raises(UsageError, match="another key"):
        authenticated_document(
            showing,
            key=other,
            reader=EphemeralKey.generate().public_key,
            handover=HANDOVER,
        )


def test_a_response_without_documents_says_nothing_of_them() -> None:
    read = read_device_response(device_response([]), at="response")
    assert (read.documents, read.errors, read.status) == ((), (), 0)


def test_a_document_keeps_its_form_when_it_is_shown_again() -> None:
    document = issued()
    assert isinstance(document.auth_value, list)
    assert not any(isinstance(each, CborTag) for each in document.auth_value)
