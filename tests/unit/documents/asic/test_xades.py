"""Containers with XML signatures (EN 319 162-1 4.3.3.2 (4 c), 4.4.3)."""

import hashlib
import io
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from idwallet import limits
from idwallet.codec.xml import read_element
from idwallet.codec.zip import ZipArchive
from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import (
    DOCUMENTS,
    ASiC,
    ASiCKind,
    Level,
    Packaging,
    UnverifiedDocument,
    VerifiedDocument,
    XAdES,
)
from idwallet.documents.xades.beside import side_by_side
from idwallet.documents.xades.properties import Described
from idwallet.documents.xades.sign import XadesSigner
from idwallet.documents.xades.targets import Target
from idwallet.envelope.xmldsig import PART, NewReference
from idwallet.errors import UnsupportedError, UsageError
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.document_signer import (
    DocumentSigner,
    LongTerm,
    augment_document,
    evaluate_document,
    sign_document,
)
from idwallet.testing.archives import ArchiveScene
from idwallet.testing.authorities import document_signer
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.pki import TestIdentity
from idwallet.testing.zip_draft import Archive, Entry
from idwallet.trust.certificate import Certificate

S, E = ASiCKind.S, ASiCKind.E
BOTH = pytest.mark.parametrize("kind", [S, E])
FILES = {"contract.txt": CONTRACT, "приложения/a b.txt": b"An annex."}
SIMPLE = "META-INF/signatures.xml"
FIRST = "META-INF/signatures001.xml"


@cache
def scene() -> ArchiveScene:
    return ArchiveScene(seed=b"idwallet TEST containers of XML signatures")


def signer(
    kind: ASiCKind, *, second: bool = False, level: Level = Level.B_B
) -> DocumentSigner:
    here = scene()
    who = here.second if second else here.signer
    is_long = level in {Level.B_LT, Level.B_LTA}
    return DocumentSigner(
        ASiC(kind=kind, signature=XAdES, level=level),
        signer=who.signer,
        certificates=who.chain,
        authority=None if level is Level.B_B else here.stamping(1),
        long_term=LongTerm(here.trust(here.at), DOCUMENTS) if is_long else None,
    )


def documents(kind: ASiCKind) -> dict[str, Any]:
    return {"contract.txt": CONTRACT} if kind is S else dict(FILES)


def made(kind: ASiCKind, *, level: Level = Level.B_B) -> bytes:
    return signer(kind, level=level).sign(documents(kind), signing_time=scene().at)


def judged(container: bytes | io.BytesIO) -> VerifiedDocument | UnverifiedDocument:
    here = scene()
    return evaluate_document(
        container, trust=here.trust(here.at), policy=DOCUMENTS, at=here.at
    )


def verified(container: bytes | io.BytesIO) -> VerifiedDocument:
    found = judged(container)
    assert isinstance(found, VerifiedDocument), found.report
    return found


def files_of(container: bytes) -> dict[str, bytes]:
    archive = ZipArchive(container, at="container")
    return {e.name: archive.content(e, max_bytes=1 << 24) for e in archive.entries}


@BOTH
@pytest.mark.parametrize("level", Level)
def test_every_level_is_made_and_judged(kind: ASiCKind, level: Level) -> None:
    found = verified(made(kind, level=level))
    assert [each.level for each in found.signatures] == [level]
    assert {each.name: each.read() for each in found.files} == documents(kind)


def test_a_container_of_one_has_one_file_of_signatures() -> None:
    names = list(files_of(made(S)))
    assert names == ["mimetype", "contract.txt", SIMPLE]


def test_a_container_of_several_has_a_manifest_of_open_document() -> None:
    files = files_of(made(E))
    assert list(files) == ["mimetype", *FILES, "META-INF/manifest.xml", FIRST]
    root = read_element(files["META-INF/manifest.xml"], at="manifest")
    (prefix,) = {each.name.rpartition("}")[0] + "}" for each in root.children}
    paths = [each.attributes[f"{prefix}full-path"] for each in root.children]
    assert paths == ["/", *FILES]


@BOTH
def test_signatures_stand_side_by_side_in_their_file(kind: ASiCKind) -> None:
    octets = files_of(made(kind))[SIMPLE if kind is S else FIRST]
    assert b"<asic:XAdESSignatures" in octets[:120]


@BOTH
def test_a_second_person_and_a_witness_sign(kind: ASiCKind) -> None:
    here = scene()
    second = signer(kind, second=True)
    both = second.sign(None, signing_time=here.at, beside=made(kind))
    found = verified(second.counter_sign(both, signing_time=here.at, number=1))
    assert len({each.name for each in found.signatures}) == 2
    assert [len(each.counter_signatures) for each in found.signatures] == [0, 1]
    count = len([name for name in files_of(both) if "signatures" in name])
    assert count == (1 if kind is S else 2)


@BOTH
def test_a_stream_is_signed_and_judged_without_being_held(kind: ASiCKind) -> None:
    data = b"".join(b"%07d\n" % n for n in range(200_000))
    out = io.BytesIO()
    given = {"long.txt": io.BytesIO(data)}
    signer(kind).sign_into(out, given, signing_time=scene().at)
    assert verified(out).files[0].read() == data


@BOTH
def test_an_archive_outlives_its_certificates_and_is_renewed(kind: ASiCKind) -> None:
    here = scene()
    kept = made(kind, level=Level.B_LTA)
    later = here.years(7)
    trust = here.trust(later, *here.authorities[1:3])
    again = augment_document(
        kept,
        Level.B_LTA,
        trust=trust,
        policy=DOCUMENTS,
        at=later,
        authority=here.stamping(2, later),
    )
    much_later = here.years(15)
    trust = here.trust(much_later, here.authorities[2])
    for container, outcome in (
        (again, Outcome.PASSED),
        (kept, Outcome.INDETERMINATE),
    ):
        found = evaluate_document(
            container, trust=trust, policy=DOCUMENTS, at=much_later
        )
        assert found.report.outcome is outcome


def test_a_key_of_ml_dsa_signs_no_xml() -> None:
    here = scene()
    who: TestIdentity = document_signer(here.pki, algorithm=Algorithm.ML_DSA_44)
    with pytest.raises(UnsupportedError):
        sign_document(
            CONTRACT,
            ASiC(kind=S, signature=XAdES),
            signer=who.signer,
            certificates=who.chain,
            signing_time=here.at,
        )


def test_more_documents_than_a_signature_refers_to_are_refused() -> None:
    many = {f"{n}": b"" for n in range(limits.XML_REFERENCES)}
    with pytest.raises(UsageError, match="too many"):
        signer(E).sign(many, signing_time=scene().at)


# --- containers that were tampered with -----------------------------------------------

Change = Callable[[dict[str, bytes]], None]


def put(name: str, data: bytes) -> Change:
    return lambda files: files.update({name: data})


def without(*names: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        for name in names:
            del files[name]

    return change


def renamed(old: str, new: str) -> Change:
    return lambda files: files.update({new: files.pop(old)})


def exchanged(files: dict[str, bytes]) -> None:
    one, other = FILES
    files[one], files[other] = files[other], files[one]


def replaced(name: str, old: bytes, new: bytes) -> Change:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return change


def of_another(files: dict[str, bytes]) -> None:
    other = signer(E).sign(dict.fromkeys(FILES, b"?"), signing_time=scene().at)
    files[FIRST] = files_of(other)[FIRST]


def on_one_only(files: dict[str, bytes]) -> None:
    one = signer(E, second=True).sign(
        {"contract.txt": CONTRACT}, signing_time=scene().at
    )
    files["META-INF/signatures002.xml"] = files_of(one)[FIRST]


_FORMAT, _INTEGRITY = CheckId.DOCUMENT_FORMAT, CheckId.DOCUMENT_INTEGRITY
_CONTENTS = CheckId.DOCUMENT_CONTENTS
ODF = "META-INF/manifest.xml"
TAMPERED: list[tuple[str, Change, CheckId, Reason]] = [
    ("changed", put("contract.txt", b"?"), _INTEGRITY, Reason.INTEGRITY_MISMATCH),
    ("exchanged", exchanged, _INTEGRITY, Reason.INTEGRITY_MISMATCH),
    ("of another", of_another, _INTEGRITY, Reason.INTEGRITY_MISMATCH),
    ("removed", without("contract.txt"), _INTEGRITY, Reason.NOT_AT_HAND),
    ("added", put("more.txt", b"?"), _CONTENTS, Reason.NOT_COVERED),
    ("in META-INF", put("META-INF/more.txt", b"?"), _CONTENTS, Reason.NOT_COVERED),
    ("signed by one", on_one_only, _CONTENTS, Reason.SIGNED_BY_OTHERS),
    ("no signature", without(FIRST), _FORMAT, Reason.ABSENT),
    ("junk", put(FIRST, b"<a/>"), _FORMAT, Reason.ABSENT),
    ("no XML", put(FIRST, b"junk"), _FORMAT, Reason.MALFORMED),
    ("CAdES too", put("META-INF/signature.p7s", b""), _FORMAT, Reason.MALFORMED),
    (
        "a manifest of CAdES",
        put("META-INF/ASiCManifest.xml", b""),
        _FORMAT,
        Reason.MALFORMED,
    ),
    ("a junk manifest", put(ODF, b"<a/>"), _FORMAT, Reason.MALFORMED),
    (
        "a manifest that names twice",
        replaced(ODF, b'"/"', b'"contract.txt"'),
        _FORMAT,
        Reason.MALFORMED,
    ),
    ("hidden", renamed(FIRST, "META-INF/SIGNATURES.xml"), _FORMAT, Reason.MALFORMED),
]


@pytest.mark.parametrize(
    ("change", "check", "reason"),
    [each[1:] for each in TAMPERED],
    ids=[each[0] for each in TAMPERED],
)
def test_a_container_that_was_tampered_with_is_told(
    change: Change, check: CheckId, reason: Reason
) -> None:
    files = files_of(made(E))
    twin = dict(files)
    change(files)
    reports = [judged(packed(each)).report for each in (twin, files)]
    assert reports[0].outcome is Outcome.PASSED
    assert reports[1].outcome is not Outcome.PASSED
    found = {
        (each.id, each.reason)
        for each in reports[1].checks
        if each.outcome is not Outcome.PASSED and each.reason is not Reason.WAITING
    }
    assert found == {(check, reason)}


def packed(files: dict[str, bytes]) -> bytes:
    entries = [
        Entry(name=name.encode(), data=data, flags=0 if name.isascii() else 1 << 11)
        for name, data in files.items()
    ]
    return Archive(entries).to_bytes()


@pytest.mark.parametrize("data", [b"<a>1</a>", b"<a>1<!-- 2 --></a>"])
def test_a_file_that_was_signed_after_a_transform_counts_as_not_signed(
    data: bytes,
) -> None:
    """The comment was not signed, and nobody would see the difference."""
    who, at = scene().signer, scene().at
    inner = XadesSigner(
        XAdES(packaging=Packaging.DETACHED),
        signer=who.signer,
        certificates=tuple(Certificate.from_der(e, at="chain") for e in who.chain),
    )
    digest = hashlib.sha256(b"<a>1</a>").digest()
    reference = NewReference("data.xml", digest, PART, "first")
    target = Target("id-test", (reference,), (Described("first", "text/xml"),))
    draft = inner._draft(target, signing_time=at)
    signature = inner.finish(draft, who.signer.sign(draft.to_sign))
    files = {"data.xml": data, SIMPLE: side_by_side(signature)}
    checks = judged(packed(files)).report.checks
    found = {each.id: each.reason for each in checks}
    assert found[_INTEGRITY] is Reason.MATCHES
    assert found[_CONTENTS] is Reason.NOT_COVERED
