"""The catalogue: neutral names for credentials and claims, kept as data files."""

from idwallet.credentials.catalogue.load import catalogue, listed_type
from idwallet.credentials.catalogue.read import read_credential_type
from idwallet.credentials.catalogue.types import (
    COMPACT,
    CatalogueClaim,
    ClaimKind,
    CredentialType,
    Display,
    Sensitivity,
    TellsAge,
)

__all__ = [
    "COMPACT",
    "CatalogueClaim",
    "ClaimKind",
    "CredentialType",
    "Display",
    "Sensitivity",
    "TellsAge",
    "catalogue",
    "listed_type",
    "read_credential_type",
]
