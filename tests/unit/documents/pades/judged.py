"""What pyHanko, poppler and qpdf say of a file."""

import io
import logging
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from idwallet.testing.pki import MOMENT
from tests.unit.documents.pades.papers import scene


class Said(NamedTuple):
    """What pyHanko says of one signature."""

    field: str
    is_valid: bool
    coverage: str
    changes: str
    is_allowed: bool | None


def by_pyhanko(data: bytes) -> list[Said]:
    """Return what pyHanko says of every signature, the timestamps left out."""
    logging.disable(logging.CRITICAL)  # it logs that it does not know our test roots
    try:
        return [_said(each) for each in _reader(data).embedded_regular_signatures]
    finally:
        logging.disable(logging.NOTSET)


def _reader(data: bytes) -> PdfFileReader:
    return PdfFileReader(io.BytesIO(data))


def _said(signature: EmbeddedPdfSignature) -> Said:
    _, _, root = pem.unarmor(scene().pki.root_pem.encode())
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(root)], moment=MOMENT, allow_fetching=False
    )
    status = validate_pdf_signature(signature, context)
    level = status.modification_level
    return Said(
        signature.field_name,
        bool(status.intact and status.valid),
        status.coverage.name,
        getattr(level, "name", "SUSPICIOUS"),
        status.docmdp_ok,
    )


def by_pdfsig(data: bytes, folder: Path) -> str:
    """Return what poppler's pdfsig says."""
    return _run("pdfsig", "-nocert", data=data, folder=folder)


def by_qpdf(data: bytes, folder: Path) -> str:
    """Return what qpdf says of the file's syntax."""
    return _run("qpdf", "--check", data=data, folder=folder)


def _run(*command: str, data: bytes, folder: Path) -> str:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    path = folder / "judged.pdf"
    path.write_bytes(data)
    ran = subprocess.run(
        [*command, str(path)], capture_output=True, text=True, check=False
    )
    return ran.stdout + ran.stderr
