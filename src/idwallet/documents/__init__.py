"""Signed documents: profiles, policies and what verifying them comes to."""

from idwallet.documents.model import (
    BinaryStream,
    CAdES,
    Document,
    Level,
    Packaging,
    UnverifiedDocument,
    VerifiedDocument,
    VerifiedSignature,
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
    "Document",
    "DocumentPolicy",
    "Level",
    "Packaging",
    "TimestampRule",
    "UnverifiedDocument",
    "VerifiedDocument",
    "VerifiedSignature",
]
