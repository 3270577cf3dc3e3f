"""Timestamp authorities, and evidence that is fetched, where a command says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from idwallet.cli.bundles import Believed, Pinned
from idwallet.cli.evidence import read_evidence
from idwallet.cli.faults import about, usage_fault
from idwallet.cli.fetching import Fetching
from idwallet.cli.words import Speech
from idwallet.documents import policy as policies
from idwallet.documents.model import (
    Document,
    Level,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.documents.policy import DocumentPolicy
from idwallet.explain.words import Language
from idwallet.ports import TimestampAuthority
from idwallet.trust.anchors import Purpose, TrustStore

SIGNERS = (Purpose.SIGN_DOCUMENTS, Purpose.SIGN_TIMESTAMPS)
"""What roots in ``--trust`` are believed about where documents are judged."""


def policy_named(name: str) -> DocumentPolicy:
    """Return the ready policy of that name in `options.DOCUMENT_POLICIES`."""
    found: DocumentPolicy = getattr(policies, name.upper())
    return found


@contextmanager
def authority_at(
    address: str | None, *, fetching: Fetching, at: datetime
) -> Iterator[TimestampAuthority | None]:
    """Open the way to a timestamp authority for as long as the block runs.

    Raises:
        CommandFault: it is no address, or the package that fetches is missing.
    """
    if address is None:
        yield None
        return
    with fetching.fetcher(at) as fetcher:
        from idwallet.adapters.tsa import WebTimestampAuthority

        with about("--tsa"):
            authority = WebTimestampAuthority(address, fetcher=fetcher)
        yield authority


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """Whom to believe, by which evidence and policy, and whether to fetch more.

    `own` is who is believed where nobody is named.
    """

    anchors: tuple[str, ...]
    operator: str | None
    bundle_state: str | None
    crls: tuple[str, ...]
    ocsp: tuple[str, ...]
    fetching: Fetching
    policy: DocumentPolicy
    at: datetime
    lang: Language = "en"
    own: TrustStore | None = None

    def trust(self) -> TrustStore:
        """Return the trust store, with the evidence at hand.

        Raises:
            CommandFault: something cannot be read, or nobody is believed.
            VerificationFailed, VerificationIndeterminate: a bundle is refused.
        """
        store = self._believed()
        evidence = read_evidence((), crls=self.crls, ocsp=self.ocsp)
        return store.with_evidence(store.evidence.plus(evidence))

    def _believed(self) -> TrustStore:
        if self.anchors:
            pinned = Pinned(self.operator, self.bundle_state, self.at)
            return Believed(self.anchors, (), SIGNERS).store(pinned)
        if self.own is None:
            raise usage_fault("say whom to believe with --trust")
        return self.own

    def judged(
        self, signed: bytes, document: Document | None, *, trust: TrustStore
    ) -> VerifiedDocument | UnverifiedDocument:
        """Judge a document, with what is fetched where that is wanted."""
        from idwallet.roles.document_signer import evaluate_document

        if not self.fetching.wanted:
            return evaluate_document(
                signed, document=document, trust=trust, policy=self.policy, at=self.at
            )
        with self.fetching.online(
            trust, at=self.at, speech=Speech(self.lang)
        ) as online:
            return online.evaluate_document(
                signed, document=document, policy=self.policy, at=self.at
            )

    def augmented(
        self,
        signed: bytes,
        level: Level,
        *,
        trust: TrustStore,
        document: Document | None,
        authority: TimestampAuthority | None,
    ) -> bytes:
        """Raise a document to a level.

        Raises:
            VerificationFailed, VerificationIndeterminate: it does not pass, so that it
                cannot be raised.
            UsageError, PortError, UnsupportedError: see `augment_document`.
        """
        from idwallet.roles.document_signer import augment_document

        if not self.fetching.wanted:
            return augment_document(
                signed,
                level,
                trust=trust,
                policy=self.policy,
                at=self.at,
                authority=authority,
                document=document,
            )
        with self.fetching.online(
            trust, at=self.at, speech=Speech(self.lang)
        ) as online:
            return online.augment_document(
                signed,
                level,
                policy=self.policy,
                at=self.at,
                authority=authority,
                document=document,
            )
