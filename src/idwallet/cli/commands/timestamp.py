"""`idwallet timestamp`: a timestamp on any file."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

import click

from idwallet.cli.documents.network import authority_at
from idwallet.cli.documents.options import out_option
from idwallet.cli.documents.shapes import FORMATS
from idwallet.cli.documents.sources import Source
from idwallet.cli.faults import about
from idwallet.cli.fetching import Fetching
from idwallet.cli.files import require_writable, write_output
from idwallet.cli.options import at_option, moment_or_now
from idwallet.cli.screen import note
from idwallet.documents.model import pieces
from idwallet.errors import UsageError


@click.command("timestamp")
@click.argument("file")
@click.option(
    "--tsa",
    required=True,
    metavar="URL",
    help="The timestamp authority to ask (RFC 3161), by its address.",
)
@click.option(
    "--private-host",
    "private_hosts",
    multiple=True,
    metavar="HOST",
    help="This host may have an address of a private network. May be repeated.",
)
@click.option(
    "--fetch-roots",
    metavar="FILE",
    help="Believe servers under these roots (PEM) in place of the system's.",
)
@out_option
@at_option
def timestamp_command(**given: Any) -> None:  # options by name, as declared above
    """Have an authority stamp FILE with the time, and keep its token (RFC 3161).

    Only a digest goes to the authority. The token proves that the file was there at
    that time; who stamped it is not judged here. `openssl ts -verify` reads it too.
    """
    _stamp(**given)


def _stamp(  # noqa: PLR0913 - by the names of the options
    *,
    file: str,
    tsa: str,
    private_hosts: tuple[str, ...],
    fetch_roots: str | None,
    output: str,
    force: bool,
    at: datetime | None,
) -> None:
    from idwallet.trust.timestamp import ask_timestamp

    require_writable(output, force=force)
    work = hashlib.sha256()
    opened = Source(file, "cades", FORMATS["cades"], output).opened()
    for piece in pieces(opened):
        work.update(piece)
    getattr(opened, "close", list)()
    fetching = Fetching(False, (), private_hosts, fetch_roots)  # noqa: FBT003 - wanted
    with authority_at(tsa, fetching=fetching, at=moment_or_now(at)) as authority:
        if authority is None:
            raise UsageError("an authority is asked by its address")
        with about(tsa):
            token = ask_timestamp(
                work.digest(),
                authority=authority,
                random=secrets.token_bytes,
                hashed="sha256",
            )
    write_output(output, token.der)
    note(f"stamped at {token.info.moment:%Y-%m-%dT%H:%M:%SZ}")
