"""Who signs containers in these tests, and how they are judged."""

import io
from datetime import timedelta
from functools import cache

from idwallet.documents import (
    DOCUMENTS,
    ASiC,
    ASiCKind,
    CAdES,
    DocumentPolicy,
    Level,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.roles.document_signer import DocumentSigner, evaluate_document
from idwallet.testing.document_draft import DocumentScene, document_draft
from idwallet.testing.tsa import TestTsa

DAY = timedelta(days=1)


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST unit containers")


def _tsa() -> TestTsa:
    return TestTsa(scene().pki, identity=scene().authority)


def signer(
    kind: ASiCKind, *, second: bool = False, level: Level = Level.B_B
) -> DocumentSigner:
    who = scene().second if second else scene().signer
    authority = None if level is Level.B_B else _tsa()
    return DocumentSigner(
        ASiC(kind=kind, signature=CAdES, level=level),
        signer=who.signer,
        certificates=who.chain,
        authority=authority,
    )


def judged(
    container: bytes | io.BytesIO, *, policy: DocumentPolicy = DOCUMENTS
) -> VerifiedDocument | UnverifiedDocument:
    trust = document_draft(scene()).trust()
    return evaluate_document(container, trust=trust, policy=policy, at=scene().at)


def verified(
    container: bytes | io.BytesIO, *, policy: DocumentPolicy = DOCUMENTS
) -> VerifiedDocument:
    found = judged(container, policy=policy)
    assert isinstance(found, VerifiedDocument), found.report
    return found
