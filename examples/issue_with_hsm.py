"""Issue with a key that is made on a PKCS #11 token and cannot leave it.

Run it: ``python examples/issue_with_hsm.py``. SoftHSM stands in for the token, in a
folder of its own. Without SoftHSM or the extra ``idwallet[pkcs11]`` this program says
so and ends.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from idwallet import (
    Algorithm,
    HolderKey,
    Issuer,
    SdJwtVc,
    SoftwareSigner,
    StoredKeySigner,
    now,
)
from idwallet.adapters import Pkcs11KeyStore, TokenAddress
from idwallet.errors import UnsupportedError

PIN = "1234"


def ask_pin(prompt: str) -> str:
    """Stand for a person at the keyboard."""
    print(f"{prompt}: ****")
    return PIN


def make_token(folder: Path) -> str | None:
    """Initialise a token in `folder`; return the module, or None without SoftHSM."""
    module = next(Path("/usr/lib").glob("**/libsofthsm2.so"), None)
    tool = shutil.which("softhsm2-util")
    if module is None or tool is None:
        return None
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    command = f"--init-token --free --label gov --pin {PIN} --so-pin 5678"
    subprocess.run([tool, *command.split()], check=True, capture_output=True)
    return str(module)


def issue(module: str) -> None:
    """Make a key on the token and issue a credential with it."""
    address = TokenAddress.from_uri("pkcs11:token=gov", module_path=module)
    token = Pkcs11KeyStore(address, ask_secret=ask_pin)
    signer = StoredKeySigner(token.create("ES256", None))
    issuer = Issuer(signer=signer, kid=signer.public_key.thumbprint)
    holder = SoftwareSigner.generate(Algorithm.ES256).public_key
    credential = issuer.issue(
        SdJwtVc(vct="urn:example:badge:1", claims={"role": "editor"}),
        holder_key=HolderKey.unproven(holder, reason="an example"),
        valid_until=now() + timedelta(days=1),
        at=now(),
    )
    print("issued with the token's key", signer.public_key.thumbprint)
    print(credential, "leaves the token; the key does not")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        module = make_token(Path(place))
        if module is None:
            sys.exit("skipped: SoftHSM absent (Debian package softhsm2)")
        try:
            issue(module)
        except UnsupportedError as error:
            sys.exit(f"skipped: {error}")
