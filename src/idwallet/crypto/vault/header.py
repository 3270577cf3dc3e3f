"""The one record of a vault that is not sealed: which it is, how its key is made."""

import hashlib
from dataclasses import dataclass
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.crypto.seal import STANDARD_COST, Argon2Cost, SealKey, random_bytes
from idwallet.errors import MalformedError, PortError, UnsupportedError, UsageError
from idwallet.ports import Change, Random, Shelf, WalletStore

HEADER: Final = "vault"
CLAUSE: Final = "idwallet vault 1"
_AT: Final = "vault header"
_FORMAT: Final = "idwallet-vault/1"
_FAMILY: Final = "idwallet-vault/"
_ID_BYTES: Final = 16
_SALT_BYTES: Final = 16
_ARGON2ID: Final = "argon2id"


@dataclass(frozen=True, slots=True)
class Derivation:
    """How the seal key comes from a passphrase: Argon2id with salt and cost."""

    salt: bytes
    cost: Argon2Cost = STANDARD_COST

    def key(self, passphrase: bytes) -> SealKey:
        """Derive the key; it takes the time that the cost says."""
        return SealKey.from_passphrase(passphrase, salt=self.salt, cost=self.cost)


def new_derivation(random: Random, cost: Argon2Cost = STANDARD_COST) -> Derivation:
    """Return a derivation with a salt of its own."""
    return Derivation(random_bytes(random, _SALT_BYTES), cost)


@dataclass(frozen=True, slots=True)
class Header:
    """Which vault this is, and how its key is derived; None: a key is brought."""

    identity: bytes
    derivation: Derivation | None

    def to_bytes(self) -> bytes:
        """Return the record as it is stored."""
        record: JsonObject = {
            "format": _FORMAT,
            "id": b64.encode(self.identity),
            "kdf": _kdf(self.derivation),
        }
        return write_json(record)


def new_header(random: Random, derivation: Derivation | None = None) -> Header:
    """Return the header of a new vault."""
    return Header(random_bytes(random, _ID_BYTES), derivation)


def read_header(data: bytes) -> Header:
    """Read the record.

    Raises:
        UnsupportedError: a later version of this library made it.
        MalformedError: it is none, or asks for more than the limits allow.
    """
    record = read_object(data, at=_AT, clause=CLAUSE)
    form = record.get("format")
    if form != _FORMAT:
        if isinstance(form, str) and form.startswith(_FAMILY):
            raise UnsupportedError(
                "a later version of idwallet made this wallet: take that one",
                at=_AT,
                clause=CLAUSE,
            )
        raise MalformedError("not a wallet's header", at=_AT, clause=CLAUSE)
    identity = _octets(record.get("id"), at=f"{_AT} /id", least=_ID_BYTES)
    return Header(identity, _derivation(record.get("kdf", False)))


def key_from_passphrase(
    store: WalletStore,
    passphrase: bytes,
    *,
    random: Random,
    cost: Argon2Cost = STANDARD_COST,
) -> SealKey:
    """Return the key that opens the wallet in `store`, from its passphrase.

    An empty store becomes a wallet with a salt of its own and that `cost`; for one that
    is there its own cost holds. Whether the passphrase is right shows when the vault
    is opened. Deriving takes a tenth of a second and 64 MiB by default.

    Raises:
        UsageError: an empty passphrase, or the wallet opens with a key of another kind.
        MalformedError, UnsupportedError: see `read_header`.
        PortError: the store failed.
    """
    if not passphrase:
        raise UsageError("a passphrase must not be empty")
    made = new_header(random, new_derivation(random, cost))
    found = store.get(Shelf.SETTING, HEADER)
    if found is None:
        require_empty(store)
        new = Change(Shelf.SETTING, HEADER, None, made.to_bytes())
        # Where another process was faster, its header counts.
        store.change([new])
        found = store.get(Shelf.SETTING, HEADER)
    if found is None:
        raise PortError("the wallet's store lost what it stored")
    derivation = read_header(found).derivation
    if derivation is None:
        raise UsageError("this wallet opens with a key and not with a passphrase")
    return derivation.key(passphrase)


def stored_cost(store: WalletStore) -> Argon2Cost | None:
    """Return what a guess at the wallet's passphrase costs; None: it has none.

    Raises:
        MalformedError, UnsupportedError: see `read_header`.
        PortError: the store failed, or holds no wallet.
    """
    found = store.get(Shelf.SETTING, HEADER)
    if found is None:
        raise PortError("the store holds no wallet")
    derivation = read_header(found).derivation
    return None if derivation is None else derivation.cost


def require_empty(store: WalletStore) -> None:
    """Refuse to begin a wallet where records of one are, and no header.

    Raises:
        MalformedError: something is stored, but not the header.
    """
    filled = any(next(iter(store.records(each)), None) for each in Shelf)
    # Asked again: another process may have begun it meanwhile.
    if filled and store.get(Shelf.SETTING, HEADER) is None:
        raise MalformedError(
            "a wallet's header is missing: restore the wallet from a backup",
            at=_AT,
            clause=CLAUSE,
        )


def header_digest(header: bytes) -> bytes:
    """Return what binds sealed records to the header they were made under."""
    return hashlib.sha256(header).digest()


def _kdf(derivation: Derivation | None) -> JsonValue:
    if derivation is None:
        return None
    return {
        "name": _ARGON2ID,
        "salt": b64.encode(derivation.salt),
        "memory_kib": derivation.cost.memory_kib,
        "passes": derivation.cost.passes,
        "lanes": derivation.cost.lanes,
    }


def _derivation(value: JsonValue) -> Derivation | None:
    at = f"{_AT} /kdf"
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("name") != _ARGON2ID:
        raise MalformedError("no key derivation known here", at=at, clause=CLAUSE)
    salt = _octets(value.get("salt"), at=f"{at}/salt", least=_SALT_BYTES)
    try:
        cost = Argon2Cost(*(_number(value.get(each)) for each in _COST))
    except UsageError as error:
        # A foreign file must not make anybody fill 100 GiB of memory.
        raise MalformedError(
            "it asks for a cost out of bounds", at=at, clause="RFC 9106 §3.1"
        ) from error
    return Derivation(salt, cost)


_COST: Final = ("memory_kib", "passes", "lanes")


def _number(value: JsonValue) -> int:
    return value if type(value) is int else 0


def _octets(value: JsonValue, *, at: str, least: int) -> bytes:
    octets = b64.decode(value, at=at, clause=CLAUSE) if isinstance(value, str) else b""
    if len(octets) < least:
        raise MalformedError("too few octets", at=at, clause=CLAUSE)
    return octets
