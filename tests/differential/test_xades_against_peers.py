"""xmlsec1 and signxml verify the XAdES documents that we sign, and we signxml's."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.exceptions import InvalidDigest
from signxml.xades import XAdESDataObjectFormat, XAdESSigner, XAdESVerifier

from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import Packaging, VerifiedDocument, XAdES
from idwallet.report import CheckId, Reason
from idwallet.testing.authorities import document_signer
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.pki import TestIdentity
from idwallet.testing.xades_draft import (
    PAPER,
    XadesDraft,
    around,
    countered,
    side_by_side,
    xades_draft,
)
from tests.conftest import require_program

SCENE = DocumentScene(seed=b"idwallet TEST XAdES and peers")
# xmlsec1 is not everywhere built with what it takes for EdDSA.
KNOWN = (Algorithm.ES256, Algorithm.ES384, Algorithm.ES512, Algorithm.RS256)
_ALONE = XAdES(alone=True)


def draft(*changes: object, who: TestIdentity | None = None) -> XadesDraft:
    made = xades_draft(SCENE)
    if who is not None:
        made.who = who
    for change in changes:
        change(made)  # type: ignore[operator]
    return made


def alone(made: XadesDraft) -> None:
    made.profile = _ALONE


def xmlsec(folder: Path, document: bytes) -> bool:
    """Verify the first signature with its chain at the moment of the scene."""
    require_program("xmlsec1")
    (folder / "signed.xml").write_bytes(document)
    (folder / "root.pem").write_text(SCENE.pki.root_pem)
    names = ("SignedProperties", "SignatureValue", "Object")
    done = subprocess.run(
        [
            *("xmlsec1", "--verify", "--trusted-pem", str(folder / "root.pem")),
            *("--verification-time", f"{SCENE.at:%Y-%m-%d %H:%M:%S}"),
            *(word for name in names for word in ("--id-attr:Id", name)),
            str(folder / "signed.xml"),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode == 0


@pytest.mark.interop
@pytest.mark.parametrize("shape", [alone, around, side_by_side, countered])
def test_xmlsec_verifies_what_is_signed_here_and_no_forgery_of_it(
    shape: object, tmp_path: Path
) -> None:
    made = draft(shape).to_bytes()
    assert xmlsec(tmp_path, made)
    forged = made.replace(b"SigningTime>2026", b"SigningTime>2025")
    assert forged != made
    assert not xmlsec(tmp_path, forged)


@pytest.mark.interop
@pytest.mark.parametrize("algorithm", KNOWN, ids=lambda each: each.jose)
def test_xmlsec_verifies_every_algorithm_that_it_knows(
    algorithm: Algorithm, tmp_path: Path
) -> None:
    who = document_signer(SCENE.pki, algorithm=algorithm)
    assert xmlsec(tmp_path, draft(who=who).to_bytes())


@pytest.mark.parametrize("shape", [alone, around])
def test_signxml_verifies_what_is_signed_here_and_no_forgery_of_it(
    shape: object,
) -> None:
    made = draft(shape).to_bytes()
    certificate = SCENE.signer.certificate.native
    for document in (made, made.replace(b"SigningTime>2026", b"SigningTime>2025")):
        verify = XAdESVerifier().verify
        if document == made:
            assert (
                len(verify(document, x509_cert=certificate, expect_references=2)) == 2
            )
            continue
        with pytest.raises(InvalidDigest):
            verify(document, x509_cert=certificate, expect_references=2)


def theirs(who: TestIdentity) -> bytes:
    form = XAdESDataObjectFormat(Description="a paper", MimeType="text/xml")
    pem = [
        x509.load_der_x509_certificate(each).public_bytes(Encoding.PEM).decode()
        for each in who.chain
    ]
    signed = XAdESSigner(
        signature_algorithm="ecdsa-sha256", data_object_format=form
    ).sign(etree.fromstring(PAPER), key=who.signer._native, cert=pem)  # type: ignore[attr-defined]
    return etree.tostring(signed)


def test_xades_of_signxml_passes_here_with_chain_and_revocation() -> None:
    made = draft()
    # It signs with the time of the machine, which proves nothing to us.
    octets = theirs(SCENE.signer)
    made.bend = lambda _: octets
    judged = made.judged()
    assert isinstance(judged, VerifiedDocument)
    (signature,) = judged.signatures
    assert signature.signing_time is not None
    assert abs(signature.signing_time - SCENE.at) > timedelta(0)
    made.bend = lambda _: octets.replace(b"honest", b"hostile")
    (fault,) = made.report().failed()
    assert (fault.id, fault.reason) == (
        CheckId.DOCUMENT_INTEGRITY,
        Reason.INTEGRITY_MISMATCH,
    )


def test_what_is_signed_apart_is_what_signxml_is_given() -> None:
    made = draft()
    made.profile = XAdES(packaging=Packaging.DETACHED)
    made.document = {"paper.bin": b"a paper"}
    found = XAdESVerifier().verify(
        made.to_bytes(),
        x509_cert=SCENE.signer.certificate.native,
        expect_references=2,
        uri_resolver=lambda uri: {"paper.bin": b"a paper"}[uri],
    )
    assert len(found) == 2
