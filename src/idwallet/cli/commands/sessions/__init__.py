"""`idwallet sessions`: have a document signed by somebody elsewhere."""

import click

from idwallet.cli.commands.sessions.certify import certify_command
from idwallet.cli.commands.sessions.finish import finish_command
from idwallet.cli.commands.sessions.prepare import prepare_command


@click.group("sessions")
def sessions_command() -> None:
    """Have a document signed by somebody elsewhere.

    Whoever has the document prepares a session, which travels as a file. The signer
    certifies it: compares the document, and gets the octets that the key has to sign.
    With the signature, whoever prepared it finishes it, once.
    """


for _each in (prepare_command, certify_command, finish_command):
    sessions_command.add_command(_each)
