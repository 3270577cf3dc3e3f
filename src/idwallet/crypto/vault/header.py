"""The one record of a vault that is not sealed: which it is, how its key is made."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.crypto.seal import STANDARD_COST, Argon2Cost, SealKey, random_bytes
from idwallet.errors import (
    MalformedError,
    PortError,
    UnsupportedError,
    UsageError,
    WrongKey,
)
from idwallet.ports import Change, KeyWrap, Random, Shelf, WalletStore

HEADER: Final = "vault"
CLAUSE: Final = "idwallet vault 1"
_AT: Final = "vault header"
_FORMAT: Final = "idwallet-vault/1"
_FAMILY: Final = "idwallet-vault/"
_ID_BYTES: Final = 16
_SALT_BYTES: Final = 16
_ARGON2ID: Final = "argon2id"
_WRAPPED: Final = "wrapped"
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Derivation:
    """How the seal key comes from a passphrase: Argon2id with salt and cost."""

    salt: bytes
    cost: Argon2Cost = STANDARD_COST

    def key(self, passphrase: bytes) -> SealKey:
        """Derive the key; it takes the time that the cost says."""
        return SealKey.from_passphrase(passphrase, salt=self.salt, cost=self.cost)


@dataclass(frozen=True, slots=True)
class Wrapped:
    """The seal key itself, as the platform's key store wrapped it."""

    key: bytes


KeyOrigin = Derivation | Wrapped
"""How the seal key is had again."""


def new_derivation(random: Random, cost: Argon2Cost = STANDARD_COST) -> Derivation:
    """Return a derivation with a salt of its own."""
    return Derivation(random_bytes(random, _SALT_BYTES), cost)


@dataclass(frozen=True, slots=True)
class Header:
    """Which vault this is, and how its key is had again; None: it is brought."""

    identity: bytes
    origin: KeyOrigin | None

    def to_bytes(self) -> bytes:
        """Return the record as it is stored."""
        record: JsonObject = {
            "format": _FORMAT,
            "id": b64.encode(self.identity),
            "kdf": _kdf(self.origin),
        }
        return write_json(record)


def new_header(random: Random, origin: KeyOrigin | None = None) -> Header:
    """Return the header of a new vault."""
    return Header(random_bytes(random, _ID_BYTES), origin)


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
    return Header(identity, _origin(record.get("kdf", False)))


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
    origin = _found_or_made(store, lambda: new_derivation(random, cost), random=random)
    if not isinstance(origin, Derivation):
        raise UsageError("this wallet opens with a key and not with a passphrase")
    return origin.key(passphrase)


def key_from_platform(
    store: WalletStore, platform: KeyWrap, *, random: Random
) -> SealKey:
    """Return the key that opens the wallet in `store`, unwrapped by the platform.

    An empty store becomes a wallet with a key of its own, which the platform's key
    store wraps; what is wrapped lies in the wallet, so there is nothing else to keep.

    Raises:
        UsageError: the wallet opens with a passphrase, or with a key that is brought.
        WrongKey: the platform's key is another one than the wallet was made with.
        SignerError: the platform's key store is locked or not there.
        MalformedError, UnsupportedError: see `read_header`.
        PortError: the store failed.
    """
    origin = _found_or_made(
        store, lambda: new_wrapped(platform, random)[1], random=random
    )
    if not isinstance(origin, Wrapped):
        raise UsageError("this wallet does not open with a key of the platform")
    key = platform.unwrap(origin.key)
    if len(key) != _KEY_BYTES:
        raise WrongKey("the platform's key is another one", at=_AT, clause=CLAUSE)
    return SealKey(key)


def new_wrapped(platform: KeyWrap, random: Random) -> tuple[SealKey, Wrapped]:
    """Return a new key, and the same as the platform wrapped it."""
    key = random_bytes(random, _KEY_BYTES)
    return SealKey(key), Wrapped(platform.wrap(key))


def _found_or_made(
    store: WalletStore, make: Callable[[], KeyOrigin], *, random: Random
) -> KeyOrigin | None:
    """Return how the wallet's key is had again; an empty store becomes a wallet."""
    found = store.get(Shelf.SETTING, HEADER)
    if found is None:
        require_empty(store)
        made = new_header(random, make()).to_bytes()
        # Where another process was faster, its header counts.
        store.change([Change(Shelf.SETTING, HEADER, None, made)])
        found = store.get(Shelf.SETTING, HEADER)
    if found is None:
        raise PortError("the wallet's store lost what it stored")
    return read_header(found).origin


def stored_cost(store: WalletStore) -> Argon2Cost | None:
    """Return what a guess at the wallet's passphrase costs; None: it has none.

    Raises:
        MalformedError, UnsupportedError: see `read_header`.
        PortError: the store failed, or holds no wallet.
    """
    found = store.get(Shelf.SETTING, HEADER)
    if found is None:
        raise PortError("the store holds no wallet")
    origin = read_header(found).origin
    return origin.cost if isinstance(origin, Derivation) else None


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


def _kdf(origin: KeyOrigin | None) -> JsonValue:
    if origin is None:
        return None
    if isinstance(origin, Wrapped):
        return {"name": _WRAPPED, "key": b64.encode(origin.key)}
    return {
        "name": _ARGON2ID,
        "salt": b64.encode(origin.salt),
        "memory_kib": origin.cost.memory_kib,
        "passes": origin.cost.passes,
        "lanes": origin.cost.lanes,
    }


def _origin(value: JsonValue) -> KeyOrigin | None:
    at = f"{_AT} /kdf"
    if value is None:
        return None
    name = value.get("name") if isinstance(value, dict) else None
    if not isinstance(value, dict) or name not in {_ARGON2ID, _WRAPPED}:
        raise MalformedError("no key derivation known here", at=at, clause=CLAUSE)
    if name == _WRAPPED:
        return Wrapped(_octets(value.get("key"), at=f"{at}/key", least=1))
    return _derivation(value, at=at)


def _derivation(value: JsonObject, *, at: str) -> Derivation:
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
