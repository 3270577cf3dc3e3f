"""No passphrase and no private key is ever printed or left in the clear."""

import json
from pathlib import Path
from typing import Final

import pytest

from idwallet import Algorithm, SoftwareSigner
from idwallet.cli.program import COMMANDS, load_command
from idwallet.codec import b64
from tests.cli.program import AT, run

CANARY: Final = "canary-7f3e-passphrase"


def _require_unseen(folder: Path, *texts: str) -> None:
    for text in texts:
        assert CANARY not in text
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "secret.txt":
            assert CANARY.encode() not in path.read_bytes(), path


def test_a_passphrase_stays_in_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text(CANARY + "\n")
    secret = ("--passphrase-file", "secret.txt")
    seal = ("--seal-file", "secret.txt")
    told = [
        run("keys", "generate", *secret, "-o", "key.pem"),
        run("keys", "generate", *secret, "--json"),
        run("keys", "show", "key.pem", *secret, "--json"),
        run("inspect", "key.pem", "--json"),
        run("inspect", "secret.txt"),
        run(
            *("wallet", "prove", "--wallet", "w", "--audience", "a", "--nonce", "n"),
            *seal,
            *("--at", AT),
        ),
        run("wallet", "list", "--wallet", "w", *seal),
        run("keys", "show", "secret.txt", *secret),
    ]
    assert [each.status for each in told] == [0, 0, 0, 0, 4, 0, 0, 4]
    for each in told:
        _require_unseen(tmp_path, each.out, each.err)


def test_a_private_key_is_written_encrypted_only(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(CANARY)
    ran = run("keys", "generate", "--passphrase-file", str(tmp_path / "secret.txt"))
    assert ran.status == 0
    assert ran.out.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    signer = SoftwareSigner.from_pem(ran.out, ask_secret=lambda _: CANARY)
    assert signer.algorithm is Algorithm.ES256


@pytest.mark.parametrize("form", [("--json",), ()])
def test_the_private_half_of_a_jwk_is_not_shown_wherever_it_stands(
    form: tuple[str, ...],
) -> None:
    canary = b64.encode(b"\x07" * 32)
    public = SoftwareSigner.generate(Algorithm.ES256).public_key.to_jwk()
    key = {**public, "d": canary, "kid": "mine"}
    other = {"kty": "oct", "k": canary}
    for value in (key, other, {"keys": [key, other]}, {"deep": [{"in": key}]}):
        ran = run("inspect", *form, stdin=json.dumps(value).encode())
        assert ran.status == 0, ran
        assert canary not in ran.out
        assert "not shown" in ran.out


def test_an_unencrypted_key_is_read_and_not_shown(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    body = pem.splitlines()[1].decode()
    for command in (("inspect",), ("keys", "show"), ("keys", "show", "--as", "jwk")):
        ran = run(*command, str(tmp_path / "key.pem"))
        assert ran.status == 0
        assert body not in ran.out
        assert '"d"' not in ran.out


def test_no_option_takes_a_secret() -> None:
    def options(name: str) -> set[str]:
        command = load_command(name)
        inner = getattr(command, "commands", {}).values()
        params = [each for one in (command, *inner) for each in one.params]
        return {opt for each in params for opt in each.opts}

    named = set().union(*map(options, COMMANDS))
    taking = {
        each
        for each in named
        if any(w in each for w in ("pass", "pin", "seal", "code", "returned"))
    }
    files = {"--passphrase-file", "--seal-file", "--new-seal-file", "--password-file"}
    files |= {"--code-file", "--pin-file", "--returned"}
    assert taking == files


def test_nobody_is_asked_for_a_secret_where_no_terminal_is(story: Path) -> None:
    ran = run("wallet", "list", "--wallet", "wallet")
    assert (ran.status, ran.out) == (4, "")
    assert ran.err == (
        "idwallet: no terminal to ask on: name a file with --seal-file\n"
    )


# Who signed a document is what a verdict on it is about.
ON_DOCUMENTS = {"contract.json", "changed.json"}


def test_a_report_on_a_presentation_holds_no_personal_data(story: Path) -> None:
    reports = {path.name: path for path in (story / "reports").iterdir()}
    assert reports.keys() > ON_DOCUMENTS
    for name in reports.keys() - ON_DOCUMENTS:
        text = reports[name].read_text("utf-8")
        assert "Образцов" not in text
        assert "1990" not in text


def test_a_report_on_a_document_names_who_signed_and_nothing_else(story: Path) -> None:
    for name in ON_DOCUMENTS:
        report = json.loads((story / "reports" / name).read_text("utf-8"))
        assert "1990" not in json.dumps(report)
        for each in report["checks"]:
            facts = dict(each.get("facts", {}))
            signer = facts.pop("name", "")
            rest = json.dumps({**each, "facts": facts}, ensure_ascii=False)
            assert "Образцов" not in rest
            assert not signer or each["id"].startswith(("signer.", "timestamp."))
