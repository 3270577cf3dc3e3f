"""The verifier's side: does the answer hold what was asked for, and no more?

A wallet may ignore any restriction (OpenID4VP 1.0 §6.4.1: verifiers must not rely
on `values`), so everything that was asked is judged again on what came back.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from idwallet import limits
from idwallet.codec.text import show
from idwallet.credentials.paths import ClaimPath, show_path
from idwallet.credentials.query.fit import fit, served
from idwallet.credentials.query.query import Query
from idwallet.credentials.query.structures import (
    WHOLE,
    Candidate,
    CredentialQuery,
    CredentialSet,
)
from idwallet.report import Check, CheckId, Reason, check

_QUERY: Final = CheckId.PRESENTATION_QUERY
_COMPLETE: Final = (check(_QUERY, Reason.ANSWERED, subject=WHOLE),)


def judge_answer(
    query: Query, answers: Mapping[str, Sequence[Candidate]]
) -> tuple[Check, ...]:
    """Return the ``presentation.query`` checks of an answer to `query`.

    `answers` maps identifiers of credential queries to the credentials presented for
    them; an identifier without any counts as not answered. There is one passed check
    or one check per fault for each credential, its subject the identifier
    (``"pid"``, then ``"pid[1]"``), and the same for the answer as a whole, its
    subject ``"response"``: nothing outside the query, every required credential set
    served. Facts hold paths of the query, and never a value. Where several
    credentials may answer, none may be there twice (`Candidate.identity`).

    With credential sets only what stands in one of them is asked for (§6.4.2).

    Whether the holder proved the key is for ``holder.binding`` to say, by
    `CredentialQuery.require_cryptographic_holder_binding`.
    """
    checks: list[Check] = []
    unknown: list[str] = []
    wanted = {name for each in query.sets for option in each.options for name in option}
    for name, candidates in answers.items():
        asked = query.credential(name)
        if asked is None or name not in wanted:
            unknown.append(name)
            continue
        if len(candidates) > 1 and (not asked.multiple or _repeats(candidates)):
            checks.append(check(_QUERY, Reason.TOO_MANY_CREDENTIALS, subject=name))
        for index, candidate in enumerate(candidates):
            subject = f"{name}[{index}]" if index else name
            checks += _judged(asked, candidate, subject=subject)
    checks += _whole(query, answers, unknown=unknown)
    return tuple(checks)


def _repeats(candidates: Sequence[Candidate]) -> bool:
    """Tell whether one credential is among them twice: it would count for two."""
    known = [each.identity for each in candidates if each.identity]
    return len(set(known)) < len(known)


def _judged(
    asked: CredentialQuery, candidate: Candidate, *, subject: str
) -> tuple[Check, ...]:
    if not candidate.is_of(asked):
        shown = show(candidate.types[0] if candidate.types else candidate.format)
        reason = Reason.TYPE_NOT_REQUESTED
        return (check(_QUERY, reason, subject=subject, facts={"found": shown}),)
    faults: tuple[Check, ...] = ()
    if asked.trusted_authorities and not candidate.is_certified_for(asked):
        reason = Reason.AUTHORITY_NOT_REQUESTED
        faults = (check(_QUERY, reason, subject=subject),)
    if served(asked, candidate.claims) is None:
        faults += _shortfall(asked, candidate, subject=subject)
    return faults or (check(_QUERY, Reason.ANSWERED, subject=subject),)


def _shortfall(
    asked: CredentialQuery, candidate: Candidate, *, subject: str
) -> tuple[Check, ...]:
    found = fit(asked, candidate.claims)
    faults: tuple[Check, ...] = ()
    if found.missing:
        faults += (_claims_check(Reason.CLAIM_MISSING, found.missing, subject=subject),)
    if found.differing:
        faults += (
            _claims_check(Reason.VALUE_DIFFERS, found.differing, subject=subject),
        )
    return faults


def _claims_check(
    reason: Reason, paths: tuple[ClaimPath, ...], *, subject: str
) -> Check:
    facts = {"paths": tuple(show_path(each) for each in paths)}
    return check(_QUERY, reason, subject=subject, facts=facts)


def _whole(
    query: Query, answers: Mapping[str, Sequence[Candidate]], *, unknown: list[str]
) -> tuple[Check, ...]:
    faults: tuple[Check, ...] = ()
    if unknown:
        shown = unknown[: limits.QUERY_CREDENTIALS]
        facts = {"credentials": tuple(show(each) for each in shown)}
        reason = Reason.CREDENTIAL_NOT_REQUESTED
        faults = (check(_QUERY, reason, subject=WHOLE, facts=facts),)
    missing = _unanswered(query, answers)
    if missing:
        reason = Reason.CREDENTIAL_MISSING
        facts = {"credentials": missing}
        faults += (check(_QUERY, reason, subject=WHOLE, facts=facts),)
    return faults or _COMPLETE


def _unanswered(
    query: Query, answers: Mapping[str, Sequence[Candidate]]
) -> tuple[str, ...]:
    """Return what the required sets lack, each in the option that lacks least."""
    missing: dict[str, None] = {}
    for each in query.sets:
        if each.required and not _is_served(each, answers):
            lacking = [
                [name for name in option if not answers.get(name)]
                for option in each.options
            ]
            least = min(lacking, key=len)
            missing |= dict.fromkeys(least)
    return tuple(missing)


def _is_served(
    wanted: CredentialSet, answers: Mapping[str, Sequence[Candidate]]
) -> bool:
    for option in wanted.options:
        for name in option:
            if not answers.get(name):
                break
        else:
            return True
    return False
