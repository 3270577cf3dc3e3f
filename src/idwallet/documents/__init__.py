"""Signed documents: profiles, policies and what verifying them comes to."""

from idwallet.documents.model import (
    BinaryStream,
    CAdES,
    Commitment,
    Document,
    JAdES,
    Level,
    NamedDocument,
    Packaging,
    Serialisation,
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
    "JAdES",
    "Level",
    "NamedDocument",
    "Packaging",
    "Serialisation",
    "TimestampRule",
    "UnverifiedDocument",
    "VerifiedDocument",
    "VerifiedSignature",
    "XAdES",
]
