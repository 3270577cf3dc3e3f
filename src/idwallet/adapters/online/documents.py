"""Signed documents judged and augmented while there is a network."""

from datetime import datetime

from idwallet.adapters.online.fetching import Fetching, Judge
from idwallet.documents.model import (
    Document,
    Level,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.documents.policy import DocumentPolicy
from idwallet.errors import VerificationIndeterminate, require_passed
from idwallet.ports import TimestampAuthority
from idwallet.report import Report
from idwallet.roles.document_signer.augment import augment_document, rewound
from idwallet.roles.document_signer.verify import evaluate_document
from idwallet.trust.anchors import TrustStore

_Judged = VerifiedDocument | UnverifiedDocument
_LEVELS = tuple(Level)


class OnlineDocuments(Fetching):
    """What a verdict on a document lacks is fetched, and it is judged again."""

    def verify_document(
        self,
        signature: bytes,
        *,
        policy: DocumentPolicy,
        at: datetime,
        document: Document | None = None,
    ) -> VerifiedDocument:
        """Return who signed what, or raise; see `idwallet.verify_document`.

        A document that is a stream is rewound for each time that it is judged.

        Raises:
            VerificationFailed: a check failed.
            VerificationIndeterminate: something could not be decided, fetched or not.
            UsageError: see `idwallet.verify_document`; or the document is a stream that
                cannot be rewound.
        """
        judged = self.evaluate_document(
            signature, policy=policy, at=at, document=document
        )
        return _passed(judged)

    async def verify_document_async(
        self,
        signature: bytes,
        *,
        policy: DocumentPolicy,
        at: datetime,
        document: Document | None = None,
    ) -> VerifiedDocument:
        """Do as `verify_document` does, in an event loop."""
        judged = await self.evaluate_document_async(
            signature, policy=policy, at=at, document=document
        )
        return _passed(judged)

    def evaluate_document(
        self,
        signature: bytes,
        *,
        policy: DocumentPolicy,
        at: datetime,
        document: Document | None = None,
    ) -> VerifiedDocument | UnverifiedDocument:
        """Judge a document; fetch what is missing, and judge it again.

        Raises:
            UsageError: see `verify_document`.
        """
        return self.driven(_evaluating(signature, document, policy=policy, at=at))

    async def evaluate_document_async(
        self,
        signature: bytes,
        *,
        policy: DocumentPolicy,
        at: datetime,
        document: Document | None = None,
    ) -> VerifiedDocument | UnverifiedDocument:
        """Do as `evaluate_document` does, in an event loop."""
        judge = _evaluating(signature, document, policy=policy, at=at)
        return await self.driven_async(judge)

    def augment_document(
        self,
        signed: bytes,
        level: Level,
        *,
        policy: DocumentPolicy,
        at: datetime,
        authority: TimestampAuthority | None = None,
        document: Document | None = None,
    ) -> bytes:
        """Raise a document to a level with evidence that is fetched.

        See `idwallet.roles.document_signer.augment_document`.

        Raises:
            VerificationFailed, VerificationIndeterminate, UsageError, PortError,
            UnsupportedError: as there; nothing is raised because a fetch failed.
        """
        for each in _up_to(level):
            told = _augmenting(
                signed,
                each,
                policy=policy,
                at=at,
                authority=authority,
                document=document,
            )
            signed = _raised(self.driven(told))
        return signed

    async def augment_document_async(
        self,
        signed: bytes,
        level: Level,
        *,
        policy: DocumentPolicy,
        at: datetime,
        authority: TimestampAuthority | None = None,
        document: Document | None = None,
    ) -> bytes:
        """Do as `augment_document` does, in an event loop."""
        for each in _up_to(level):
            told = _augmenting(
                signed,
                each,
                policy=policy,
                at=at,
                authority=authority,
                document=document,
            )
            signed = _raised(await self.driven_async(told))
        return signed


def _passed(judged: _Judged) -> VerifiedDocument:
    require_passed(judged.report)
    if not isinstance(judged, VerifiedDocument):
        raise TypeError("a passed verdict comes with what was verified")
    return judged


def _evaluating(
    signature: bytes, document: Document | None, *, policy: DocumentPolicy, at: datetime
) -> Judge[_Judged]:
    def judge(trust: TrustStore) -> tuple[_Judged, Report]:
        judged = evaluate_document(
            signature, document=rewound(document), trust=trust, policy=policy, at=at
        )
        return judged, judged.report

    return judge


def _up_to(level: Level) -> tuple[Level, ...]:
    """Return the levels on the way: what is fetched for one helps the next."""
    return _LEVELS[1 : _LEVELS.index(level) + 1] or (level,)


_Raised = bytes | VerificationIndeterminate


def _augmenting(
    signed: bytes,
    level: Level,
    *,
    policy: DocumentPolicy,
    at: datetime,
    authority: TimestampAuthority | None,
    document: Document | None,
) -> Judge[_Raised]:
    def judge(trust: TrustStore) -> tuple[_Raised, Report | None]:
        try:
            made = augment_document(
                signed,
                level,
                trust=trust,
                policy=policy,
                at=at,
                authority=authority,
                document=document,
            )
        except VerificationIndeterminate as error:
            return error, error.report
        return made, None

    return judge


def _raised(made: _Raised) -> bytes:
    if isinstance(made, VerificationIndeterminate):
        raise made
    return made
