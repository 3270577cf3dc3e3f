"""`idwallet guardian`: let a parent answer for a child, and end that again."""

import click

from idwallet.cli.commands.guardian.ending import heed_command, take_back_command
from idwallet.cli.commands.guardian.giving import delegate_command, key_command
from idwallet.cli.commands.guardian.right import right_command
from idwallet.cli.commands.guardian.taking import (
    add_command,
    list_command,
    remove_command,
)


@click.group("guardian")
def guardian_command() -> None:
    """Let a parent answer for a child, for less than a day, and end that again.

    The child's wallet delegates (`delegate`), the parent's takes it (`add`) and answers
    with `idwallet present --for`. Either takes it back.
    """


for _command in (
    right_command,
    key_command,
    delegate_command,
    add_command,
    list_command,
    take_back_command,
    heed_command,
    remove_command,
):
    guardian_command.add_command(_command)
