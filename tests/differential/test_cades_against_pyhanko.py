"""pyHanko reads what we sign with ML-DSA (RFC 9882), and OpenSSL if it is new enough.

DSS knows no ML-DSA, and OpenSSL takes it in CMS from 3.5 on.
"""

import hashlib
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import (
    DOCUMENTS,
    CAdES,
    Level,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.report import CheckId, Reason
from idwallet.roles.document_signer import (
    LongTerm,
    evaluate_document,
    sign_document,
)
from idwallet.testing.authorities import document_signer
from idwallet.testing.document_draft import CONTRACT, DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.pki import TestIdentity
from idwallet.testing.tsa import TestTsa
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import EvidenceAtHand

SCENE = DocumentScene(seed=b"idwallet TEST documents and pyHanko")
QUANTUM: Final = (Algorithm.ML_DSA_44, Algorithm.ML_DSA_65, Algorithm.ML_DSA_87)
POLICY = replace(DOCUMENTS, name="quantum", algorithms=frozenset(Algorithm))


def certified(algorithm: Algorithm) -> TestIdentity:
    return document_signer(SCENE.pki, algorithm=algorithm)


def trust(who: TestIdentity) -> TrustStore:
    known = (*crls(who, at=SCENE.at), *crls(SCENE.authority, at=SCENE.at))
    return SCENE.pki.store().with_evidence(EvidenceAtHand(crls=known))


def signed(who: TestIdentity, level: Level) -> bytes:
    is_first = level is Level.B_B
    is_kept = level in {Level.B_LT, Level.B_LTA}
    return sign_document(
        CONTRACT,
        CAdES(level=level),
        signer=who.signer,
        certificates=who.chain,
        signing_time=SCENE.at,
        authority=None if is_first else TestTsa(SCENE.pki, identity=SCENE.authority),
        long_term=LongTerm(trust(who), POLICY) if is_kept else None,
    )


def judged(message: bytes, who: TestIdentity) -> VerifiedDocument | UnverifiedDocument:
    return evaluate_document(
        message, document=CONTRACT, trust=trust(who), policy=POLICY, at=SCENE.at
    )


def pyhanko_says(
    message: bytes, who: TestIdentity, content: bytes
) -> tuple[bool, bool]:
    info = asn1_cms.ContentInfo.load(message)["content"]["signer_infos"][0]
    name = info["digest_algorithm"]["algorithm"].native
    digest = hashlib.new(name, content).digest()
    certificate = asn1_x509.Certificate.load(who.chain[0])
    intact, valid = validate_sig_integrity(
        info, certificate, expected_content_type="data", actual_digest=digest
    )
    return bool(intact), bool(valid)


@pytest.mark.interop
@pytest.mark.parametrize("algorithm", QUANTUM)
@pytest.mark.parametrize("level", Level)
def test_pyhanko_verifies_what_we_sign_with_ml_dsa(
    algorithm: Algorithm, level: Level
) -> None:
    who = certified(algorithm)
    message = signed(who, level)
    assert pyhanko_says(message, who, CONTRACT) == (True, True)
    assert pyhanko_says(message, who, CONTRACT + b".")[0] is False
    found = judged(message, who)
    assert isinstance(found, VerifiedDocument)
    assert found.signatures[0].level is level


@pytest.mark.interop
@pytest.mark.parametrize("algorithm", QUANTUM)
def test_a_bit_of_an_ml_dsa_signature_undoes_it_for_both(algorithm: Algorithm) -> None:
    who = certified(algorithm)
    bent = bytearray(signed(who, Level.B_B))
    bent[-1] ^= 1
    assert pyhanko_says(bytes(bent), who, CONTRACT) != (True, True)
    reasons = {(e.id, e.reason) for e in judged(bytes(bent), who).report.failed()}
    assert reasons == {(CheckId.SIGNER_SIGNATURE, Reason.INVALID)}


def _openssl_is_new() -> bool:
    if shutil.which("openssl") is None:
        return False
    told = subprocess.run(
        ["openssl", "version"], check=True, capture_output=True, text=True
    ).stdout
    found = re.match(r"OpenSSL (\d+)\.(\d+)", told)
    return found is not None and (int(found[1]), int(found[2])) >= (3, 5)


if _openssl_is_new():

    @pytest.mark.interop
    @pytest.mark.parametrize("algorithm", QUANTUM)
    def test_openssl_verifies_what_we_sign_with_ml_dsa(
        algorithm: Algorithm, tmp_path: Path
    ) -> None:
        who = certified(algorithm)
        for name, octets in (
            ("message", signed(who, Level.B_B)),
            ("content", CONTRACT),
            ("other", CONTRACT + b"."),
            ("root", SCENE.pki.root_pem.encode()),
        ):
            (tmp_path / name).write_bytes(octets)
        for name in ("content", "other"):
            done = subprocess.run(
                [
                    *("openssl", "cms", "-verify", "-cades", "-binary"),
                    *("-inform", "DER", "-purpose", "any"),
                    *("-in", str(tmp_path / "message")),
                    *("-content", str(tmp_path / name)),
                    *("-CAfile", str(tmp_path / "root")),
                    *("-attime", str(int(SCENE.at.timestamp()))),
                    *("-out", str(tmp_path / "out")),
                ],
                check=False,
                capture_output=True,
            )
            assert (done.returncode == 0) is (name == "content"), done.stderr
