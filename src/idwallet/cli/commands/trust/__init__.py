"""`idwallet trust`: make, look at and replace what a device believes."""

import click

from idwallet.cli.commands.trust.announce import announce_command
from idwallet.cli.commands.trust.build import build_command
from idwallet.cli.commands.trust.diff import diff_command
from idwallet.cli.commands.trust.reissue import reissue_command
from idwallet.cli.commands.trust.show import show_command
from idwallet.cli.commands.trust.update import update_command
from idwallet.cli.commands.trust.verify import verify_command


@click.group("trust")
def trust_command() -> None:
    """Make, judge and replace what a device believes."""


for _command in (
    build_command,
    show_command,
    verify_command,
    diff_command,
    update_command,
    reissue_command,
    announce_command,
):
    trust_command.add_command(_command)
