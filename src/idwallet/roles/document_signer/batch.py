"""Sign many documents with one key, opened once.

    results = sign_documents(
        {"a.pdf": a, "b.pdf": b},
        CAdES(),
        signer=signer,
        certificates=chain,
        signing_time=now(),
        resume=FolderJournal("release.journal"),
    )

What is wrong with one document is in its result and stops no other. A key that cannot
sign stops the batch: whatever is not signed by then has that error, and no PIN is tried
twice. A signer with `sign_many` signs as many as one confirmation covers.

With an executor the work is done by its threads or processes. To processes the signer
travels as the address of its key: one from `open_signer` with an `ask_secret` that can
be pickled (as `adapters.keys.SecretFile`), which is asked once in each process.

With a journal, a batch that was killed goes on where it was and signs nothing again;
all signatures say the time of the first run.
"""

import pickle  # noqa: TID251 - written, to see whether it can be; never read
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Final, cast

from idwallet import limits
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.codec.moment import require_aware
from idwallet.crypto.signer import BatchSigner, Signer
from idwallet.documents.model import Document
from idwallet.errors import IdWalletError, PortError, SignerError, UsageError
from idwallet.ports import BatchJournal, TimestampAuthority
from idwallet.roles.document_signer.batch_work import (
    Held,
    Job,
    Load,
    Recipe,
    Signed,
    in_worker,
    require_travels,
)
from idwallet.roles.document_signer.sign import LongTerm, Profile
from idwallet.roles.document_signer.two_steps import (
    Chosen,
    KeyElsewhere,
    Made,
    Sign,
    finished,
    message_of,
)
from idwallet.roles.document_signer.written_profile import write_profile
from idwallet.roles.issuer import CertificateChain, read_chain

_PLAN: Final = "idwallet-batch/1"
_CLAUSE: Final = "idwallet batch 1"

Batch = Mapping[str, Document | Load] | Iterable[tuple[str, Document | Load]]
"""Documents by their names; each its octets, a stream, or what opens one when it is
due. In other processes a stream cannot be read: give octets or what opens it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: so many are done, of how many where that is known."""

    done: int
    total: int | None
    latest: Signed


def sign_documents(  # noqa: PLR0913 - what signing one takes, and how many are signed
    documents: Batch,
    profile: Profile,
    *,
    signer: Signer,
    certificates: CertificateChain,
    signing_time: datetime,
    authority: TimestampAuthority | None = None,
    long_term: LongTerm | None = None,
    progress: Callable[[Progress], None] | None = None,
    executor: Executor | None = None,
    resume: BatchJournal | None = None,
) -> list[Signed]:
    """Sign every document, and return what each came to, in their order.

    See above for what an `executor` and `resume` do. `progress` is called after each
    document, in the calling thread.

    Raises:
        UsageError: what `DocumentSigner` says; the journal is of another batch; or,
            with processes, something does not travel: use threads.
        MalformedError, UnsupportedError: a certificate cannot be read.
        PortError: the journal cannot be read or written.
    """
    require_aware(signing_time)
    recipe = Recipe(
        identity=secrets.token_hex(16),
        profile=profile,
        signer=signer,
        certificates=tuple(each.der for each in read_chain(certificates)),
        authority=authority,
        long_term=long_term,
        signing_time=_begun(
            resume, profile, certificates=certificates, at=signing_time
        ),
        journal=resume,
    )
    return _Work(recipe, documents, progress=progress).done_by(executor)


def _begun(
    journal: BatchJournal | None,
    profile: Profile,
    *,
    certificates: CertificateChain,
    at: datetime,
) -> datetime:
    """Return the time that every signature will say: that of the batch's first run."""
    if journal is None:
        return at
    wanted: JsonObject = {
        "format": _PLAN,
        "profile": write_profile(profile),
        "certificate": read_chain(certificates)[0].sha256.hex(),
    }
    said: JsonObject = {**wanted, "signing_time": at.astimezone(UTC).isoformat()}
    found = read_object(journal.begin(write_json(said)), at="journal", clause=_CLAUSE)
    if {name: value for name, value in found.items() if name in wanted} != wanted:
        raise UsageError("the journal is of another batch: another key or profile")
    try:
        return datetime.fromisoformat(str(found.get("signing_time")))
    except ValueError as error:
        raise UsageError("the journal is of another batch: no time") from error


class _Work:
    """The documents of one batch, and what they came to."""

    def __init__(
        self,
        recipe: Recipe,
        documents: Batch,
        *,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        given = documents.items() if isinstance(documents, Mapping) else documents
        self._jobs = (Job(at, name, one) for at, (name, one) in enumerate(given))
        self._recipe = recipe
        self._total = len(documents) if isinstance(documents, Sized) else None
        self._progress = progress
        self._results: dict[int, Signed] = {}
        self._fault: IdWalletError | None = None

    def done_by(self, executor: Executor | None) -> list[Signed]:
        """Sign the documents, and return what each came to."""
        recipe, jobs = self._recipe, self._jobs
        signer = recipe.prepared(recipe.signer, authority=recipe.authority)
        if callable(getattr(recipe.signer, "sign_many", None)):
            self._by_confirmations(cast("BatchSigner", recipe.signer), jobs)
        elif executor is None:
            self._here(lambda job: recipe.made(job, signer=signer), jobs)
        elif isinstance(executor, ThreadPoolExecutor):
            self._there(executor, partial(recipe.made, signer=signer), jobs=jobs)
        else:
            _require_travelling(recipe)
            work = partial(in_worker, recipe)
            self._there(executor, work, jobs=map(require_travels, jobs))
        return [self._results[number] for number in sorted(self._results)]

    def _here(self, work: Callable[[Job], Signed], jobs: Iterator[Job]) -> None:
        for job in self._wanted(jobs):
            try:
                self._note(job, work(job))
            except SignerError as error:
                self._stop(job, error)

    def _there(
        self,
        executor: Executor,
        work: Callable[[Job], Signed],
        *,
        jobs: Iterator[Job],
    ) -> None:
        """Keep some documents under way at once, and take results as they come."""
        under_way: dict[Future[Signed], Job] = {}
        try:
            for job in self._wanted(jobs):
                try:
                    under_way[executor.submit(work, job)] = job
                except BrokenExecutor as error:
                    self._stop(job, _ended(error))
                while len(under_way) >= limits.BATCH_AT_ONCE:
                    self._take(under_way)
            while under_way:
                self._take(under_way)
        finally:
            for future in under_way:
                future.cancel()

    def _take(self, under_way: dict[Future[Signed], Job]) -> None:
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            job = under_way.pop(future)
            try:
                self._note(job, future.result())
            except SignerError as error:
                self._stop(job, error)
            except BrokenExecutor as error:
                self._stop(job, _ended(error))

    def _by_confirmations(self, signer: BatchSigner, jobs: Iterator[Job]) -> None:
        """Sign as many at once as one confirmation of a person covers."""
        at_once = max(1, min(signer.at_once, limits.BATCH_AT_ONCE))
        wanted = self._wanted(jobs)
        while chunk := list(islice(wanted, at_once)):
            opened = [each for job in chunk if (each := self._opened(job)) is not None]
            if not opened:
                continue
            try:
                made = signer.sign_many([each.message for each in opened])
            except SignerError as error:
                for each in opened:
                    self._stop(each.job, error)
                continue
            for each, signature in zip(opened, made, strict=True):
                self._note(each.job, self._finished(each, signature))

    def _opened(self, job: Job) -> "_Opened | None":
        """Return what is to be signed for a document, None where nothing is."""
        recipe = self._recipe
        chosen = Chosen(
            read_chain(recipe.certificates),
            recipe.signer.algorithm,
            recipe.signing_time,
        )
        try:
            held = recipe.held(job)
            found = recipe.found(held)
            if found is not None:
                self._note(job, Signed(job.name, found, before=True))
                return None
            sign = _signing(recipe, held)
            stamped = recipe.authority is not None
            message = message_of(sign, chosen, stamped=stamped)
        except IdWalletError as error:
            self._note(job, Signed(job.name, None, error))
            return None
        return _Opened(job, held, chosen, sign, message)

    def _finished(self, opened: "_Opened", signature: bytes) -> Signed:
        recipe, name = self._recipe, opened.job.name
        try:
            signed = finished(
                opened.sign,
                opened.chosen,
                made=Made(opened.message, signature),
                authority=recipe.authority,
            )
            recipe.keep(opened.held, signed)
        except IdWalletError as error:
            return Signed(name, None, error)
        return Signed(name, signed)

    def _wanted(self, jobs: Iterator[Job]) -> Iterator[Job]:
        """Yield what is still to be signed; once the key failed, nothing is."""
        for job in jobs:
            if self._fault is None:
                yield job
            else:
                self._note(job, Signed(job.name, None, self._fault))

    def _stop(self, job: Job, error: IdWalletError) -> None:
        self._fault = self._fault or error
        self._note(job, Signed(job.name, None, error))

    def _note(self, job: Job, result: Signed) -> None:
        self._results[job.number] = result
        if self._progress is not None:
            self._progress(Progress(len(self._results), self._total, result))


@dataclass(frozen=True, slots=True)
class _Opened:
    """A document of which it is known what is to be signed."""

    job: Job
    held: Held
    chosen: Chosen
    sign: Sign
    message: bytes


def _signing(recipe: Recipe, held: Held) -> Sign:
    def sign(key: KeyElsewhere, authority: TimestampAuthority | None) -> bytes:
        signer = recipe.prepared(key, authority=authority)
        return signer.sign(held.document, signing_time=recipe.signing_time)

    return sign


def _ended(error: BrokenExecutor) -> PortError:
    found = PortError("a worker process ended before its document was signed")
    found.__cause__ = error
    return found


# What the pickle module raises of things that it cannot write.
_UNPICKLABLE: Final = (
    pickle.PicklingError,
    AttributeError,
    NotImplementedError,
    RecursionError,
    TypeError,
)


def _require_travelling(recipe: Recipe) -> None:
    """Refuse before anything is signed what could not be given to another process.

    Raises:
        UsageError: the signer, the authority or the journal cannot be pickled.
    """
    parts = {
        "signer": recipe.signer,
        "authority": recipe.authority,
        "long_term": recipe.long_term,
        "journal": recipe.journal,
        "profile": recipe.profile,
    }
    for name, part in parts.items():
        try:
            pickle.dumps(part)
        except UsageError as error:
            raise UsageError(f"{name}: {error}; threads need no such thing") from error
        except _UNPICKLABLE as error:
            raise UsageError(
                f"the {name} does not travel to another process: use threads"
            ) from error
