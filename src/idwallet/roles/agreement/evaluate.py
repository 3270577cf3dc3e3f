"""Judge what the parties of a contract agreed to: later, offline, by anybody.

Each party is judged as of the moment when it agreed: whose credential expired since
agreed all the same.

1. read the file, and of each party the signed request;
2. judge the request: signed, current at that moment, from somebody believed;
3. judge each presentation for that request: issuer, holder, nonce, audience, query;
4. judge that it agrees to the contract, as that party, after whom it says;
5. judge that every party of the contract agreed once, and nobody else did;
6. judge that the documents at hand are those of the contract.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from idwallet.codec.moment import require_aware
from idwallet.consent.transaction import Contract
from idwallet.errors import (
    VerificationFailed,
    VerificationIndeterminate,
)
from idwallet.report import Check, CheckId, Outcome, Reason, Report, check
from idwallet.roles.agreement.context import AgreementContext
from idwallet.roles.agreement.evidence import AgreementEvidence, read_agreement_evidence
from idwallet.roles.agreement.party import JudgedParty, judge_party
from idwallet.roles.agreement.verdict import (
    AgreedParty,
    UnverifiedAgreement,
    VerifiedAgreement,
)

_ALL: Final = "parties"
_TRANSACTION: Final = CheckId.PRESENTATION_TRANSACTION


def verify_agreement(
    evidence: bytes | AgreementEvidence,
    *,
    documents: Mapping[str, bytes],
    context: AgreementContext,
) -> VerifiedAgreement:
    """Return who agreed to which bytes, or raise; see `evaluate_agreement`.

    Raises:
        VerificationFailed: a check failed; `report` on it says which.
        VerificationIndeterminate: something could not be decided.
        MalformedError, LimitError: it is no evidence of an agreement.
        UsageError: a moment has no time zone.
    """
    judged = evaluate_agreement(evidence, documents=documents, context=context)
    if isinstance(judged, VerifiedAgreement):
        return judged
    if judged.report.outcome is Outcome.FAILED:
        raise VerificationFailed(judged.report)
    raise VerificationIndeterminate(judged.report)


def evaluate_agreement(
    evidence: bytes | AgreementEvidence,
    *,
    documents: Mapping[str, bytes],
    context: AgreementContext,
) -> VerifiedAgreement | UnverifiedAgreement:
    """Judge the evidence of an agreement; `documents` are the contract's, by name.

    Nothing is fetched and no replay guard is asked: evidence may be judged as often as
    anybody likes. A document that is not given leaves the verdict open.

    Raises:
        MalformedError, LimitError: it is no evidence of an agreement.
        UsageError: a moment has no time zone.
    """
    require_aware(context.at)
    if context.existed_by is not None:
        require_aware(context.existed_by)
    if isinstance(evidence, bytes):
        evidence = read_agreement_evidence(evidence)
    parties = _judged(evidence, context)
    contract = next((e.contract for e in parties if e.contract is not None), None)
    checks = [
        *(each for party in parties for each in party.checks),
        *_together(parties, contract),
        *_documents(contract, documents),
    ]
    report = _report(checks, parties, context=context)
    if report.outcome is not Outcome.PASSED or contract is None:
        return UnverifiedAgreement(report)
    agreed = tuple(map(_agreed, parties))
    return VerifiedAgreement(report, contract, agreed, context.existed_by)


def _report(
    checks: list[Check], parties: list[JudgedParty], *, context: AgreementContext
) -> Report:
    required = {(each.id, each.subject) for each in checks}
    required |= {pair for party in parties for pair in party.required}
    used = dict.fromkeys(each for party in parties for each in party.evidence)
    return Report(
        checks=tuple(checks),
        required=frozenset(required),
        at=context.at,
        policy=context.policy.name,
        evidence=tuple(used),
        anchors=context.trust.evidence.anchors,
    )


def _judged(
    evidence: AgreementEvidence, context: AgreementContext
) -> list[JudgedParty]:
    judged = []
    previous: bytes | None = None
    for number, each in enumerate(evidence.parties):
        judged.append(
            judge_party(
                each, subject=f"party[{number}]", previous=previous, context=context
            )
        )
        previous = each.digest()
    return judged


def _agreed(party: JudgedParty) -> AgreedParty:
    return AgreedParty(
        party.party,
        party.credentials,
        party.asked_by,
        party.agreed,
        beside=party.beside,
    )


def _together(parties: list[JudgedParty], contract: Contract | None) -> list[Check]:
    """Judge that each party agreed to one contract, once, and nobody else did."""
    if contract is None:
        return [check(_TRANSACTION, Reason.ABSENT, subject=_ALL)]
    agreed = [each.party for each in parties]
    reason = Reason.MATCHES
    if any(each.contract != contract for each in parties) or len(set(agreed)) != len(
        agreed
    ):
        reason = Reason.MISMATCH
    elif {*agreed} != {*contract.parties}:
        reason = Reason.ABSENT
    elif contract.in_turn and tuple(agreed) != contract.parties:
        reason = Reason.MISMATCH
    return [
        check(_TRANSACTION, reason, subject=_ALL),
        check(CheckId.PRESENTATION_REPLAY, _apart(parties), subject=_ALL),
    ]


def _apart(parties: list[JudgedParty]) -> Reason:
    """Say whether each party showed something of its own, with a key of its own."""
    for found in ([each.shown for each in parties], [each.keys for each in parties]):
        listed = [one for each in found for one in each]
        if len(set(listed)) != len(listed):
            return Reason.ALREADY_USED
    return Reason.FIRST_USE


def _documents(
    contract: Contract | None, documents: Mapping[str, bytes]
) -> list[Check]:
    if contract is None:
        return []
    checks = []
    for number, each in enumerate(contract.documents):
        given = documents.get(each.name)
        if given is None:
            reason = Reason.NOT_AT_HAND
        elif (hashlib.sha256(given).digest(), len(given)) == (each.sha256, each.size):
            reason = Reason.MATCHES
        else:
            reason = Reason.INTEGRITY_MISMATCH
        subject = f"document[{number}]"
        checks.append(check(CheckId.DOCUMENT_INTEGRITY, reason, subject=subject))
    return checks
