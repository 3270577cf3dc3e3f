"""As of when evidence was taken, and from where: what a verdict says beside its checks.

Nothing here is a claim of anybody, and nothing here decides.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from idwallet.report.checks import CheckId


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    STATUS_LIST = "status_list"
    IDENTIFIER_LIST = "identifier_list"
    CRL = "crl"
    OCSP_RESPONSE = "ocsp_response"
    WITHDRAWN = "withdrawn"
    """Delegations that were taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """When a piece of evidence was taken, and from where.

    `taken` is the moment (aware, UTC) at which somebody believed got it, None where
    nobody says. `source` is a word for the carrier: ``"application"``, ``"file"``,
    ``"bundle"``. `digest` is the SHA-256 of that carrier in hexadecimal, `sequence` its
    number among those of its maker; both None where it has none.

    Raises:
        ValueError: `taken` has no time zone.
    """

    taken: datetime | None
    source: str
    digest: str | None = None
    sequence: int | None = None

    def __post_init__(self) -> None:
        """Refuse a moment that cannot be compared."""
        if self.taken is not None and self.taken.utcoffset() is None:
            raise ValueError("the moment of taking has no time zone")


GIVEN: Final = Origin(taken=None, source="application")
"""What the application gave, with no word of when it was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceUsed:
    """A piece of evidence that a check looked at, whatever came of it.

    `check` and `subject` say for which check. `about` says which piece: a list's
    address, a CRL's issuer, the certificate that a response is about; it comes from
    outside and is safe to show. `as_of` is the moment that the piece itself speaks of:
    when it was issued, None where that cannot be read. `origin` says when it was got.
    """

    kind: EvidenceKind
    check: CheckId
    subject: str
    about: str
    as_of: datetime | None
    origin: Origin
