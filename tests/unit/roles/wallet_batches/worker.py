"""A wallet in a process of its own, run by the tests: it says what it has shown.

Run as ``python -m tests.unit.roles.wallet_batches.worker URL FOLDER ROUNDS``. Each line
it prints is JSON, written once what it tells of is over.
"""

import hashlib
import json
import sys
from functools import cache
from pathlib import Path
from typing import Final

from idwallet.adapters.keys import SoftwareKeyStore
from idwallet.adapters.sql import SqlStore
from idwallet.credentials.model import Credential
from idwallet.credentials.possession import HolderKey
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.errors import BatchEmpty
from idwallet.roles.holder import Holder
from idwallet.testing.scene import LIFE, Scene

SEED: Final = b"processes of a wallet"
SEAL: Final = SealKey(bytes(range(32)))
BATCH: Final = 24


def say(**told: object) -> None:
    """Print one line at once; whoever reads it may kill us then."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def issued(scene: Scene, keys: SoftwareKeyStore, count: int) -> tuple[Credential, ...]:
    """Issue a batch to new keys of the wallet."""
    made = [StoredKeySigner(keys.create("ES256", None)) for _ in range(count)]
    return scene.issuer.issue_batch(
        scene.content(),
        holder_keys=[
            HolderKey.unproven(each.public_key, reason="a test key") for each in made
        ],
        valid_until=scene.at + LIFE,
        at=scene.at,
    )


@cache
def world() -> Scene:
    """Return the issuer and the verifier, the same in every process."""
    return Scene(seed=SEED)


class Pocket:
    """A wallet over files, and a verifier who asks it again and again."""

    def __init__(self, url: str, folder: Path) -> None:
        self.scene = world()
        self.keys = SoftwareKeyStore(folder, SEAL)
        self.store = SqlStore(url)
        self.holder = Holder(
            store=self.store, seal=SEAL, keys=self.keys, trust=self.scene.trust
        )
        self.raw = self.scene.request().message.raw

    def show(self) -> str:
        """Show one copy; return what nobody may ever see again."""
        at = self.scene.at
        asked = self.holder.read_request(self.raw, at=at)
        choice = self.holder.match(asked, at=at).choose()
        body = self.holder.present(asked, choice, at=at).body
        token = body.partition("%22%3A%5B%22")[2].partition("~")[0]
        return hashlib.sha256(token.encode()).hexdigest()

    def close(self) -> None:
        """Close the database."""
        self.store.close()


def work(url: str, folder: Path, rounds: int) -> None:
    """Show copies until there are none left."""
    pocket = Pocket(url, folder)
    say(ready=True)
    sys.stdin.readline()
    for _ in range(rounds):
        try:
            say(shown=pocket.show())
        except BatchEmpty:
            say(empty=True)
            return
    pocket.close()


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
