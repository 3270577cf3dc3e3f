"""Requests of readers, made and heard by @owf/mdoc and by us, both ways.

The peer looks at the signature and at no chain, which it leaves to the application.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

import idwallet
from idwallet.codec import b64
from idwallet.codec.json import JsonValue
from idwallet.credentials.mdoc.evaluate_request import (
    ReaderVerdict,
    evaluate_device_request,
)
from idwallet.credentials.mdoc.reader import ReaderIdentity, signed_request
from idwallet.credentials.mdoc.request import items_request
from idwallet.credentials.mdoc.transcript import RedirectHandover
from idwallet.credentials.required import Context
from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene, reader_identity
from tests.interop.mdoc_peers import MdocPeer, Process, private_jwk
from tests.interop.peers import Refused

pytestmark = pytest.mark.interop

ASKED: Final = {NAMESPACE: {"family_name": True, "portrait": False}}
HERE, ELSEWHERE = (
    RedirectHandover("x509_hash:abc", nonce, "https://shop.example/answer")
    for nonce in ("0123456789abcdef", "fedcba9876543210")
)


@cache
def scene() -> MdocScene:
    return MdocScene(at=idwallet.now().replace(microsecond=0))


@cache
def reader() -> ReaderIdentity:
    return reader_identity(scene())


@pytest.fixture(scope="module")
def owf(node_peers: Path) -> Iterator[MdocPeer]:
    process = Process(["node", "mdoc_peer.mjs"], node_peers)
    yield MdocPeer("owf", process)
    process.close()


def we_hear(request: str, handover: RedirectHandover = HERE) -> ReaderVerdict:
    return evaluate_device_request(
        b64.decode(request, at="request"),
        handover=handover,
        context=Context(scene().root(), scene().policy, scene().at),
    )


def they_hear(peer: MdocPeer, request: bytes, handover: RedirectHandover) -> JsonValue:
    return peer.do(
        "hear",
        request=b64.encode(request),
        transcript=b64.encode(handover.transcript()),
    )


def test_a_request_of_theirs_is_heard_and_its_reader_known(owf: MdocPeer) -> None:
    request = owf.do(
        "ask",
        docType=MDL,
        namespace=NAMESPACE,
        names=["portrait", "family_name"],
        kept="family_name",
        transcript=b64.encode(HERE.transcript()),
        key=private_jwk(reader().signer),  # type: ignore[arg-type]  # one of software
        chain=[b64.encode(each) for each in reader().chain],
    )
    assert isinstance(request, str)
    verdict = we_hear(request)
    against = [e for e in verdict.checks if e.outcome is not Outcome.PASSED]
    assert against == []
    assert verdict.signer is not None
    assert verdict.signer.key == reader().signer.public_key
    assert verdict.request is not None
    (document,) = verdict.request.documents
    assert document.items.doc_type == MDL
    assert {name: {**each} for name, each in document.items.elements.items()} == ASKED
    found = {each.id: each.reason for each in we_hear(request, ELSEWHERE).checks}
    assert found[CheckId.REQUEST_SIGNATURE] is Reason.INVALID


def test_a_request_of_ours_is_heard_by_them(owf: MdocPeer) -> None:
    request = signed_request([items_request(MDL, ASKED)], handover=HERE, by=reader())
    (heard,) = they_hear(owf, request, HERE)  # type: ignore[misc]  # a list
    assert heard == {
        "docType": MDL,
        "asked": ASKED,
        "chain": [b64.encode(each) for each in reader().chain],
    }
    with pytest.raises(Refused, match="invalid"):
        they_hear(owf, request, ELSEWHERE)
