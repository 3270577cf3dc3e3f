"""Containers: no octets make judging raise, and what passes is what was signed."""

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idwallet.documents import (
    DOCUMENTS,
    ASiC,
    ASiCKind,
    CAdES,
    VerifiedDocument,
    XAdES,
)
from idwallet.roles.document_signer import DocumentSigner, evaluate_document
from idwallet.testing.document_draft import DocumentScene, document_draft
from idwallet.trust.anchors import TrustStore

FILES = {"contract.txt": b"We agree.", "annex/план.txt": b"A plan."}
ALL = [ASiC(kind=kind, signature=form) for kind in ASiCKind for form in (CAdES, XAdES)]


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST properties of containers")


@cache
def trust() -> TrustStore:
    return document_draft(scene()).trust()


def documents(kind: ASiCKind) -> dict[str, bytes]:
    one = {"contract.txt": FILES["contract.txt"]}
    return one if kind is ASiCKind.S else dict(FILES)


@cache
def made(profile: ASiC) -> bytes:
    who = scene().signer
    signer = DocumentSigner(profile, signer=who.signer, certificates=who.chain)
    return signer.sign(documents(profile.kind), signing_time=scene().at)


@pytest.mark.parametrize("profile", ALL, ids=str)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_still_passes_after_changes_is_what_was_signed(
    profile: ASiC, data: st.DataObject
) -> None:
    octets = bytearray(made(profile))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(2, len(octets) - 1))
        octets[at] = data.draw(st.integers(0, 255))
    found = evaluate_document(
        bytes(octets), trust=trust(), policy=DOCUMENTS, at=scene().at
    )
    if isinstance(found, VerifiedDocument):
        files = {each.name: each.read() for each in found.files}
        assert files == documents(profile.kind)


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_no_octets_that_begin_as_an_archive_make_it_raise(rest: bytes) -> None:
    found = evaluate_document(
        b"PK\x03\x04" + rest, trust=trust(), policy=DOCUMENTS, at=scene().at
    )
    assert not isinstance(found, VerifiedDocument)
