"""A verified container hands out its files, and nothing but what was signed."""

import hashlib
import io
import zipfile
from dataclasses import replace

import pytest

from idwallet.codec.zip import ZipArchive
from idwallet.documents import DOCUMENTS, ASiC, ASiCKind, CoverageRule, XAdES
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.document_signer import DocumentSigner, evaluate_document
from idwallet.testing.container_draft import (
    ANNEX,
    EXTENDED,
    ContainerDraft,
    container_draft,
    manifest_of,
    signature_name,
)
from idwallet.testing.document_draft import CONTRACT
from tests.unit.documents.asic.people import judged, scene, signer, verified

S, E = ASiCKind.S, ASiCKind.E


def draft(kind: ASiCKind = E, *, signers: int = 1) -> ContainerDraft:
    return container_draft(scene(), kind, signers=signers)


def test_every_file_comes_with_its_name_length_and_digest() -> None:
    found = verified(draft().to_bytes()).files
    assert [(e.name, e.size, e.sha256, e.read()) for e in found] == [
        (name, len(data), hashlib.sha256(data).hexdigest(), data)
        for name, data in EXTENDED.items()
    ]


def test_a_file_longer_than_is_wanted_is_not_read() -> None:
    found = verified(draft(S).to_bytes()).files[0]
    with pytest.raises(LimitError, match="long"):
        found.read(max_bytes=len(CONTRACT) - 1)


def test_a_file_shows_nothing_of_its_content() -> None:
    shown = repr(verified(draft(S).to_bytes()))
    assert CONTRACT.decode()[:8] not in shown
    assert "object at" not in shown


def test_a_file_that_was_changed_since_is_told() -> None:
    """Somebody writes to the file between the verdict and the reading of it."""
    made = draft(S).to_bytes()
    stream = io.BytesIO(made)
    found = verified(stream).files[0]
    at = made.index(CONTRACT)
    stream.seek(at)
    stream.write(b"x" * len(CONTRACT))
    with pytest.raises(MalformedError):
        found.read()


def test_a_file_that_was_changed_with_its_checksum_is_told() -> None:
    stream = io.BytesIO(draft(S).to_bytes())
    found = verified(stream).files[0]
    lying = replace(found, sha256="0" * 64)
    with pytest.raises(MalformedError, match="not what was verified"):
        lying.read()


def test_a_container_without_a_media_type_is_judged_by_its_files() -> None:
    for kind in ASiCKind:
        made = draft(kind)
        made.remove("mimetype")
        assert made.report().outcome is Outcome.PASSED


def test_a_container_of_one_may_say_the_type_of_its_document() -> None:
    made = draft(S)
    made.entry("mimetype").data = b"text/plain"
    assert made.report().outcome is Outcome.PASSED


def test_folders_by_themselves_are_nothing_to_sign() -> None:
    made = draft()
    made.add("annex/", b"")
    made.add("META-INF/", b"")
    assert made.report().outcome is Outcome.PASSED


def test_a_container_repacked_by_somebody_stands() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as other:
        made = draft()
        for each in made.entries:
            packing = None if each.name != b"mimetype" else zipfile.ZIP_STORED
            other.writestr(each.name.decode(), each.data, packing)
    assert verified(out.getvalue()).files[0].read() == CONTRACT


def test_what_is_thought_to_be_in_it_is_looked_for() -> None:
    made, trust = draft(), draft().trust
    cases = (
        (CONTRACT, Outcome.PASSED),
        (EXTENDED, Outcome.PASSED),
        (b"?", Outcome.FAILED),
        ({"contract.txt": ANNEX}, Outcome.FAILED),
        ({"more.txt": CONTRACT}, Outcome.FAILED),
    )
    for document, outcome in cases:
        found = evaluate_document(
            made.to_bytes(),
            document=document,
            trust=trust,
            policy=DOCUMENTS,
            at=made.at,
        )
        assert found.report.outcome is outcome


def test_each_signature_is_told_apart_however_many_are_in_a_file() -> None:
    for kind in ASiCKind:
        report = draft(kind, signers=2).report()
        found = {e.subject for e in report.checks if e.id is CheckId.DOCUMENT_CONTENTS}
        assert found == {"signature[0]", "signature[1]"}


def test_a_file_that_others_signed_is_accepted_where_the_policy_says_so() -> None:
    made = draft(signers=2)
    one = manifest_of({"contract.txt": CONTRACT}, signature=signature_name(2))
    made.sign_manifest(2, one)
    assert made.report().outcome is Outcome.INDETERMINATE
    made.policy = replace(DOCUMENTS, coverage=CoverageRule.BY_ANY)
    report = made.report()
    assert report.outcome is Outcome.PASSED
    reasons = [e.reason for e in report.checks if e.id is CheckId.DOCUMENT_CONTENTS]
    assert reasons == [Reason.MATCHES, Reason.SIGNED_BY_OTHERS_ACCEPTED]


def test_a_file_that_nobody_signed_is_accepted_by_no_policy() -> None:
    made = draft()
    made.add("more.txt", b"?")
    made.policy = replace(DOCUMENTS, coverage=CoverageRule.BY_ANY)
    assert made.report().outcome is Outcome.FAILED


def test_a_manifest_may_hold_other_signatures_too() -> None:
    """Who signs second may sign that the first one signed (A.4.1)."""
    made = draft(signers=2)
    first = {signature_name(1): made.entry(signature_name(1)).data}
    both = manifest_of({**EXTENDED, **first}, signature=signature_name(2))
    made.sign_manifest(2, both)
    assert made.report().outcome is Outcome.PASSED
    made.sign_manifest(1, manifest_of(EXTENDED))
    assert made.report().outcome is Outcome.FAILED


def test_the_name_of_a_file_is_safe_to_show_in_a_report() -> None:
    made = draft()
    made.add("a\u202eb.txt", b"?")
    (found,) = (e for e in made.report().checks if e.reason is Reason.NOT_COVERED)
    assert "\u202e" not in str(found.fact("name"))


def test_a_stream_of_no_container_is_the_callers_fault() -> None:
    with pytest.raises(UsageError, match="only a container"):
        judged(io.BytesIO(b"0\x03\x02\x01\x01"))


def test_a_long_container_is_judged_from_a_stream() -> None:
    out = io.BytesIO()
    data = b"".join(b"%08d" % n for n in range(500_000))
    signer(E).sign_into(out, {"long": data}, signing_time=scene().at)
    (found,) = verified(out).files
    assert sum(map(len, found.pieces())) == len(data)


@pytest.mark.parametrize("changed", [None, "a b.txt", "a%20b.txt"])
def test_a_name_that_is_spelled_like_the_address_of_another_is_its_own(
    changed: str | None,
) -> None:
    """Two files of one content: either could be compared in the other's place."""
    who = scene().signer
    files = {"a b.txt": CONTRACT, "a%20b.txt": CONTRACT}
    made = DocumentSigner(
        ASiC(kind=E, signature=XAdES), signer=who.signer, certificates=who.chain
    ).sign(files, signing_time=scene().at)
    archive = ZipArchive(made, at="made")
    draft_of = draft()
    draft_of.entries = []
    for each in archive.entries:
        data = archive.content(each, max_bytes=1 << 20)
        draft_of.add(each.name, ANNEX if each.name == changed else data)
    found = draft_of.judged()
    assert (found.report.outcome is Outcome.PASSED) is (changed is None)
