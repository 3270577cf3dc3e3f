"""`idwallet status publish`: sign what changed, into a folder."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from idwallet.adapters.publish import FolderPublish
from idwallet.cli.commands.status.store import open_store
from idwallet.cli.faults import about, usage_fault
from idwallet.cli.files import require_one_stream
from idwallet.cli.options import (
    Duration,
    at_option,
    database_option,
    json_option,
    key_option,
    moment_or_now,
)
from idwallet.cli.progress import progress
from idwallet.cli.screen import say, write_json_document
from idwallet.cli.trusted import open_key, read_certificates
from idwallet.roles.status_issuer import (
    AGGREGATION,
    ListForm,
    Published,
    PublishingRules,
    StatusPublisher,
)

if TYPE_CHECKING:
    from idwallet.adapters.sql import SqlStatusStore

_FORMS: Final = {"jwt": ListForm.JWT, "cwt": ListForm.CWT}


@click.command("publish")
@database_option
@click.option(
    "--to",
    "folder",
    required=True,
    metavar="DIR",
    help="The folder that a web server hands out.",
)
@key_option("The key that signs lists")
@click.option(
    "--certificates",
    metavar="FILE",
    help="The key's certificate chain as PEM, its own certificate first.",
)
@click.option("--kid", help="The key's name, for readers who pinned it.")
@click.option(
    "--form",
    "forms",
    type=click.Choice(list(_FORMS)),
    multiple=True,
    default=["jwt"],
    show_default=True,
    help="How lists are written. May be repeated.",
)
@click.option(
    "--ttl",
    type=Duration(),
    default="12h",
    show_default=True,
    help="When readers look for a new list, and unchanged ones are signed anew.",
)
@click.option(
    "--life",
    type=Duration(),
    default="48h",
    show_default=True,
    help="When a list expires.",
)
@click.option(
    "--aggregation-uri",
    metavar="URL",
    help="Where readers find aggregation.json, which names every list.",
)
@click.option("--all", "everything", is_flag=True, help="Sign unchanged lists too.")
@at_option
@json_option
def publish_command(**given: Any) -> None:  # options by name, as declared above
    """Sign the lists that changed or grew old, each file whole or not at all.

    Run it more often than the difference of --life and --ttl.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    database: str
    folder: str
    key: str
    passphrase_file: str | None
    certificates: str | None
    kid: str | None
    forms: tuple[str, ...]
    ttl: timedelta
    life: timedelta
    aggregation_uri: str | None
    everything: bool
    at: datetime | None
    as_json: bool

    def carry_out(self) -> None:
        require_one_stream(self.key, self.passphrase_file, self.certificates)
        if (self.certificates is None) is (self.kid is None):
            raise usage_fault("give either --certificates or --kid")
        rules = self._rules()
        put = FolderPublish(self.folder)
        # A folder that lost its files is filled again.
        lost = not put.holds(AGGREGATION, "application/json")
        with open_store(self.database) as store:
            publisher = self._publisher(store, rules)
            with about(self.database), progress("Signing lists") as show:
                done = publisher.publish(
                    put,
                    at=moment_or_now(self.at),
                    everything=self.everything or lost,
                    progress=show,
                )
        self._tell(done)

    def _rules(self) -> PublishingRules:
        return PublishingRules(
            ttl=self.ttl,
            life=self.life,
            forms=tuple(_FORMS[each] for each in dict.fromkeys(self.forms)),
            aggregation_uri=self.aggregation_uri,
        )

    def _publisher(
        self, store: "SqlStatusStore", rules: PublishingRules
    ) -> StatusPublisher:
        signer = open_key(self.key, passphrase_file=self.passphrase_file)
        named = self.certificates
        chain = None if named is None else read_certificates(named)
        with about(named or self.key, remedy="the chain of that key as PEM"):
            return StatusPublisher(
                store=store,
                signer=signer,
                certificates=chain,
                kid=self.kid,
                rules=rules,
            )

    def _tell(self, done: Published) -> None:
        if self.as_json:
            write_json_document(
                {
                    "signed": list(done.signed),
                    "unchanged": list(done.unchanged),
                    "retired": list(done.retired),
                }
            )
            return
        counts = len(done.signed), len(done.unchanged), len(done.retired)
        say("lists: {:,} signed, {:,} unchanged, {:,} retired".format(*counts))
