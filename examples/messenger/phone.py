"""A citizen's phone: a wallet of its own, in a folder of its own.

Nobody else opens that folder. What the phone says and hears is messages.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from examples.messenger.people import Citizen

from idwallet import (
    Holder,
    SealKey,
    SoftwareKeyStore,
    SqlStore,
    StoredKeySigner,
    TrustStore,
    policies,
)
from idwallet.consent import (
    ProfileOrigin,
    Purposes,
    read_purpose,
    shipped_purposes,
)
from idwallet.protocols import WalletClient

_PURPOSES: Final = Path(__file__).with_name("purposes")

Certify = Callable[[StoredKeySigner, str], tuple[bytes, ...]]
"""What certifies the key of a signer to a name; the leaf comes first."""


class Phone:
    """A wallet and what it needs to speak for itself."""

    def __init__(
        self, citizen: Citizen, folder: Path, *, trust: TrustStore, certify: Certify
    ) -> None:
        """Open it, or make it: its keys are made here and stay here."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.citizen = citizen
        self._folder = folder
        self._certify = certify
        self.trust = trust
        self.policy = policies.WALLET
        # In earnest the phone's own hardware keeps this one.
        self.seal = SealKey(
            _kept_once(folder / "seal.key", lambda: secrets.token_bytes(32))
        )
        self.keys = SoftwareKeyStore(folder / "keys", self.seal)
        self._store = SqlStore(folder / "wallet.db")
        self.holder = Holder(
            store=self._store,
            seal=self.seal,
            keys=self.keys,
            trust=trust,
            policy=self.policy,
            purposes=_purposes(),
        )
        self.client = WalletClient(
            client_id="messenger.example",
            redirect_uri="example.messenger:/back",
            dpop=self._own_key(folder / "client.key"),
        )

    def signing(self) -> tuple[StoredKeySigner, tuple[bytes, ...]]:
        """Return the key that this phone signs documents with, and its certificates.

        A test root certifies it here; in earnest a trust service does, once it has seen
        whose phone it is.
        """
        signer = self._own_key(self._folder / "signing.key")

        def make() -> bytes:
            chain = self._certify(signer, self.citizen.called)
            return "\n".join(each.hex() for each in chain).encode()

        kept = _kept_once(self._folder / "signing.chain", make)
        return signer, tuple(map(bytes.fromhex, kept.decode().split()))

    def close(self) -> None:
        """Put it away."""
        self._store.close()

    def _own_key(self, file: Path) -> StoredKeySigner:
        """Return the key that the phone's tokens are bound to, always the same."""

        def make() -> bytes:
            made = StoredKeySigner(self.keys.create("ES256", None))
            return made.public_key.thumbprint.encode()

        kept = self.keys.get(_kept_once(file, make).decode())
        if kept is None:
            raise SystemExit(f"{file} names a key that is gone: remove the folder")
        return StoredKeySigner(kept)


def _purposes() -> Purposes:
    """Return the purposes that a wallet knows: those shipped, and those of this demo.

    In earnest these come in a signed bundle.
    """
    own = [
        read_purpose(each.read_bytes(), at=each.name, origin=ProfileOrigin.OWN)
        for each in sorted(_PURPOSES.glob("*.json"))
    ]
    return shipped_purposes().with_profiles(own)


def _kept_once(file: Path, make: Callable[[], bytes]) -> bytes:
    """Return what the file holds; it is written once, whole or not at all."""
    if not file.exists():
        fresh = file.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        with fresh.open("wb") as out:
            out.write(make())
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    return file.read_bytes()
