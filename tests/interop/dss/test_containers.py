"""Containers: EU DSS judges every kind, form and level of ours, and we judge its."""

import io
import zipfile
from collections.abc import Iterator
from typing import Final

import pytest

from idwallet.codec.json import JsonValue
from idwallet.documents import (
    DOCUMENTS,
    ASiC,
    ASiCKind,
    CAdES,
    Level,
    UnverifiedDocument,
    VerifiedDocument,
    VerifiedSignature,
    XAdES,
)
from idwallet.report import Outcome
from idwallet.roles.document_signer import (
    DocumentSigner,
    LongTerm,
    evaluate_document,
)
from idwallet.testing.pki import TestIdentity
from tests.interop.dss.peer import Dss, Named
from tests.interop.dss.people import FIRST, SCENE, SECOND, WITNESS, known, trust
from tests.interop.dss.signing import authority
from tests.interop.dss.verdict import DssVerdict

pytestmark = pytest.mark.interop

S, E = ASiCKind.S, ASiCKind.E
FILES: Final = {"contract.txt": b"We agree.", "приложения/a & b.txt": bytes(2000)}
ENDINGS: Final = {S: "asics", E: "asice"}
ALL: Final = [
    ASiC(kind=kind, signature=form, level=level)
    for kind in ASiCKind
    for form in (CAdES, XAdES)
    for level in Level
]


def _name(profile: ASiC) -> str:
    form = profile.signature.__name__
    return f"{profile.kind.value} {form} {profile.level.value}"


def _signer(profile: ASiC, who: TestIdentity) -> DocumentSigner:
    is_long = profile.level in {Level.B_LT, Level.B_LTA}
    return DocumentSigner(
        profile,
        signer=who.signer,
        certificates=who.chain,
        authority=None if profile.level is Level.B_B else authority(),
        long_term=LongTerm(trust(), DOCUMENTS) if is_long else None,
    )


def _documents(kind: ASiCKind) -> dict[str, bytes]:
    return {"contract.txt": FILES["contract.txt"]} if kind is S else dict(FILES)


def _made(profile: ASiC) -> bytes:
    signer = _signer(profile, FIRST)
    return signer.sign(_documents(profile.kind), signing_time=SCENE.at)


def _validated(dss: Dss, container: bytes, kind: ASiCKind) -> DssVerdict:
    named = Named(f"made.{ENDINGS[kind]}", container)
    return dss.validate(named, known=known(), at=SCENE.at)


def _covered(profile: ASiC) -> set[str]:
    """Return what DSS has to find covered: every file, and a manifest where one is."""
    files = set(_documents(profile.kind))
    is_listed = profile.kind is E and profile.signature is CAdES
    return files | {"META-INF/ASiCManifest001.xml"} if is_listed else files


@pytest.mark.parametrize("profile", ALL, ids=_name)
def test_dss_finds_the_level_that_was_asked_for_and_every_file_covered(
    dss: Dss, profile: ASiC
) -> None:
    found = _validated(dss, _made(profile), profile.kind)
    (signature,) = found.signatures
    form, level = profile.signature.__name__, profile.level.value[2:]
    assert signature.level == f"{form}_BASELINE_{level}"
    assert set(signature.covers) == {(name, "FULL") for name in _covered(profile)}
    for token in found.tokens:
        assert token.passed, found.told()
        assert (token.errors, token.warnings) == ((), ()), found.told()


@pytest.mark.parametrize("profile", [e for e in ALL if e.level is Level.B_T], ids=_name)
def test_dss_passes_several_signers_and_a_witness(dss: Dss, profile: ASiC) -> None:
    """One warning has a reason: in ASiC-E with XAdES, and nowhere else, DSS asks of a
    signature on a signature too whether it is on all files. It is on a signature value
    and on nothing else (EN 319 132-1 section 5.2.7.2).
    """
    both = _signer(profile, SECOND).sign(
        None, signing_time=SCENE.at, beside=_made(profile)
    )
    made = _signer(profile, WITNESS).counter_sign(both, signing_time=SCENE.at)
    found = _validated(dss, made, profile.kind)
    assert len(found.signatures) == 3
    assert len([e for e in found.signatures if e.is_counter_signature]) == 1
    for token in found.tokens:
        assert token.passed, found.told()
        asked = {key for key, _ in token.warnings}
        is_counter = token in found.signatures and token.raw["parent"] is not None
        is_odd = is_counter and (profile.kind, profile.signature) == (E, XAdES)
        assert asked == ({"BBB_CV_IAFS_ANS"} if is_odd else set()), found.told()


@pytest.mark.parametrize("profile", [e for e in ALL if e.level is Level.B_B], ids=_name)
def test_neither_passes_a_container_with_a_file_changed(
    dss: Dss, profile: ASiC
) -> None:
    changed = _repacked(_made(profile), {"contract.txt": b"We disagree."})
    found = _validated(dss, changed, profile.kind)
    assert [e.indication for e in found.signatures] == ["TOTAL_FAILED HASH_FAILURE"]
    assert _judged(changed).report.outcome is Outcome.FAILED


def test_a_file_that_nobody_signed_is_a_failure_here_and_a_warning_there(
    dss: Dss,
) -> None:
    changed = _repacked(_made(ASiC(kind=E, signature=XAdES)), {"more.txt": b"?"})
    (found,) = _validated(dss, changed, E).signatures
    assert found.passed
    assert {key for key, _ in found.warnings} == {"BBB_CV_IAFS_ANS"}
    assert _judged(changed).report.outcome is Outcome.FAILED


def _repacked(container: bytes, changes: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(container)) as old,
        zipfile.ZipFile(out, "w") as new,
    ):
        files = {name: old.read(name) for name in old.namelist()}
        for name, data in {**files, **changes}.items():
            new.writestr(name, data)
    return out.getvalue()


def _judged(container: bytes) -> VerifiedDocument | UnverifiedDocument:
    return evaluate_document(container, trust=trust(), policy=DOCUMENTS, at=SCENE.at)


def _levels(found: tuple[VerifiedSignature, ...]) -> Iterator[Level]:
    for each in found:
        yield each.level
        yield from _levels(each.counter_signatures)


def _by_dss(dss: Dss, profile: ASiC) -> bytes:
    files = _documents(profile.kind).items()
    documents: list[JsonValue] = [Named(n, data).to_json() for n, data in files]
    return dss.make(
        "sign",
        by=FIRST,
        at=SCENE.at,
        tsa=SCENE.authority,
        known=known(),
        documents=documents,
        options=_options(profile),
    )


def _options(profile: ASiC) -> dict[str, JsonValue]:
    form, level = profile.signature.__name__, profile.level.value[2:]
    return {
        "format": f"ASiC_{form}",
        "container": profile.kind.value.replace("-", "_"),
        "level": f"{form}-BASELINE-{level}",
        "digest": "SHA256",
    }


@pytest.mark.parametrize("profile", ALL, ids=_name)
def test_what_dss_signs_passes_at_its_level(dss: Dss, profile: ASiC) -> None:
    found = _judged(_by_dss(dss, profile))
    assert isinstance(found, VerifiedDocument), found.report
    assert list(_levels(found.signatures)) == [profile.level]
    assert {e.name: e.read() for e in found.files} == _documents(profile.kind)


@pytest.mark.parametrize(
    "profile", [e for e in ALL if e.level is Level.B_LTA], ids=_name
)
def test_dss_renews_what_we_archived(dss: Dss, profile: ASiC) -> None:
    extended = dss.make(
        "extend",
        by=FIRST,
        at=SCENE.at,
        tsa=SCENE.authority,
        known=known(),
        document=Named(f"made.{ENDINGS[profile.kind]}", _made(profile)).to_json(),
        options=_options(profile),
    )
    found = _judged(extended)
    assert isinstance(found, VerifiedDocument), found.report
    assert found.signatures[0].level is Level.B_LTA
