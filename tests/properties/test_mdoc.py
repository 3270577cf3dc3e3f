"""Mobile documents: whatever is issued is shown and verified, and nothing else is."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec import b64
from idwallet.codec.cbor import CborTag, CborValue, read_cbor, write_cbor
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.evaluate import MdocVerdict, evaluate
from idwallet.credentials.mdoc.issue import Mdoc, MdocHash
from idwallet.credentials.mdoc.members import a_list, a_map
from idwallet.credentials.mdoc.present import (
    Showing,
    device_response,
    signed_document,
)
from idwallet.credentials.mdoc.structures import (
    IssuerSigned,
    read_device_response,
    read_issuer_signed,
)
from idwallet.credentials.mdoc.transcript import RedirectHandover
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.required import Context
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Outcome
from idwallet.roles.issuer import Issuer
from idwallet.testing.mdoc import MdocScene
from tests.properties.test_codec_cbor import KEYS, TEXTS

HANDOVER: Final = RedirectHandover(
    "x509_hash:abc", "0123456789abcdef", "https://shop.example/answer"
)
# What these two say is compared with the certificate of the signer (B.1.4).
NAMES = TEXTS.filter(lambda e: e not in ("", "issuing_country", "issuing_jurisdiction"))
VALUES: st.SearchStrategy[CborValue] = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | KEYS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS, inner, max_size=3)
        | st.builds(CborTag, st.integers(0, 2**32), inner)
    ),
    max_leaves=8,
)
# Not a namespace of the catalogue, which would demand types of its elements.
NAMESPACES = NAMES.map(lambda name: f"org.example.{name}")
ELEMENTS = st.dictionaries(
    NAMESPACES,
    st.dictionaries(NAMES, VALUES, min_size=1, max_size=4),
    min_size=1,
    max_size=3,
)


@cache
def scene() -> MdocScene:
    return MdocScene()


def issued(content: Mdoc) -> IssuerSigned:
    identity = scene().signer
    raw = (
        Issuer(signer=identity.signer, certificates=identity.chain)
        .issue(
            content,
            holder_key=HolderKey.unproven(scene().device.public_key, reason="a test"),
            valid_until=scene().at + timedelta(days=3),
            at=scene().at,
        )
        .raw
    )
    return read_issuer_signed(b64.decode(raw, at=""), at="issued")


def shown(document: IssuerSigned, elements: dict[str, list[str]]) -> bytes:
    showing = Showing(document, elements)
    made = signed_document(showing, signer=scene().device, handover=HANDOVER)
    return device_response([made])


def judged(response: bytes, *, days: int = 0) -> MdocVerdict:
    (document,) = read_device_response(response, at="response").documents
    at = scene().at + timedelta(days=days)
    return evaluate(
        document,
        session=Session(HANDOVER),
        context=Context(scene().root(), scene().policy, at),
        subject="it",
    )


def passes(verdict: MdocVerdict) -> bool:
    return {each.outcome for each in verdict.checks} == {Outcome.PASSED}


def all_of(elements: dict[str, dict[str, CborValue]]) -> dict[str, list[str]]:
    return {namespace: list(each) for namespace, each in elements.items()}


@given(ELEMENTS, st.sampled_from(MdocHash), st.integers(0, 5))
def test_whatever_is_issued_is_shown_and_verified(
    elements: dict[str, dict[str, CborValue]], hashed: MdocHash, decoys: int
) -> None:
    content = Mdoc("org.example.type", elements, hash=hashed, decoys=decoys)
    verdict = judged(shown(issued(content), all_of(elements)))
    assert passes(verdict), verdict.checks
    # As CBOR has them: True and 1 are one to Python.
    assert {name: write_cbor({**each}) for name, each in verdict.elements.items()} == {
        name: write_cbor({**each}) for name, each in elements.items()
    }


@given(ELEMENTS, st.data())
def test_what_is_not_shown_is_not_there(
    elements: dict[str, dict[str, CborValue]], data: st.DataObject
) -> None:
    marked = {
        namespace: {name: f"canary {namespace} {name}" for name in each}
        for namespace, each in elements.items()
    }
    document = issued(Mdoc("org.example.type", marked))
    chosen = {
        namespace: data.draw(st.lists(st.sampled_from(list(each)), unique=True))
        for namespace, each in marked.items()
    }
    response = shown(document, chosen)
    verdict = judged(response)
    assert passes(verdict)
    assert {name: set(each) for name, each in verdict.elements.items()} == {
        name: set(each) for name, each in chosen.items() if each
    }
    for namespace, each in marked.items():
        for name, value in each.items():
            is_shown = name in chosen[namespace]
            assert (value.encode() in response) is is_shown or any(
                value in other
                for n, others in marked.items()
                for m, other in others.items()
                if m in chosen[n]
            )


@cache
def one_response() -> bytes:
    content = Mdoc("org.example.type", {"org.example.1": {"a": "b", "c": 1}})
    return shown(issued(content), {"org.example.1": ["a", "c"]})


@given(st.integers(0, 2**32), st.integers(1, 255))
def test_no_single_octet_changed_makes_anything_else_believed(
    place: int, change: int
) -> None:
    response = one_response()
    assert passes(judged(response))
    place %= len(response)
    changed = bytearray(response)
    changed[place] ^= change
    try:
        read = read_device_response(bytes(changed), at="response")
    except (MalformedError, UnsupportedError):
        return
    # The version and the status of a response are all that nobody signs. Whoever
    # carries it can leave elements out, by another name for the map of them.
    first = read_device_response(response, at="response")
    if (read.version, read.status) == (first.version, first.status) and read.documents:
        verdict = judged(bytes(changed))
        assert not passes(verdict) or not verdict.elements


def test_an_element_that_says_to_be_longer_than_all_there_is_is_not_read() -> None:
    response = one_response()
    head = response.rindex(b"\xd8\x18\x58") + 3
    longer = bytearray(response)
    longer[head] += 1
    assert read_device_response(response, at="response").documents
    with pytest.raises(MalformedError):
        read_device_response(bytes(longer), at="response")


@given(st.permutations(range(4)))
def test_the_order_of_elements_changes_nothing(order: list[int]) -> None:
    elements = {"org.example.1": {str(n): n for n in range(4)}}
    document = issued(Mdoc("org.example.type", elements))
    held = a_map(read_cbor(shown(document, all_of(elements)), at=""), at="")  # type: ignore[arg-type]
    first = judged(write_cbor(held))
    signed = a_map(a_list(held["documents"], at="")[0], at="")["issuerSigned"]
    namespaces = a_map(a_map(signed, at="")["nameSpaces"], at="")
    listed = a_list(namespaces["org.example.1"], at="")
    listed[:] = [listed[n] for n in order]
    again = judged(write_cbor(held))
    assert again.checks == first.checks
    assert again.elements == first.elements


@given(st.integers(-400, 400))
def test_a_moment_outside_of_its_life_never_passes(days: int) -> None:
    assert passes(judged(one_response(), days=days)) is (0 <= days < 4)


@given(ELEMENTS)
def test_judging_twice_says_the_same(
    elements: dict[str, dict[str, CborValue]],
) -> None:
    response = shown(issued(Mdoc("org.example.type", elements)), all_of(elements))
    first, second = judged(response), judged(response)
    assert (first.checks, first.mso) == (second.checks, second.mso)


@given(ELEMENTS)
def test_what_was_signed_is_kept_as_it_was_received(
    elements: dict[str, dict[str, CborValue]],
) -> None:
    document = issued(Mdoc("org.example.type", elements))
    read = read_device_response(shown(document, all_of(elements)), at="")
    (again,) = read.documents
    assert again.issuer_signed.namespaces == document.namespaces
    assert again.issuer_signed.auth == document.auth
    assert {
        each.octets for items in document.namespaces.values() for each in items
    } == {
        each.octets
        for items in again.issuer_signed.namespaces.values()
        for each in items
    }


def test_the_document_of_these_tests_is_believed_by_a_strict_reader() -> None:
    strict = replace(scene().policy, name="strict")
    assert strict.signer_profile is scene().policy.signer_profile
    assert passes(judged(one_response()))
