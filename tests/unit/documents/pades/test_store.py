"""Evidence and timestamps are added to signed PDF files, and nothing breaks."""

import io
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore

from idwallet import limits
from idwallet.codec.pdf import read_pdf
from idwallet.documents import AllowedChanges, Level, PAdES
from idwallet.documents.judging.material import Material
from idwallet.documents.pades.augment import with_document_timestamp
from idwallet.documents.pades.signing.store import stored
from idwallet.errors import LimitError, UnsupportedError, UsageError
from idwallet.testing.evidence import crls
from idwallet.testing.pki import MOMENT
from idwallet.testing.tsa import TestTsa
from tests.unit.documents.pades.judged import by_pdfsig, by_pyhanko, by_qpdf
from tests.unit.documents.pades.papers import CATALOG, scene, stream, table
from tests.unit.documents.pades.test_sign import signature, signed

PAPERS = {"table": table(), "stream": stream()}


@pytest.fixture(params=PAPERS)
def paper(request: pytest.FixtureRequest) -> bytes:
    return PAPERS[request.param]


def authority() -> TestTsa:
    return TestTsa(scene().pki, identity=scene().authority)


def material() -> Material:
    who = scene().signer
    lists = tuple(each.der for each in crls(who, at=MOMENT))
    return Material(certificates=who.chain, crls=lists, responses=(b"0\3\n\1\0",))


def kept(data: bytes, found: Material | None = None) -> bytes:
    return data + stored(read_pdf(data), found or material())


def in_store(data: bytes) -> dict[str, list[bytes]]:
    file = read_pdf(data)
    store = file.resolve(file.get(file.trailer.get(b"Root")).value["DSS"])
    return {
        key: [file.data(file.get(each)) for each in file.resolve(refs)]
        for key, refs in store.items()
        if key != "Type"
    }


@pytest.mark.parametrize("certify", [None, AllowedChanges.NONE])
def test_a_signature_is_kept_renewed_and_stands(
    paper: bytes, certify: AllowedChanges | None, tmp_path: Path
) -> None:
    profile = PAdES(level=Level.B_T, certify=certify)
    made = kept(signed(paper, profile, tsa=authority()))
    for _ in range(3):
        made = with_document_timestamp(made, authority=authority())
    (said,) = by_pyhanko(made)
    assert said.is_valid
    assert said.is_allowed
    assert said.changes == "LTA_UPDATES"
    reader = PdfFileReader(io.BytesIO(made))
    assert len(reader.embedded_timestamp_signatures) == 3
    assert DocumentSecurityStore.read_dss(reader).certs
    last = signature(read_pdf(made), "Signature4")
    assert last["Type"] == "DocTimeStamp"
    assert last["SubFilter"] == "ETSI.RFC3161"
    assert last["ByteRange"][2] + last["ByteRange"][3] == len(made)
    assert "M" not in last
    assert by_pdfsig(made, tmp_path).count("Signature is Valid") >= 1
    assert "No syntax or stream encoding errors" in by_qpdf(made, tmp_path)


def test_the_store_holds_each_piece_once(paper: bytes) -> None:
    found = material()
    once = kept(signed(paper))
    assert in_store(once) == {
        "Certs": list(found.certificates),
        "CRLs": list(found.crls),
        "OCSPs": list(found.responses),
    }
    assert stored(read_pdf(once), found) == b""
    more = kept(once, Material(certificates=(*found.certificates, b"0\0")))
    assert in_store(more)["Certs"] == [*found.certificates, b"0\0"]
    assert in_store(more)["CRLs"] == list(found.crls)
    (said,) = by_pyhanko(more)
    assert said.is_allowed


@pytest.mark.parametrize(
    "catalog",
    [
        CATALOG[:-2] + b"/DSS << /Certs [5 0 R] /VRI << >> >> >>",
        CATALOG[:-2] + b"/DSS << /Certs 6 0 R /VRI << >> >> >>",
        CATALOG[:-2] + b"/DSS 7 0 R >>",
    ],
)
def test_a_store_that_is_there_is_added_to(catalog: bytes) -> None:
    held = b"<< /Length 2 >>\nstream\n0\0\nendstream"
    store = b"<< /Certs [5 0 R] /VRI << >> >>"
    made = kept(table(held, b"[5 0 R]", store, catalog=catalog))
    file = read_pdf(made)
    found = file.resolve(file.get(file.trailer.get(b"Root")).value["DSS"])
    assert found["VRI"] == {}
    assert len(file.resolve(found["Certs"])) == 1 + len(material().certificates)


def test_how_much_is_stored_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PDF_STORED", 2)
    many = Material(certificates=(b"a", b"b", b"c"))
    with pytest.raises(UsageError):
        kept(table(), many)


def test_a_timestamp_that_is_too_long_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "PADES_TIMESTAMP_BYTES", 100)
    with pytest.raises(LimitError):
        with_document_timestamp(table(), authority=authority())
    with pytest.raises(LimitError):
        signed(table(), PAdES(level=Level.B_T), tsa=authority())


def test_nothing_is_added_to_what_cannot_be_read() -> None:
    paper = table(trailer=b" /Encrypt 4 0 R")
    with pytest.raises(UnsupportedError):
        kept(paper)
    with pytest.raises(UnsupportedError):
        with_document_timestamp(paper, authority=authority())
