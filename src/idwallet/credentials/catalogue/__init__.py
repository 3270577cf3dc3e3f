"""The catalogue: neutral names for credentials and claims, kept as data files."""

from idwallet.credentials.catalogue.load import catalogue
from idwallet.credentials.catalogue.types import (
    CatalogueClaim,
    ClaimKind,
    CredentialType,
    Display,
    Sensitivity,
)

__all__ = [
    "CatalogueClaim",
    "ClaimKind",
    "CredentialType",
    "Display",
    "Sensitivity",
    "catalogue",
]
