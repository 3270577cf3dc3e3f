"""Detached CMS signatures beside the raw signature and another builder.

Run it from the top of the repository::

    python -m tests.bench.cms [--rounds 15]

The floor of signing is one signature of the same key over as many octets, of judging
one verification. The documents differ, the signer's parts do not: certificates and
attributes are encoded once, as a batch of documents or a service has them.
"""

import argparse
import hashlib
import secrets
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import (
    PKCS7Options,
    PKCS7SignatureBuilder,
)

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import signature_matches
from idwallet.documents import DOCUMENTS, CAdES
from idwallet.envelope.cms import CmsPlan, CmsWriter, judge_signer, read_signed_data
from idwallet.roles.document_signer import DocumentSigner, verify_document
from idwallet.testing.authorities import document_signer
from idwallet.testing.evidence import crls
from idwallet.testing.pki import MOMENT, TestIdentity, TestPki
from idwallet.trust.evidence import EvidenceAtHand
from tests.bench.measure import batch, interleave, table

PAPERS = [secrets.token_bytes(3000) for _ in range(100)]
BATCH = {Algorithm.ES256: 5, Algorithm.PS256: 1}


def main() -> None:
    """Measure signing and judging with ES256 and RSA-2048."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    for algorithm, times in BATCH.items():
        pki = TestPki()
        who = document_signer(pki, algorithm=algorithm, intermediates=0)
        print(f"\n{algorithm.jose}\n")
        work = _cases(pki, who)
        cases = {
            name: batch(_repeated(each, times), times * len(PAPERS))
            for name, each in work.items()
        }
        floors = {"sign": "sign.floor", "judge": "judge.floor"}
        print(table(interleave(cases, rounds=rounds), floors))


def _repeated(each: Callable[[bytes], object], times: int) -> Callable[[], object]:
    return lambda: [each(data) for _ in range(times) for data in PAPERS]


def _cases(pki: TestPki, who: TestIdentity) -> dict[str, Callable[[bytes], object]]:
    sign, key = who.signer.sign, who.signer.public_key
    writer = CmsWriter(
        CmsPlan(certificates=who.chain),
        public_key=key,
        algorithm=who.signer.algorithm,
    )
    at = who.certificate.not_before

    def ours(data: bytes) -> bytes:
        digest = hashlib.sha256(data).digest()
        to_sign = writer.prepare(digest, signing_time=at)
        return writer.finish(to_sign, sign(to_sign))

    documents = DocumentSigner(CAdES(), signer=who.signer, certificates=who.chain_pem)

    def cades(data: bytes) -> bytes:
        return documents.sign(data, signing_time=at)

    secret = b"a test passphrase"
    pem = who.signer.to_encrypted_pem(secret).encode()
    native = load_pem_private_key(pem, secret)

    def pkcs7(data: bytes) -> bytes:
        builder = PKCS7SignatureBuilder().set_data(data)
        signed = builder.add_signer(
            who.certificate.native,
            native,  # type: ignore[arg-type]  # both kinds of key here are taken
            hashes.SHA256(),
        )
        options = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]
        return signed.sign(Encoding.DER, options)

    messages = {data: ours(data) for data in PAPERS}
    signatures = {data: sign(data) for data in PAPERS}
    allowed = frozenset(Algorithm)

    def judged(data: bytes) -> None:
        found = read_signed_data(messages[data], at="bench")
        judgement = judge_signer(
            found.signers[0],
            key=key,
            certificate=who.chain[0],
            digest=hashlib.sha256(data).digest(),
            content_type=found.content_type,
            allowed=allowed,
        )
        if not judgement.is_valid:
            raise ValueError(judgement)

    trust = pki.store()
    trust = trust.with_evidence(EvidenceAtHand(crls=crls(who, at=MOMENT)))

    def whole(data: bytes) -> None:
        verify_document(
            messages[data], document=data, trust=trust, policy=DOCUMENTS, at=MOMENT
        )

    def verified(data: bytes) -> bool:
        return signature_matches(
            key, who.signer.algorithm, signature=signatures[data], message=data
        )

    return {
        "sign.floor": sign,
        "sign.CMS, idwallet": ours,
        "sign.CAdES B-B by DocumentSigner": cades,
        "sign.CMS, cryptography's PKCS7 builder": pkcs7,
        "judge.floor": verified,
        "judge.CMS, idwallet": judged,
        "judge.CAdES B-B by verify_document": whole,
    }


if __name__ == "__main__":
    main()
