"""A wallet's backup in the shape of EU TS10: what to ask for again, and what to revoke.

No private key and no credential that is bound to one is in it: such credentials are
issued anew to the new device's keys. So it holds no claim either.
"""

from idwallet.envelope.jwe import (
    PASSWORD_ROUNDS,
    decrypt_with_password,
    encrypt_with_password,
)
from idwallet.ports import Random
from idwallet.roles.backup.keeping import keep_backup, kept_backups
from idwallet.roles.backup.listed import ListedCredential, SupplyPoints
from idwallet.roles.backup.migration import (
    MIGRATION_BYTES,
    Backup,
    read_migration,
    write_migration,
)

__all__ = [
    "Backup",
    "ListedCredential",
    "SupplyPoints",
    "keep_backup",
    "kept_backups",
    "open_backup",
    "seal_backup",
]


def seal_backup(
    backup: Backup,
    password: bytes,
    *,
    random: Random,
    rounds: int = PASSWORD_ROUNDS,
) -> str:
    """Return a migration object (TS10 1.2 section 4.2): a JWE, one line of ASCII.

    It can be read by whoever has it and guesses the password; each guess costs
    `rounds` of PBKDF2.

    Raises:
        UsageError: an empty password, or rounds out of bounds.
        LimitError: more than `limits.BACKUP_BYTES`, or a text that is too long.
        MalformedError: something in it could not be read back: no backup is better
            than one that fails when it is needed.
    """
    written = write_migration(backup)
    read_migration(written)
    return encrypt_with_password(written, password, random=random, rounds=rounds)


def open_backup(token: str | bytes, password: bytes) -> Backup:
    """Open a migration object, of this library or of another wallet.

    Raises:
        WrongKey: another password, or the object was changed.
        MalformedError, UnsupportedError: it is no migration object.
        LimitError: it is too long, or asks for too much work.
    """
    opened = decrypt_with_password(
        token.strip(), password, at="backup", max_bytes=MIGRATION_BYTES
    )
    return read_migration(opened.plaintext)
