"""No PDF file passes here that pyHanko refuses; where it is laxer is said why."""

import io
import logging
from functools import cache
from typing import Final

import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from idwallet.report import CheckId, Outcome
from idwallet.testing.documents import DocumentScene
from idwallet.testing.pdf.draft import pdf_draft
from idwallet.testing.pdf.forgeries import PDF_FORGERIES, PdfForgery
from idwallet.testing.pdf.forgery import evidence, of, second, stamped, then
from idwallet.testing.pdf.writing import Style

LENIENT: Final = {
    "range: a timestamp's that ends early": "it is asked about signatures alone",
    "timestamp: on something else": "it is asked about signatures alone",
    "file: octets behind the end": "what stands behind the end belongs to no revision "
    "(ISO 32000-2 §7.5.6), and other programs read it",
    "file: something after the message": "the room behind a message is filled with "
    "zeros; whatever else stands there was signed by nobody (§12.8.3.3.1)",
    "signature: no signed attributes": "signed attributes could be passed off as "
    "content (RFC 5652 §5.3); the baseline demands them (EN 319 142-1 §6.3)",
    "profile: a time in the message": "EN 319 142-1 §6.3 forbids it",
    "profile: no certificate named": "EN 319 142-1 §6.3 demands it",
    "profile: the certificate named by SHA-1": "EN 319 142-1 §6.3 forbids it",
    "profile: another SubFilter": "EN 319 142-1 §6.3 (l)",
    "profile: no time in the dictionary": "EN 319 142-1 §6.3 demands it",
    "profile: a certificate in the dictionary": "EN 319 142-1 §6.3 forbids it",
    "changed: a seen field that nobody signed": "a field for a signature that draws "
    "something is content that nobody signed (the sneaky signature of 2021)",
    "changed: a field that does not turn with its page": "a field that keeps its "
    "direction is drawn outside of its rectangle (§12.5.3, table 167)",
    "changed: another catalog": "an update has no need of another catalog, and readers "
    "that keep the first show another document (§7.5.6)",
    "changed: a version taken back": "a version may be raised alone (§7.5.6, §7.7.2)",
    "changed: another title": "readers show it in place of the file's name (§12.2)",
    "changed: another identity": "the first identifier is for good (§14.4)",
    "changed: a value overwritten": "nobody allowed it (§12.8.2.2); the signer saw "
    "another value",
    "changed: a value that shows another": "what is seen is another text",
    "changed: a field hidden": "what the signer saw is not seen any more",
    "changed: fields drawn anew": "every field is drawn by whoever shows the document",
    "changed: fonts of fields": "what fields are drawn with is taken away",
    "changed: a value filled in that nobody allowed": "left open here: nobody allowed "
    "it (§12.8.2.2)",
    "changed: a second signature over the first": "left open here: it is seen over "
    "what was signed",
    "changed: a second signature over the text": "left open here: it is seen over what "
    "was signed",
}
"""What it takes and we do not, and why; what it comes to refuse must leave here."""


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST against pyHanko")


def takes(octets: bytes) -> bool:
    """Say whether pyHanko validates every signature that it finds, and finds any."""
    logging.disable(logging.CRITICAL)
    try:
        return all(_verdicts(octets))
    except Exception:  # noqa: BLE001 - it raises whatever it meets, which is a no
        return False
    finally:
        logging.disable(logging.NOTSET)


def _verdicts(octets: bytes) -> list[bool]:
    _, _, der = pem.unarmor(scene().pki.root_pem.encode())
    trusted = ValidationContext(
        trust_roots=[x509.Certificate.load(der)],
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=scene().at,
        best_signature_time=scene().at,
    )
    found = [
        validate_pdf_signature(each, signer_validation_context=trusted).bottom_line
        for each in PdfFileReader(io.BytesIO(octets)).embedded_regular_signatures
    ]
    return found or [False]


@pytest.mark.parametrize("forgery", PDF_FORGERIES, ids=lambda each: each.name)
def test_what_pyhanko_takes_of_forged_files_is_known(forgery: PdfForgery) -> None:
    _, forged = forgery.twins(scene())
    assert takes(forged.to_bytes()) is (forgery.name in LENIENT)


def test_every_leniency_belongs_to_a_forgery() -> None:
    assert LENIENT.keys() <= {each.name for each in PDF_FORGERIES}


@pytest.mark.parametrize(
    "style", [Style.CLASSIC, Style.XREF_STREAM, Style.OBJECT_STREAMS]
)
@pytest.mark.parametrize("is_form", [False, True])
def test_what_passes_here_passes_there(style: Style, *, is_form: bool) -> None:
    made = pdf_draft(scene())
    of(style=style, form=is_form)(made)
    step = second(name="Reserved") if is_form else second()
    then(step, evidence, stamped)(made)
    report = made.report()
    assert report.outcome is Outcome.PASSED
    assert any(each.id is CheckId.DOCUMENT_CHANGES for each in report.checks)
    assert takes(made.to_bytes())
