"""A backup that was brought into a wallet: kept there until it is worked off."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from idwallet.crypto.seal import random_bytes
from idwallet.crypto.vault import Edit, Vault, VaultRecord
from idwallet.errors import PortError
from idwallet.ports import Random, Shelf
from idwallet.roles.backup.migration import Backup, read_migration, write_migration

_PREFIX: Final = "restored-"
_NAME_BYTES: Final = 8
_AT_ONCE: Final = 1_000  # transactions of one record; each may have some kilobytes


def keep_backup(vault: Vault, backup: Backup, *, random: Random) -> None:
    """Keep a backup in the wallet, sealed, in one change.

    The former device's transactions stay apart from this device's ledger: that they
    are complete is not proven by anything here. What is kept already is not kept twice.

    Raises:
        LimitError: a record would pass `limits.SEALED_BYTES`.
        PortError: the store failed; nothing was kept.
    """
    first = _PREFIX + random_bytes(random, _NAME_BYTES).hex()
    there = {each.plain for each in _kept(vault)}
    parts = [each for each in map(write_migration, _parts(backup)) if each not in there]
    edits = [
        Edit.adding(Shelf.SETTING, f"{first}-{number:04d}", plain=each)
        for number, each in enumerate(parts)
    ]
    if edits and not vault.change(edits):
        raise PortError("a random name came twice: nothing was kept")


def kept_backups(vault: Vault) -> Backup | None:
    """Return everything that was brought in by backups, or None.

    Raises:
        MalformedError, PortError: see `Vault.records`.
    """
    found = [read_migration(each.plain) for each in _kept(vault)]
    if not found:
        return None
    return Backup(
        made_at=max((e.made_at for e in found if e.made_at), default=None),
        credentials=tuple(e for each in found for e in each.credentials),
        transactions=tuple(e for each in found for e in each.transactions),
        unbound=tuple(e for each in found for e in each.unbound),
    )


def _kept(vault: Vault) -> Iterator[VaultRecord]:
    for each in vault.records(Shelf.SETTING):
        if each.name.startswith(_PREFIX):
            yield each


def _parts(backup: Backup) -> Iterator[Backup]:
    """Yield the backup in parts that a record holds."""
    yield replace(backup, transactions=())
    for start in range(0, len(backup.transactions), _AT_ONCE):
        yield Backup(
            made_at=backup.made_at,
            credentials=(),
            transactions=backup.transactions[start : start + _AT_ONCE],
        )
