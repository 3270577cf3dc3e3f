"""XAdES documents kept for decades: what is added, what it proves, what breaks it."""

from functools import cache
from io import BytesIO
from typing import Final

import pytest

from idwallet import limits
from idwallet.documents import (
    DOCUMENTS,
    Commitment,
    Documents,
    Level,
    Packaging,
    UnverifiedDocument,
    VerifiedDocument,
    XAdES,
)
from idwallet.documents.xades.archive import archive_stamps
from idwallet.documents.xades.augment import XadesAugmenter
from idwallet.envelope.xmldsig import read_signatures
from idwallet.errors import UsageError
from idwallet.report import CheckId, Reason
from idwallet.roles.document_signer import (
    DocumentSigner,
    LongTerm,
    augment_document,
    evaluate_document,
    sign_document,
)
from idwallet.testing.archives import ArchiveScene
from idwallet.testing.pki import TestIdentity
from idwallet.testing.xades_draft import PAPER
from tests.unit.documents.xades.schema import faults

APART: Final = {"one.bin": b"one", "two.bin": b"two"}


@cache
def scene() -> ArchiveScene:
    return ArchiveScene(seed=b"idwallet TEST XAdES archives")


def given(packaging: Packaging) -> Documents:
    return APART if packaging is Packaging.DETACHED else PAPER


@cache
def stamped(packaging: Packaging = Packaging.ENVELOPED) -> bytes:
    here = scene()
    return sign_document(
        given(packaging),
        XAdES(level=Level.B_T, packaging=packaging, commitment=Commitment.APPROVAL),
        signer=here.signer.signer,
        certificates=here.signer.chain,
        signing_time=here.at,
        authority=here.stamping(0),
    )


def raised(
    signed: bytes,
    level: Level,
    *,
    year: float = 0,
    by: int = 1,
    about: tuple[TestIdentity, ...] = (),
    document: Documents | None = None,
) -> bytes:
    here = scene()
    at = here.years(year)
    return augment_document(
        signed,
        level,
        trust=here.trust(at, *about),
        policy=DOCUMENTS,
        at=at,
        authority=here.stamping(by, at),
        document=document,
    )


@cache
def archived(packaging: Packaging = Packaging.ENVELOPED) -> bytes:
    document = given(packaging)
    return raised(stamped(packaging), Level.B_LTA, document=document)


@cache
def renewed(packaging: Packaging = Packaging.ENVELOPED) -> bytes:
    return raised(
        archived(packaging),
        Level.B_LTA,
        year=7,
        by=2,
        about=scene().authorities[1:3],
        document=given(packaging),
    )


def judged(
    signed: bytes,
    *,
    year: float = 0,
    about: tuple[TestIdentity, ...] = (),
    document: Documents | None = None,
) -> VerifiedDocument | UnverifiedDocument:
    here = scene()
    at = here.years(year)
    return evaluate_document(
        signed,
        document=document,
        trust=here.trust(at, *about),
        policy=DOCUMENTS,
        at=at,
    )


def level_of(found: VerifiedDocument | UnverifiedDocument) -> Level:
    assert isinstance(found, VerifiedDocument), found.report
    (signature,) = found.signatures
    return signature.level


def reasons(signed: bytes, subject: str) -> set[Reason]:
    found = judged(signed, year=15, about=scene().authorities[2:3])
    return {e.reason for e in found.report.checks if e.subject == subject}


@pytest.mark.parametrize("packaging", Packaging)
def test_a_document_is_raised_from_level_to_level_and_lives_on(
    packaging: Packaging,
) -> None:
    document = given(packaging)
    complete = raised(stamped(packaging), Level.B_LT, document=document)
    assert level_of(judged(complete, document=document)) is Level.B_LT
    assert level_of(judged(archived(packaging), document=document)) is Level.B_LTA
    # In year 15 the signer and the first two authorities have ended.
    about = scene().authorities[2:3]
    found = judged(renewed(packaging), year=15, about=about, document=document)
    assert level_of(found) is Level.B_LTA
    alone = judged(archived(packaging), year=15, about=about, document=document)
    assert isinstance(alone, UnverifiedDocument)


@pytest.mark.parametrize("packaging", Packaging)
def test_nothing_that_was_there_is_changed(packaging: Packaging) -> None:
    kept, rest = iter(renewed(packaging)), stamped(packaging)
    assert all(octet in kept for octet in rest)


@pytest.mark.parametrize("packaging", Packaging)
@pytest.mark.parametrize("make", [stamped, archived, renewed])
def test_what_is_written_is_what_the_schemas_allow(
    make: object, packaging: Packaging
) -> None:
    assert faults(make(packaging)) == []  # type: ignore[operator]


def test_a_document_with_everything_is_what_the_schemas_allow() -> None:
    here = scene()
    profile = XAdES(
        roles=("директор", "свидетель"),
        city="Рига",
        country="LV",
        commitment=Commitment.ORIGIN,
    )
    signer = DocumentSigner(
        profile, signer=here.signer.signer, certificates=here.signer.chain
    )
    signed = signer.sign(PAPER, signing_time=here.at)
    signed = signer.sign(signed, signing_time=here.at)
    signed = signer.counter_sign(signed, signing_time=here.at, number=1)
    assert faults(signed) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"xades:SigningTime>", b"xades:Time>"),
        (b"SigningCertificateV2>", b"SigningCertificate>"),
        (b' ObjectReference="#', b' ObjectReference="'),
        (b' Target="', b' Aim="'),
        (
            b"<xades:EncapsulatedTimeStamp>",
            b"<xades:Other/><xades:EncapsulatedTimeStamp>",
        ),
    ],
)
def test_the_schemas_are_no_rubber_stamp(old: bytes, new: bytes) -> None:
    bent = stamped().replace(old, new)
    assert bent != stamped()
    assert faults(bent)


def test_material_stands_where_the_standard_puts_it() -> None:
    signed = renewed()
    order = [
        b"<xades:SignatureTimeStamp ",
        b"<xades141:TimeStampValidationData ",
        b"</xades141:TimeStampValidationData><xades:",
        b"<xades141:ArchiveTimeStamp ",
        b"</xades141:ArchiveTimeStamp><xades141:TimeStampValidationData ",
    ]
    places = [signed.index(each) for each in order]
    assert places == sorted(places)
    assert signed.count(b"<xades:RevocationValues ") >= 3


def test_a_second_archive_timestamp_covers_the_first_and_repeats_nothing() -> None:
    (signature,) = read_signatures(renewed(), at="test")
    first, second = archive_stamps(signature)
    assert first.der in second.covered().others
    assert second.der not in first.covered().others
    held = second.covered().material
    pieces = (*held.certificates, *held.crls, *held.responses)
    assert len(set(pieces)) == len(pieces)
    assert first.covered().material.pieces < held.pieces


@pytest.mark.parametrize("what", ["id", "added", "removed", "swapped"])
def test_what_an_archive_timestamp_covers_cannot_be_changed(what: str) -> None:
    signed = renewed()
    assert reasons(signed, "signature[0].archive[0]") == {Reason.TRUSTED}
    start = signed.index(b"<xades:RevocationValues ")
    end = signed.index(b"</xades:RevocationValues>") + 25
    property_ = signed[start:end]
    bent = {
        "id": signed.replace(
            b"<xades:SignatureTimeStamp ", b'<xades:SignatureTimeStamp x="" '
        ),
        "added": signed[:start] + property_ + signed[start:],
        "removed": signed[:start] + signed[end:],
        "swapped": signed.replace(b"<ds:KeyInfo>", b"<ds:KeyInfo> "),
    }[what]
    assert reasons(bent, "signature[0].archive[0]") == {Reason.INTEGRITY_MISMATCH}


def test_what_came_behind_an_archive_timestamp_is_not_covered_and_breaks_nothing() -> (
    None
):
    here = scene()
    signer = DocumentSigner(
        XAdES(), signer=here.second.signer, certificates=here.second.chain
    )
    more = signer.counter_sign(archived(), signing_time=here.at)
    found = judged(more)
    assert isinstance(found, VerifiedDocument), found.report
    (signature,) = found.signatures
    assert signature.level is Level.B_LTA
    (counter,) = signature.counter_signatures
    assert counter.level is Level.B_B


def test_a_counter_signature_that_is_covered_lives_on_with_the_signature() -> None:
    here = scene()
    signer = DocumentSigner(
        XAdES(level=Level.B_T),
        signer=here.second.signer,
        certificates=here.second.chain,
        authority=here.stamping(0),
    )
    signed = signer.counter_sign(stamped(), signing_time=here.at)
    kept = raised(signed, Level.B_LTA)
    about = here.authorities[1:3]
    kept = raised(kept, Level.B_LTA, year=7, by=2, about=about)
    found = judged(kept, year=15, about=here.authorities[2:3])
    assert isinstance(found, VerifiedDocument), found.report
    (signature,) = found.signatures
    (counter,) = signature.counter_signatures
    assert counter.timestamped


def test_every_signature_of_a_document_is_raised() -> None:
    here = scene()
    second = DocumentSigner(
        XAdES(), signer=here.second.signer, certificates=here.second.chain
    )
    both = second.sign(stamped(), signing_time=here.at)
    kept = raised(both, Level.B_LTA)
    found = judged(kept)
    assert isinstance(found, VerifiedDocument), found.report
    assert [each.level for each in found.signatures] == [Level.B_LTA] * 2


def test_a_signature_that_covers_another_lets_nothing_be_added_to_it() -> None:
    here = scene()
    last = DocumentSigner(
        XAdES(alone=True), signer=here.second.signer, certificates=here.second.chain
    )
    both = last.sign(stamped(), signing_time=here.at)
    with pytest.raises(UsageError, match="would break it"):
        raised(both, Level.B_LTA)


def test_documents_apart_are_streams_that_are_read_again() -> None:
    streams = {name: BytesIO(octets) for name, octets in APART.items()}
    kept = raised(stamped(Packaging.DETACHED), Level.B_LTA, document=streams)
    found = judged(kept, document={n: BytesIO(o) for n, o in APART.items()})
    assert level_of(found) is Level.B_LTA
    with pytest.raises(UsageError, match="needs it all"):
        XadesAugmenter().archived(
            stamped(Packaging.DETACHED), authority=scene().stamping(1), document=None
        )
    lacking = judged(kept)
    waits = {
        (each.id, each.subject)
        for each in lacking.report.checks
        if each.reason is Reason.WAITING
    }
    assert (CheckId.TIMESTAMP_TRUST, "signature[0].archive[0]") in waits


def test_more_material_than_a_bound_is_not_put_into_a_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "XML_MATERIAL", 2)
    with pytest.raises(UsageError, match="more material"):
        raised(stamped(), Level.B_LT)


def test_signing_at_a_level_with_evidence_is_one_call() -> None:
    here = scene()
    signed = sign_document(
        PAPER,
        XAdES(level=Level.B_LTA),
        signer=here.signer.signer,
        certificates=here.signer.chain,
        signing_time=here.at,
        authority=here.stamping(1),
        long_term=LongTerm(trust=here.trust(here.at), policy=DOCUMENTS),
    )
    assert level_of(judged(signed)) is Level.B_LTA
