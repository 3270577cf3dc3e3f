"""The migration object of EU TS10: written and read (version 1.2, section 3.18)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.codec.moment import require_aware
from idwallet.codec.numeric_date import numeric_date
from idwallet.credentials.cursor import Cursor
from idwallet.errors import LimitError, UnsupportedError
from idwallet.roles.backup.listed import (
    OWN,
    ListedCredential,
    SupplyPoints,
    listed,
    read_listed,
)
from idwallet.roles.record import HeldCredential

MIGRATION_BYTES: Final = 2 * limits.BACKUP_BYTES
_CLAUSE: Final = "EU TS10 1.2 §3.18"
_AT: Final = "backup"
_FORMAT: Final = "idwallet-backup/1"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a wallet had: its credentials, and its transaction log.

    `made_at` is None where another wallet's backup does not say it. `unbound` are
    credentials that are bound to no key, as TS10 has them; this library's wallets hold
    none, so its own backups have none.
    """

    made_at: datetime | None
    credentials: tuple[ListedCredential, ...]
    transactions: tuple[JsonObject, ...] = ()
    unbound: tuple[JsonObject, ...] = ()

    @classmethod
    def of(
        cls,
        credentials: Iterable[HeldCredential],
        *,
        at: datetime,
        transactions: Iterable[JsonObject] = (),
        supply_points: SupplyPoints | None = None,
    ) -> "Backup":
        """Return the backup of a wallet's credentials, made at that moment.

        `transactions` is the transaction log (TS10 1.2 section 3.16), which has no
        claim's value. `supply_points` says by issuer where it issues; where it does
        not, a credential's own ``iss`` does, if that is an address.

        Raises:
            UsageError: the moment has no time zone.
        """
        require_aware(at)
        found = tuple(listed(each, supply_points or {}) for each in credentials)
        return cls(at, found, tuple(transactions))

    def __repr__(self) -> str:
        """Show the numbers only."""
        return (
            f"Backup(<{len(self.credentials)} credentials, "
            f"{len(self.transactions)} transactions>)"
        )

    def to_reissue(
        self, held: Iterable[HeldCredential] = ()
    ) -> tuple[tuple[ListedCredential, int], ...]:
        """Return what to ask for again, from whom, and of how many copies there were.

        What is among `held` already is not listed any more. In the order of the backup.
        """
        there = {listed(each, {}).kind for each in held}
        copies = Counter(each.kind for each in self.credentials)
        first = {each.kind: each for each in reversed(self.credentials)}
        kinds = (kind for kind in copies if kind not in there)
        return tuple((first[kind], copies[kind]) for kind in kinds)

    def to_revoke(self, *, at: datetime) -> tuple[ListedCredential, ...]:
        """Return what has to be revoked when the device is lost: what is still valid.

        Each has its issuer, its place in a status list and the thumbprint of the key
        that whoever finds the device may use. Of one without a status list the issuer
        alone can say how it is revoked.
        """
        return tuple(
            each
            for each in self.credentials
            if each.valid_until is None or each.valid_until > at
        )


def write_migration(backup: Backup) -> bytes:
    """Write ``MigrationData``.

    Raises:
        LimitError: it is longer than `limits.BACKUP_BYTES`.
    """
    written = write_json(to_json(backup))
    if len(written) > limits.BACKUP_BYTES:
        raise LimitError("backup is too long", at=_AT, clause="idwallet limits")
    return written


def to_json(backup: Backup) -> JsonObject:
    """Return ``MigrationData`` as JSON."""
    own: JsonObject = {"format": _FORMAT}
    if backup.made_at is not None:
        own["madeAt"] = int(backup.made_at.astimezone(UTC).timestamp())
    return {
        "transactionLog": list[JsonValue](backup.transactions),
        "listOfCredentials": [each.to_json() for each in backup.credentials],
        "nonDeviceBoundCredentials": list[JsonValue](backup.unbound),
        OWN: own,
    }


def read_migration(data: bytes) -> Backup:
    """Read ``MigrationData``, of this library or another wallet's.

    Raises:
        LimitError: it is longer than `limits.BACKUP_BYTES`, or has too many members.
        MalformedError: it breaks TS10.
        UnsupportedError: a later version of this library made it.
    """
    read = read_object(data, at=_AT, clause=_CLAUSE, max_bytes=limits.BACKUP_BYTES)
    here = Cursor(read, "", _CLAUSE)
    return Backup(
        made_at=_made_at(here.optional(OWN)),
        credentials=tuple(map(read_listed, _array(here, "listOfCredentials"))),
        transactions=_objects(here, "transactionLog"),
        unbound=_objects(here, "nonDeviceBoundCredentials"),
    )


def _made_at(own: Cursor | None) -> datetime | None:
    if own is None:
        return None
    if own.member("format").text() != _FORMAT:
        raise UnsupportedError(
            "a later version of idwallet made this backup", at=_AT, clause=_CLAUSE
        )
    made = own.optional("madeAt")
    moment = None if made is None else numeric_date(made.value)
    if made is not None and moment is None:
        raise made.fault("no NumericDate")
    return moment


def _array(here: Cursor, name: str) -> tuple[Cursor, ...]:
    found = here.member(name)
    # An empty one is honest here: nothing was held, or the log was erased.
    return found.elements(limit=limits.STORED_RECORDS) if found.value != [] else ()


def _objects(here: Cursor, name: str) -> tuple[JsonObject, ...]:
    return tuple(each.members() for each in _array(here, name))
