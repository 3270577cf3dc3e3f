"""A wallet in a folder: a sealed database, and the files of its sealed keys."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from idwallet.adapters.files import make_file_once, make_folder
from idwallet.adapters.keys import SoftwareKeyStore
from idwallet.cli.faults import input_fault
from idwallet.cli.passphrase import asker, new_passphrase
from idwallet.codec.text import show
from idwallet.consent.purpose import Purposes
from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault import Edit, Repaired, Vault, key_from_passphrase
from idwallet.errors import (
    MalformedError,
    SignerLocked,
    UnsupportedError,
    WrongKey,
)
from idwallet.ports import Shelf
from idwallet.roles.batches import Batches
from idwallet.roles.delegating import Delegations
from idwallet.roles.holder import Holder
from idwallet.roles.record import HeldCredential, read_record
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policies import WALLET

if TYPE_CHECKING:
    from idwallet.adapters.sql import SqlStore
_FILE: Final = "wallet.db"
_KEYS: Final = "keys"
_KEY_BYTES: Final = 32
_OPTION: Final = "--seal-file"


@dataclass(frozen=True, slots=True)
class Pocket:
    """An opened wallet folder."""

    folder: Path
    seal: SealKey
    store: "SqlStore"
    vault: Vault
    keys: SoftwareKeyStore

    def holder(self, trust: TrustStore, purposes: Purposes | None = None) -> Holder:
        """Return the wallet as a role that believes `trust` and knows `purposes`."""
        return Holder(
            store=self.store,
            seal=self.seal,
            keys=self.keys,
            trust=trust,
            purposes=purposes,
        )

    @property
    def batches(self) -> Batches:
        """The cards that stand for many copies."""
        return Batches(self.vault, keys=self.keys, random=secrets.token_bytes)

    @property
    def delegations(self) -> Delegations:
        """What was delegated to this wallet, and what its cards delegated."""
        return Delegations(self.vault, keys=self.keys, algorithms=WALLET.algorithms)

    def copies(self) -> tuple[HeldCredential, ...]:
        """Return every credential in it, and of a batch each copy that is left."""
        held = self.credentials()
        return tuple(copy for card in held for copy in self.batches.copies(card))

    def credentials(self) -> tuple[HeldCredential, ...]:
        """Return every credential in it.

        Raises:
            MalformedError: a record was changed or swapped.
        """
        return tuple(map(read_record, self.vault.records(Shelf.CREDENTIAL)))


def open_pocket(folder: str, *, seal_file: str | None) -> Pocket:
    """Open a wallet that is there.

    Raises:
        CommandFault: there is none in that folder.
        SignerLocked: the passphrase is wrong.
        MalformedError: its file was changed.
        UnsupportedError: what opens a database is not installed.
    """
    path = _require_there(folder)
    return _open(path, _known(seal_file))


def open_or_make_pocket(folder: str, *, seal_file: str | None) -> Pocket:
    """Open the wallet in the folder, or make one if there is none.

    Raises:
        CommandFault: the folder holds something else.
        PortError: the folder cannot be written.
    """
    path = Path(folder)
    if (path / _FILE).exists():
        return open_pocket(folder, seal_file=seal_file)
    _require_free(path)
    return make_pocket(path, _new(seal_file))


def init_pocket(folder: Path, *, seal_file: str | None) -> Pocket:
    """Make an empty wallet in a folder of its own.

    Raises:
        CommandFault: something is there already.
        PortError: the folder cannot be made or written.
    """
    _require_free(folder)
    return make_pocket(folder, _new(seal_file))


def repair_pocket(folder: str, *, seal_file: str | None) -> Repaired:
    """Save what can be saved of a wallet that does not open.

    Raises:
        CommandFault: there is none in that folder.
        SignerLocked: the passphrase is wrong.
        MalformedError, PortError: nothing can be saved.
    """
    path = _require_there(folder)
    vault = _opened(path, _known(seal_file))[2]
    with _locked():
        return vault.repair()


def make_pocket(folder: Path, passphrase: str) -> Pocket:
    """Make an empty wallet in a folder that is empty or not there.

    Raises:
        PortError: the folder cannot be made or written.
    """
    make_folder(folder)
    # Made here, so that nobody but its owner may read it from the first moment on.
    make_file_once(folder / _FILE, b"")
    return _open(folder, passphrase)


def _require_there(folder: str) -> Path:
    path = Path(folder)
    if not (path / _FILE).is_file():
        raise input_fault(
            f"there is no wallet in {show(folder)}; `idwallet wallet init` makes one"
        )
    return path


def _require_free(path: Path) -> None:
    if (path / _FILE).exists():
        raise input_fault(f"{show(str(path))} holds a wallet already")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise input_fault(f"{show(str(path))} is there already and is no wallet")


def _known(seal_file: str | None) -> str:
    return asker(seal_file, option=_OPTION)("Passphrase of the wallet")


def _new(seal_file: str | None) -> str:
    return new_passphrase(
        seal_file, prompt="New passphrase for the wallet", option=_OPTION
    )


def _open(folder: Path, passphrase: str) -> Pocket:
    store, seal, vault = _opened(folder, passphrase)
    with _locked():
        keys = SoftwareKeyStore(folder / _KEYS, _key_of_keys(vault))
    return Pocket(folder, seal, store, vault, keys)


@contextmanager
def _locked() -> Iterator[None]:
    try:
        yield
    except WrongKey as error:
        raise SignerLocked("the passphrase does not open this wallet") from error


def _opened(folder: Path, passphrase: str) -> tuple["SqlStore", SealKey, Vault]:
    # Only here: a wallet in a database is not worth an import of SQLAlchemy to others.
    try:
        from idwallet.adapters.sql import SqlStore
    except UnsupportedError as error:
        raise input_fault(str(error)) from error

    store = SqlStore(folder / _FILE)
    random = secrets.token_bytes
    seal = key_from_passphrase(store, passphrase.encode(), random=random)
    return store, seal, Vault(store, seal, random=random)


def _key_of_keys(vault: Vault) -> SealKey:
    """Return what seals the key files: kept in the vault, so that it can be rekeyed."""
    found = vault.get(Shelf.SETTING, _KEYS)
    if found is None:
        new = Edit.adding(Shelf.SETTING, _KEYS, plain=secrets.token_bytes(_KEY_BYTES))
        # Where another process was faster, its key counts.
        vault.change([new])
        found = vault.get(Shelf.SETTING, _KEYS)
    if found is None:
        raise MalformedError("no key of keys", at="wallet", clause="idwallet vault 1")
    return SealKey(found.plain)
