"""The types of transaction that are known here, each held to its schema."""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonValue
from idwallet.consent.transaction.contract import CONTRACT, contract_transaction
from idwallet.consent.transaction.lines import (
    Transaction,
    TransactionLabel,
    TransactionLine,
)
from idwallet.consent.transaction.members import COMMON, Members, Reader
from idwallet.credentials.paths import show_path
from idwallet.errors import LimitError, UnsupportedError

PAYMENT: Final = "urn:eudi:sca:payment_authentication:1"
"""A payment, as EU technical specification TS12 section 4.3.1 has it."""

SIGNATURE: Final = "qes_authorization"
"""Letting a service sign with one's key, as CSC's data model bindings 1.0.0 have it."""

_TS12: Final = "TS12 0.97 §4.3.1"
_CSC: Final = "CSC data model bindings 1.0.0"
_AT: Final = "/transaction_data"
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_OID: Final = re.compile(r"[0-2](?:\.\d{1,32}){1,32}")
_ID: Final = 36
_PAYEE_ID: Final = 50
_PAYEE: Final = 100
_DIGEST: Final = 512

Read = Callable[[Mapping[str, JsonValue]], Transaction]


def read_transaction(kind: str, content: Mapping[str, JsonValue]) -> Transaction:
    """Hold a transaction to the schema of its type; return what a person is to see.

    Raises:
        UnsupportedError: nobody here knows the type.
        MalformedError, LimitError: it breaks the rules of the type, or holds something
            that the type does not know (OpenID4VP 1.0 section 8.5).
    """
    reader = _READERS.get(kind)
    if reader is None:
        raise UnsupportedError(
            "transaction data of a type not known here",
            at=_AT,
            clause="OpenID4VP 1.0 §5.1",
        )
    return reader(content)


def _payment(content: Mapping[str, JsonValue]) -> Transaction:
    outer = Reader(content, at=_AT, clause=_TS12)
    for each in COMMON:
        outer.take(each)
    payload = outer.members("payload")
    outer.end()
    read = Reader(payload, at=f"{_AT}/payload", clause=_TS12)
    return Transaction(PAYMENT, (*_paid(read), *_others(read.rest())))


def _paid(read: Reader) -> Iterator[TransactionLine]:
    label = TransactionLabel
    yield TransactionLine(label.AMOUNT, _amount(read.members("amount")))
    yield TransactionLine(label.PAYEE, read.text("payee", most=_PAYEE))
    payee = read.maybe_text("payee_id", most=_PAYEE_ID)
    if payee is not None:
        yield TransactionLine(label.PAYEE_ID, payee)
    yield TransactionLine(label.TRANSACTION_ID, read.text("transaction_id", most=_ID))
    moment = read.maybe_moment("execution_date")
    if moment is not None:
        yield TransactionLine(label.EXECUTION_DATE, moment)
    if read.take("recurring") is not None:
        for each in _others(read.members("recurring")):
            yield TransactionLine(label.RECURRING, each.value, each.detail)


def _amount(members: Members) -> str:
    read = Reader(members, at=f"{_AT}/payload/amount", clause=_TS12)
    value, currency = read.number("value"), read.text("currency")
    if _CURRENCY.fullmatch(currency) is None:
        raise read.fault("no code of a currency", "currency")
    read.end()
    return f"{value} {currency}"


def _signature(content: Mapping[str, JsonValue]) -> Transaction:
    read = Reader(content, at=_AT, clause=_CSC)
    for each in COMMON:
        read.take(each)
    digests = read.listed("documentDigests", most=limits.CONTRACT_ENTRIES)
    lines = [line for each in digests for line in _signed(each)]
    qualifier = read.maybe_text("signatureQualifier")
    key = read.maybe_text("credentialID")
    if qualifier is None and key is None:
        raise read.fault("neither it nor credentialID", "signatureQualifier")
    named = [each for each in (qualifier, key) if each is not None]
    lines += [TransactionLine(TransactionLabel.QUALIFIER, each) for each in named]
    return Transaction(SIGNATURE, (*lines, *_others(read.rest())))


def _signed(value: JsonValue) -> Iterator[TransactionLine]:
    at = f"{_AT}/documentDigests"
    members = value if isinstance(value, Mapping) else {}
    read = Reader(members, at=at, clause=_CSC)
    name, digest = read.text("label"), read.text("hash", most=_DIGEST)
    yield TransactionLine(TransactionLabel.DOCUMENT, name)
    oid = read.maybe_text("hashAlgorithmOID")
    if oid is not None and _OID.fullmatch(oid) is None:
        raise read.fault("no object identifier", "hashAlgorithmOID")
    yield TransactionLine(TransactionLabel.DIGEST, digest, oid or "")
    yield from _others(read.rest())


def _others(members: Members) -> Iterator[TransactionLine]:
    """Yield what the type allows and does not name: nothing is agreed to unseen."""
    leaves = list(_leaves(members, ()))
    if len(leaves) > limits.TRANSACTION_LINES:
        raise LimitError("more than anybody reads", at=_AT, clause="idwallet limits")
    for path, value in leaves:
        yield TransactionLine(TransactionLabel.OTHER, value, show_path(path))


def _leaves(
    value: JsonValue | Members, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, Mapping) and value:
        for name, each in value.items():
            yield from _leaves(each, (*path, name))
    elif isinstance(value, list) and value:
        for number, each in enumerate(value):
            yield from _leaves(each, (*path, number))
    elif path:
        yield path, _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, list | Mapping):
        return ""
    return str(value)


_READERS: Final[Mapping[str, Read]] = MappingProxyType(
    {CONTRACT: contract_transaction, PAYMENT: _payment, SIGNATURE: _signature}
)

TRANSACTION_TYPES: Final = frozenset(_READERS)
"""The types that are known here: what may stand in ``transaction_data``."""
