"""A wallet in a folder: sealed credentials, sealed keys, and the salt of their seal."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from idwallet import limits
from idwallet.adapters.files import read_file, write_file_atomically
from idwallet.adapters.keys import SoftwareKeyStore
from idwallet.adapters.store import FolderStore
from idwallet.cli.faults import input_fault
from idwallet.cli.passphrase import asker, new_passphrase
from idwallet.codec import b64
from idwallet.codec.json import read_object, write_json
from idwallet.codec.text import show
from idwallet.crypto.seal import SealKey
from idwallet.errors import MalformedError, SignerLocked
from idwallet.roles.holder import Holder
from idwallet.roles.record import HeldCredential, open_record
from idwallet.trust.anchors import TrustStore

_FORMAT: Final = "idwallet-wallet/1"
_CLAUSE: Final = "idwallet wallet folder 1"
_FILE: Final = "wallet.json"
_SALT_BYTES: Final = 16
_OPTION: Final = "--seal-file"


@dataclass(frozen=True, slots=True)
class Pocket:
    """An opened wallet folder."""

    folder: Path
    seal: SealKey
    store: FolderStore
    keys: SoftwareKeyStore

    def holder(self, trust: TrustStore) -> Holder:
        """Return the wallet as a role that believes `trust`."""
        return Holder(store=self.store, seal=self.seal, keys=self.keys, trust=trust)

    def credentials(self) -> tuple[HeldCredential, ...]:
        """Return every credential in it.

        Raises:
            MalformedError: a record was changed or swapped.
        """
        return tuple(open_record(each, key=self.seal) for each in self.store.records())


def open_pocket(folder: str, *, seal_file: str | None) -> Pocket:
    """Open a wallet that is there.

    Raises:
        CommandFault: there is none in that folder.
        SignerLocked: the passphrase is wrong.
        MalformedError: its file was changed.
    """
    path = Path(folder)
    if not (path / _FILE).is_file():
        raise input_fault(
            f"there is no wallet in {show(folder)}; `idwallet wallet prove` makes one"
        )
    document = read_file(path / _FILE, max_bytes=limits.JSON_BYTES)
    value = read_object(document, at=_FILE, clause=_CLAUSE)
    salt = value.get("salt")
    if value.get("format") != _FORMAT or not isinstance(salt, str):
        raise MalformedError("not a wallet of this version", at=_FILE, clause=_CLAUSE)
    octets = b64.decode(salt, at=f"{_FILE} /salt")
    if len(octets) < _SALT_BYTES:
        raise MalformedError("salt is too short", at=f"{_FILE} /salt", clause=_CLAUSE)
    passphrase = asker(seal_file, option=_OPTION)("Passphrase of the wallet")
    return _open(path, passphrase, salt=octets)


def open_or_make_pocket(folder: str, *, seal_file: str | None) -> Pocket:
    """Open the wallet in the folder, or make one if there is none.

    Raises:
        CommandFault: the folder holds something else.
        PortError: the folder cannot be written.
    """
    path = Path(folder)
    if (path / _FILE).exists():
        return open_pocket(folder, seal_file=seal_file)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise input_fault(f"{show(folder)} is there already and is no wallet")
    passphrase = new_passphrase(
        seal_file, prompt="New passphrase for the wallet", option=_OPTION
    )
    return make_pocket(path, passphrase)


def make_pocket(folder: Path, passphrase: str) -> Pocket:
    """Make an empty wallet in a folder that is empty or not there.

    Raises:
        CommandFault: the folder cannot be made.
        PortError: it cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        name = show(str(folder))
        raise input_fault(f"cannot make {name}: {error.strerror}") from error
    salt = secrets.token_bytes(_SALT_BYTES)
    document = write_json({"format": _FORMAT, "salt": b64.encode(salt)})
    write_file_atomically(folder / _FILE, document + b"\n")
    return _open(folder, passphrase, salt=salt)


def _open(folder: Path, passphrase: str, *, salt: bytes) -> Pocket:
    seal = SealKey.from_passphrase(passphrase.encode(), salt=salt)
    try:
        keys = SoftwareKeyStore(folder / "keys", seal)
    except SignerLocked as error:
        raise SignerLocked("the passphrase does not open this wallet") from error
    return Pocket(folder, seal, FolderStore(folder / "credentials"), keys)
