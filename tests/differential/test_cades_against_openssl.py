"""OpenSSL verifies the documents that we sign, and we those that it signs."""

from pathlib import Path

import pytest

from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import (
    ARCHIVE,
    DOCUMENTS,
    CAdES,
    Level,
    Packaging,
    VerifiedDocument,
)
from idwallet.report import CheckId, Reason
from idwallet.roles.document_signer import LongTerm, evaluate_document, sign_document
from idwallet.testing.authorities import document_signer
from idwallet.testing.document_draft import CONTRACT, DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.pki import TestIdentity
from idwallet.testing.tsa import TestTsa
from idwallet.trust.evidence import EvidenceAtHand
from tests.differential.test_cms_against_openssl import KNOWN, openssl

SCENE = DocumentScene(seed=b"idwallet TEST documents and OpenSSL")


def certified(algorithm: Algorithm) -> TestIdentity:
    return document_signer(SCENE.pki, algorithm=algorithm)


def ours(who: TestIdentity, profile: CAdES) -> bytes:
    tsa = TestTsa(SCENE.pki, identity=SCENE.authority)
    known = (*crls(who, at=SCENE.at), *crls(SCENE.authority, at=SCENE.at))
    trust = SCENE.pki.store().with_evidence(EvidenceAtHand(crls=known))
    long_term = LongTerm(trust, DOCUMENTS)
    return sign_document(
        CONTRACT,
        profile,
        signer=who.signer,
        certificates=who.chain,
        signing_time=SCENE.at,
        authority=None if profile.level is Level.B_B else tsa,
        long_term=long_term if profile.level in {Level.B_LT, Level.B_LTA} else None,
    )


def verify(folder: Path, message: bytes, *options: str, ok: bool = True) -> None:
    (folder / "message").write_bytes(message)
    (folder / "root").write_text(SCENE.pki.root_pem)
    openssl(
        *("cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any"),
        *("-in", str(folder / "message"), "-CAfile", str(folder / "root")),
        *("-attime", str(int(SCENE.at.timestamp())), "-out", str(folder / "out")),
        *options,
        ok=ok,
    )


@pytest.mark.interop
@pytest.mark.parametrize("algorithm", KNOWN)
@pytest.mark.parametrize("level", Level)
def test_openssl_verifies_our_documents(
    algorithm: Algorithm, level: Level, tmp_path: Path
) -> None:
    who = certified(algorithm)
    (tmp_path / "content").write_bytes(CONTRACT)
    (tmp_path / "other").write_bytes(CONTRACT + b".")
    detached = ours(who, CAdES(level=level))
    verify(tmp_path, detached, "-content", str(tmp_path / "content"))
    verify(tmp_path, detached, "-content", str(tmp_path / "other"), ok=False)
    verify(tmp_path, ours(who, CAdES(level=level, packaging=Packaging.ENVELOPING)))
    assert (tmp_path / "out").read_bytes() == CONTRACT


@pytest.mark.interop
@pytest.mark.parametrize("algorithm", KNOWN)
def test_we_verify_documents_that_openssl_signed(
    algorithm: Algorithm, tmp_path: Path
) -> None:
    who = certified(algorithm)
    (tmp_path / "content").write_bytes(CONTRACT)
    (tmp_path / "chain").write_text(who.chain_pem)
    above = who.chain_pem.partition("-----END CERTIFICATE-----\n")[2]
    (tmp_path / "above").write_text(above)
    (tmp_path / "key").write_text(who.signer.to_encrypted_pem(b"a test passphrase"))
    padding = ("-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:digest")
    digest = {Algorithm.ES384: "sha384", Algorithm.ES512: "sha512"}
    openssl(
        *("cms", "-sign", "-cades", "-binary", "-outform", "DER", "-nosmimecap"),
        *("-md", digest.get(algorithm, "sha256"), "-in", str(tmp_path / "content")),
        *("-signer", str(tmp_path / "chain"), "-inkey", str(tmp_path / "key")),
        *("-certfile", str(tmp_path / "above"), "-out", str(tmp_path / "message")),
        *("-passin", "pass:a test passphrase"),
        *(padding if algorithm is Algorithm.PS256 else ()),
    )
    store = SCENE.pki.store().with_evidence(EvidenceAtHand(crls=crls(who, at=SCENE.at)))
    message = (tmp_path / "message").read_bytes()
    found = evaluate_document(
        message, document=CONTRACT, trust=store, policy=DOCUMENTS, at=SCENE.at
    )
    assert isinstance(found, VerifiedDocument)
    assert found.signatures[0].name == who.certificate.shown
    wanted = evaluate_document(
        message, document=CONTRACT, trust=store, policy=ARCHIVE, at=SCENE.at
    )
    (open_one,) = wanted.report.indeterminate()
    assert (open_one.id, open_one.reason) == (CheckId.TIMESTAMP_TRUST, Reason.ABSENT)
