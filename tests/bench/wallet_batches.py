"""What using up a copy costs a wallet: beside a raw signature, and a bare commit.

Run it from the top of the repository::

    python -m tests.bench.wallet_batches [--rounds 7]

Each case shows one claim of one card to one verifier: a card that is no batch, a copy
of a batch that is used up and its key destroyed, and a copy shown again and again. All
write the wallet's ledger, in memory or over SQLite; the floor is one signature in
memory, and one commit of a kilobyte over SQLite.
"""

import argparse
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final

from idwallet.adapters.sql import SqlStore
from idwallet.adapters.store import MemoryStore
from idwallet.consent.reuse import ONCE_ONLY, ReuseMethod, ReusePolicy
from idwallet.credentials.model import Credential
from idwallet.credentials.possession import HolderKey
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.ports import Change, Shelf, WalletStore
from idwallet.roles.holder import Holder
from idwallet.testing.scene import LIFE, Scene
from tests.bench.measure import Figure, table

COPIES: Final = 120
ROTATING: Final = ReusePolicy(method=ReuseMethod.ROTATING_BATCH)
SCENE: Final = Scene(seed=b"idwallet TEST bench of batches")


def issued(count: int) -> tuple[Credential, ...]:
    """Issue a batch to new keys."""
    keys = [SCENE.new_holder_signer().public_key for _ in range(count)]
    return SCENE.issuer.issue_batch(
        SCENE.content(),
        holder_keys=[HolderKey.unproven(e, reason="a test key") for e in keys],
        valid_until=SCENE.at + LIFE,
        at=SCENE.at,
    )


def showing(store: WalletStore, policy: ReusePolicy | None) -> Callable[[], object]:
    """Return what shows the one card of a new wallet once."""
    wallet = Holder(
        store=store,
        seal=SealKey(secrets.token_bytes(32)),
        keys=SCENE.keys,
        trust=SCENE.trust,
    )
    if policy is None:
        wallet.add(SCENE.issue(), at=SCENE.at)
    else:
        wallet.add_batch(issued(COPIES), at=SCENE.at, policy=policy)
    asked = wallet.read_request(SCENE.request().message.raw, at=SCENE.at)
    choice = wallet.match(asked, at=SCENE.at).choose()
    return lambda: wallet.present(asked, choice, at=SCENE.at)


def committing(store: WalletStore) -> Callable[[], object]:
    """Return what commits one record of a kilobyte."""
    octets = secrets.token_bytes(1_024)

    def commit() -> object:
        name = secrets.token_hex(16)
        return store.change([Change(Shelf.SETTING, name, None, octets)])

    return commit


def timed(name: str, work: Callable[[], object], rounds: int) -> Figure:
    """Time `work` by the clock, as a commit is spent waiting for the disk."""
    per_round = (COPIES - 10) // rounds
    taken = []
    for _ in range(rounds):
        begun = perf_counter()
        for _ in range(per_round):
            work()
        taken.append((perf_counter() - begun) / per_round * 1e6)
    return Figure(name, min(taken), sorted(taken)[len(taken) // 2])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    signer = SoftwareSigner.generate(Algorithm.ES256)
    cards = (("card", None), ("copy used up", ONCE_ONLY), ("copy again", ROTATING))
    figures = [timed("memory.raw signature", lambda: signer.sign(b"x" * 300), rounds)]
    figures += [
        timed(f"memory.{name}", showing(MemoryStore(), policy), rounds)
        for name, policy in cards
    ]
    with tempfile.TemporaryDirectory() as folder:
        stores = [SqlStore(Path(folder) / f"{n}.db") for n in range(4)]
        figures.append(timed("sqlite.bare commit", committing(stores[3]), rounds))
        figures += [
            timed(f"sqlite.{name}", showing(store, policy), rounds)
            for store, (name, policy) in zip(stores, cards, strict=False)
        ]
        for store in stores:
            store.close()
    floors = {"memory": "memory.raw signature", "sqlite": "sqlite.bare commit"}
    print(table(figures, floors))


if __name__ == "__main__":
    main()
