"""A key on a PKCS #11 token issues through the program, as a file's does."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.cli.program import AT

PIN: Final = "7351"
MAKE: Final = """
import sys
from idwallet.adapters.pkcs11 import Pkcs11KeyStore, TokenAddress
address = TokenAddress.from_uri("pkcs11:token=till", module_path=sys.argv[1])
Pkcs11KeyStore(address, ask_secret=lambda _: sys.argv[2]).create("ES256", None)
"""
CALL: Final = "import sys; from idwallet.cli import main; sys.exit(main())"


class Token:
    """A software token in a folder of its own; one process after another uses it."""

    def __init__(self, folder: Path, module: Path) -> None:
        (folder / "tokens").mkdir()
        settings = folder / "softhsm2.conf"
        settings.write_text(
            f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n"
        )
        (folder / "pin").write_text(f"{PIN}\n")
        (folder / "wrong").write_text("0000\n")
        self._env = {**os.environ, "SOFTHSM2_CONF": str(settings)}
        self._folder = folder
        self.uri = f"pkcs11:token=till;object=idwallet?module-path={module}"
        init = ("--init-token", "--free", "--label", "till", "--so-pin", "5678")
        self._run("softhsm2-util", *init, "--pin", PIN)
        self._run(sys.executable, "-c", MAKE, str(module), PIN)

    def _run(self, *command: str) -> None:
        subprocess.run(command, env=self._env, check=True, capture_output=True)

    def idwallet(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-c", CALL, *arguments],
            env=self._env,
            cwd=self._folder,
            check=False,
            capture_output=True,
            text=True,
        )


def test_a_request_is_signed_by_a_key_on_a_token(
    tmp_path: Path, softhsm_module: Path
) -> None:
    token = Token(tmp_path, softhsm_module)
    shown = token.idwallet("keys", "show", token.uri, "--passphrase-file", "pin")
    assert shown.returncode == 0, shown.stderr
    assert "ES256" in shown.stdout
    asked = token.idwallet(
        *("request", "--age-over", "18", "--policy", "retail", "--purpose", "a sale"),
        *("--key", token.uri, "--passphrase-file", "pin", "--client-id", "till-7"),
        *("--answer-to", "https://till.example/a", "--save", "state", "--at", AT),
        *("--seal-file", "pin", "-o", "request.json"),
    )
    assert asked.returncode == 0, asked.stderr
    assert (tmp_path / "request.json").exists()


def test_a_wrong_pin_is_one_line_that_holds_no_pin(
    tmp_path: Path, softhsm_module: Path
) -> None:
    token = Token(tmp_path, softhsm_module)
    shown = token.idwallet("keys", "show", token.uri, "--passphrase-file", "wrong")
    assert (shown.returncode, shown.stdout) == (4, "")
    assert shown.stderr.startswith("idwallet: pkcs11:token=till;object=idwallet: ")
    assert shown.stderr.count("\n") == 1
    assert "0000" not in shown.stderr
