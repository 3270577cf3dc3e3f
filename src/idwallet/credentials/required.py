"""What an evaluation of any credential format is given, and what it must answer."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from idwallet.report import CheckId, Required
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import Policy


@dataclass(frozen=True, slots=True)
class Expected:
    """What a verifier's request says a presentation must be bound to.

    `nonce` and `audience` are compared in full. `binding_asked` is False only where
    the query itself does without (``require_cryptographic_holder_binding``); it
    counts for nothing unless the policy also says so. `others` are other values of the
    same request, each with its name: where one stands in the place of another, the
    verdict says so, and fails all the same.
    """

    nonce: str
    audience: str
    binding_asked: bool = True
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class HeldBy:
    """What a holder expects of a credential just issued: a key that it holds.

    `thumbprints` are RFC 7638 SHA-256 thumbprints of the holder's keys.
    """

    thumbprints: frozenset[str]


@dataclass(frozen=True, slots=True)
class Context:
    """What every judgement needs: whom to trust, by which policy, at which moment."""

    trust: TrustStore
    policy: Policy
    at: datetime


STORED: Final = (
    CheckId.CREDENTIAL_FORMAT,
    CheckId.ISSUER_TRUST,
    CheckId.ISSUER_SIGNATURE,
    CheckId.ISSUER_REVOCATION,
    CheckId.CREDENTIAL_DISCLOSURES,
    CheckId.CREDENTIAL_TYPE,
    CheckId.CREDENTIAL_METADATA,
    CheckId.CREDENTIAL_VALIDITY,
    CheckId.CREDENTIAL_STATUS,
    CheckId.HOLDER_BINDING,
)
"""The checks that no credential passes without, shown or stored."""

BOUND: Final = (
    CheckId.PRESENTATION_NONCE,
    CheckId.PRESENTATION_AUDIENCE,
    CheckId.PRESENTATION_FRESHNESS,
)
"""The checks that wait for the holder's binding."""

SHOWN: Final = (
    *STORED,
    CheckId.HOLDER_PRESENCE,
    *BOUND,
    CheckId.PRESENTATION_QUERY,
)
"""The checks that no shown credential passes without."""

STORED_MDOC: Final = tuple(
    each for each in STORED if each is not CheckId.CREDENTIAL_METADATA
)
"""The same of a mobile document: its type is in the standard, not in metadata."""

SHOWN_MDOC: Final = (
    *STORED_MDOC,
    CheckId.HOLDER_PRESENCE,
    CheckId.PRESENTATION_NONCE,
    CheckId.PRESENTATION_AUDIENCE,
    CheckId.PRESENTATION_QUERY,
)
"""The same of a mobile document that is shown.

Its device signs no time: how old the answer is, the nonce of the request says.
"""

SHOWN_COMPACT: Final = (
    *STORED_MDOC,
    CheckId.HOLDER_PRESENCE,
    *BOUND,
    CheckId.PRESENTATION_QUERY,
)
"""The same of a compact credential that answers a question; its type is as it says."""

SHOWN_ONE_WAY: Final = (
    *STORED_MDOC,
    CheckId.HOLDER_PRESENCE,
    CheckId.PRESENTATION_AUDIENCE,
    CheckId.PRESENTATION_FRESHNESS,
    CheckId.PRESENTATION_RELAY,
    CheckId.PRESENTATION_QUERY,
)
"""The same of one that its holder shows unasked: there is no nonce."""

ANSWERED_ONE_WAY: Final = (
    CheckId.PRESENTATION_FORMAT,
    CheckId.PRESENTATION_REPLAY,
    CheckId.PRESENTATION_QUERY,
)
"""The checks that no code passes without that was shown unasked."""

ANSWERED: Final = (
    CheckId.PRESENTATION_FORMAT,
    CheckId.PRESENTATION_FRESHNESS,
    CheckId.PRESENTATION_REPLAY,
    CheckId.PRESENTATION_QUERY,
)
"""The checks that no response passes without."""


# A verifier's requests name few subjects, and every answer asks for the same checks.
@lru_cache(maxsize=256)
def required_of(checks: tuple[CheckId, ...], subject: str) -> Required:
    """Return the checks as required of one subject."""
    return frozenset((each, subject) for each in checks)
