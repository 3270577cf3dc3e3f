"""`idwallet sessions prepare`: fix what somebody elsewhere is to sign."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import click

from idwallet import limits
from idwallet.cli.commands.sessions.sealing import beginning_with, session_key
from idwallet.cli.documents.options import out_option, shape_options
from idwallet.cli.documents.shapes import FORMATS, LEVELS, Wish, format_for
from idwallet.cli.documents.sources import Source
from idwallet.cli.faults import about
from idwallet.cli.files import require_writable, write_output
from idwallet.cli.options import Duration, at_option, moment_or_now, seal_option
from idwallet.cli.trusted import read_public_key
from idwallet.documents.model import Level, Packaging, whole
from idwallet.errors import UsageError
from idwallet.trust.replay import MemoryReplay

_IDENTITY: Final = 16


class _Unasked:
    """Stands for the authority that is asked when the session is finished."""

    def stamp(self, _: bytes, /) -> bytes:
        """Refuse: preparing makes no signature.

        Raises:
            UsageError: always.
        """
        raise UsageError("a session that is prepared is not stamped yet")


@click.command("prepare")
@click.argument("document")
@shape_options
@click.option("--purpose", default="", metavar="TEXT", help="Why it is to be signed.")
@click.option(
    "--signer",
    metavar="FILE",
    help="Who shall sign, by certificate or public key: nobody else can. "
    "Default: whoever comes.",
)
@click.option(
    "--lifetime",
    type=Duration(),
    default="1d",
    show_default=True,
    metavar="TIME",
    help="How long there is for it, like 12h.",
)
@seal_option("the session, and finishes it")
@out_option
@at_option
def prepare_command(**given: Any) -> None:  # options by name, as declared above
    """Prepare a session for DOCUMENT, and write it as a file that may travel.

    It fixes the document and how it will be signed, and says what the signer is shown.
    Everybody can read it; only who knows the passphrase can finish it.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    document: str
    shape: str | None
    level: str
    packaging: str | None
    compact: bool
    certify: str | None
    reason: str | None
    location: str | None
    field: str | None
    stamp: str | None
    purpose: str
    signer: str | None
    lifetime: timedelta
    seal_file: str | None
    output: str
    force: bool
    at: datetime | None

    def carry_out(self) -> None:
        from idwallet.documents.describe import describe_document
        from idwallet.roles.document_signer import SessionTerms, SigningSessions

        require_writable(self.output, force=self.force)
        wish = Wish(
            level=LEVELS[self.level],
            packaging=None if self.packaging is None else Packaging(self.packaging),
            reason=self.reason,
            location=self.location,
            field=self.field,
            certify=self.certify,
            stamp=self.stamp,
            compact=self.compact,
        )
        form = format_for(self.document, chosen=self.shape)
        profile = wish.profile(FORMATS[form])
        source = Source(self.document, form, FORMATS[form], self.output)
        asked = None if self.signer is None else read_public_key(self.signer)
        identity = secrets.token_bytes(_IDENTITY)
        sessions = SigningSessions(
            key=session_key(self.seal_file, identity=identity),
            replay=MemoryReplay(),
            authority=None if wish.level is Level.B_B else _Unasked(),
            random=beginning_with(identity, secrets.token_bytes),
        )
        octets = _octets(source)
        found = describe_document(octets)
        terms = SessionTerms(
            name=source.name[: limits.SESSION_TEXT_CHARACTERS],
            purpose=self.purpose,
            described=tuple(sorted(each.value for each in found.codes())),
            signer=asked,
            lifetime=self.lifetime,
        )
        with about(self.document, remedy="a document"):
            session = sessions.prepare(
                octets, profile, terms=terms, at=moment_or_now(self.at)
            )
        write_output(self.output, session.to_bytes() + b"\n")


def _octets(source: Source) -> bytes:
    """Return the document; what it holds is described to whoever signs it."""
    opened = source.opened()
    try:
        return whole(opened)
    finally:
        getattr(opened, "close", list)()
