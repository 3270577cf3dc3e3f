"""Who issues, who shows, who verifies a mobile document: mixtures with four others."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final

import pytest

import idwallet
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.evaluate import evaluate
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.mdoc.present import (
    Showing,
    authenticated_document,
    device_response,
    signed_document,
)
from idwallet.credentials.mdoc.structures import (
    read_device_response,
    read_issuer_signed,
)
from idwallet.credentials.mdoc.transcript import RedirectHandover
from idwallet.credentials.mdoc.values import json_of
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.required import Context
from idwallet.crypto.agreement import EphemeralKey
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Outcome
from idwallet.roles.issuer import Issuer
from idwallet.testing.mdoc import (
    MDL,
    MDOC_FORGERIES,
    NAMESPACE,
    MdocDraft,
    MdocScene,
    judge,
)
from idwallet.testing.mdoc.forgeries import MdocForgery
from tests.interop.mdoc_peers import (
    JAVASCRIPT,
    PEERS,
    MdocPeer,
    Process,
    native_key,
    private_jwk,
    private_pkcs8,
    public_jwk,
)
from tests.interop.peers import Refused

pytestmark = pytest.mark.interop

# What each of them can say: days and octets go as tagged texts, see the peers.
ELEMENTS: Final[JsonObject] = {
    "family_name": "Примерова",
    "given_name": "Анна",
    "birth_date": "1990-05-17",
    "issuing_country": "XX",
    "age_over_18": True,
    "height": 170,
    "portrait": "octets:" + b64.encode(bytes(range(256))),
}
SHOWN: Final = ("family_name", "birth_date", "age_over_18", "portrait")
HANDOVER: Final = RedirectHandover(
    "x509_hash:abc", "0123456789abcdef", "https://shop.example/answer"
)
EXPECTED: Final = {name: ELEMENTS[name] for name in SHOWN}
PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "divergences.md"


@cache
def scene() -> MdocScene:
    # Some of them take no moment but their own clock's.
    return MdocScene(at=idwallet.now().replace(microsecond=0))


@pytest.fixture(scope="session")
def node(node_peers: Path) -> Iterator[Process]:
    process = Process(["node", "mdoc_peer.mjs"], node_peers)
    yield process
    process.close()


@pytest.fixture(scope="session")
def python(mdoc_python: Path) -> Iterator[Process]:
    process = Process([str(mdoc_python), "peer.py"], mdoc_python.parents[2])
    yield process
    process.close()


@pytest.fixture
def peer(request: pytest.FixtureRequest) -> MdocPeer:
    """The peer that the test's parameter names."""
    name: str = request.param
    fixture = "node" if name in JAVASCRIPT else "python"
    return MdocPeer(name, request.getfixturevalue(fixture))


# --- what we do ---------------------------------------------------------------------


def _ours(value: JsonValue) -> object:
    if isinstance(value, str) and value.startswith("octets:"):
        return b64.decode(value.removeprefix("octets:"), at="octets")
    if isinstance(value, str) and value[4:5] == value[7:8] == "-":
        return date.fromisoformat(value)
    return value


def we_issue() -> str:
    identity = scene().signer
    elements = {name: _ours(value) for name, value in ELEMENTS.items()}
    issuer = Issuer(signer=identity.signer, certificates=identity.chain)
    return issuer.issue(
        Mdoc(MDL, {NAMESPACE: elements}),  # type: ignore[dict-item]
        holder_key=HolderKey.unproven(scene().device.public_key, reason="a test"),
        valid_until=scene().at + timedelta(days=30),
        at=scene().at,
    ).raw


def we_present(issued: str, *, reader: EphemeralKey | None = None) -> str:
    document = read_issuer_signed(b64.decode(issued, at=""), at="issued")
    showing = Showing(document, {NAMESPACE: SHOWN})
    if reader is None:
        shown = signed_document(showing, signer=scene().device, handover=HANDOVER)
    else:
        device = EphemeralKey(native_key(scene().device))
        shown = authenticated_document(
            showing, key=device, reader=reader.public_key, handover=HANDOVER
        )
    return b64.encode(device_response([shown]))


def we_verify(response: str, *, reader: EphemeralKey | None = None) -> JsonObject:
    data = b64.decode(response, at="response")
    try:
        (document,) = read_device_response(data, at="response").documents
    except (MalformedError, UnsupportedError) as error:
        raise Refused(str(error)) from error
    verdict = evaluate(
        document,
        session=Session(HANDOVER, reader),
        context=Context(scene().root(), scene().policy, scene().at),
        subject="it",
    )
    against = [c for c in verdict.checks if c.outcome is not Outcome.PASSED]
    if against:
        raise Refused(str([(c.id.value, c.reason.value, c.facts) for c in against]))
    return {
        name: f"octets:{json_of(value)}" if type(value) is bytes else json_of(value)
        for name, value in verdict.elements[NAMESPACE].items()
    }


# --- what they do -------------------------------------------------------------------


def they_issue(peer: MdocPeer, *, digest: str = "SHA-256", **more: JsonValue) -> str:
    identity, at = scene().signer, int(scene().at.timestamp())
    issued = peer.do(
        "issue",
        docType=MDL,
        namespace=NAMESPACE,
        elements=ELEMENTS,
        issuer=private_jwk(identity.signer),
        issuer_pkcs8=private_pkcs8(identity.signer),
        chain=[b64.encode(each) for each in identity.chain],
        device=public_jwk(scene().device),
        algorithm="ES256",
        digest=digest,
        since=at - 60,
        until=at + 30 * 86_400,
        **more,
    )
    assert isinstance(issued, str)
    return issued


def they_present(peer: MdocPeer, issued: str, **more: JsonValue) -> str:
    shown = peer.do(
        "present",
        issued=issued,
        docType=MDL,
        namespace=NAMESPACE,
        names=list(SHOWN),
        device=private_jwk(scene().device),
        transcript=b64.encode(HANDOVER.transcript()),
        algorithm="ES256",
        **more,
    )
    assert isinstance(shown, str)
    return shown


def they_verify(
    peer: MdocPeer, response: str, *, transcript: bytes = b"", **more: JsonValue
) -> JsonValue:
    (anchor,) = scene().root().anchors
    assert anchor.certificate is not None
    return peer.do(
        "verify",
        response=response,
        transcript=b64.encode(transcript or HANDOVER.transcript()),
        roots=[b64.encode(anchor.certificate.der)],
        at=int(scene().at.timestamp()),
        **more,
    )


# --- valid --------------------------------------------------------------------------


@pytest.mark.parametrize("peer", PEERS, indirect=True)
def test_what_they_issue_we_show_and_verify(peer: MdocPeer) -> None:
    assert we_verify(we_present(they_issue(peer))) == EXPECTED


@pytest.mark.parametrize("peer", PEERS, indirect=True)
def test_what_we_issue_and_show_they_verify(peer: MdocPeer) -> None:
    assert they_verify(peer, we_present(we_issue())) == EXPECTED


@pytest.mark.parametrize("peer", JAVASCRIPT, indirect=True)
def test_what_we_issue_they_show_and_we_verify(peer: MdocPeer) -> None:
    assert we_verify(they_present(peer, we_issue())) == EXPECTED


@pytest.mark.parametrize("peer", JAVASCRIPT, indirect=True)
def test_what_they_issue_and_show_we_verify(peer: MdocPeer) -> None:
    assert we_verify(they_present(peer, they_issue(peer))) == EXPECTED


@pytest.mark.parametrize("peer", JAVASCRIPT, indirect=True)
@pytest.mark.parametrize("digest", ["SHA-384", "SHA-512"])
def test_what_they_digest_otherwise_we_verify(peer: MdocPeer, digest: str) -> None:
    assert we_verify(we_present(they_issue(peer, digest=digest))) == EXPECTED


@pytest.mark.parametrize("peer", ["auth0"], indirect=True)
def test_a_mac_that_we_made_they_verify(peer: MdocPeer) -> None:
    reader = EphemeralKey.generate()
    shown = we_present(we_issue(), reader=reader)
    assert they_verify(peer, shown, reader=_private(reader)) == EXPECTED


@pytest.mark.parametrize("peer", ["auth0"], indirect=True)
def test_a_mac_that_they_made_we_verify(peer: MdocPeer) -> None:
    reader = EphemeralKey.generate()
    shown = they_present(peer, we_issue(), reader=reader.public_key.to_jwk())
    assert we_verify(shown, reader=reader) == EXPECTED


def _private(reader: EphemeralKey) -> JsonObject:
    number = reader._native.private_numbers().private_value
    return {**reader.public_key.to_jwk(), "d": b64.encode(number.to_bytes(32, "big"))}


# --- what they do otherwise; docs/divergences.md says by which clause ---------------


@pytest.mark.parametrize("peer", ["owf"], indirect=True)
def test_no_mac_passes_there_and_theirs_covers_another_structure(
    peer: MdocPeer,
) -> None:
    reader = EphemeralKey.generate()
    shown = we_present(we_issue(), reader=reader)
    assert we_verify(shown, reader=reader) == EXPECTED
    with pytest.raises(Refused, match="Device MAC must use alg 5"):
        they_verify(peer, shown, reader=_private(reader))
    shown = they_present(peer, we_issue(), reader=reader.public_key.to_jwk())
    with pytest.raises(Refused, match=r"holder\.binding.*invalid"):
        we_verify(shown, reader=reader)


@pytest.mark.parametrize("peer", ["owf"], indirect=True)
def test_a_digest_identifier_of_32_bits_is_refused(peer: MdocPeer) -> None:
    with pytest.raises(MalformedError, match="no digest identifier"):
        we_present(they_issue(peer, wide=True))


@pytest.mark.parametrize("peer", ["auth0"], indirect=True)
def test_a_key_identifier_that_is_undefined_is_refused(peer: MdocPeer) -> None:
    with pytest.raises(UnsupportedError, match="simple value"):
        we_present(they_issue(peer, bare=True))
    with pytest.raises(Refused, match="simple value"):
        we_verify(they_present(peer, we_issue(), bare=True))


# --- forged -------------------------------------------------------------------------

WORDS: Final = {True: "accepts", False: "refuses"}
MACS: Final = {
    "a MAC for another reader",
    "a MAC of nothing",
    "a MAC where the reader has no key",
}
"""Forgeries whose valid twins have a MAC, which two of the peers do not verify."""


def _accepts(peer: MdocPeer, draft: MdocDraft) -> bool:
    more: JsonObject = {}
    reader = draft.session.reader_key
    if peer.name in JAVASCRIPT and draft.is_mac and isinstance(reader, EphemeralKey):
        more["reader"] = _private(reader)
    try:
        they_verify(
            peer,
            b64.encode(draft.response()),
            transcript=draft.session.handover.transcript(),
            **more,
        )
    except Refused:
        return False
    return True


def _row(forgery: MdocForgery, peers: list[MdocPeer]) -> tuple[str, ...]:
    _, forged = forgery.twins(scene())
    (against, *_) = judge(forged).failed()
    said = (WORDS[_accepts(each, forgery.twins(scene())[1])] for each in peers)
    return (
        forgery.name,
        f"{against.id.value} {against.reason.value}",
        against.clause,
        *said,
    )


def _page() -> list[tuple[str, ...]]:
    """Return the rows of the table of the page."""
    text = PAGE.read_text(encoding="utf-8")
    section = text.split("\n## Mobile documents that must be refused\n")[1]
    lines = section.split("\n## ")[0].splitlines()
    table = [each for each in lines if each.startswith("| ")]
    return [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table[1:]
    ]


def test_the_page_says_who_accepts_which_forged_document(
    node: Process, python: Process
) -> None:
    peers = [MdocPeer(name, node if name in JAVASCRIPT else python) for name in PEERS]
    rows = [_row(each, peers) for each in MDOC_FORGERIES]
    assert [each for each in rows if "accepts" in each] == _page()


@pytest.mark.parametrize("peer", PEERS, indirect=True)
def test_every_valid_twin_is_accepted_but_those_with_a_mac(peer: MdocPeer) -> None:
    refused = {
        each.name
        for each in MDOC_FORGERIES
        if not _accepts(peer, each.twins(scene())[0])
    }
    assert refused == (MACS if peer.name in {"owf", "isomdoc"} else set())
