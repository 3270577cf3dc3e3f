"""The clauses of compact credentials, where a check is one of every format."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from idwallet.report import Check, CheckId, Checks, Reason, check
from idwallet.report.verdict import Answer

_OWN: Final = "idwallet compact 1"
_OF: Final[Mapping[CheckId, str]] = MappingProxyType(
    {
        CheckId.CREDENTIAL_FORMAT: f"{_OWN} §2",
        CheckId.ISSUER_SIGNATURE: f"{_OWN} §2",
        CheckId.CREDENTIAL_TYPE: f"{_OWN} §3",
        CheckId.CREDENTIAL_DISCLOSURES: f"{_OWN} §5",
        CheckId.CREDENTIAL_VALIDITY: f"{_OWN} §2",
        CheckId.HOLDER_BINDING: f"{_OWN} §6",
        CheckId.HOLDER_DELEGATION: f"{_OWN} §14",
        CheckId.PRESENTATION_NONCE: f"{_OWN} §6",
        CheckId.PRESENTATION_AUDIENCE: f"{_OWN} §6",
        CheckId.PRESENTATION_FRESHNESS: f"{_OWN} §6",
        CheckId.PRESENTATION_RELAY: f"{_OWN} §7",
    }
)
_RATHER: Final[Mapping[tuple[CheckId, Reason], str]] = MappingProxyType(
    {
        (CheckId.CREDENTIAL_STATUS, Reason.NO_STATUS): f"{_OWN} §2",
        (CheckId.ISSUER_TRUST, Reason.KEY_PINNED): f"{_OWN} §2",
        (CheckId.ISSUER_TRUST, Reason.KEY_NOT_PINNED): f"{_OWN} §2",
    }
)


def made(checks: Checks, origins: Iterable[str] | None) -> tuple[Check, ...]:
    """Return what was collected, each check with the clause of a compact credential.

    For `origins` see `Checks.made`.
    """
    found = checks.made(origins, make=_answered)
    if not _ANSWERS.issuperset(map(type, checks.answers)):
        return with_clauses(found)  # some were made elsewhere, by the table alone
    return found


_ANSWERS: Final = frozenset({tuple})


def with_clauses(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Return checks, each with the clause that a compact credential is held to."""
    return tuple(map(_with_clause, checks))


def _with_clause(check: Check) -> Check:
    own = _RATHER.get((check.id, check.reason)) or _OF.get(check.id)
    return check if own is None else check._replace(clause=own)


# Remembered as in `idwallet.report`: it is the same that is said again and again.
@lru_cache(maxsize=4096)
def _answered(answer: Answer, subject: str) -> Check:
    check_id, reason, given = answer
    return _with_clause(check(check_id, reason, subject=subject, facts=dict(given)))
