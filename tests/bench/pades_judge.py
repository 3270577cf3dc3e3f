"""How fast signed PDF files are judged and described, beside pyHanko.

Run ``python -m tests.bench.pades_judge``. Each is judged with everything: integrity,
the signer's path and revocation, coverage, and what changed after each signature.
pyHanko is given its trust and no evidence about revocation.
"""

import argparse
import io
import logging
from typing import Final

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from idwallet.documents import describe_document
from idwallet.roles.document_signer import verify_document
from idwallet.testing.documents import DocumentScene
from idwallet.testing.pdf.draft import PdfDraft, pdf_draft
from idwallet.testing.pdf.forgery import second, then
from tests.bench.measure import Case, batch, interleave, table

TIMES: Final = 20
PEER_TIMES: Final = 2


def main() -> None:
    """Measure one signature and two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    logging.disable(logging.CRITICAL)
    scene = DocumentScene(seed=b"idwallet BENCH judged PDF files")
    one, two = pdf_draft(scene), pdf_draft(scene)
    then(second())(two)
    cases = {}
    for name, draft in (("one signature", one), ("two signatures", two)):
        octets = draft.to_bytes()
        for what, case, times in (
            ("idwallet", _ours(draft, octets), TIMES),
            ("described", lambda held=octets: describe_document(held), TIMES),
            ("pyHanko", _peer(scene, octets), PEER_TIMES),
        ):
            cases[f"{name}, {what}"] = batch(_repeated(case, times), times)
    print(table(interleave(cases, rounds=rounds), {}))


def _repeated(each: Case, times: int) -> Case:
    return lambda: [each() for _ in range(times)]


def _ours(draft: PdfDraft, octets: bytes) -> Case:
    trust = draft.trust()
    return lambda: verify_document(
        octets, trust=trust, policy=draft.policy, at=draft.at
    )


def _peer(scene: DocumentScene, octets: bytes) -> Case:
    _, _, der = pem.unarmor(scene.pki.root_pem.encode())
    root = x509.Certificate.load(der)

    def judge() -> list[bool]:
        trusted = ValidationContext(
            trust_roots=[root],
            allow_fetching=False,
            revocation_mode="soft-fail",
            moment=scene.at,
            best_signature_time=scene.at,
        )
        found = PdfFileReader(io.BytesIO(octets)).embedded_regular_signatures
        return [
            validate_pdf_signature(each, signer_validation_context=trusted).bottom_line
            for each in found
        ]

    return judge


if __name__ == "__main__":
    main()
