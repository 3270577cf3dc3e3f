"""`idwallet status`: keep the status of credentials, publish lists, check one."""

import click

from idwallet.cli.commands.status.allocate import allocate_command
from idwallet.cli.commands.status.audit import audit_command
from idwallet.cli.commands.status.change import set_command
from idwallet.cli.commands.status.check import check_command
from idwallet.cli.commands.status.publish import publish_command


@click.group("status")
def status_command() -> None:
    """Keep the status of credentials, and check one.

    An issuer gives each credential a place in a status list (allocate), changes what
    the list says about it (set), and signs the lists (publish). Whoever has a list asks
    it about a place (check). `audit` tells whether the history of changes stands.
    """


for _each in (
    allocate_command,
    set_command,
    publish_command,
    check_command,
    audit_command,
):
    status_command.add_command(_each)
