"""`idwallet session`: meet in person, as a device or as a reader."""

import click

from idwallet.cli.commands.session.device import device_command
from idwallet.cli.commands.session.reader import reader_command


@click.group("session")
def session_command() -> None:
    """Meet in person: as a device, or as a reader.

    A session of ISO/IEC 18013-5, over TCP on this machine or in its network. The
    device shows a link, which a phone would show as a QR code; the reader asks.
    """


for _each in (device_command, reader_command):
    session_command.add_command(_each)
