"""The part of a batch that is done for each document, in whatever thread or process."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import cast

from idwallet import limits
from idwallet.crypto.signer import Signer
from idwallet.documents.model import Digested, Document, pieces, whole
from idwallet.errors import IdWalletError, PortError, SignerError, UsageError
from idwallet.ports import BatchJournal, TimestampAuthority
from idwallet.roles.document_signer.session_form import DIGESTS
from idwallet.roles.document_signer.sign import (
    DocumentSigner,
    LongTerm,
    Profile,
    takes_digests,
)

Load = Callable[[], Document]
"""Opens a document where and when it is signed."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a batch came to for one document: its signature, or why there is none.

    `before` says that it was signed by an earlier run of the batch.
    """

    name: str
    signed: bytes | None = field(repr=False)
    error: IdWalletError | None = None
    before: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One document of a batch, by its place in it."""

    number: int
    name: str
    document: Document | Load = field(repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """A document as it is signed, and the name by which a journal knows it."""

    document: Document = field(repr=False)
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How every document of a batch is signed; travels to other processes.

    `identity` tells one batch from another there.
    """

    identity: str
    profile: Profile = field(compare=False)
    signer: Signer = field(repr=False, compare=False)
    certificates: tuple[bytes, ...] = field(repr=False, compare=False)
    authority: TimestampAuthority | None = field(repr=False, compare=False)
    long_term: LongTerm | None = field(repr=False, compare=False)
    signing_time: datetime = field(compare=False)
    journal: BatchJournal | None = field(compare=False)

    def prepared(
        self, signer: Signer, *, authority: TimestampAuthority | None
    ) -> DocumentSigner:
        """Return what signs, with that key and authority in the place of others.

        Raises:
            UsageError, MalformedError, UnsupportedError: see `DocumentSigner`.
        """
        return DocumentSigner(
            self.profile,
            signer=signer,
            certificates=self.certificates,
            authority=authority,
            long_term=self.long_term,
        )

    def made(self, job: Job, *, signer: DocumentSigner) -> Signed:
        """Sign one document, unless that was done before.

        Whatever is wrong with the document is part of what comes back.

        Raises:
            SignerError: the key cannot sign: no document will do better.
        """
        try:
            held = self.held(job)
            found = self.found(held)
            if found is not None:
                return Signed(job.name, found, before=True)
            named = {job.name: held.document}
            made = signer.sign(named, signing_time=self.signing_time)
            self.keep(held, made)
        except SignerError:
            raise
        except IdWalletError as error:
            return Signed(job.name, None, error)
        return Signed(job.name, made)

    def held(self, job: Job) -> Held:
        """Return the document: its digests where they are enough, else its octets.

        Raises:
            UsageError: it is longer than `limits.ENVELOPED_BYTES`.
            PortError: it cannot be opened or read.
        """
        try:
            return self._opened(job)
        except OSError as error:
            # What is wrong with one document stops no other, whoever opens it.
            raise PortError("a document cannot be read") from error

    def _opened(self, job: Job) -> Held:
        if not callable(job.document):
            return self._held(job, job.document)
        given = job.document()
        try:
            return self._held(job, given)
        finally:
            # Who opened it closes it: a batch must not run out of open files.
            getattr(given, "close", _nothing)()

    def _held(self, job: Job, given: Document) -> Held:
        if takes_digests(self.profile) and self.long_term is None:
            work = {name: hashlib.new(name) for name in DIGESTS}
            for piece in pieces(given):
                for each in work.values():
                    each.update(piece)
            digests = {name: each.digest() for name, each in work.items()}
            # A format that takes digests takes them in a document's place.
            digested = cast("Document", Digested(digests))
            return Held(digested, _key(job.name, digests["sha256"]))
        octets = whole(given)
        return Held(octets, _key(job.name, hashlib.sha256(octets).digest()))

    def found(self, held: Held) -> bytes | None:
        """Return what an earlier run made of the document, or None.

        Raises:
            PortError: the journal cannot be read.
        """
        return None if self.journal is None else self.journal.get(held.key)

    def keep(self, held: Held, made: bytes) -> None:
        """Remember what was made of the document.

        Raises:
            PortError: the journal cannot be written.
        """
        if self.journal is not None:
            self.journal.put(held.key, made)


def _nothing() -> None:
    """Close nothing."""


def _key(name: str, digest: bytes) -> str:
    named = hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
    return hashlib.sha256(named + digest).hexdigest()


def require_travels(job: Job) -> Job:
    """Return a job that another process can be given.

    Raises:
        UsageError: the document is a stream, which stays where it was opened.
    """
    if not callable(job.document) and not isinstance(job.document, bytes):
        raise UsageError(
            "a stream does not travel to another process: give octets, or a function "
            "that opens it there"
        )
    return job


# Remembered, so that a worker parses the certificates of a batch once.
@lru_cache(maxsize=limits.BATCHES_PREPARED)
def _prepared(recipe: Recipe) -> DocumentSigner:
    return recipe.prepared(recipe.signer, authority=recipe.authority)


def in_worker(recipe: Recipe, job: Job) -> Signed:
    """Sign one document in a worker process.

    Raises:
        SignerError: see `Recipe.made`.
        UsageError, MalformedError, UnsupportedError: see `DocumentSigner`.
    """
    return recipe.made(job, signer=_prepared(recipe))
