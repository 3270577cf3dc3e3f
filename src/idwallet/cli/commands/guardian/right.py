"""`idwallet guardian right`: the claims that make somebody the guardian of a child."""

import click

from idwallet.cli.commands.guardian.acts import acts_option
from idwallet.cli.faults import about
from idwallet.cli.files import require_writable, write_output
from idwallet.cli.options import output_option
from idwallet.cli.screen import json_text
from idwallet.cli.trusted import read_public_key
from idwallet.codec import b64
from idwallet.credentials.compact.guardian import child_of


@click.command("right")
@click.option(
    "--child",
    required=True,
    metavar="FILE",
    help="The public key of the child's card, as `idwallet guardian key` writes it.",
)
@acts_option
@output_option("the claims")
def right_command(
    *, child: str, acts: tuple[str, ...], output: str, force: bool
) -> None:
    """Write the claims of a right, for `idwallet issue` to sign.

    Whoever is an authority over guardians issues them to the parent's key with --type
    urn:idwallet:guardian:1 --format compact --shape single-purpose.
    """
    require_writable(output, force=force)
    with about(child):
        digest = child_of(read_public_key(child))
    claims = {"guardian_of": b64.encode(digest), "acts": sorted(set(acts))}
    write_output(output, json_text(claims).encode() + b"\n")
