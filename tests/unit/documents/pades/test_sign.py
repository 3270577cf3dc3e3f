"""PDF files are signed in updates of their own style, by one or several."""

import hashlib
import io
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from idwallet.codec.pdf import PdfFile, Ref, read_pdf, read_text
from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import Document, Level, PAdES
from idwallet.envelope.cms import message_digest, names, read_signed_data
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.roles.document_signer import DocumentSigner, sign_document
from idwallet.testing.authorities import document_signer
from idwallet.testing.pki import MOMENT, TestIdentity
from idwallet.testing.tsa import TestTsa
from tests.unit.codec.pdf.files import updated
from tests.unit.documents.pades.judged import by_pdfsig, by_pyhanko, by_qpdf
from tests.unit.documents.pades.papers import CATALOG, PAGE, scene, stream, table

PAPERS = {
    "table": table(),
    "stream": stream(),
    "table, updated": updated(table(), 4, b"<< /Length 0 >>\nstream\n\nendstream"),
    "no line end": table().removesuffix(b"\n"),
    "form in the catalog": table(
        b"<< /FT /Tx /T (Name) /V (Anna) >>",
        catalog=CATALOG[:-2] + b"/AcroForm << /Fields [5 0 R] >> >>",
    ),
    "form apart": stream(
        b"<< /Fields 6 0 R /SigFlags 0 >>",
        b"[7 0 R]",
        b"<< /FT /Tx /T (Name) /V (Anna) >>",
        catalog=CATALOG[:-2] + b"/AcroForm 5 0 R >>",
    ),
    "annotations on the page": table(
        b"<< /Type /Annot /Subtype /Square /Rect [0 0 9 9] /F 4 >>",
        page=PAGE[:-2] + b"/Annots [ 5 0 R ] >>",
    ),
    "annotations apart": stream(
        b"[6 0 R]",
        b"<< /Type /Annot /Subtype /Square /Rect [0 0 9 9] /F 4 >>",
        page=PAGE[:-2] + b"/Annots 5 0 R >>",
    ),
    "identified": table(b"<< /Title (T) >>", trailer=b" /ID [<00><01>] /Info 5 0 R"),
}


def signed(
    document: Document,
    profile: PAdES = PAdES(),  # noqa: B008 - frozen
    *,
    who: TestIdentity | None = None,
    tsa: TestTsa | None = None,
    at: datetime = MOMENT,
) -> bytes:
    who = who or scene().signer
    return sign_document(
        document,
        profile,
        signer=who.signer,
        certificates=who.chain_pem,
        signing_time=at,
        authority=tsa,
    )


def signature(file: PdfFile, name: str = "Signature1") -> dict[str, object]:
    root = file.get(file.trailer.get(b"Root")).value
    form = file.resolve(root["AcroForm"])
    for each in file.resolve(form["Fields"]):
        field = file.get(each).value
        if read_text(field["T"]) == name:
            return {"field": field, **file.resolve(field["V"])}
    raise LookupError(name)


def message(entries: dict[str, object]) -> bytes:
    contents = entries["Contents"]
    assert isinstance(contents, bytes)
    return contents.rstrip(b"\0") if not contents.endswith(b"\0\0") else _der(contents)


def _der(contents: bytes) -> bytes:
    length = 4 + int.from_bytes(contents[2:4])
    assert contents[:2] == b"\x30\x82"
    return contents[:length]


@pytest.mark.parametrize("name", PAPERS)
def test_a_file_of_each_style_is_signed_and_others_read_it(
    name: str, tmp_path: Path
) -> None:
    paper = PAPERS[name]
    once = signed(paper, PAdES(reason="Согласен", location="Вымышленный город"))
    twice = signed(once, who=scene().second)
    assert twice.startswith(once)
    assert once.startswith(paper)
    first, second = by_pyhanko(twice)
    assert (first.field, first.is_valid) == ("Signature1", True)
    assert first.coverage == "ENTIRE_REVISION"
    assert first.is_allowed
    assert (second.field, second.is_valid) == ("Signature2", True)
    assert second.coverage == "ENTIRE_FILE"
    assert by_pdfsig(twice, tmp_path).count("Signature is Valid") == 2
    assert "No syntax or stream encoding errors" in by_qpdf(twice, tmp_path)
    old, new = read_pdf(paper).sections[0], read_pdf(twice).sections[0]
    assert old.is_stream is new.is_stream


def test_what_was_there_stays_as_it_was() -> None:
    inline = b"/Annots [5 0 R << /Subtype /Square /Rect [0 0 1 1] >>] >>"
    paper = table(b"<< /Subtype /Link >>", page=PAGE[:-2] + inline)
    file, before = read_pdf(signed(paper)), read_pdf(paper)
    page, old = file.get(Ref(3, 0)).value, before.get(Ref(3, 0)).value
    assert page["Annots"][:-1] == old["Annots"]
    del page["Annots"], old["Annots"]
    assert page == old
    assert file.as_of(1).get(Ref(3, 0)).value == before.get(Ref(3, 0)).value


@pytest.mark.parametrize("name", ["table", "stream"])
def test_the_dictionary_and_the_message_are_those_of_the_baseline(name: str) -> None:
    made = signed(
        PAPERS[name],
        PAdES(reason="I agree", location="Вымышленный город", contact="a(b)\\c"),
        at=datetime(2026, 11, 26, 15, 0, 1, tzinfo=timezone(timedelta(hours=3))),
    )
    entries = signature(read_pdf(made))
    assert entries["Type"] == "Sig"
    assert entries["Filter"] == "Adobe.PPKLite"
    assert entries["SubFilter"] == "ETSI.CAdES.detached"
    assert entries["M"] == b"D:20261126120001+00'00'"
    assert read_text(entries["Reason"]) == "I agree"
    assert read_text(entries["Location"]) == "Вымышленный город"
    assert entries["ContactInfo"] == b"a(b)\\c"
    assert "Cert" not in entries
    assert "Reference" not in entries
    found = read_signed_data(message(entries), at="signature")
    (signer,) = found.signers
    assert found.content is None
    assert names.SIGNING_TIME not in signer.attributes
    assert names.SIGNING_CERTIFICATE_V2 in signer.attributes
    assert found.content_type == names.DATA


def test_all_but_the_signature_is_signed() -> None:
    made = signed(PAPERS["table"])
    entries = signature(read_pdf(made))
    start, length, again, rest = entries["ByteRange"]
    assert (start, again + rest) == (0, len(made))
    gap = made[length:again]
    assert gap[:1] + gap[-1:] == b"<>"
    assert bytes.fromhex(gap[1:-1].decode()) == entries["Contents"]
    digest = hashlib.sha256(made[:length] + made[again:]).digest()
    found = read_signed_data(message(entries), at="signature")
    assert message_digest(found.signers[0]) == digest


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_there_is_room_for_the_signature_of_every_algorithm(
    algorithm: Algorithm,
) -> None:
    who = document_signer(scene().pki, algorithm=algorithm, intermediates=0)
    made = signed(PAPERS["table"], who=who)
    assert read_signed_data(message(signature(read_pdf(made))), at="signature")


def test_a_timestamp_comes_into_the_message() -> None:
    tsa = TestTsa(scene().pki, identity=scene().authority)
    made = signed(PAPERS["table"], PAdES(level=Level.B_T), tsa=tsa)
    found = read_signed_data(message(signature(read_pdf(made))), at="signature")
    assert [each.oid for each in found.signers[0].unsigned] == [
        names.SIGNATURE_TIMESTAMP
    ]
    (said,) = by_pyhanko(made)
    assert said.is_valid


def test_a_stream_is_signed_like_octets() -> None:
    paper = PAPERS["table"]
    entries = signature(read_pdf(signed(io.BytesIO(paper))))
    assert entries["ByteRange"] == signature(read_pdf(signed(paper)))["ByteRange"]


def test_a_field_that_is_new_takes_no_name_that_is_taken() -> None:
    paper = table(
        b"<< /FT /Tx /T (Signature1) >>",
        catalog=CATALOG[:-2] + b"/AcroForm << /Fields [5 0 R] >> >>",
    )
    assert signature(read_pdf(signed(paper)), "Signature2")
    named = signed(paper, PAdES(field="Договор"))
    assert signature(read_pdf(named), "Договор")
    with pytest.raises(UsageError, match="not one for signatures"):
        signed(paper, PAdES(field="Signature1"))
    with pytest.raises(UsageError, match="signed already"):
        signed(named, PAdES(field="Договор"))
    with pytest.raises(UsageError, match="full stop"):
        signed(paper, PAdES(field="a.b"))


def test_a_new_field_takes_no_name_of_a_group() -> None:
    paper = table(
        b"<< /T (Group) /Kids [6 0 R] >>",
        b"<< /FT /Tx /T (Name) /Parent 5 0 R >>",
        catalog=CATALOG[:-2] + b"/AcroForm << /Fields [5 0 R] >> >>",
    )
    with pytest.raises(UsageError, match="taken"):
        signed(paper, PAdES(field="Group"))


def test_a_file_has_no_counter_signature_and_no_signature_beside() -> None:
    who = scene().signer
    signer = DocumentSigner(PAdES(), signer=who.signer, certificates=who.chain_pem)
    with pytest.raises(UsageError):
        signer.counter_sign(signed(PAPERS["table"]), signing_time=MOMENT)
    with pytest.raises(UsageError):
        signer.sign(PAPERS["table"], signing_time=MOMENT, beside=b"")


def test_what_cannot_be_is_not_prepared() -> None:
    who, tsa = scene().signer, TestTsa(scene().pki, identity=scene().authority)
    with pytest.raises(UsageError, match="not of the signer's key"):
        DocumentSigner(
            PAdES(), signer=who.signer, certificates=scene().second.chain_pem
        )
    with pytest.raises(UsageError, match="authority"):
        signed(PAPERS["table"], PAdES(level=Level.B_T))
    with pytest.raises(UsageError, match="authority"):
        signed(PAPERS["table"], tsa=tsa)
    with pytest.raises(UsageError, match="zone"):
        signed(PAPERS["table"], at=MOMENT.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("paper", "error"),
    [
        (table(trailer=b" /Encrypt 4 0 R"), UnsupportedError),
        (
            table(catalog=CATALOG[:-2] + b"/AcroForm << /Fields [] /XFA 4 0 R >> >>"),
            UnsupportedError,
        ),
        (updated(stream(), 9, b"1", trailer=b" /XRefStm 9"), UnsupportedError),
        (b"%PDF-1.7 and nothing else", MalformedError),
        (table()[:-30], MalformedError),
        (table(catalog=b"null"), MalformedError),
        (table(catalog=b"<< /Pages 9 0 R >>"), UsageError),
        (table(page=b"<< /Kids 9 >>"), MalformedError),
        (
            table(catalog=CATALOG[:-2] + b"/AcroForm << /Fields [2] >> >>"),
            MalformedError,
        ),
        (
            table(
                b"<< /T (A) /Kids [5 0 R] >>",
                catalog=CATALOG[:-2] + b"/AcroForm << /Fields [5 0 R] >> >>",
            ),
            MalformedError,
        ),
    ],
)
def test_a_file_that_cannot_be_signed_is_refused(
    paper: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        signed(paper)


def test_the_identifier_changes_in_its_second_half_only() -> None:
    file = read_pdf(signed(PAPERS["identified"]))
    first, second = file.trailer.get(b"ID")
    assert first == b"\0"
    assert second not in {b"\1", b"\0"}
    assert file.trailer.get(b"Info") == Ref(5, 0)
    fresh = read_pdf(signed(PAPERS["table"])).trailer.get(b"ID")
    assert fresh[0] == fresh[1]


def test_the_time_is_written_in_utc() -> None:
    made = signed(PAPERS["table"], at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert b"/M(D:20260102030405+00'00')" in made
