"""`idwallet keys`: make a private key, show the public half of one."""

from typing import Final

import click

from idwallet.cli.faults import STREAM
from idwallet.cli.files import require_writable, write_output
from idwallet.cli.options import json_option, output_option
from idwallet.cli.passphrase import new_passphrase
from idwallet.cli.screen import heading, note, say, write_json_document
from idwallet.cli.trusted import open_key, read_public_key
from idwallet.codec.json import write_json
from idwallet.codec.pem import write_pem
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.software import SoftwareSigner

_ALGORITHMS: Final = {each.jose: each for each in Algorithm}
_FORMS: Final = ("text", "jwk", "pem")


@click.group("keys")
def keys_command() -> None:
    """Make a key, or show the public half of one."""


@keys_command.command("generate")
@click.option(
    "--algorithm",
    type=click.Choice(list(_ALGORITHMS)),
    default=Algorithm.ES256.jose,
    show_default=True,
    help="What the key signs with.",
)
@click.option(
    "--passphrase-file",
    metavar="FILE",
    help="Holds the passphrase that will encrypt the key. Default: asked for.",
)
@output_option("the encrypted private key")
@json_option
def generate_command(
    *,
    algorithm: str,
    passphrase_file: str | None,
    output: str,
    force: bool,
    as_json: bool,
) -> None:
    """Make a private key and write it as PEM, encrypted with a passphrase.

    There is no way to write it unencrypted.
    """
    require_writable(output, force=force)
    passphrase = new_passphrase(
        passphrase_file,
        prompt="New passphrase for the key",
        option="--passphrase-file",
    )
    signer = SoftwareSigner.generate(_ALGORITHMS[algorithm])
    pem = signer.to_encrypted_pem(passphrase.encode())
    facts = {"algorithm": algorithm, "thumbprint": signer.public_key.thumbprint}
    if as_json and output == STREAM:
        write_json_document({**facts, "encrypted_private_key": pem})
        return
    write_output(output, pem.encode("ascii"))
    if as_json:
        write_json_document(facts)
    else:
        note(f"{algorithm} key, thumbprint {facts['thumbprint']} (RFC 7638)")


@keys_command.command("show")
@click.argument("key")
@click.option(
    "--passphrase-file",
    metavar="FILE",
    help="Holds the passphrase or PIN of the key. Default: asked for.",
)
@click.option(
    "--as",
    "form",
    type=click.Choice(_FORMS),
    default=_FORMS[0],
    show_default=True,
    help="How to write the public key.",
)
@json_option
def show_command(
    key: str, *, passphrase_file: str | None, form: str, as_json: bool
) -> None:
    """Show the public half of KEY: a PEM file, a certificate or a pkcs11: URI.

    Only a private key that is encrypted needs its passphrase.
    """
    public = _public_key(key, passphrase_file=passphrase_file)
    algorithms = sorted(each.jose for each in public.algorithms)
    pem = write_pem("PUBLIC KEY", public.spki)
    if as_json:
        write_json_document(
            {
                "thumbprint": public.thumbprint,
                "algorithms": algorithms,
                "jwk": public.to_jwk(),
                "pem": pem,
            }
        )
    elif form == "jwk":
        say(write_json(public.to_jwk()).decode())
    elif form == "pem":
        say(pem.rstrip())
    else:
        say(f"{heading('algorithms')}  {', '.join(algorithms)}")
        say(f"{heading('thumbprint')}  {public.thumbprint} (RFC 7638)")
        say(f"{heading('JWK')}         {write_json(public.to_jwk()).decode()}")
        say(pem.rstrip())


def _public_key(key: str, *, passphrase_file: str | None) -> PublicKey:
    if key.lower().startswith(("pkcs11:", "file:")):
        return open_key(key, passphrase_file=passphrase_file).public_key
    return read_public_key(key, passphrase_file=passphrase_file)
