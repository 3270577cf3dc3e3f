"""Transactions that a presentation agrees to (OpenID4VP 1.0 8.4, B.3.3.1)."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.consent.transaction import read_transaction
from idwallet.credentials.model import Format
from idwallet.credentials.sdjwt.structures import HASHES
from idwallet.errors import (
    LimitError,
    MalformedError,
    UnsupportedError,
    UsageError,
    fault_reason,
)
from idwallet.protocols.dc_api.evaluate import PageVerdict
from idwallet.protocols.openid4vp.attached import TransactionData
from idwallet.protocols.openid4vp.evaluate import RequestVerdict
from idwallet.protocols.openid4vp.refusals import ErrorCode
from idwallet.report import Check, CheckId, Facts, Reason, check, waiting
from idwallet.roles.asked import Shown

_Judged = TypeVar("_Judged", RequestVerdict, PageVerdict)

HASHED: Final = "transaction_data_hashes"
ALGORITHM: Final = "transaction_data_hashes_alg"
_DEFAULT: Final = "sha-256"
_BINDING: Final = "OpenID4VP 1.0 §B.3.3.1"
NOTHING: Final[Mapping[str, JsonValue]] = MappingProxyType({})
"""What a key binding says beside, where nothing is agreed to."""


def hash_of(raw: str, algorithm: str) -> str:
    """Return the hash of a transaction: of its base64url text, not of what it says."""
    return b64.encode(HASHES[algorithm](raw.encode("ascii")).digest())


def held_to_types(verdict: _Judged) -> _Judged:
    """Hold the transactions of a request to the schemas of their types.

    One that breaks its own refuses the whole request (OpenID4VP 1.0 section 5.1): the
    person would agree to what nobody can show.
    """
    request = verdict.request
    if request is None:
        return verdict
    try:
        for each in request.transaction_data:
            read_transaction(each.type, each.content)
    except (MalformedError, UnsupportedError, LimitError) as fault:
        return _refused(verdict, fault)
    return verdict


def _refused(verdict: _Judged, fault: MalformedError | UnsupportedError) -> _Judged:
    facts: Facts = {"what": fault.what, "at": fault.at}
    checks = tuple(
        check(each.id, fault_reason(fault), subject=each.subject, facts=facts)
        if each.id is CheckId.REQUEST_FORMAT
        else each
        for each in verdict.checks
    )
    return replace(
        verdict,
        checks=checks,
        request=None,
        signer=None,
        error=ErrorCode.INVALID_TRANSACTION_DATA,
    )


def agreed_claims(
    transactions: Sequence[TransactionData], shown: Sequence[Shown]
) -> list[Mapping[str, JsonValue]]:
    """Return what the key binding of each credential shown says of the transactions.

    Each is agreed to with exactly one credential: the first shown that may be used.

    Raises:
        UsageError: none of the credentials that may be used is shown.
        UnsupportedError: only a mobile document is, and no type of transaction that is
            known here defines how a device signs it (B.2.1); or no hash algorithm is
            both taken and known.
    """
    agreed: list[list[TransactionData]] = [[] for _ in shown]
    for each in transactions:
        agreed[_which(each, shown)].append(each)
    return [_said(each) if each else NOTHING for each in agreed]


def _which(transaction: TransactionData, shown: Sequence[Shown]) -> int:
    fitting = [
        (number, each)
        for number, each in enumerate(shown)
        if each.query_id in transaction.credential_ids
    ]
    if not fitting:
        raise UsageError("nothing is shown that the transaction can be agreed to with")
    for number, each in fitting:
        if each.credential.format is Format.SD_JWT_VC:
            return number
    raise UnsupportedError(
        "agreeing to a transaction with a mobile document",
        at="/transaction_data",
        clause="OpenID4VP 1.0 §B.2.1",
    )


def _said(transactions: Sequence[TransactionData]) -> JsonObject:
    known = [
        name for name in HASHES if all(name in _accepted(each) for each in transactions)
    ]
    if not known:
        raise UnsupportedError(
            "no hash algorithm known here", at=f"/{ALGORITHM}", clause=_BINDING
        )
    hashes: list[JsonValue] = [hash_of(each.raw, known[0]) for each in transactions]
    said: JsonObject = {HASHED: hashes}
    if any(each.hash_algorithms for each in transactions):
        said[ALGORITHM] = known[0]
    return said


def _accepted(transaction: TransactionData) -> tuple[str, ...]:
    return transaction.hash_algorithms or (_DEFAULT,)


def has_agreed(
    transaction: TransactionData,
    shown: "Agreed",
    *,
    asked: Sequence[TransactionData],
) -> bool:
    """Whether the key of that very credential agreed to the transaction.

    Of several that were shown at once one agrees, and nothing but the word of whoever
    asked says that the others are the same person's: all they sign is a nonce.
    """
    fits = shown.query_id in transaction.credential_ids
    return fits and _reason(transaction, shown, asked=asked) is Reason.MATCHES


class Agreed(NamedTuple):
    """One credential of an answer: what it answers, and what its key binding says.

    `said` is None where there is no key binding that can be read.
    """

    query_id: str
    said: Mapping[str, JsonValue] | None


def transaction_subject(number: int) -> str:
    """Return what a check on a transaction of the request is about."""
    return f"transaction_data[{number}]"


def judge_transactions(
    transactions: Sequence[TransactionData], shown: Iterable[Agreed]
) -> list[Check]:
    """Judge that each transaction was agreed to with exactly one credential.

    A binding that says more than was asked, or the same twice, agreed to something
    else: then nothing of it counts.
    """
    listed = tuple(shown)
    return [
        _judged(each, listed, asked=transactions, subject=transaction_subject(number))
        for number, each in enumerate(transactions)
    ]


def _judged(
    transaction: TransactionData,
    shown: tuple[Agreed, ...],
    *,
    asked: Sequence[TransactionData],
    subject: str,
) -> Check:
    fitting = [each for each in shown if each.query_id in transaction.credential_ids]
    if any(each.said is None for each in fitting):
        return waiting(
            CheckId.PRESENTATION_TRANSACTION,
            subject=subject,
            waits_for=CheckId.HOLDER_BINDING,
        )
    found = [_reason(transaction, each, asked=asked) for each in fitting]
    reason, facts = _together(found), None
    if reason is Reason.MISMATCH:
        what = next(filter(None, (_otherwise(transaction, e) for e in fitting)), None)
        if what is not None:
            reason, facts = Reason.HASHED_OTHERWISE, {"what": what}
    return check(CheckId.PRESENTATION_TRANSACTION, reason, subject=subject, facts=facts)


def _otherwise(transaction: TransactionData, shown: Agreed) -> str | None:
    """Return how the hash of a transaction was made, where wallets are known to err.

    It never makes an agreement of it; it tells an integrator where to look.
    """
    hashes = (shown.said or NOTHING).get(HASHED)
    given = (
        {e for e in hashes if isinstance(e, str)} if isinstance(hashes, list) else ()
    )
    raw = transaction.raw
    if any(hash_of(raw, e) in given for e in _accepted(transaction) if e in HASHES):
        return None  # the fault is another
    for algorithm, make in HASHES.items():
        for what, data in (
            ("what the text decodes to", b64.decode(raw, at="transaction")),
            ("the text with padding", f"{raw}{'=' * (-len(raw) % 4)}".encode()),
            ("the text", raw.encode()),
        ):
            if b64.encode(make(data).digest()) in given:
                return f"{algorithm} of {what}"
            if make(data).hexdigest() in given:
                return f"{algorithm} of {what}, in hexadecimal"
    return None


def _together(found: list[Reason]) -> Reason:
    """Return what the credentials come to that may agree to one transaction."""
    faults = [each for each in found if each not in {Reason.MATCHES, Reason.ABSENT}]
    if faults:
        return faults[0]
    if found.count(Reason.MATCHES) > 1:  # exactly one may be used (5.1)
        return Reason.MISMATCH
    return Reason.MATCHES if Reason.MATCHES in found else Reason.ABSENT


def _reason(
    transaction: TransactionData, shown: Agreed, *, asked: Sequence[TransactionData]
) -> Reason:
    said = shown.said or NOTHING
    hashes = said.get(HASHED)
    if HASHED not in said:
        return Reason.ABSENT
    if not isinstance(hashes, list) or not all(isinstance(e, str) for e in hashes):
        return Reason.MALFORMED
    algorithm = said.get(ALGORITHM, None if transaction.hash_algorithms else _DEFAULT)
    accepted = _accepted(transaction)
    if not isinstance(algorithm, str) or algorithm not in {*accepted} & HASHES.keys():
        return Reason.ALGORITHM_NOT_ALLOWED
    given = [str(each) for each in hashes]
    wanted = {
        hash_of(each.raw, algorithm)
        for each in asked
        if shown.query_id in each.credential_ids
    }
    if len(set(given)) != len(given) or not wanted.issuperset(given):
        return Reason.MISMATCH
    own = hash_of(transaction.raw, algorithm)
    found = any(hmac.compare_digest(own, each) for each in given)
    return Reason.MATCHES if found else Reason.ABSENT
