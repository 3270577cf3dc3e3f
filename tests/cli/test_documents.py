"""Documents signed, made to last and judged on the command line."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from idwallet import limits
from idwallet.testing.csc import PIN
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.evidence import crls
from idwallet.testing.loopback import TestServices
from idwallet.testing.pdf.contract import Contract
from idwallet.testing.pdf.edits import name_script
from idwallet.testing.pki import TestPki
from idwallet.testing.sessions import SessionScene
from tests.cli.program import AT, Ran, run
from tests.unit.documents.pades.papers import table

KEY: Final = ("--key", "key.pem", "--passphrase-file", "pin.txt")
WHO: Final = (*KEY, "--certificates", "chain.pem", "--at", AT)
SEAL: Final = ("--seal-file", "pin.txt")
XML: Final = "<договор><p>Найм</p></договор>".encode()


@cache
def scene() -> SessionScene:
    return SessionScene(seed=b"idwallet TEST documents on the command line")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a key, evidence and documents, where the program runs."""
    monkeypatch.chdir(tmp_path)
    one, two = scene().signer, scene().second
    for name, who in (("", one), ("2", two)):
        pem = who.signer.to_encrypted_pem(PIN.encode())
        (tmp_path / f"key{name}.pem").write_text(pem)
        (tmp_path / f"chain{name}.pem").write_text(who.chain_pem)
        for number, each in enumerate(crls(who, at=scene().at)):
            (tmp_path / f"crl{name}-{number}.der").write_bytes(each.der)
    (tmp_path / "pin.txt").write_text(PIN + "\n")
    (tmp_path / "root.pem").write_text(scene().pki.root_pem)
    (tmp_path / "contract.txt").write_bytes(CONTRACT)
    (tmp_path / "paper.pdf").write_bytes(table())
    (tmp_path / "paper.xml").write_bytes(XML)
    return tmp_path


def evidence() -> list[str]:
    return [
        part
        for each in sorted(Path().glob("crl*.der"))
        for part in ("--crl", str(each))
    ]


def verify(signed: str, *more: str) -> Ran:
    return run("verify", signed, "--trust", "root.pem", *evidence(), "--at", AT, *more)


def require_line(ran: Ran, status: int) -> None:
    assert ran.status == status, ran
    assert ran.out == ""
    assert re.fullmatch(r"idwallet: [^\n]+\n", ran.err), ran.err


# --- sign and verify ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "options", "apart"),
    [
        ("contract.txt", (), True),
        ("contract.txt", ("--packaging", "enveloping"), False),
        ("contract.txt", ("--format", "jades"), True),
        ("contract.txt", ("--format", "jades", "--compact"), True),
        ("contract.txt", ("--format", "xades", "--packaging", "enveloping"), False),
        ("contract.txt", ("--format", "asic-s"), False),
        ("contract.txt", ("--format", "asic-s-xades"), False),
        ("paper.xml", (), False),
        ("paper.pdf", (), False),
        ("paper.pdf", ("--reason", "Найм", "--certify", "forms"), False),
        ("paper.pdf", ("--stamp", "1:50,50,250,110:Подписано"), False),
    ],
)
def test_a_document_is_signed_by_what_it_is_and_passes(
    desk: Path, document: str, options: tuple[str, ...], apart: bool
) -> None:
    ran = run("sign", document, *WHO, *options, "-o", "signed")
    assert (ran.status, ran.out) == (0, ""), ran
    assert ran.err.startswith("wrote signed: ")
    given = ("--document", document) if apart else ()
    found = verify("signed", *given)
    assert found.status == 0, found
    assert "Signed by CN=TEST https://signer.example" in found.out
    if apart:
        (desk / document).write_bytes(b"another document")
        assert verify("signed", *given).status == 1


@pytest.mark.parametrize("form", ["asic-e", "asic-e-xades"])
def test_several_documents_go_into_one_container(desk: Path, form: str) -> None:
    files = ("contract.txt", "paper.xml")
    ran = run("sign", *files, *WHO, "--format", form, "-o", "both.asice")
    assert ran.status == 0, ran
    assert verify("both.asice").status == 0
    twice = ("contract.txt", "./contract.txt", "--format", form, "-o", "x")
    require_line(run("sign", *twice, *WHO), 2)
    assert not (desk / "x").exists()


def test_a_signature_goes_to_standard_output_and_comes_from_standard_input(
    desk: Path,
) -> None:
    ran = run("sign", "-", *WHO, "-o", "piped.p7s", stdin=CONTRACT)
    assert ran.status == 0, ran
    assert verify("piped.p7s", "--document", "contract.txt").status == 0
    told = run(
        "verify",
        "-",
        "--document",
        "contract.txt",
        "--trust",
        "root.pem",
        *evidence(),
        "--at",
        AT,
        stdin=(desk / "piped.p7s").read_bytes(),
    )
    assert told.status == 0


def test_patterns_stand_for_several_files_and_each_gets_its_own(desk: Path) -> None:
    for number in range(3):
        (desk / f"part-{number}.txt").write_bytes(b"part %d" % number)
    (desk / "out").mkdir()
    ran = run("sign", "part-*.txt", "paper.pdf", *WHO, "--out", "out", "--json")
    assert ran.status == 0, ran
    told = json.loads(ran.out)["documents"]
    assert [each["document"] for each in told] == [
        *(f"part-{number}.txt" for number in range(3)),
        "paper.pdf",
    ]
    names = {each.name for each in (desk / "out").iterdir()}
    assert names == {f"part-{n}.txt.p7s" for n in range(3)} | {"paper-signed.pdf"}
    for number in range(3):
        signed = f"out/part-{number}.txt.p7s"
        assert verify(signed, "--document", f"part-{number}.txt").status == 0
    assert verify("out/paper-signed.pdf").status == 0


def test_a_document_that_cannot_be_signed_is_named_and_the_others_are_signed(
    desk: Path,
) -> None:
    (desk / "bad.pdf").write_bytes(b"%PDF-1.7\nno file at all")
    (desk / "out").mkdir()
    files = ("paper.pdf", "bad.pdf", "none.pdf", "contract.txt")
    ran = run("sign", *files, *WHO, "--out", "out")
    assert ran.status == 4
    assert "not signed: bad.pdf: " in ran.err
    assert "not signed: none.pdf: " in ran.err
    names = {each.name for each in (desk / "out").iterdir()}
    assert names == {"paper-signed.pdf", "contract.txt.p7s"}
    for each in ("bad.pdf", "none.pdf"):
        require_line(run("sign", each, *WHO, "-o", "x"), 4)
    assert not (desk / "x").exists()


def test_a_long_pdf_is_signed_without_being_held(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ENVELOPED_BYTES", 400)
    ran = run("sign", "paper.pdf", *WHO, "-o", "signed.pdf")
    assert ran.status == 0, ran
    assert ran.err == "wrote signed.pdf\n"
    assert verify("signed.pdf").status == 0
    require_line(run("sign", "paper.pdf", *WHO), 2)


def test_nothing_is_signed_where_the_result_could_not_be_written(desk: Path) -> None:
    (desk / "there").write_bytes(b"kept")
    require_line(run("sign", "contract.txt", *WHO, "-o", "there"), 4)
    assert (desk / "there").read_bytes() == b"kept"
    assert run("sign", "contract.txt", *WHO, "-o", "there", "--force").status == 0
    for wrong, status in (
        (("-o", "none/x"), 4),
        (("--out", "none"), 4),
        (("-o", "x", "--out", "."), 2),
        (("--json",), 2),
    ):
        require_line(run("sign", "contract.txt", *WHO, *wrong), status)


@pytest.mark.parametrize(
    "wrong",
    [
        ("--level", "b-t"),
        ("--tsa", "https://tsa.example"),
        ("--level", "b-lt", "--tsa", "https://tsa.example"),
        ("--trust", "root.pem"),
        ("--profile", "pades-b-b", "--level", "b-b"),
        ("--profile", "cades-b-b", "--format", "cades"),
        ("--profile", "pades"),
        ("--profile", "cades-b-lt", "--tsa", "https://tsa.example"),
        ("--fetch-from", "https://crl.example"),
        ("--reason", "because"),
        ("--compact",),
        ("--packaging", "enveloped"),
        ("--format", "pades", "--packaging", "detached"),
        ("--format", "pades", "--stamp", "somewhere"),
        ("--format", "pades", "--stamp", "1:50,50,250,110"),
        ("--format", "asic-s", "--packaging", "detached"),
        ("--format", "jades", "--compact", "--packaging", "enveloped"),
    ],
)
def test_options_that_mean_nothing_together_are_refused(
    desk: Path, wrong: tuple[str, ...]
) -> None:
    ran = run("sign", "contract.txt", *WHO, "-o", "x", *wrong)
    require_line(ran, 2)
    assert not (desk / "x").exists()


def test_several_files_need_a_folder_and_a_pattern_something_to_match(
    desk: Path,
) -> None:
    require_line(run("sign", "contract.txt", "paper.pdf", *WHO), 2)
    require_line(run("sign", "*.docx", *WHO, "-o", "x"), 4)
    require_line(run("sign", *WHO, "-o", "x"), 2)


def test_another_key_than_the_certificate_s_signs_nothing(desk: Path) -> None:
    who = ("--key", "key2.pem", "--passphrase-file", "pin.txt")
    ran = run("sign", "contract.txt", *who, "--certificates", "chain.pem", "-o", "x")
    require_line(ran, 2)
    assert not (desk / "x").exists()


def test_a_batch_that_is_run_again_signs_nothing_twice(desk: Path) -> None:
    resume = ("--resume", "journal", "--out", ".")
    assert run("sign", "contract.txt", *WHO, *resume).status == 0
    first = (desk / "contract.txt.p7s").read_bytes()
    (desk / "contract.txt.p7s").unlink()
    assert run("sign", "contract.txt", *WHO, *resume).status == 0
    # An ECDSA signature made anew would be another one.
    assert (desk / "contract.txt.p7s").read_bytes() == first


# --- verdicts -----------------------------------------------------------------------


def test_a_verdict_has_its_status_its_report_and_its_languages(desk: Path) -> None:
    assert run("sign", "contract.txt", *WHO, "-o", "c.p7s").status == 0
    apart = ("--document", "contract.txt")
    told = verify("c.p7s", *apart, "--json", "--report", "report.json")
    assert told.status == 0, told
    found = json.loads(told.out)
    assert found["report"]["outcome"] == "passed"
    assert found["signatures"][0]["level"] == "B-B"
    assert json.loads((desk / "report.json").read_text())["outcome"] == "passed"
    assert "Подписал: " in verify("c.p7s", *apart, "--lang", "ru").out
    # Without the document, without evidence, without a timestamp: not a no.
    bare = run("verify", "c.p7s", *apart, "--trust", "root.pem", "--at", AT)
    assert (verify("c.p7s").status, bare.status) == (3, 3)
    assert verify("c.p7s", *apart, "--policy", "archive").status == 3


def test_what_belongs_to_answers_is_refused_beside_a_document(desk: Path) -> None:
    assert run("sign", "contract.txt", *WHO, "-o", "c.p7s").status == 0
    for wrong in (
        ("--policy", "retail"),
        ("--replay", "used"),
        ("--trust-type", "national-id"),
        ("--request", "c.p7s"),
    ):
        require_line(verify("c.p7s", "--document", "contract.txt", *wrong), 2)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 50, b"\x30\x82\xff\xff", b"%PDF-1.7\n", b"<a", b"PK\x03\x04"],
)
def test_what_is_no_document_is_a_verdict_too(desk: Path, data: bytes) -> None:
    (desk / "bad").write_bytes(data)
    assert verify("bad", "--document", "contract.txt").status == 1


def test_a_file_that_is_shown_as_a_pdf_is_judged_as_nothing_else(desk: Path) -> None:
    around = ("--format", "cades", "--packaging", "enveloping")
    assert run("sign", "paper.pdf", *WHO, *around, "-o", "made").status == 0
    made = (desk / "made").read_bytes()
    (desk / "made.PDF").write_bytes(made)
    assert b"%PDF-" in made[:1024]
    assert verify("made").status == 0
    require_line(verify("made.PDF"), 2)


# --- what a document holds ---------------------------------------------------------


def test_a_document_is_described_before_it_is_signed(desk: Path) -> None:
    told = run("describe", "paper.pdf", "--json")
    assert told.status == 0, told
    assert json.loads(told.out)["kind"] == "pdf"
    assert run("describe", "paper.pdf", "--lang", "ru").status == 0
    file = Contract(form=True).file()
    (desk / "honest.pdf").write_bytes(bytes(file.data))
    name_script(file)
    file.commit()
    (desk / "hostile.pdf").write_bytes(bytes(file.data))
    honest, hostile = (
        run("describe", f"{e}.pdf", "--json") for e in ("honest", "hostile")
    )
    assert (honest.status, hostile.status) == (0, 1)
    codes = {each["code"] for each in json.loads(hostile.out)["findings"]}
    assert "script" in codes
    assert run("describe", "-", stdin=b"%PDF-1.7\n").status == 1
    # Whoever signs elsewhere is told, too.
    for name, warned in (("honest", False), ("hostile", True)):
        assert prepared(f"{name}.pdf", "--force").status == 0
        ran = certified(f"{name}.pdf", "--force")
        assert ("honest documents do not have" in ran.err) is warned


# --- sessions -----------------------------------------------------------------------


def prepared(document: str = "contract.txt", *more: str) -> Ran:
    return run(
        "sessions", "prepare", document, *SEAL, "--at", AT, "-o", "s.json", *more
    )


def certified(document: str = "contract.txt", *more: str) -> Ran:
    return run(
        *("sessions", "certify", "s.json", "--certificates", "chain.pem"),
        *("--document", document, *KEY, "--sign", "signature", "-o", "t.json", *more),
    )


def finished(*more: str, output: str = "signed") -> Ran:
    return run(
        *("sessions", "finish", "t.json", "signature", *SEAL, "--at", AT),
        *("-o", output, *more),
    )


@pytest.mark.parametrize("document", ["contract.txt", "paper.pdf", "paper.xml"])
def test_a_document_is_signed_by_somebody_elsewhere(desk: Path, document: str) -> None:
    assert prepared(document, "--purpose", "Найм").status == 0
    told = certified(document, "--json")
    assert told.status == 0, told
    assert f"{document}: Найм" in told.err
    assert json.loads(told.out)["algorithm"] == "ES256"
    ran = finished("--document", document)
    assert ran.status == 0, ran
    apart = ("--document", document) if document == "contract.txt" else ()
    assert verify("signed", *apart).status == 0
    again = finished("--document", document, output="second")
    assert again.status == 1
    assert "session.replay" in again.err
    assert not (desk / "second").exists()


def test_a_session_is_finished_by_who_prepared_it_alone(desk: Path) -> None:
    (desk / "other.txt").write_text("another passphrase")
    assert prepared().status == 0
    assert certified().status == 0
    for wrong in (("--seal-file", "other.txt"), ("--at", "2026-12-24T12:00:00Z")):
        ran = finished(*wrong)
        assert ran.status == 1
        assert not (desk / "signed").exists()
    for lang, words in (("en", "Do not use this signature"), ("ru", "использовать")):
        ran = finished("--seal-file", "other.txt", "--reader", "clerk", "--lang", lang)
        assert words in ran.err
    assert finished().status == 0


def test_the_signer_compares_the_document_before_signing(desk: Path) -> None:
    assert prepared().status == 0
    require_line(certified("paper.xml"), 4)
    assert not (desk / "signature").exists()


def test_a_session_for_somebody_is_signed_by_nobody_else(desk: Path) -> None:
    assert prepared("contract.txt", "--signer", "chain2.pem").status == 0
    ran = certified()
    assert ran.status == 2
    assert "somebody else was asked to sign" in ran.err
    assert not (desk / "signature").exists()


def test_the_octets_go_to_a_key_elsewhere_and_its_signature_comes_back(
    desk: Path,
) -> None:
    assert prepared().status == 0
    ran = run(
        *("sessions", "certify", "s.json", "--certificates", "chain.pem"),
        *("--document", "contract.txt", "--to-sign", "octets", "-o", "t.json"),
    )
    assert ran.status == 0, ran
    made = scene().signer.signer.sign((desk / "octets").read_bytes())
    (desk / "signature").write_bytes(made)
    assert finished().status == 0
    for wrong in (("--key", "key.pem"), ("--sign", "x"), ("--json",)):
        bad = run(
            *("sessions", "certify", "s.json", "--certificates", "chain.pem"),
            *("--document", "contract.txt", *wrong),
        )
        assert bad.status == 2


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 900, b"\xff"])
def test_what_is_no_session_is_said(desk: Path, data: bytes) -> None:
    (desk / "s.json").write_bytes(data)
    (desk / "t.json").write_bytes(data)
    (desk / "signature").write_bytes(b"x")
    require_line(certified(), 4)
    ran = finished()
    assert ran.status == 1
    assert "session.format" in ran.err


# --- the network --------------------------------------------------------------------


@pytest.fixture
def services() -> Iterator[TestServices]:
    with TestServices(TestPki(seed=b"idwallet TEST services of the cli")) as found:
        yield found


@pytest.mark.loopback
def test_levels_are_reached_with_an_authority_and_what_is_fetched(
    desk: Path, services: TestServices
) -> None:
    who = services.document_signer()
    (desk / "key.pem").write_text(who.signer.to_encrypted_pem(PIN.encode()))
    (desk / "chain.pem").write_text(who.chain_pem)
    (desk / "root.pem").write_text(services.pki.root_pem)
    here = ("--private-host", "127.0.0.1")
    tsa = ("--tsa", services.tsa, *here)
    fetch = ("--trust", "root.pem", "--fetch", "--fetch-from", services.origin)
    ran = run("sign", "contract.txt", *WHO, "--level", "b-t", *tsa, "-o", "t.p7s")
    assert ran.status == 0, ran
    lt = ("--level", "b-lt", *tsa, *fetch)
    ran = run("sign", "contract.txt", *WHO, *lt, "-o", "lt.p7s")
    assert ran.status == 0, ran
    for paper in ("paper.xml", "paper.pdf"):
        ran = run("sign", paper, *WHO, *lt, "-o", f"lt{Path(paper).suffix}")
        assert ran.status == 0, ran
    # What it brings is enough from then on, with no network.
    archive = ("--trust", "root.pem", "--policy", "archive", "--at", AT)
    for signed in ("lt.p7s", "lt.xml", "lt.pdf"):
        apart = ("--document", "contract.txt") if signed == "lt.p7s" else ()
        told = run("verify", signed, *apart, *archive, "--json")
        assert told.status == 0, told
        assert json.loads(told.out)["signatures"][0]["level"] == "B-LT"
    ran = run(
        *("augment", "t.p7s", "--level", "b-lta", "--document", "contract.txt"),
        *("--at", AT, *tsa, *fetch, "-o", "lta.p7s"),
    )
    assert ran.status == 0, ran
    told = run("verify", "lta.p7s", "--document", "contract.txt", *archive, "--json")
    assert json.loads(told.out)["signatures"][0]["level"] == "B-LTA"
    ran = run("timestamp", "contract.txt", *tsa, "--at", AT, "-o", "contract.tst")
    assert ran.status == 0, ran
    assert "stamped at 2026-11-24T12:00:00Z" in ran.err


@pytest.mark.loopback
def test_who_names_nobody_believes_the_root_of_their_own_chain(
    desk: Path, services: TestServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = services.document_signer()
    (desk / "key.pem").write_text(who.signer.to_encrypted_pem(PIN.encode()))
    sign = ("sign", "contract.txt", *WHO, "--profile", "cades-b-lt", "--fetch")
    sign += ("--tsa", services.tsa)
    (desk / "chain.pem").write_text(who.chain_pem)
    require_line(run(*sign, "-o", "none.p7s"), 2)
    (desk / "chain.pem").write_text(who.chain_pem + services.pki.root_pem)
    # Nobody said that this machine's own network may be asked.
    assert run(*sign, "-o", "none.p7s").status == 4
    monkeypatch.setenv("IDWALLET_PRIVATE_HOSTS", "tsa.example 127.0.0.1")
    ran = run(*sign, "-o", "lt.p7s")
    assert ran.status == 0, ran
    (desk / "root.pem").write_text(services.pki.root_pem)
    archive = ("--trust", "root.pem", "--policy", "archive", "--at", AT)
    told = run("verify", "lt.p7s", "--document", "contract.txt", *archive, "--json")
    assert json.loads(told.out)["signatures"][0]["level"] == "B-LT"
    # An authority under another root is not believed on this word.
    with TestServices(TestPki(seed=b"idwallet TEST another root")) as others:
        more = ("--tsa", others.tsa)
        assert run(*sign, *more, "-o", "none.p7s").status in {1, 3}
    assert not (desk / "none.p7s").exists()


@pytest.mark.loopback
def test_what_does_not_pass_is_not_raised_and_nothing_is_written(
    desk: Path, services: TestServices
) -> None:
    here = ("--private-host", "127.0.0.1", "--tsa", services.tsa)
    # The root of somebody else, and no evidence.
    lt = ("--level", "b-lt", *here, "--trust", "root.pem")
    ran = run("sign", "contract.txt", *WHO, *lt, "-o", "x")
    assert ran.status in {1, 3}
    assert not (desk / "x").exists()
    assert run("sign", "contract.txt", *WHO, "-o", "b.p7s").status == 0
    ran = run(
        *("augment", "b.p7s", "--level", "b-t", *here, "--trust", "root.pem"),
        *("--at", AT, "-o", "x"),
    )
    assert ran.status == 3
    assert not (desk / "x").exists()


@pytest.mark.loopback
def test_an_authority_that_refuses_leaves_nothing(desk: Path) -> None:
    nobody = ("--tsa", "http://127.0.0.1:9/tsa", "--private-host", "127.0.0.1")
    ran = run("sign", "contract.txt", *WHO, "--level", "b-t", *nobody, "-o", "x")
    require_line(ran, 4)
    require_line(run("timestamp", "contract.txt", *nobody, "-o", "x"), 4)
    require_line(run("timestamp", "contract.txt", "--tsa", "tsa", "-o", "x"), 2)
    assert not (desk / "x").exists()


# --- secrets ------------------------------------------------------------------------


def test_no_secret_is_shown_or_left_behind(desk: Path) -> None:
    (desk / "key.pem").write_text(
        scene().signer.signer.to_encrypted_pem(b"canary-7f3e-passphrase")
    )
    (desk / "pin.txt").write_text("canary-7f3e-passphrase\n")
    told = [
        run("sign", "contract.txt", *WHO, "-o", "c.p7s", "--resume", "journal"),
        prepared(),
        certified(),
        finished(),
        finished(output="again"),
    ]
    assert [each.status for each in told] == [0, 0, 0, 0, 1]
    for each in told:
        assert "canary" not in each.out + each.err
    for path in desk.rglob("*"):
        if path.is_file() and path.name != "pin.txt":
            assert b"canary" not in path.read_bytes()
