"""What reading a document with a portrait holds in memory."""

import gc
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from idwallet.codec.cbor import write_cbor
from idwallet.credentials.mdoc.evaluate import evaluate
from idwallet.credentials.mdoc.items import digests_of
from idwallet.credentials.mdoc.structures import (
    IssuerSigned,
    read_device_response,
    read_issuer_signed,
)
from idwallet.credentials.required import Context
from idwallet.testing.mdoc import NAMESPACE, MdocDraft, MdocScene, mdoc_draft

PORTRAIT = bytes(range(256)) * 80
OTHER = 12_000
"""Room for all else that a document holds."""


def with_portrait() -> MdocDraft:
    made = mdoc_draft(MdocScene())
    elements = {**made.content.elements[NAMESPACE], "portrait": PORTRAIT}
    made.content = replace(made.content, elements={NAMESPACE: elements})
    return made


@dataclass
class Read:
    """What was read, and what is held and was held at most while reading."""

    issued: IssuerSigned
    held: int
    most: int


def of_response(data: bytes) -> IssuerSigned:
    return read_device_response(data, at="response").documents[0].issuer_signed


def of_issued(data: bytes) -> IssuerSigned:
    return read_issuer_signed(data, at="issued")


def traced(read: Callable[[bytes], IssuerSigned], data: bytes) -> Read:
    read(data)  # what is remembered is there now
    tracemalloc.start()
    try:
        issued = read(data)
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return Read(issued, held, most)


@pytest.mark.parametrize("read", [of_response, of_issued])
def test_a_portrait_is_copied_once(read: Callable[[bytes], IssuerSigned]) -> None:
    made = with_portrait()
    data = made.response() if read is of_response else write_cbor(made._issued())
    found = traced(read, data)
    items = found.issued.namespaces[NAMESPACE]
    (portrait,) = (each for each in items if each.element == "portrait")
    assert portrait.value == PORTRAIT
    assert PORTRAIT in portrait.octets
    # The value that is handed on; what its digest covers stands in what came.
    assert len(PORTRAIT) < found.held < len(PORTRAIT) + OTHER
    assert found.most < len(PORTRAIT) + OTHER


def test_the_digest_of_a_portrait_copies_nothing() -> None:
    issued = of_response(with_portrait().response())
    items = issued.namespaces[NAMESPACE]
    (portrait,) = (each for each in items if each.element == "portrait")
    tracemalloc.start()
    try:
        digest = portrait.digest("sha256")
        assert digests_of(items, "sha256")[items.index(portrait)] == digest
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < len(PORTRAIT) // 4
    assert issued.mso.digests[NAMESPACE][portrait.digest_id] == digest


@pytest.mark.parametrize("is_mac", [False, True])
def test_a_judged_document_is_let_go_at_once(*, is_mac: bool) -> None:
    """What held itself would keep a person's data and a key until it is collected."""
    made = mdoc_draft(MdocScene())
    made.is_mac = is_mac
    response = made.response()
    context = Context(made.trust, made.policy, made.at)

    def judged() -> None:
        (document,) = read_device_response(response, at="response").documents
        evaluate(document, session=made.session, context=context, subject="it")

    judged()  # what is remembered is there now
    gc.collect()
    gc.disable()
    gc.freeze()  # what others left behind is theirs
    try:
        judged()
        assert gc.collect() == 0
    finally:
        gc.unfreeze()
        gc.enable()
