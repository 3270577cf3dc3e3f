"""A parent who answers for a child: what was delegated, for how long, by which right.

Three signatures stand behind it. An authority says whose guardian somebody is, and for
which acts (the *right*, a compact credential of its own). The key of the child's
credential delegates some of these acts for less than a day. The guardian's key shows
the child's claims that these acts take, and no others.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.cbor import CborValue, read_cbor, write_cbor
from idwallet.credentials.compact.headers import labels_of
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.short_key import read_short_key, short_key
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import (
    ChainRule,
    CoseForm,
    CoseRules,
    CoseSign1,
    Sign1Signer,
    TagForm,
    TagRule,
    labels,
    read_sign1,
    sign1_of,
)
from idwallet.errors import MalformedError, UnsupportedError, UsageError

CLAUSE: Final = "idwallet compact 1 §14"
GUARDIAN: Final = "urn:idwallet:guardian:1"
"""The type of the credential that says whose guardian somebody is."""

AAD: Final = b"idwallet-delegation/1"
_WITHDRAWN_AAD: Final = b"idwallet-delegation-withdrawn/1"
_RULES: Final = CoseRules(TagRule.UNTAGGED, ChainRule.UNPROTECTED)
_FORM: Final = CoseForm(TagForm.UNTAGGED)
_PARTS: Final = 4
_LATEST: Final = 253402300799
_MINUTE: Final = timedelta(minutes=1)


class Act(StrEnum):
    """What a guardian may do for a child; each takes some claims, and no others."""

    AGE = "age"
    """Prove that the child is of an age."""
    HOTEL = "hotel"
    """Register the child as a guest."""
    SCHOOL = "school"
    """Show the child's place at a school."""


_NUMBERS: Final = MappingProxyType({1: Act.AGE, 2: Act.HOTEL, 3: Act.SCHOOL})
_BY_ACT: Final = MappingProxyType({act: number for number, act in _NUMBERS.items()})
_AGE: Final = "age_over_"
_PERSON: Final = frozenset({"family_name", "given_name", "patronymic", "birth_date"})
_TAKEN: Final = MappingProxyType(
    {
        Act.AGE: frozenset[str](),
        Act.HOTEL: _PERSON
        | {
            "sex",
            "nationality",
            "birth_place",
            "document_number",
            "issuing_authority",
            "issuing_country",
            "issuance_date",
            "expiry_date",
            "resident_address",
        },
        Act.SCHOOL: _PERSON
        | {"institution", "institution_name", "student_number", "card_number"},
    }
)


def takes(acts: Iterable[Act], claim: str) -> bool:
    """Return whether one of these acts takes that claim."""
    return any(
        claim in _TAKEN[act] or (act is Act.AGE and claim.startswith(_AGE))
        for act in acts
    )


class Delegation(NamedTuple):
    """What a child's key delegated; nothing of it is believed."""

    envelope: CoseSign1
    value: CborValue
    guardian: PublicKey
    acts: frozenset[Act]
    since: datetime
    until: datetime

    @property
    def identity(self) -> bytes:
        """A digest of what was signed, and not of how."""
        return sha256(self.envelope.signing_input).digest()

    def __repr__(self) -> str:
        """Show acts and end only."""
        return f"Delegation({sorted(self.acts)}, {self.until})"


def child_of(key: PublicKey) -> bytes:
    """Return by what a right names the child: its credential's key."""
    return sha256(key.spki).digest()


def delegate(
    guardian: PublicKey,
    *,
    acts: Iterable[Act],
    signer: Signer,
    since: datetime,
    until: datetime,
) -> bytes:
    """Return a delegation, signed with the key of the child's credential.

    Raises:
        UsageError: no act, moments without a zone or out of order, or a day or longer.
        SignerError: the key could not sign.
    """
    if since.utcoffset() is None or until.utcoffset() is None:
        raise UsageError("moments carry their time zone: use an aware datetime")
    numbers = sorted({_BY_ACT[Act(each)] for each in acts})
    minutes = (until - since) // _MINUTE
    if not numbers or not 0 < minutes < limits.DELEGATION_MINUTES:
        raise UsageError(
            "acts are delegated for a minute at least, and less than a day"
        )
    payload = write_cbor(
        [short_key(guardian), list(numbers), int(since.timestamp()), minutes]
    )
    return Sign1Signer(signer, form=_FORM).sign(payload, external_aad=AAD)


def read_delegation(octets: bytes, *, at: str) -> Delegation:
    """Read a delegation.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none.
    """
    value = read_cbor(octets, at=at, clause=CLAUSE, max_bytes=limits.COMPACT_BYTES)
    return delegation_of(value, at=at)


def delegation_of(value: CborValue, *, at: str) -> Delegation:
    """Take a delegation apart, out of a larger structure.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none.
    """
    envelope = sign1_of(value, at=at, rules=_RULES, external_aad=AAD)
    if envelope.unprotected or labels_of(envelope) != {labels.ALG}:
        raise MalformedError("more headers than one", at=at, clause=CLAUSE)
    parts = read_cbor(envelope.payload, at=at, clause=CLAUSE)
    if not isinstance(parts, list) or len(parts) != _PARTS:
        raise MalformedError("no delegation", at=at, clause=CLAUSE)
    key, acts, start, minutes = parts
    if not isinstance(key, bytes) or not isinstance(acts, list):
        raise MalformedError("no guardian or no acts", at=at, clause=CLAUSE)
    if type(start) is not int or not 0 <= start <= _LATEST or type(minutes) is not int:
        raise MalformedError("no moments", at=at, clause=CLAUSE)
    if not 0 < minutes < limits.DELEGATION_MINUTES:
        raise MalformedError("a day or longer", at=at, clause=CLAUSE)
    if start + 60 * minutes > _LATEST:
        raise MalformedError("an end past all years", at=at, clause=CLAUSE)
    since = datetime.fromtimestamp(start, UTC)
    return Delegation(
        envelope,
        value,
        read_short_key(key, at=at),
        _acts(acts, at=at),
        since,
        since + minutes * _MINUTE,
    )


def _acts(listed: list[CborValue], *, at: str) -> frozenset[Act]:
    numbers = [each for each in listed if type(each) is int]
    if not numbers or len(numbers) != len(listed) or numbers != sorted(set(numbers)):
        raise MalformedError("no acts in order", at=at, clause=CLAUSE)
    if not _NUMBERS.keys() >= set(numbers):
        raise UnsupportedError("an act of later versions", at=at, clause=CLAUSE)
    return frozenset(_NUMBERS[each] for each in numbers)


def withdraw(delegation: Delegation, *, signer: Signer) -> bytes:
    """Take a delegation back, by the child's key or by the guardian's.

    Raises:
        SignerError: the key could not sign.
    """
    by = Sign1Signer(signer, form=_FORM)
    return by.sign(delegation.identity, external_aad=_WITHDRAWN_AAD)


def withdrawn_by(statement: bytes, *, at: str) -> CoseSign1:
    """Read what `withdraw` wrote; whose it is, its signature says.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none.
    """
    return read_sign1(statement, at=at, rules=_RULES, external_aad=_WITHDRAWN_AAD)
