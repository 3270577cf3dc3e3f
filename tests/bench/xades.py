"""XAdES signed and verified beside signxml.

Run it from the top of the repository::

    python -m tests.bench.xades [--rounds 15]

Both sign the same small XML documents from within with the same key and chain, XAdES
B-B with ES256. signxml verifies with the certificate given, so without a chain, a
moment or revocation; ours is measured so (`judge`) and as a verdict with all of that
(`verify`).
"""

import argparse
from collections.abc import Callable

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree
from signxml.xades import XAdESDataObjectFormat, XAdESSigner, XAdESVerifier

from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import DOCUMENTS, XAdES
from idwallet.envelope.xmldsig import judge_signature, read_signatures
from idwallet.report import Reason
from idwallet.roles.document_signer import DocumentSigner, verify_document
from idwallet.testing.authorities import document_signer
from idwallet.testing.evidence import crls
from idwallet.testing.pki import MOMENT, TestPki
from idwallet.trust.evidence import EvidenceAtHand
from tests.bench.measure import batch, interleave, table

PAPERS = [
    f'<p:paper xmlns:p="urn:example:paper"><p:no>{n}</p:no>'
    f"<p:text>{'Договор между двумя вымышленными людьми. ' * 10}</p:text></p:paper>"
    for n in range(50)
]


def main() -> None:
    """Measure signing and verifying."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    work = _cases()
    cases = {name: batch(_each(each), len(PAPERS)) for name, each in work.items()}
    floors = {
        "sign": "sign.signxml",
        "judge": "judge.signxml",
        "verify": "judge.signxml",
    }
    print(table(interleave(cases, rounds=rounds), floors))


def _each(work: Callable[[str], object]) -> Callable[[], object]:
    return lambda: [work(paper) for paper in PAPERS]


def _cases() -> dict[str, Callable[[str], object]]:
    pki = TestPki()
    who = document_signer(pki, intermediates=0)
    at = who.certificate.not_before
    secret = b"a test passphrase"
    native = load_pem_private_key(who.signer.to_encrypted_pem(secret).encode(), secret)
    certificate = who.certificate.native
    ours = DocumentSigner(
        XAdES(alone=True), signer=who.signer, certificates=who.chain_pem
    )
    form = XAdESDataObjectFormat(Description="a paper", MimeType="text/xml")
    theirs = XAdESSigner(signature_algorithm="ecdsa-sha256", data_object_format=form)

    def sign(paper: str) -> bytes:
        return ours.sign(paper.encode(), signing_time=at)

    def sign_signxml(paper: str) -> bytes:
        signed = theirs.sign(
            etree.fromstring(paper.encode()), key=native, cert=[certificate]
        )
        return etree.tostring(signed)

    made = {paper: sign(paper) for paper in PAPERS}
    key, chain = who.signer.public_key, who.chain
    allowed = frozenset(Algorithm)

    def judge(paper: str) -> None:
        (found,) = read_signatures(made[paper], at="bench")
        judged = judge_signature(found, key=key, certificate=chain[0], allowed=allowed)
        if judged.reason is not Reason.VALID:
            raise ValueError(judged)

    def judge_signxml(paper: str) -> object:
        return XAdESVerifier().verify(
            made[paper], x509_cert=certificate, expect_references=2
        )

    trust = pki.store().with_evidence(EvidenceAtHand(crls=crls(who, at=MOMENT)))

    def verify(paper: str) -> object:
        return verify_document(made[paper], trust=trust, policy=DOCUMENTS, at=MOMENT)

    return {
        "sign": sign,
        "sign.signxml": sign_signxml,
        "judge": judge,
        "verify": verify,
        "judge.signxml": judge_signxml,
    }


if __name__ == "__main__":
    main()
