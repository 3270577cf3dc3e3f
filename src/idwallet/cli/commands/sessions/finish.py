"""`idwallet sessions finish`: make the signed document of a session, once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from idwallet import limits
from idwallet.cli.commands.sessions.sealing import session_key
from idwallet.cli.documents.network import authority_at
from idwallet.cli.documents.options import out_option, tsa_option
from idwallet.cli.faults import about
from idwallet.cli.fetching import Fetching
from idwallet.cli.files import (
    read_input,
    require_one_stream,
    require_writable,
    write_output,
)
from idwallet.cli.guards import SUFFIX, open_guard
from idwallet.cli.options import (
    at_option,
    lang_option,
    moment_or_now,
    reader_option,
    seal_option,
)
from idwallet.cli.verdicts import Telling
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.explain.words import Language, Reader


@click.command("finish")
@click.argument("session")
@click.argument("signature")
@click.option(
    "--document",
    metavar="FILE",
    help="The document: all but cades beside a document need it once more.",
)
@click.option(
    "--beside",
    metavar="FILE",
    help="Somebody else's signature on the document: then both are in the result.",
)
@tsa_option
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
@seal_option("the session, as when it was prepared")
@click.option(
    "--replay",
    metavar="PLACE",
    help="What remembers the sessions that were finished: a folder, or a URL like "
    f"sqlite:///desk.db. Default: the folder beside SESSION that ends in {SUFFIX}.",
)
@out_option
@lang_option
@reader_option("integrator")
@at_option
def finish_command(**given: Any) -> None:  # options by name, as declared above
    """Finish SESSION with SIGNATURE, and write the signed document.

    SESSION is what `certify` wrote, SIGNATURE what the key made: ECDSA as two numbers
    or as DER. Whatever is wrong with them is told, and nothing is written. A session is
    finished once.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    session: str
    signature: str
    document: str | None
    beside: str | None
    tsa: str | None
    private_hosts: tuple[str, ...]
    fetch_roots: str | None
    seal_file: str | None
    replay: str | None
    output: str
    force: bool
    lang: Language
    reader: Reader
    at: datetime | None

    def carry_out(self) -> None:
        from idwallet.roles.document_signer import SigningSessions

        require_one_stream(
            self.session, self.signature, self.document, self.beside, self.seal_file
        )
        require_writable(self.output, force=self.force)
        returned = read_input(self.session, max_bytes=limits.SESSION_BYTES)
        signature = read_input(self.signature, max_bytes=limits.CMS_SIGNATURE_BYTES)
        document, beside = self._read(self.document), self._read(self.beside)
        at = moment_or_now(self.at)
        fetching = Fetching(
            self.tsa is not None, (), self.private_hosts, self.fetch_roots
        )
        fetching.require_meant()
        with authority_at(self.tsa, fetching=fetching, at=at) as authority:
            sessions = SigningSessions(
                key=session_key(self.seal_file, identity=_identity(returned)),
                replay=open_guard(self.replay, state=self.session),
                authority=authority,
            )
            with Telling(self.lang, self.reader).refusals(), about(self.session):
                made = sessions.finish(
                    returned, signature, at=at, document=document, beside=beside
                )
        write_output(self.output, made)

    def _read(self, source: str | None) -> bytes | None:
        if source is None:
            return None
        return read_input(source, max_bytes=limits.ENVELOPED_BYTES)


def _identity(returned: bytes) -> bytes:
    """Return the identity of a session; what cannot be read has none, and fails."""
    from idwallet.roles.document_signer import SigningSession

    try:
        return SigningSession.from_bytes(returned).identity
    except (MalformedError, UnsupportedError):
        return bytes(16)
