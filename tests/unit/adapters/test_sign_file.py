"""PDF files are signed where they lie, or as a copy, and never held in memory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from idwallet.adapters import files
from idwallet.adapters.files import sign_file
from idwallet.documents import CAdES, PAdES
from idwallet.errors import MalformedError, PortError, UsageError
from idwallet.roles.document_signer import DocumentSigner
from idwallet.testing.pki import MOMENT
from tests.unit.documents.pades.judged import by_pyhanko
from tests.unit.documents.pades.papers import scene, stream, table


def signer(profile: PAdES | CAdES = PAdES()) -> DocumentSigner:  # noqa: B008 - frozen
    who = scene().signer
    return DocumentSigner(profile, signer=who.signer, certificates=who.chain_pem)


@pytest.fixture(params=["table", "stream"])
def paper(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "paper.pdf"
    path.write_bytes({"table": table, "stream": stream}[request.param]())
    return path


def test_a_file_is_signed_where_it_lies(paper: Path) -> None:
    before = paper.read_bytes()
    inode = paper.stat().st_ino
    sign_file(paper, signer(), signing_time=MOMENT)
    sign_file(paper, signer(), signing_time=MOMENT)
    made = paper.read_bytes()
    assert made.startswith(before)
    assert paper.stat().st_ino == inode
    assert [each.is_valid for each in by_pyhanko(made)] == [True, True]


def test_a_copy_is_signed_and_the_file_stays(paper: Path, tmp_path: Path) -> None:
    before = paper.read_bytes()
    paper.chmod(0o640)
    copy = tmp_path / "signed.pdf"
    sign_file(paper, signer(), signing_time=MOMENT, to=copy)
    assert paper.read_bytes() == before
    assert copy.stat().st_mode & 0o777 == 0o640
    (said,) = by_pyhanko(copy.read_bytes())
    assert said.is_valid
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "paper.pdf",
        "signed.pdf",
    ]


@pytest.mark.parametrize("octets", [b"", b"no PDF", table()[:-9]])
@pytest.mark.parametrize("to", [None, "copy.pdf"])
def test_nothing_is_written_where_a_file_cannot_be_signed(
    tmp_path: Path, octets: bytes, to: str | None
) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(octets)
    target = None if to is None else tmp_path / to
    with pytest.raises(MalformedError):
        sign_file(path, signer(), signing_time=MOMENT, to=target)
    assert path.read_bytes() == octets
    assert len(list(tmp_path.iterdir())) == 1


def test_no_other_format_is_signed_so(paper: Path) -> None:
    with pytest.raises(UsageError):
        sign_file(paper, signer(CAdES()), signing_time=MOMENT)


def test_a_file_that_is_not_there_is_the_port_s_fault(tmp_path: Path) -> None:
    with pytest.raises(PortError):
        sign_file(tmp_path / "none.pdf", signer(), signing_time=MOMENT)


@pytest.mark.parametrize("to", [None, "copy.pdf"])
def test_a_file_that_somebody_changes_meanwhile_is_not_signed(
    paper: Path, monkeypatch: pytest.MonkeyPatch, to: str | None
) -> None:
    made = DocumentSigner.sign_appended

    def slow(*args: object, **kwargs: object) -> bytes:
        octets = made(*args, **kwargs)  # type: ignore[arg-type]
        with paper.open("ab") as other:
            other.write(b"\n")
        return octets

    monkeypatch.setattr(DocumentSigner, "sign_appended", slow)
    before = paper.read_bytes()
    target = None if to is None else paper.with_name(to)
    with pytest.raises(PortError):
        sign_file(paper, signer(), signing_time=MOMENT, to=target)
    assert paper.read_bytes() == before + b"\n"
    assert list(paper.parent.iterdir()) == [paper]


def test_a_disk_that_fails_leaves_the_file_as_it_was(
    paper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = paper.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(PortError, match="No space left"):
        sign_file(paper, signer(), signing_time=MOMENT)
    assert paper.read_bytes() == before


_LONG = """
import sys
from pathlib import Path
from idwallet.adapters.files import sign_file
from idwallet.documents import PAdES
from idwallet.roles.document_signer import DocumentSigner
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.pki import MOMENT
who = DocumentScene().signer
made = DocumentSigner(PAdES(), signer=who.signer, certificates=who.chain_pem)
sign_file(sys.argv[1], made, signing_time=MOMENT)
said = Path("/proc/self/status").read_text().split()
print(int(said[said.index("VmHWM:") + 1]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts memory as Linux does")
def test_five_hundred_megabytes_are_signed_in_eighty(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    size = 500_000_000
    short = table()
    stream_at = short.index(b"<< /Length 9 >>")
    end_at = short.index(b"\nendstream", stream_at)
    start = short.index(b"xref\n0")
    head = short[:stream_at] + b"<< /Length %d >>\nstream\n" % size
    tail = short[end_at:start]
    moved = len(head) + size + len(tail)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + size)
        file.seek(len(head) + size)
        file.write(tail + short[start:].replace(b"%d\n%%" % start, b"%d\n%%" % moved))
    ran = subprocess.run(
        [sys.executable, "-c", _LONG, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert path.stat().st_size > moved
    assert int(ran.stdout) <= 80
