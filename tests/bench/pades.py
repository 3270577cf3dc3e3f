"""PDF files signed at B-B, beside pyHanko as its documentation has it.

Run it from the top of the repository::

    python -m tests.bench.pades [--rounds 15]

The floor is one signature of the same key. The papers have one page: with a table, with
streams, and each signed by somebody already. `DocumentSigner` is made once, as a batch
or a service has it; so is pyHanko's signer.
"""

import argparse
import io
from collections.abc import Callable

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import PAdES
from idwallet.roles.document_signer import DocumentSigner
from idwallet.testing.authorities import document_signer
from idwallet.testing.pki import MOMENT, TestIdentity, TestPki
from tests.bench.measure import batch, interleave, table
from tests.unit.documents.pades import papers

Case = Callable[[], object]
TIMES = {Algorithm.ES256: 200, Algorithm.RS256: 40}
PEER_TIMES = 4


def main() -> None:
    """Measure with ES256 and RSA-2048."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    for algorithm, times in TIMES.items():
        who = document_signer(TestPki(), algorithm=algorithm, intermediates=0)
        print(f"\n{algorithm.jose}\n")
        cases = {
            name: batch(_repeated(each, n), n) for name, each, n in _cases(who, times)
        }
        print(table(interleave(cases, rounds=rounds), {"sign": "sign.floor"}))


def _repeated(each: Case, times: int) -> Case:
    return lambda: [each() for _ in range(times)]


def _cases(who: TestIdentity, times: int) -> list[tuple[str, Case, int]]:
    ours = DocumentSigner(
        PAdES(reason="I agree"), signer=who.signer, certificates=who.chain_pem
    )
    peer = _peer(who)
    found: list[tuple[str, Case, int]] = [
        ("sign.floor", lambda: who.signer.sign(b"one signature"), times)
    ]
    fresh = {"table": papers.table(), "stream": papers.stream()}
    signed = {f"{k}, signed": _ours(ours, v) for k, v in fresh.items()}
    for name, paper in (fresh | signed).items():
        found += [
            (f"sign.{name}, idwallet", _case(_ours, ours, paper), times),
            (f"sign.{name}, pyHanko", _case(_peers, peer, paper), PEER_TIMES),
        ]
    return found


def _case(sign: Callable[..., bytes], signer: object, paper: bytes) -> Case:
    return lambda: sign(signer, paper)


def _ours(signer: DocumentSigner, paper: bytes) -> bytes:
    return signer.sign(paper, signing_time=MOMENT)


def _peer(who: TestIdentity) -> SimpleSigner:
    from asn1crypto import keys, x509

    secret = b"a test passphrase"
    native = load_pem_private_key(who.signer.to_encrypted_pem(secret).encode(), secret)
    key = native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()
    store.register_multiple(x509.Certificate.load(each) for each in who.chain)
    return SimpleSigner(
        signing_cert=x509.Certificate.load(who.chain[0]),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=store,
    )


def _peers(signer: SimpleSigner, paper: bytes) -> bytes:
    number = paper.count(b"/ByteRange") + 1
    meta = signers.PdfSignatureMetadata(
        field_name=f"Signature{number}",
        reason="I agree",
        subfilter=SigSeedSubFilter.PADES,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(paper))
    made = signers.sign_pdf(writer, meta, signer=signer)
    octets: bytes = made.getvalue()
    return octets


if __name__ == "__main__":
    main()
