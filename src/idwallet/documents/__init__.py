"""Signed documents: profiles, policies and what verifying them comes to."""

from idwallet.documents.asic.profile import ASiC, ASiCKind
from idwallet.documents.model import (
    BinaryStream,
    CAdES,
    Commitment,
    Document,
    Documents,
    JAdES,
    Level,
    Packaging,
    Serialisation,
    SignedFile,
    UnverifiedDocument,
    VerifiedDocument,
    VerifiedSignature,
    XAdES,
)
from idwallet.documents.pades.profile import (
    AllowedChanges,
    Appearance,
    FieldLock,
    LockedFields,
    PAdES,
    SignatureField,
)
from idwallet.documents.pades.reserve import reserve_fields
from idwallet.documents.policy import (
    ARCHIVE,
    DOCUMENTS,
    OFFLINE,
    CoverageRule,
    DocumentPolicy,
    TimestampRule,
)

__all__ = [
    "ARCHIVE",
    "DOCUMENTS",
    "OFFLINE",
    "ASiC",
    "ASiCKind",
    "AllowedChanges",
    "Appearance",
    "BinaryStream",
    "CAdES",
    "Commitment",
    "CoverageRule",
    "Document",
    "DocumentPolicy",
    "Documents",
    "FieldLock",
    "JAdES",
    "Level",
    "LockedFields",
    "PAdES",
    "Packaging",
    "Serialisation",
    "SignatureField",
    "SignedFile",
    "TimestampRule",
    "UnverifiedDocument",
    "VerifiedDocument",
    "VerifiedSignature",
    "XAdES",
    "reserve_fields",
]
