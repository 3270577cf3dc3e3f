"""`idwallet sessions certify`: say with which certificate, and sign."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from idwallet import limits
from idwallet.cli.documents.options import certificates_option, out_option
from idwallet.cli.faults import about, input_fault, usage_fault
from idwallet.cli.files import (
    read_input,
    require_one_stream,
    require_writable,
    write_output,
)
from idwallet.cli.options import json_option
from idwallet.cli.screen import note, write_json_document
from idwallet.cli.trusted import open_key, read_certificates
from idwallet.codec.text import show
from idwallet.crypto.algorithms import JOSE_NAMES, Algorithm

if TYPE_CHECKING:
    from idwallet.roles.document_signer import ToBeSigned

_MOMENT: Final = "%Y-%m-%d %H:%M UTC"


@click.command("certify")
@click.argument("session")
@certificates_option
@click.option(
    "--document",
    required=True,
    metavar="FILE",
    help="The document, as the signer has read it: it is compared.",
)
@click.option(
    "--algorithm",
    type=click.Choice(sorted(JOSE_NAMES)),
    help="How the key signs. Default: as it does; RSA with PS256.",
)
@click.option(
    "--key",
    metavar="KEY",
    help="Sign here, too, with this key: a PEM file or a pkcs11: URI; needs --sign.",
)
@click.option(
    "--passphrase-file",
    metavar="FILE",
    help="Holds the passphrase or PIN of the key. Default: asked for.",
)
@click.option("--sign", "signature", metavar="FILE", help="Where the signature goes.")
@click.option(
    "--to-sign", metavar="FILE", help="Write the octets that the key has to sign."
)
@out_option
@json_option
def certify_command(**given: Any) -> None:  # options by name, as declared above
    """Add the signer's certificate to SESSION, and say what is to be signed.

    The document at hand is compared with the one that the session was prepared for.
    What is written goes back to whoever prepared it, with the signature. The key may
    sign elsewhere: --json shows the octets and their digest.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    session: str
    certificates: str
    document: str
    algorithm: str | None
    key: str | None
    passphrase_file: str | None
    signature: str | None
    to_sign: str | None
    output: str
    force: bool
    as_json: bool

    def carry_out(self) -> None:
        from idwallet.roles.document_signer import SigningSession

        require_one_stream(self.session, self.certificates, self.document, self.key)
        if (self.key is None) is not (self.signature is None):
            raise usage_fault("--key signs here and --sign says where that goes: both")
        if self.as_json and self.output == "-":
            raise usage_fault("--json goes to standard output: name a file with -o")
        require_writable(self.output, self.signature, self.to_sign, force=self.force)
        data = read_input(self.session, max_bytes=limits.SESSION_BYTES)
        document = read_input(self.document, max_bytes=limits.ENVELOPED_BYTES)
        with about(self.session, remedy="what `idwallet sessions prepare` wrote"):
            session = SigningSession.from_bytes(data)
        if not session.is_for(document):
            raise input_fault("the session was prepared for another document")
        note(f"{session.name}: {session.purpose or 'no purpose is said'}")
        note(f"until {session.expires:{_MOMENT}}; what it says nobody attests")
        self._warn(document)
        chosen = None if self.algorithm is None else Algorithm.from_jose(self.algorithm)
        with about(self.certificates, remedy="the signer's certificates as PEM"):
            task = session.with_certificate(
                read_certificates(self.certificates),
                algorithm=chosen,
                document=document,
            )
        self._sign(task)
        if self.to_sign is not None:
            write_output(self.to_sign, task.message)
        write_output(self.output, task.to_bytes() + b"\n")
        if self.as_json:
            write_json_document(_told(task))

    def _warn(self, document: bytes) -> None:
        """Say what is in the document; what the session says of it is not believed."""
        from idwallet.documents.describe import describe_document

        found = describe_document(document)
        if found.is_hostile:
            note(
                "something is in it that honest documents do not have: see "
                f"`idwallet describe {show(self.document)}`"
            )

    def _sign(self, task: "ToBeSigned") -> None:
        """Sign here, where that was asked for."""
        if self.key is None or self.signature is None:
            return
        signer = open_key(self.key, passphrase_file=self.passphrase_file)
        if signer.public_key != task.chosen.public_key:
            raise input_fault("the key is not that of the first certificate")
        with about(self.key):
            made = signer.sign(task.message)
        write_output(self.signature, made)


def _told(task: "ToBeSigned") -> dict[str, object]:
    digest, session = task.digest, task.session
    return {
        "name": session.name,
        "purpose": session.purpose,
        "expires": f"{session.expires:%Y-%m-%dT%H:%M:%SZ}",
        "algorithm": task.algorithm.jose,
        "to_sign": task.message.hex(),
        "digest": None if digest is None else digest.hex(),
    }
