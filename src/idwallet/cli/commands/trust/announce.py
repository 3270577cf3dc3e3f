"""`idwallet trust announce`: have the operator's key name the one that follows it."""

from datetime import datetime

import click

from idwallet import limits
from idwallet.cli.faults import about
from idwallet.cli.files import require_writable, write_output
from idwallet.cli.options import at_option, key_option, moment_or_now, output_option
from idwallet.cli.trusted import open_key, read_public_key
from idwallet.trust.bundle import announce_key


@click.command("announce")
@click.argument("successor")
@key_option("The operator's present private key")
@click.option("--series", required=True, metavar="NAME", help="The series of bundles.")
@click.option(
    "--from",
    "sequence",
    required=True,
    type=click.IntRange(2, limits.BUNDLE_SEQUENCE),
    metavar="NUMBER",
    help="The first number that the new key signs, and the present one no more.",
)
@output_option("the announcement")
@at_option
def announce_command(  # noqa: PLR0913 - one for each option
    *,
    successor: str,
    key: str,
    passphrase_file: str | None,
    series: str,
    sequence: int,
    output: str,
    force: bool,
    at: datetime | None,
) -> None:
    """Have the operator's present key announce SUCCESSOR, the public key to follow.

    Bundles carry the announcement (announcements in the description) for as long as
    there are devices that pin the present key.
    """
    require_writable(output, force=force)
    public = read_public_key(successor)
    signer = open_key(key, passphrase_file=passphrase_file)
    with about(successor):
        word = announce_key(
            public,
            series=series,
            sequence=sequence,
            signer=signer,
            issued=moment_or_now(at).replace(microsecond=0),
        )
    write_output(output, word)
