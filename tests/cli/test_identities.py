"""How a verifier names itself on the command line, and what a wallet makes of it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509

from idwallet.testing.pki import TestPki
from tests.cli.program import AT, Ran, run
from tests.conftest import AT as MOMENT

SEALED: Final = ("--seal-file", "passphrase.txt", "--at", AT)
CLIENT: Final = "https://shop.example"


def ask(*identity: str, name: str = "asked") -> Ran:
    return run(
        *("request", "--age-over", "18", "--purpose", "a sale", "--policy", "retail"),
        *("--passphrase-file", "passphrase.txt", *SEALED, *identity, "--force"),
        *("--save", f"{name}.state", "-o", f"{name}.json"),
    )


def answer(*trust: str) -> Ran:
    return run(
        *("present", "asked.json", "--wallet", "wallet", *SEALED, *trust, "--yes"),
        *("-o", "answer.txt", "--force"),
    )


def new_key(path: str) -> dict[str, object]:
    made = run("keys", "generate", "--passphrase-file", "passphrase.txt", "-o", path)
    assert made.status == 0, made
    shown = run(
        *("keys", "show", path, "--passphrase-file", "passphrase.txt", "--as", "jwk")
    )
    jwk: dict[str, object] = json.loads(shown.out)
    return jwk


@pytest.mark.usefixtures("story")
def test_of_several_pinned_keys_the_kid_says_which_one_signs() -> None:
    keys = [{**new_key(f"{kid}.pem"), "kid": kid} for kid in ("old", "new")]
    Path("shop.jwks").write_text(json.dumps({"keys": keys}))
    pinned = ("--trust", "shop.jwks", "--trust-name", CLIENT)
    party = ("--client-id", CLIENT, "--answer-to", f"{CLIENT}/answer")
    for kid in ("old", "new"):
        assert ask("--key", f"{kid}.pem", *party, "--kid", kid).status == 0
        assert answer(*pinned).status == 0
    assert ask("--key", "new.pem", *party, "--kid", "old").status == 0
    assert answer(*pinned).status == 1
    assert ask("--key", "new.pem", *party).status == 0
    assert answer(*pinned).status == 1


@pytest.mark.usefixtures("story")
def test_of_several_names_in_a_certificate_one_is_chosen() -> None:
    pki = TestPki(at=MOMENT, seed=b"idwallet TEST names of a shop")
    names = tuple(x509.DNSName(each) for each in ("a.example", "b.example"))
    shop = pki.reader(change=lambda plan: replace(plan, alternative_names=names))
    Path("shop.pem").write_text(shop.chain_pem)
    Path("root.pem").write_text(pki.root_pem)
    secret = Path("passphrase.txt").read_bytes().strip()
    Path("key.pem").write_text(shop.signer.to_encrypted_pem(secret))
    party = ("--key", "key.pem", "--certificates", "shop.pem")
    dns = (*party, "--client-id-prefix", "x509_san_dns")
    for host in ("a.example", "b.example"):
        assert (
            ask(*dns, "--dns-name", host, "--answer-to", f"https://{host}/").status == 0
        )
        assert answer("--trust", "root.pem").status == 0
        state = json.loads(Path("asked.state").read_bytes())
        assert state["client_id"] == f"x509_san_dns:{host}"
    assert ask(*dns, "--answer-to", "https://a.example/").status == 2
