"""Signed documents: profiles, policies and what verifying them comes to."""

from idwallet.documents.appearance import Box, Stamp
from idwallet.documents.asic.profile import ASiC, ASiCKind
from idwallet.documents.describe import (
    Description,
    DocumentKind,
    EarlierSignature,
    Finding,
    Found,
    Weight,
    describe_document,
)
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
from idwallet.documents.sheet import Sheet

__all__ = [
    "ARCHIVE",
    "DOCUMENTS",
    "OFFLINE",
    "ASiC",
    "ASiCKind",
    "AllowedChanges",
    "Appearance",
    "BinaryStream",
    "Box",
    "CAdES",
    "Commitment",
    "CoverageRule",
    "Description",
    "Document",
    "DocumentKind",
    "DocumentPolicy",
    "Documents",
    "EarlierSignature",
    "FieldLock",
    "Finding",
    "Found",
    "JAdES",
    "Level",
    "LockedFields",
    "PAdES",
    "Packaging",
    "Serialisation",
    "Sheet",
    "SignatureField",
    "SignedFile",
    "Stamp",
    "TimestampRule",
    "UnverifiedDocument",
    "VerifiedDocument",
    "VerifiedSignature",
    "Weight",
    "XAdES",
    "describe_document",
    "reserve_fields",
]
