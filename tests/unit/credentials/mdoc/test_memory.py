"""What reading a document with a portrait holds in memory."""

import tracemalloc
from dataclasses import replace

from idwallet.credentials.mdoc.structures import read_device_response
from idwallet.testing.mdoc import NAMESPACE, MdocScene, mdoc_draft

PORTRAIT = bytes(range(256)) * 80
OTHER = 12_000
"""Room for all else that a document holds."""


def test_a_portrait_is_cut_out_once_and_its_value_copied_once() -> None:
    made = mdoc_draft(MdocScene())
    elements = {**made.content.elements[NAMESPACE], "portrait": PORTRAIT}
    made.content = replace(made.content, elements={NAMESPACE: elements})
    response = made.response()
    read_device_response(response, at="response")  # what is remembered is there now
    tracemalloc.start()
    try:
        read = read_device_response(response, at="response")
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    items = read.documents[0].issuer_signed.namespaces[NAMESPACE]
    (portrait,) = (each for each in items if each.element == "portrait")
    assert portrait.value == PORTRAIT
    assert PORTRAIT in portrait.octets
    # The octets that the digest covers, and the value that is handed on.
    assert len(PORTRAIT) * 2 < held < len(PORTRAIT) * 2 + OTHER
    # One more while it is looked at whether it is written in its shortest form.
    assert most < len(PORTRAIT) * 3 + OTHER


def test_the_digest_of_a_portrait_copies_nothing() -> None:
    made = mdoc_draft(MdocScene())
    elements = {**made.content.elements[NAMESPACE], "portrait": PORTRAIT}
    made.content = replace(made.content, elements={NAMESPACE: elements})
    read = read_device_response(made.response(), at="response")
    items = read.documents[0].issuer_signed.namespaces[NAMESPACE]
    (portrait,) = (each for each in items if each.element == "portrait")
    tracemalloc.start()
    try:
        digest = portrait.digest("sha256")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < len(PORTRAIT) // 4
    mso = read.documents[0].issuer_signed.mso
    assert mso.digests[NAMESPACE][portrait.digest_id] == digest
