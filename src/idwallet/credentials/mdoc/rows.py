"""The clauses of mobile documents, where a check is one of every format."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from idwallet.codec.text import show
from idwallet.report import Check, CheckId, Checks, Reason, check
from idwallet.report.verdict import Answer

_ISO: Final = "ISO/IEC 18013-5"
_OF: Final[Mapping[CheckId, str]] = MappingProxyType(
    {
        CheckId.CREDENTIAL_FORMAT: f"{_ISO} §8.3.2.1.2.2",
        CheckId.ISSUER_SIGNATURE: f"{_ISO} §9.3.1",
        CheckId.CREDENTIAL_DISCLOSURES: f"{_ISO} §9.3.1",
        CheckId.CREDENTIAL_TYPE: f"{_ISO} §9.3.1",
        CheckId.CREDENTIAL_VALIDITY: f"{_ISO} §9.3.1",
        CheckId.HOLDER_BINDING: f"{_ISO} §9.1.3",
        CheckId.REQUEST_FORMAT: f"{_ISO} §8.3.2.1.2.1",
        CheckId.REQUEST_SIGNATURE: f"{_ISO} §9.1.4",
        CheckId.PRESENTATION_NONCE: "OpenID4VP 1.0 §B.2.6",
        CheckId.PRESENTATION_AUDIENCE: "OpenID4VP 1.0 §B.2.6",
    }
)
_OWN: Final[Mapping[tuple[CheckId, Reason], str]] = MappingProxyType(
    {
        (CheckId.HOLDER_BINDING, Reason.NOT_AUTHORIZED): f"{_ISO} §9.1.2.4",
        (CheckId.CREDENTIAL_VALIDITY, Reason.UPDATE_OVERDUE): f"{_ISO} §9.1.2.4",
        (CheckId.READER_AUTHORISED, Reason.TRUSTED): f"{_ISO} §9.1.4",
        (CheckId.READER_AUTHORISED, Reason.NO_KEY_MATERIAL): f"{_ISO} §9.1.4",
        (CheckId.READER_AUTHORISED, Reason.WAITING): f"{_ISO} §9.1.4",
    }
)


def made(checks: Checks, origins: Iterable[str] | None) -> tuple[Check, ...]:
    """Return what was collected, each check with the clause of a mobile document.

    The table names that of an SD-JWT VC where both formats have the same question. For
    `origins` see `Checks.made`.
    """
    found = checks.made(origins, make=_answered)
    if not _ANSWERS.issuperset(map(type, checks.answers)):
        # Some were made elsewhere, by the table alone.
        return with_clauses(found)
    return found


_ANSWERS: Final = frozenset({tuple})


def with_clauses(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Return checks, each with the clause that a mobile document is held to."""
    return tuple(map(_with_clause, checks))


def _with_clause(check: Check) -> Check:
    own = _OWN.get((check.id, check.reason)) or _OF.get(check.id)
    return check if own is None else check._replace(clause=own)


# Remembered as in `idwallet.report`: it is the same that is said again and again.
@lru_cache(maxsize=4096)
def _answered(answer: Answer, subject: str) -> Check:
    check_id, reason, given = answer
    return _with_clause(check(check_id, reason, subject=subject, facts=dict(given)))


_LONGEST_TYPE: Final = 128


def shown_type(doc_type: str) -> str:
    """Return a type as `show` does; those of usual length are few, and remembered."""
    return _remembered(doc_type) if len(doc_type) <= _LONGEST_TYPE else show(doc_type)


_remembered: Final = lru_cache(maxsize=64)(show)
