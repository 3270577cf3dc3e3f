"""What pyHanko signs passes here: several signers, reserved fields, certification."""

import io
import logging
from collections.abc import Iterator
from functools import cache

import pytest
from asn1crypto import keys, x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
)
from pyhanko_certvalidator.registry import SimpleCertificateStore

from idwallet.documents import DOCUMENTS
from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.roles.document_signer import evaluate_document
from idwallet.testing.documents import DocumentScene
from idwallet.testing.pdf.contract import Contract
from idwallet.testing.pdf.draft import pdf_draft
from idwallet.testing.pdf.writing import Style
from idwallet.testing.pki import TestIdentity

PASSPHRASE = b"a test passphrase"
STYLES = (Style.CLASSIC, Style.XREF_STREAM, Style.OBJECT_STREAMS)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST from pyHanko")


def of(who: TestIdentity) -> signers.SimpleSigner:
    pem = who.signer.to_encrypted_pem(PASSPHRASE)
    key = load_pem_private_key(pem.encode(), PASSPHRASE)
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    above = SimpleCertificateStore()
    for each in who.chain[1:]:
        above.register(x509.Certificate.load(each))
    return signers.SimpleSigner(
        signing_cert=x509.Certificate.load(who.chain[0]),
        signing_key=keys.PrivateKeyInfo.load(der),
        cert_registry=above,
    )


def sign(
    octets: bytes,
    who: TestIdentity,
    field: str,
    *,
    spec: SigFieldSpec | None = None,
    certify: MDPPerm | None = None,
) -> bytes:
    said = signers.PdfSignatureMetadata(
        field_name=field,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=certify is not None,
        docmdp_permissions=certify or MDPPerm.FILL_FORMS,
    )
    work = signers.PdfSigner(said, of(who), new_field_spec=spec)
    writer = IncrementalPdfFileWriter(io.BytesIO(octets))
    return bytes(work.sign_pdf(writer).getvalue())


def report(octets: bytes) -> Report:
    draft = pdf_draft(scene())
    trust = draft.trust()
    return evaluate_document(
        octets, trust=trust, policy=DOCUMENTS, at=scene().at
    ).report


def changes(found: Report) -> list[Reason]:
    return [e.reason for e in found.checks if e.id is CheckId.DOCUMENT_CHANGES]


@pytest.mark.parametrize("style", STYLES)
def test_several_signers_one_after_the_other(style: Style) -> None:
    made = sign(bytes(Contract(style=style).file().data), scene().signer, "A")
    made = sign(made, scene().second, "B")
    seen = SigFieldSpec("C", box=(300, 100, 500, 150))
    found = report(sign(made, scene().second, "C", spec=seen))
    assert found.outcome is Outcome.PASSED
    assert changes(found) == [Reason.EXTENDED, Reason.EXTENDED, Reason.UNCHANGED]


@pytest.mark.parametrize("style", STYLES)
def test_a_certified_form_whose_reserved_field_is_signed(style: Style) -> None:
    octets = bytes(Contract(style=style, form=True).file().data)
    made = sign(octets, scene().signer, "A", certify=MDPPerm.FILL_FORMS)
    found = report(sign(made, scene().second, "Reserved"))
    assert found.outcome is Outcome.PASSED
    assert changes(found) == [Reason.EXTENDED, Reason.UNCHANGED]


def test_a_field_that_locks_another_and_leaves_a_signer_room() -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(Contract(form=True).file().data))
    lock = FieldMDPSpec(FieldMDPAction.INCLUDE, ["name"])
    spec = SigFieldSpec("D", box=(300, 200, 500, 250), field_mdp_spec=lock)
    fields.append_signature_field(writer, spec)
    held = io.BytesIO()
    writer.write(held)
    made = sign(held.getvalue(), scene().signer, "D")
    found = report(sign(made, scene().second, "Reserved"))
    assert found.outcome is Outcome.PASSED
    assert changes(found) == [Reason.EXTENDED, Reason.UNCHANGED]
