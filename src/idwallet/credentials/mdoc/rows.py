"""The clauses of mobile documents, where a check is one of every format."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from idwallet.report import Check, CheckId, Reason

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


def with_clauses(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Return the checks, each with the clause that a mobile document is held to.

    The table names that of an SD-JWT VC where both formats have the same question.
    """
    return tuple(map(_with_clause, checks))


@lru_cache(maxsize=512)
def _same(check: Check) -> Check:
    own = _OWN.get((check.id, check.reason)) or _OF.get(check.id)
    return check if own is None else check._replace(clause=own)


def _with_clause(check: Check) -> Check:
    # What carries needs or lists is not remembered, as in `idwallet.report`.
    if check.needs or any(type(value) is tuple for _, value in check.facts):
        return _same.__wrapped__(check)
    return _same(check)
