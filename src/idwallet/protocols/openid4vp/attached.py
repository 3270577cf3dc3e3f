"""What a verifier attaches to a request: attestations about itself, and transactions.

Both are lists of entries of which each type has a meaning of its own; here they are
read and written as such, and nothing of what they say is believed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from idwallet import limits
from idwallet.codec import b64, json
from idwallet.codec.frozen import FrozenObject
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.query import SD_JWT_VC, Query
from idwallet.credentials.sdjwt.structures import HASHES
from idwallet.errors import LimitError, MalformedError, UnsupportedError

VERIFIER_INFO: Final = "verifier_info"
TRANSACTION_DATA: Final = "transaction_data"

REGISTRATION: Final = "registration_cert"
"""The format of a registration certificate in ``verifier_info`` (ETSI TS 119 472-2
section 6.3.2.2; the certificate itself is of TS 119 475)."""

_NEW: Final = "OpenID4VP 1.0 §5.1"
_HASHES: Final = "OpenID4VP 1.0 §B.3.3"
_HASH_ALGORITHMS: Final = "transaction_data_hashes_alg"


@dataclass(frozen=True, slots=True)
class VerifierInfo:
    """One attestation about the verifier (OpenID4VP 1.0 section 5.1).

    `format` says what `data` is: text, as a JWT, or an object. `credential_ids` are the
    queries for which it matters; empty, it matters for all. Nothing of it is verified.
    """

    format: str
    data: str | Mapping[str, JsonValue] = field(repr=False)
    credential_ids: tuple[str, ...] = ()

    def to_json(self) -> JsonObject:
        """Return the entry as it stands in the request."""
        data: JsonValue = self.data if isinstance(self.data, str) else {**self.data}
        made: JsonObject = {"format": self.format, "data": data}
        if self.credential_ids:
            made["credential_ids"] = list[JsonValue](self.credential_ids)
        return made


@dataclass(frozen=True, slots=True)
class TransactionData:
    """One transaction that the person is asked to agree to (section 5.1).

    `raw` is the base64url text as it stands in the request: that text is what a
    presentation digests (section B.3.3). `content` is what it says, frozen, `type` what
    gives it a meaning. It is agreed to with exactly one of the credentials that answer
    `credential_ids`. `hash_algorithms` are those that the verifier takes, by their
    names in the IANA registry of named information; empty stands for SHA-256.
    """

    raw: str = field(repr=False)
    type: str
    credential_ids: tuple[str, ...]
    hash_algorithms: tuple[str, ...]
    content: Mapping[str, JsonValue] = field(repr=False)

    @staticmethod
    def of(content: JsonObject) -> "TransactionData":
        """Make an entry of what is to be agreed to, ``type`` and all.

        Raises:
            MalformedError: it breaks a rule of section 5.1.
            LimitError: it is longer than its bound.
        """
        return _transaction(b64.encode(json.write_json(content)), at="transaction")


def read_verifier_info(claims: JsonObject, query: Query) -> tuple[VerifierInfo, ...]:
    """Read ``verifier_info``; formats that are not known here are kept, and ignored.

    Raises:
        MalformedError: it is no list of attestations, one names a query that is not
            there, or a registration certificate is not text.
        LimitError: more entries than `limits.VERIFIER_INFO_ENTRIES`.
    """
    if VERIFIER_INFO not in claims:
        return ()
    at, bound = f"/{VERIFIER_INFO}", limits.VERIFIER_INFO_ENTRIES
    listed = _list(claims[VERIFIER_INFO], at=at, bound=bound)
    found = tuple(_info(each, at=f"{at}/{n}") for n, each in enumerate(listed))
    for n, each in enumerate(found):
        _require_asked(each.credential_ids, query, at=f"{at}/{n}/credential_ids")
    return found


def read_transaction_data(
    claims: JsonObject, query: Query, *, understood: frozenset[str]
) -> tuple[TransactionData, ...]:
    """Read ``transaction_data``; `understood` are the types that somebody can show.

    One entry that is not understood refuses the whole request (section 5.1): the person
    would agree to something that nobody can show.

    Raises:
        MalformedError: it is no list of base64url JSON objects, or one lacks its type,
            its queries, or names one that is not there.
        LimitError: more entries or longer ones than `limits` allows.
        UnsupportedError: a type that is not among `understood`.
    """
    if TRANSACTION_DATA not in claims:
        return ()
    at, bound = f"/{TRANSACTION_DATA}", limits.TRANSACTION_DATA_ENTRIES
    found = []
    for n, raw in enumerate(_list(claims[TRANSACTION_DATA], at=at, bound=bound)):
        place = f"{at}/{n}"
        entry = _transaction(raw, at=place)
        _require_asked(entry.credential_ids, query, at=f"{place}/credential_ids")
        _require_agreeable(entry, query, at=place)
        if entry.type not in understood:
            raise UnsupportedError(
                "transaction data of a type not known here", at=at, clause=_NEW
            )
        found.append(entry)
    return tuple(found)


def _info(value: JsonValue, *, at: str) -> VerifierInfo:
    entry = _object(value, at=at)
    kind = _text(entry.get("format"), at=f"{at}/format")
    data = entry.get("data")
    if kind == REGISTRATION or not isinstance(data, dict):
        text = _text(data, at=f"{at}/data", bound=limits.REGISTRATION_BYTES)
        return VerifierInfo(kind, text, _names(entry, "credential_ids", at=at))
    names = _names(entry, "credential_ids", at=at)
    return VerifierInfo(kind, FrozenObject(data), names)


def _transaction(value: JsonValue, *, at: str) -> TransactionData:
    raw = _text(value, at=at, bound=limits.TRANSACTION_DATA_CHARACTERS)
    content = json.read_object(b64.decode(raw, at=at, clause=_NEW), at=at, clause=_NEW)
    names = _names(content, "credential_ids", at=at)
    if not names:
        raise MalformedError("no queries", at=f"{at}/credential_ids", clause=_NEW)
    return TransactionData(
        raw,
        _text(content.get("type"), at=f"{at}/type"),
        names,
        _names(content, _HASH_ALGORITHMS, at=at, clause=_HASHES),
        FrozenObject(content),
    )


def _require_asked(names: Sequence[str], query: Query, *, at: str) -> None:
    """Return only if each name is that of a credential query (section 5.1)."""
    if not {each.id for each in query.credentials}.issuperset(names):
        raise MalformedError("a query that is not there", at=at, clause=_NEW)


def _require_agreeable(entry: TransactionData, query: Query, *, at: str) -> None:
    """Return only if a holder's key can agree to it (sections B.2.1, B.3.3, 8.4)."""
    asked = [each for each in query.credentials if each.id in entry.credential_ids]
    if not all(each.require_cryptographic_holder_binding for each in asked):
        raise MalformedError(
            "nobody's key agrees: a credential is asked for without key binding",
            at=f"{at}/credential_ids",
            clause=_HASHES,
        )
    if not any(each.format == SD_JWT_VC for each in asked):
        raise UnsupportedError(
            "transaction data for formats that have no place for their digest",
            at=f"{at}/credential_ids",
            clause="OpenID4VP 1.0 §B.2.1",
        )
    if entry.hash_algorithms and HASHES.keys().isdisjoint(entry.hash_algorithms):
        raise UnsupportedError(
            "digests that are not spoken here",
            at=f"{at}/{_HASH_ALGORITHMS}",
            clause=_HASHES,
        )


def _names(
    entry: JsonObject, name: str, *, at: str, clause: str = _NEW
) -> tuple[str, ...]:
    """Return a list of names that may be absent, but not empty or doubled."""
    if name not in entry:
        return ()
    place = f"{at}/{name}"
    listed = _list(entry[name], at=place, bound=limits.QUERY_CREDENTIALS)
    found = tuple(_text(each, at=place) for each in listed)
    if len(set(found)) != len(found):
        raise MalformedError("a name stands twice", at=place, clause=clause)
    return found


def _list(value: JsonValue, *, at: str, bound: int) -> list[JsonValue]:
    if not isinstance(value, list) or not value:
        raise MalformedError("not a non-empty array", at=at, clause=_NEW)
    if len(value) > bound:
        raise LimitError("too many entries", at=at, clause=_NEW)
    return value


def _object(value: JsonValue, *, at: str) -> JsonObject:
    if not isinstance(value, dict):
        raise MalformedError("not an object", at=at, clause=_NEW)
    return value


def _text(value: JsonValue, *, at: str, bound: int = limits.TEXT_CHARACTERS) -> str:
    if not isinstance(value, str) or not value:
        raise MalformedError("no text", at=at, clause=_NEW)
    if len(value) > bound:
        raise LimitError("too long", at=at, clause=_NEW)
    return value
