"""`idwallet sign`: signatures on documents."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby, islice
from typing import Any, Final

import click

from idwallet import limits
from idwallet.cli.bundles import operator_option
from idwallet.cli.documents.network import Judges, authority_at, policy_named
from idwallet.cli.documents.options import (
    by_profile,
    certificates_option,
    document_policy_option,
    profile_option,
    revocation_options,
    roots_option,
    shape_options,
    tsa_option,
)
from idwallet.cli.documents.own_chain import own_trust
from idwallet.cli.documents.shapes import LEVELS, Wish
from idwallet.cli.documents.sources import Source, sources
from idwallet.cli.faults import (
    STREAM,
    CommandFault,
    ExitStatus,
    about,
    name_of,
    status_of,
    usage_fault,
)
from idwallet.cli.fetching import Fetching
from idwallet.cli.files import write_output
from idwallet.cli.options import (
    at_option,
    fetch_options,
    json_option,
    key_option,
    moment_or_now,
)
from idwallet.cli.progress import progress
from idwallet.cli.screen import note, write_json_document
from idwallet.cli.trusted import open_key, read_certificates
from idwallet.cli.verdicts import Telling
from idwallet.codec.text import show
from idwallet.crypto.signer import Signer
from idwallet.documents.model import Document, Level, Packaging
from idwallet.errors import IdWalletError, VerificationError
from idwallet.ports import BatchJournal, TimestampAuthority

_WITH_EVIDENCE: Final = frozenset({Level.B_LT, Level.B_LTA})


@click.command("sign")
@click.argument("files", nargs=-1, required=True)
@profile_option
@shape_options
@key_option("The signer's key")
@certificates_option
@tsa_option
@roots_option
@operator_option(required=False)
@revocation_options
@fetch_options
@document_policy_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Where the signed document goes. Default: standard output.",
)
@click.option(
    "--out",
    "folder",
    metavar="DIR",
    help="Put what is signed into this folder, under names made of the documents'.",
)
@click.option("--force", is_flag=True, help="Replace files that are already there.")
@click.option(
    "--resume",
    metavar="DIR",
    help="Remember here what was signed: run again after a crash, nothing is signed "
    "twice. Delete the folder once all is done.",
)
@at_option
@json_option
def sign_command(**given: Any) -> int:  # options by name, as declared above
    """Sign FILES, each of them; a pattern like 'dist/*.whl' stands for several.

    The key is opened once. A document that cannot be signed is named, and nothing is
    written for it; the others are signed. A level with evidence (b-lt, b-lta) needs
    --fetch or the evidence at hand, and --trust or a root that ends --certificates.
    """
    return _Order(**by_profile(given)).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    files: tuple[str, ...]
    shape: str | None
    level: str
    packaging: str | None
    compact: bool
    certify: str | None
    reason: str | None
    location: str | None
    field: str | None
    stamp: str | None
    key: str
    passphrase_file: str | None
    certificates: str
    tsa: str | None
    anchors: tuple[str, ...]
    operator: str | None
    bundle_state: str | None
    crls: tuple[str, ...]
    ocsp: tuple[str, ...]
    fetch: bool
    fetch_origins: tuple[str, ...]
    private_hosts: tuple[str, ...]
    fetch_roots: str | None
    policy: str
    output: str | None
    folder: str | None
    force: bool
    resume: str | None
    at: datetime | None
    as_json: bool

    def carry_out(self) -> int:
        wish = self._wish()
        fetching = self._fetching()
        fetching.require_meant(asks_authority=self.tsa is not None)
        self._require_whole(wish)
        found = sources(
            self.files,
            wish=wish,
            chosen=self.shape,
            output=self.output,
            folder=self.folder,
            force=self.force,
        )
        if self.as_json and any(each.target == STREAM for each in found):
            raise usage_fault("--json goes to standard output: name a file with -o")
        chain = read_certificates(self.certificates)
        if wish.level in _WITH_EVIDENCE:
            self.judges(chain)  # whom to believe is known before anybody is asked
        at = moment_or_now(self.at)
        with authority_at(self.tsa, fetching=fetching, at=at) as authority:
            work = _Work(self, wish, chain, authority, at)
            work.sign(found)
        if self.as_json:
            write_json_document({"documents": work.told})
        return work.status

    def _wish(self) -> Wish:
        return Wish(
            level=LEVELS[self.level],
            packaging=None if self.packaging is None else Packaging(self.packaging),
            reason=self.reason,
            location=self.location,
            field=self.field,
            certify=self.certify,
            stamp=self.stamp,
            compact=self.compact,
        )

    def _fetching(self) -> Fetching:
        return Fetching(
            self.fetch, self.fetch_origins, self.private_hosts, self.fetch_roots
        )

    def _require_whole(self, wish: Wish) -> None:
        if (wish.level is Level.B_B) is not (self.tsa is None):
            raise usage_fault("a level from b-t on needs --tsa, and b-b has none")
        if self.anchors and wish.level not in _WITH_EVIDENCE:
            raise usage_fault("b-lt and b-lta believe --trust, and no other level does")
        if self.resume is not None and wish.level in _WITH_EVIDENCE:
            raise usage_fault("--resume goes with b-b and b-t; augment what is signed")

    def judges(self, chain: bytes) -> Judges:
        """Return what raises the level of what `chain` signed."""
        return Judges(
            anchors=self.anchors,
            operator=self.operator,
            bundle_state=self.bundle_state,
            crls=self.crls,
            ocsp=self.ocsp,
            fetching=self._fetching(),
            policy=policy_named(self.policy),
            at=moment_or_now(self.at),
            own=None if self.anchors else own_trust(chain, tsa=self.tsa),
        )


class _Work:
    """The documents of one command, and what became of them."""

    def __init__(  # noqa: PLR0917 - one command's own parts
        self,
        order: _Order,
        wish: Wish,
        chain: bytes,
        authority: TimestampAuthority | None,
        at: datetime,
    ) -> None:
        self._order = order
        self._wish = wish
        self._chain = chain
        self._authority = authority
        self._at = at
        self.told: list[dict[str, object]] = []
        self.status = ExitStatus.PASSED
        self._several = False

    def sign(self, found: list[Source]) -> None:
        """Sign and write every document."""
        signer = open_key(self._order.key, passphrase_file=self._order.passphrase_file)
        if found[0].shape.together:
            self._together(found, signer)
            return
        self._several = len(found) > 1
        with progress("signing") as bar:
            for _, group in groupby(found, key=lambda each: each.form):
                for some in _chunks(group):
                    self._some([each for each in some if not _lies(each)], signer)
                    for each in filter(_lies, some):
                        self._long(each, signer)
                    bar(len(self.told), len(found))

    def _together(self, found: list[Source], signer: Signer) -> None:
        """Put all documents into one container, under one signature."""
        from idwallet.roles.document_signer import sign_document

        with ExitStack() as stack:
            documents = {each.name: _entered(stack, each) for each in found}
            if len(documents) != len(found):
                raise usage_fault("two documents of one name go into no container")
            with about(name_of(found[0].path)):
                made = sign_document(
                    documents,
                    self._wish.profile(found[0].shape, level=self._first()),
                    signer=signer,
                    certificates=self._chain,
                    signing_time=self._at,
                    authority=self._authority,
                )
        try:
            self._put(found[0], self._raised(found[0], made))
        except (IdWalletError, CommandFault) as error:
            self._refused(found[0], error)

    def _first(self) -> Level:
        """Return the level that is signed at; evidence is added afterwards."""
        level = self._wish.level
        return Level.B_T if level in _WITH_EVIDENCE else level

    def _some(self, some: list[Source], signer: Signer) -> None:
        from idwallet.roles.document_signer import sign_documents

        if not some:
            return
        profile = self._wish.profile(some[0].shape, level=self._first())
        with about(self._order.certificates):
            results = sign_documents(
                [(each.name, partial(_opened, each)) for each in some],
                profile,
                signer=signer,
                certificates=self._chain,
                signing_time=self._at,
                authority=self._authority,
                resume=self._journal(),
            )
        for source, result in zip(some, results, strict=True):
            try:
                if result.signed is None:
                    raise result.error or ValueError
                self._put(source, self._raised(source, result.signed))
            except (IdWalletError, CommandFault) as error:
                self._refused(source, error)

    def _long(self, source: Source, signer: Signer) -> None:
        """Sign a PDF file that is too long to be held, into a copy of it."""
        from idwallet.adapters.files import sign_file
        from idwallet.roles.document_signer import DocumentSigner

        try:
            if self._wish.level in _WITH_EVIDENCE or source.target == STREAM:
                raise usage_fault("a PDF of that length goes to a file, up to b-t")
            prepared = DocumentSigner(
                self._wish.profile(source.shape),
                signer=signer,
                certificates=self._chain,
                authority=self._authority,
            )
            sign_file(source.path, prepared, signing_time=self._at, to=source.target)
        except (IdWalletError, CommandFault) as error:
            self._refused(source, error)
            return
        note(f"wrote {name_of(source.target)}")
        self.told.append({"document": show(source.path), "signed": show(source.target)})

    def _journal(self) -> BatchJournal | None:
        if self._order.resume is None:
            return None
        from idwallet.adapters.journal import FolderJournal

        return FolderJournal(self._order.resume)

    def _raised(self, source: Source, signed: bytes) -> bytes:
        """Return the document at the level that was asked for."""
        if self._wish.level not in _WITH_EVIDENCE:
            return signed
        judges = self._order.judges(self._chain)
        apart = (self._wish.packaging or source.shape.packaging) is Packaging.DETACHED
        with ExitStack() as stack:
            return judges.augmented(
                signed,
                self._wish.level,
                trust=judges.trust(),
                document=_entered(stack, source) if apart else None,
                authority=self._authority,
            )

    def _put(self, source: Source, signed: bytes) -> None:
        write_output(source.target, signed)
        self.told.append(
            {
                "document": show(source.path),
                "signed": show(source.target),
                "bytes": len(signed),
            }
        )

    def _refused(self, source: Source, error: IdWalletError | CommandFault) -> None:
        """Name a document that could not be signed; alone, it ends the command."""
        if not self._several:
            if isinstance(error, VerificationError):
                with Telling(as_json=self._order.as_json).refusals():
                    raise error
            if isinstance(error, CommandFault):
                raise error
            with about(source.path):
                raise error
        status = error.status if isinstance(error, CommandFault) else status_of(error)
        self.status = max(self.status, status)
        message = error.message if isinstance(error, CommandFault) else str(error)
        note(f"not signed: {name_of(source.path)}: {show(message)}")
        self.told.append({"document": show(source.path), "error": show(message)})


def _lies(source: Source) -> bool:
    """Whether a file is signed where it lies and never held."""
    return source.form == "pades" and source.is_long


def _opened(source: Source) -> Document:
    return source.opened()


def _entered(stack: ExitStack, source: Source) -> Document:
    """Open a document until the block ends."""
    opened = source.opened()
    stack.callback(getattr(opened, "close", _nothing))
    return opened


def _nothing() -> None:
    """Close nothing."""


def _chunks(some: Iterator[Source]) -> Iterator[list[Source]]:
    """Yield a few at a time: what is signed is held until it is written."""
    while chunk := list(islice(some, limits.BATCH_AT_ONCE)):
        yield chunk
