"""Evidence at hand on the command line: given to `verify`, shown by `inspect`."""

import contextlib
import json
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from idwallet.codec.pem import write_pem
from idwallet.testing.evidence import LIST, crls, status_list
from idwallet.testing.pki import MOMENT, TestIdentity, TestPki
from idwallet.testing.revocation import World
from idwallet.trust.evidence import content_of
from idwallet.trust.status_list import StatusListContent, issue_status_list_cwt
from idwallet.trust.status_list.bitmap import pack
from tests.cli.program import AT, Ran, run

SEAL: Final = ("--seal-file", "passphrase.txt")
WALLET: Final = ("--wallet", "mine", *SEAL, "--at", AT)


@pytest.fixture(scope="module")
def shown(
    told: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, TestIdentity]:
    """A folder in which somebody's listed card was shown, in `answer.txt`."""
    folder = tmp_path_factory.mktemp("shown") / "story"
    shutil.copytree(told, folder)
    with contextlib.chdir(folder):
        return folder, _show()


@pytest.fixture
def issuer(
    shown: tuple[Path, TestIdentity], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> TestIdentity:
    """Who issued it; the program runs in a copy of that folder."""
    folder, issuer = shown
    shutil.copytree(folder, tmp_path / "story")
    monkeypatch.chdir(tmp_path / "story")
    return issuer


def _show() -> TestIdentity:
    pki = TestPki(seed=b"evidence on the command line")
    made = pki.issuer("https://id.test")
    key = made.signer.to_encrypted_pem(Path("passphrase.txt").read_bytes().strip())
    Path("own-key.pem").write_text(key, encoding="ascii")
    Path("own.pem").write_text(made.chain_pem, encoding="ascii")
    Path("own-root.pem").write_text(pki.root_pem, encoding="ascii")
    steps = (
        ("wallet", "prove", *WALLET, "--audience", "a", "--nonce", "n", "-o", "proof"),
        (
            *("issue", "person.json", "--vct", "urn:eudi:pid:1", "--at", AT),
            *("--key", "own-key.pem", "--passphrase-file", "passphrase.txt"),
            *("--certificates", "own.pem", "--valid-until", "2027-01-31T00:00:00Z"),
            *("--holder-proof", "proof", "--audience", "a", "--nonce", "n"),
            *("--status-list", LIST, "--status-index", "7", "-o", "card"),
        ),
        ("wallet", "add", "card", *WALLET, "--trust", "own-root.pem"),
        (
            *("request", "--age-over", "18", "--purpose", "a sale", "--at", AT),
            *("--policy", "retail", "--key", "pki/shop-key.pem", *SEAL),
            *("--passphrase-file", "passphrase.txt", "--certificates", "pki/shop.pem"),
            *("--answer-to", "https://till.example/answer"),
            *("--save", "own.state", "-o", "own.json"),
        ),
        (
            *("present", "own.json", *WALLET, "--trust", "pki/root.pem", "--yes"),
            *("-o", "answer.txt"),
        ),
    )
    for each in steps:
        ran = run(*each)
        assert ran.status == 0, (each, ran)
    return made


def verify(*more: str) -> Ran:
    return run(
        *("verify", "answer.txt", "--request", "own.state", "--trust", "own-root.pem"),
        *(*SEAL, "--at", AT, *more),
    )


def report(*more: str) -> Any:
    return json.loads(verify("--json", *more).out)["report"]


def reasons(found: Any) -> dict[str, str]:
    return {each["id"]: each["reason"] for each in found["checks"]}


def write_list(name: str, issuer: TestIdentity, *entries: tuple[int, int]) -> str:
    piece = status_list(issuer, entries=entries, at=MOMENT)
    Path(name).write_bytes(content_of(piece.token) + b"\n")
    return name


def write_crls(issuer: TestIdentity, *revoked: int) -> tuple[str, ...]:
    found: list[str] = []
    for n, piece in enumerate(crls(issuer, revoked=dict.fromkeys(revoked))):
        Path(f"{n}.crl").write_bytes(content_of(piece.der))
        found += ("--crl", f"{n}.crl")
    return tuple(found)


def test_a_list_settles_what_was_open(issuer: TestIdentity) -> None:
    assert verify().status == 3
    path = write_list("list.jwt", issuer)
    passed = report("--status-list", path)
    assert passed["outcome"] == "passed"
    (used,) = passed["evidence"]
    assert used["source"] == "file"
    assert used["as_of"] == AT
    assert used["about"] == LIST
    assert used["taken"] is None
    assert len(used["digest"]) == 64


def test_a_list_that_says_revoked_fails(issuer: TestIdentity) -> None:
    ran = verify("--status-list", write_list("list.jwt", issuer, (7, 1)))
    assert ran.status == 1
    assert "revoked" in ran.out


def test_a_list_as_cwt_is_taken_too(issuer: TestIdentity) -> None:
    content = StatusListContent(uri=LIST, bits=1, array=pack([], bits=1, size=2_000))
    token = issue_status_list_cwt(
        content, signer=issuer.signer, certificates=issuer.chain, at=MOMENT
    )
    Path("list.cwt").write_bytes(token)
    assert verify("--status-list", "list.cwt").status == 0
    shown = run("inspect", "list.cwt", "--json")
    assert json.loads(shown.out)["kind"].startswith("status list token, CWT")


def list_that_ends_in_white_space(issuer: TestIdentity) -> bytes:
    """Return a list whose last octet, of its signature, is one of ASCII's spaces."""
    content = StatusListContent(uri=LIST, bits=1, array=pack([], bits=1, size=2_000))
    signing = {"signer": issuer.signer, "certificates": issuer.chain, "at": MOMENT}
    while True:
        token = issue_status_list_cwt(content, **signing)  # ES256 is random
        if token != token.strip():
            return token


def test_a_list_in_octets_is_read_to_its_last_whatever_that_is(
    issuer: TestIdentity,
) -> None:
    token = list_that_ends_in_white_space(issuer)
    Path("list.cwt").write_bytes(token)
    assert verify("--status-list", "list.cwt").status == 0
    named = ("--status-list", LIST, "--status-index", "7", "--trust", "own-root.pem")
    ran = run("status", "check", "list.cwt", *named, "--at", AT)
    assert ran.status == 0, ran
    text = f'[[status_lists]]\nfile = "list.cwt"\nuri = "{LIST}"\n'
    anchor = '[[anchors]]\nname = "Root"\nfile = "own-root.pem"\njurisdiction = "XX"\n'
    purposes = 'purposes = ["issue_credentials"]\n'
    Path("bundle.toml").write_text(
        f'series = "s"\nsequence = 1\n{text}{anchor}{purposes}'
    )
    key = ("--key", "pki/issuer-key.pem", "--passphrase-file", "passphrase.txt")
    built = run("trust", "build", "bundle.toml", *key, "-o", "a.bundle", "--at", AT)
    assert built.status == 0, built
    assert token in Path("a.bundle").read_bytes()


def test_crls_say_whether_the_issuer_was_revoked(issuer: TestIdentity) -> None:
    listed = ("--status-list", write_list("list.jwt", issuer))
    good = report(*listed, *write_crls(issuer))
    assert reasons(good)["issuer.revocation"] == "not_revoked"
    assert [each["kind"] for each in good["evidence"]] == ["crl", "crl", "status_list"]


def test_a_crl_that_names_the_issuer_fails(issuer: TestIdentity) -> None:
    ran = verify(*write_crls(issuer, 0))
    assert ran.status == 1
    assert "issuer.revocation" in ran.out


def test_a_crl_may_be_pem(issuer: TestIdentity) -> None:
    der = content_of(crls(issuer, revoked={0: None})[0].der)
    Path("crl.pem").write_text(write_pem("X509 CRL", der), encoding="ascii")
    assert verify("--crl", "crl.pem").status == 1


def test_an_ocsp_response_about_somebody_else_says_nothing(
    issuer: TestIdentity,
) -> None:
    world = World.sound()
    Path("other.ocsp").write_bytes(world.answer().to_der())
    found = report("--ocsp", "other.ocsp")
    assert reasons(found)["issuer.revocation"] == "unknown_accepted"
    assert found["evidence"] == []


@pytest.mark.parametrize("option", ["--status-list", "--crl", "--ocsp"])
def test_a_file_that_is_none_is_refused_before_the_request_is_spent(
    option: str, issuer: TestIdentity
) -> None:
    ran = verify(option, "passphrase.txt")
    assert ran.status == 4
    assert "passphrase.txt" in ran.err
    assert verify("--status-list", write_list("list.jwt", issuer)).status == 0


def test_a_status_list_is_inspected_without_its_entries(issuer: TestIdentity) -> None:
    shown = run("inspect", write_list("list.jwt", issuer, (1, 1), (2, 2)), "--json")
    found = json.loads(shown.out)
    assert found["kind"] == "status list token, JWT (Token Status List)"
    parts = {each["title"]: each["value"] for each in found["parts"]}
    assert parts["claims"]["sub"] == LIST
    assert parts["list"]["entries"] == 1_000
    assert parts["list"]["values"] == {
        "0 (valid)": 998,
        "1 (invalid)": 1,
        "2 (suspended)": 1,
    }
    assert "lst" not in shown.out
    assert found["verified"] is False


def test_a_crl_and_an_ocsp_response_are_summed_up(tmp_path: Path) -> None:
    world = World.sound()
    ran = run("inspect", "--json", stdin=world.crl().to_der())
    found = json.loads(ran.out)
    assert found["kind"] == "CRL (RFC 5280)"
    (part,) = found["parts"]
    assert part["value"]["entries"] == 0
    assert part["value"]["issuer"] == "CN=TEST CA,O=idwallet TEST only,C=XX"
    ran = run("inspect", "--json", stdin=world.answer(world.responder()).to_der())
    found = json.loads(ran.out)
    assert found["kind"] == "OCSP response (RFC 6960)"
    titles = [each["title"] for each in found["parts"]]
    assert titles == ["response", "answer 1", "certificate 1"]
    assert found["parts"][1]["value"]["status"] == "good"
