"""Containers are kept for decades, and their archives renewed (EN 319 162-1 A.7)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import pytest

from idwallet import limits
from idwallet.codec.zip import ZipArchive
from idwallet.documents import (
    ARCHIVE,
    DOCUMENTS,
    ASiC,
    ASiCKind,
    CAdES,
    DocumentPolicy,
    Level,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.documents.asic.augment import AsicAugmenter
from idwallet.documents.asic.manifest import Manifest, read_manifest, write_manifest
from idwallet.errors import UsageError
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.document_signer import (
    DocumentSigner,
    LongTerm,
    augment_document,
    evaluate_document,
)
from idwallet.testing.archives import ArchiveScene
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.pki import TestIdentity
from idwallet.testing.zip_draft import Archive, Entry
from idwallet.trust.anchors import TrustStore

S, E = ASiCKind.S, ASiCKind.E
BOTH = pytest.mark.parametrize("kind", [S, E])
NEWEST = "META-INF/ASiCArchiveManifest.xml"
STAMP = "META-INF/timestamp001.tst"
P7S = "META-INF/signature001.p7s"


@cache
def scene() -> ArchiveScene:
    return ArchiveScene(seed=b"idwallet TEST archives of containers")


def signer(kind: ASiCKind, who: TestIdentity) -> DocumentSigner:
    return DocumentSigner(
        ASiC(kind=kind, signature=CAdES, level=Level.B_T),
        signer=who.signer,
        certificates=who.chain,
        authority=scene().stamping(0),
    )


@cache
def stamped(kind: ASiCKind) -> bytes:
    here = scene()
    made = signer(kind, here.signer).sign(
        {"contract.txt": CONTRACT}, signing_time=here.at
    )
    return signer(kind, here.second).sign(None, signing_time=here.at, beside=made)


def raised(
    signed: bytes,
    level: Level,
    *,
    by: int = 1,
    at: datetime | None = None,
    about: Iterable[TestIdentity] = (),
) -> bytes:
    here = scene()
    moment = at or here.at
    return augment_document(
        signed,
        level,
        trust=here.trust(moment, *about),
        policy=DOCUMENTS,
        at=moment,
        authority=here.stamping(by, moment),
    )


@cache
def archived(kind: ASiCKind) -> bytes:
    return raised(stamped(kind), Level.B_LTA)


@cache
def renewed(kind: ASiCKind) -> bytes:
    here = scene()
    about = here.authorities[1:3]
    return raised(archived(kind), Level.B_LTA, by=2, at=here.years(7), about=about)


def judged(
    container: bytes,
    at: datetime,
    *,
    trust: TrustStore | None = None,
    policy: DocumentPolicy = DOCUMENTS,
) -> VerifiedDocument | UnverifiedDocument:
    return evaluate_document(
        container, trust=trust or scene().bare(), policy=policy, at=at
    )


def levels(found: VerifiedDocument | UnverifiedDocument) -> set[Level]:
    assert isinstance(found, VerifiedDocument), found.report
    assert len(found.signatures) == 2
    return {each.level for each in found.signatures}


def names(container: bytes) -> list[str]:
    archive = ZipArchive(container, at="container")
    return [each.name for each in archive.entries]


def read(container: bytes, name: str) -> bytes:
    archive = ZipArchive(container, at="container")
    entry = archive.named(name)
    assert entry is not None
    return archive.content(entry, max_bytes=1 << 24)


@BOTH
def test_a_container_of_level_b_lt_needs_no_evidence_from_elsewhere(
    kind: ASiCKind,
) -> None:
    container = raised(stamped(kind), Level.B_LT)
    assert levels(judged(container, scene().at)) == {Level.B_LT}
    assert judged(stamped(kind), scene().at).report.outcome is Outcome.INDETERMINATE


@BOTH
def test_a_container_is_signed_at_a_level_with_evidence_at_once(
    kind: ASiCKind,
) -> None:
    here = scene()
    made = DocumentSigner(
        ASiC(kind=kind, signature=CAdES, level=Level.B_LTA),
        signer=here.signer.signer,
        certificates=here.signer.chain,
        authority=here.stamping(1),
        long_term=LongTerm(trust=here.trust(here.at), policy=DOCUMENTS),
    ).sign({"contract.txt": CONTRACT}, signing_time=here.at)
    found = judged(made, here.at, trust=here.trust(here.at))
    assert isinstance(found, VerifiedDocument)
    assert found.signatures[0].level is Level.B_LTA


@BOTH
def test_an_archive_outlives_the_certificates_of_the_signers(kind: ASiCKind) -> None:
    here = scene()
    later = here.years(5)
    trust = here.trust(later, here.authorities[1])
    assert levels(judged(archived(kind), later, trust=trust)) == {Level.B_LTA}
    kept = raised(stamped(kind), Level.B_LT)
    assert judged(kept, later, trust=trust).report.outcome is Outcome.INDETERMINATE


@BOTH
def test_a_renewed_archive_outlives_the_authority_of_the_first(kind: ASiCKind) -> None:
    here = scene()
    later = here.years(15)
    trust = here.trust(later, here.authorities[2])
    assert levels(judged(renewed(kind), later, trust=trust)) == {Level.B_LTA}
    found = judged(archived(kind), later, trust=trust)
    assert found.report.outcome is Outcome.INDETERMINATE


def test_an_archive_of_several_is_one_manifest_with_a_timestamp() -> None:
    assert names(archived(E)) == [*names(stamped(E)), NEWEST, STAMP]
    manifest = read_manifest(read(archived(E), NEWEST), at="manifest")
    listed = {each.name for each in manifest.files}
    assert listed == set(names(stamped(E))) - {"mimetype"}
    assert manifest.signature == STAMP


def test_a_renewal_renames_the_one_before_and_follows_it() -> None:
    first, second = archived(E), renewed(E)
    old = "META-INF/ASiCArchiveManifest001.xml"
    assert read(second, old) == read(first, NEWEST)
    manifest = read_manifest(read(second, NEWEST), at="manifest")
    assert [each.name for each in manifest.files if each.is_root] == [old]
    listed = {each.name for each in manifest.files}
    assert listed == set(names(second)) - {
        "mimetype",
        NEWEST,
        "META-INF/timestamp002.tst",
    }


def test_what_is_archived_is_never_touched_again() -> None:
    first, second = archived(E), renewed(E)
    for name in names(stamped(E)):
        assert read(first, name) == read(second, name)


def test_an_archive_of_one_is_in_its_signatures() -> None:
    assert names(archived(S)) == names(stamped(S))


def test_an_archived_signature_is_not_counter_signed() -> None:
    here = scene()
    with pytest.raises(UsageError, match="archived"):
        signer(E, here.second).counter_sign(archived(E), signing_time=here.at)


def test_somebody_signs_beside_an_archive_and_is_archived_with_the_next() -> None:
    here = scene()
    more = signer(E, here.signer).sign(None, signing_time=here.at, beside=archived(E))
    found = judged(more, here.at, trust=here.trust(here.at))
    assert isinstance(found, VerifiedDocument)
    assert [each.level for each in found.signatures][-1] is Level.B_T
    again = raised(more, Level.B_LTA)
    later = here.years(5)
    found = judged(again, later, trust=here.trust(later, here.authorities[1]))
    assert isinstance(found, VerifiedDocument)
    assert {each.level for each in found.signatures} == {Level.B_LTA}


# --- archives that were tampered with -------------------------------------------------

Change = Callable[[dict[str, bytes]], None]


def changed(container: bytes, change: Change) -> bytes:
    files = {name: read(container, name) for name in names(container)}
    change(files)
    entries = [Entry(name=name.encode(), data=data) for name, data in files.items()]
    return Archive(entries).to_bytes()


def put(name: str, data: bytes) -> Change:
    return lambda files: files.update({name: data})


def out(*gone: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        for name in gone:
            del files[name]

    return change


def without(*gone: str) -> Change:
    """Leave something out of the newest manifest, which is then another one."""

    def change(files: dict[str, bytes]) -> None:
        found = read_manifest(files[NEWEST], at="manifest")
        left = tuple(each for each in found.files if each.name not in gone)
        made = Manifest(found.signature, left)
        files[NEWEST] = write_manifest(made, signature_type="a/b")

    return change


def moved(old: str, new: str) -> Change:
    return lambda files: files.update({new: files.pop(old)})


def with_a_line(name: str) -> Change:
    return lambda files: files.update({name: files[name] + b"\n"})


def stripped(files: dict[str, bytes]) -> None:
    """Take the certificates' evidence out of an archived signature."""
    files[P7S] = read(stamped(E), P7S)


def crowded(files: dict[str, bytes]) -> None:
    for n in range(limits.ARCHIVE_TIMESTAMPS):
        files[f"META-INF/{n}ASiCArchiveManifest.xml"] = files[NEWEST]


@dataclass
class Tampered:
    name: str
    change: Change
    check: CheckId
    reason: Reason


_TIME, _FORMAT = CheckId.TIMESTAMP_TRUST, CheckId.DOCUMENT_FORMAT
TAMPERED = [
    Tampered("a line", with_a_line(NEWEST), _TIME, Reason.INTEGRITY_MISMATCH),
    Tampered("less archived", without(P7S), _TIME, Reason.INTEGRITY_MISMATCH),
    Tampered("a signature exchanged", stripped, _TIME, Reason.INTEGRITY_MISMATCH),
    Tampered("a junk timestamp", put(STAMP, b"junk"), _TIME, Reason.MALFORMED),
    Tampered("no timestamp", out(STAMP), _FORMAT, Reason.MALFORMED),
    Tampered("a timestamp on nothing", out(NEWEST), _FORMAT, Reason.MALFORMED),
    Tampered(
        "another timestamp",
        put("META-INF/timestamp9.tst", b"junk"),
        _FORMAT,
        Reason.MALFORMED,
    ),
    Tampered(
        "no newest",
        moved(NEWEST, "META-INF/oldASiCArchiveManifest.xml"),
        _FORMAT,
        Reason.MALFORMED,
    ),
    Tampered("too many", crowded, _FORMAT, Reason.LIMIT_EXCEEDED),
    Tampered("junk", put(NEWEST, b"<a/>"), _FORMAT, Reason.MALFORMED),
]


@pytest.mark.parametrize("case", TAMPERED, ids=lambda each: each.name)
def test_an_archive_that_was_tampered_with_is_told(case: Tampered) -> None:
    here = scene()
    trust = here.trust(here.at)
    same = changed(archived(E), lambda _: None)
    assert judged(same, here.at, trust=trust).report.outcome is Outcome.PASSED
    report = judged(changed(archived(E), case.change), here.at, trust=trust).report
    assert report.outcome is Outcome.FAILED
    failed = {(e.id, e.reason) for e in report.failed()}
    assert failed == {(case.check, case.reason)}


def test_a_document_changed_in_an_archive_is_told_by_its_signatures() -> None:
    here = scene()
    other = changed(archived(E), put("contract.txt", b"?"))
    report = judged(other, here.at, trust=here.trust(here.at)).report
    assert {(e.id, e.reason) for e in report.failed()} == {
        (CheckId.DOCUMENT_CONTENTS, Reason.INTEGRITY_MISMATCH)
    }
    waiting = [e.id for e in report.checks if e.reason is Reason.WAITING]
    assert CheckId.TIMESTAMP_TRUST in waiting


def test_an_archive_that_no_newer_one_holds_is_refused() -> None:
    here = scene()
    cut = without("META-INF/ASiCArchiveManifest001.xml")
    found = judged(changed(renewed(E), cut), here.years(7))
    assert {(e.id, e.reason) for e in found.report.failed()} == {
        (CheckId.DOCUMENT_FORMAT, Reason.MALFORMED)
    }


def test_a_policy_that_wants_timestamps_takes_that_of_the_archive() -> None:
    """The signature has none of its own: it came into the archive in time."""
    here = scene()
    profile = ASiC(kind=E, signature=CAdES)
    who = here.signer
    made = DocumentSigner(profile, signer=who.signer, certificates=who.chain).sign(
        {"contract.txt": CONTRACT}, signing_time=here.at
    )
    trust = here.trust(here.at)
    bare = judged(made, here.at, trust=trust, policy=ARCHIVE)
    assert bare.report.outcome is Outcome.INDETERMINATE
    kept = AsicAugmenter().archived(made, authority=here.stamping(1), document=None)
    found = judged(kept, here.at, trust=trust, policy=ARCHIVE)
    assert isinstance(found, VerifiedDocument)
    assert found.signatures[0].timestamped
