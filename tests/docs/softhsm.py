"""A token of its own for a page that needs one."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import SOFTHSM_ABSENT

MODULE: Final = "/usr/lib/softhsm/libsofthsm2.so"
"""Where Debian keeps it, and where the pages say that it is."""


def new_token(label: str, *, pin: str) -> None:
    """Make a token in the page's folder and let SoftHSM see no other."""
    if shutil.which("softhsm2-util") is None or not Path(MODULE).exists():
        pytest.skip(SOFTHSM_ABSENT)
    pkcs11 = pytest.importorskip("pkcs11", reason="python-pkcs11 absent (extra pkcs11)")
    pkcs11.unload(MODULE)  # it reads its settings when it is loaded
    Path("tokens").mkdir()
    settings = Path("softhsm2.conf").absolute()
    settings.write_text(f"directories.tokendir = {Path('tokens').absolute()}\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    _util("--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "5678")


def keep(pem: str, passphrase: str, *, token: str, pin: str, label: str) -> None:
    """Put a test key on the token, as a vendor's tool would make one there."""
    file = Path("import.pem")
    file.write_text(pem)
    where = ("--token", token, "--pin", pin, "--label", label, "--id", "01")
    _util("--import", str(file), "--file-pin", passphrase, *where)
    file.unlink()


def _util(*arguments: str) -> None:
    command = ["softhsm2-util", *arguments]
    subprocess.run(command, check=True, capture_output=True)
