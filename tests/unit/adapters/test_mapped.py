"""Long files judged and described without being held."""

from pathlib import Path

import pytest

from idwallet.adapters.mapped import mapped_file
from idwallet.documents import DOCUMENTS, describe_document
from idwallet.errors import PortError
from idwallet.report import Outcome
from idwallet.roles.document_signer import evaluate_document
from idwallet.testing.documents import DocumentScene
from idwallet.testing.pdf.draft import PdfDraft, pdf_draft
from idwallet.testing.pdf.forgery import second, then
from idwallet.testing.pdf.writing import PdfFile, ref

SCENE = DocumentScene(seed=b"idwallet TEST mapped files")
LONG = 48_000_000


def held() -> int:
    """Return how many kilobytes this process holds that are no files."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (each for each in status.splitlines() if each.startswith("RssAnon"))
    return int(line.split()[1])


def long_one() -> PdfDraft:
    def fill(file: PdfFile) -> None:
        image = {"Subtype": b"/Image", "Width": b"1", "Height": b"1"}
        number = file.add({"Type": b"/XObject", **image}, data=bytes(LONG))
        page = file.change("page")
        page["Resources"] = b"<< /Font << /F1 %s >> /XObject << /I %s >> >>" % (
            file.ref("font"),
            ref(number),
        )

    made = pdf_draft(SCENE)
    made.first.before = fill
    then(second())(made)
    return made


def test_a_long_file_is_judged_and_described_in_flat_memory(tmp_path: Path) -> None:
    made = long_one()
    path = tmp_path / "contract.pdf"
    path.write_bytes(made.to_bytes())
    trust = made.trust()
    with mapped_file(path) as document:
        before = held()
        judged = evaluate_document(document, trust=trust, policy=DOCUMENTS, at=made.at)
        assert judged.report.outcome is Outcome.PASSED
        assert describe_document(document).size > LONG
        assert held() - before < 16_000


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "nothing"
    path.touch()
    with mapped_file(path) as document:
        assert document == b""


def test_a_file_that_is_not_there_is_a_fault_of_the_port(tmp_path: Path) -> None:
    with pytest.raises(PortError, match="cannot map"), mapped_file(tmp_path / "no"):
        pass
