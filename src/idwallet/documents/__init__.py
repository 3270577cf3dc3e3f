"""Signed documents: profiles, policies and what verifying them comes to."""

from idwallet.documents.model import (
    BinaryStream,
    CAdES,
    Commitment,
    Document,
    Level,
    NamedDocument,
    Packaging,
    UnverifiedDocument,
    VerifiedDocument,
    VerifiedSignature,
    XAdES,
)
from idwallet.documents.policy import (
    ARCHIVE,
    DOCUMENTS,
    OFFLINE,
    DocumentPolicy,
    TimestampRule,
)

__all__ = [
    "ARCHIVE",
    "DOCUMENTS",
    "OFFLINE",
    "BinaryStream",
    "CAdES",
    "Commitment",
    "Document",
    "DocumentPolicy",
    "Level",
    "NamedDocument",
    "Packaging",
    "TimestampRule",
    "UnverifiedDocument",
    "VerifiedDocument",
    "VerifiedSignature",
    "XAdES",
]
