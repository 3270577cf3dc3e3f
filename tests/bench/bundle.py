"""Trust bundles at the scale of a nation: time to open one, and to ask it once.

Run it from the top of the repository::

    python -m tests.bench.bundle

Each bundle is opened in a process of its own. Times are of the wall.
"""

import random
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Final

from idwallet.adapters.bundle import BundleFile
from idwallet.testing.bundle import BundleScene
from idwallet.testing.status_draft import LIST, StatusScene
from idwallet.trust import policies
from idwallet.trust.anchors import TrustStore
from idwallet.trust.bundle import BundlePart, PartKind, build_bundle
from idwallet.trust.bundle.state import MemoryBundleState
from idwallet.trust.status_list import (
    ListContext,
    StatusListContent,
    issue_status_list_cwt,
)
from idwallet.trust.status_list.at_hand import status_at_hand

ENTRIES: Final = 146_000_000
SHARDS: Final = 4_000
SHARD_BYTES: Final = 16_384
SEED: Final = b"idwallet TEST bench of bundles"
STATUS: Final = StatusScene(seed=SEED)
SCENE: Final = BundleScene(seed=SEED, at=STATUS.at + timedelta(hours=1))


def _part(token: bytes, uri: str = LIST) -> BundlePart:
    kind = PartKind.STATUS_LIST
    return BundlePart(kind=kind, name=uri, data=token, as_of=STATUS.at)


def _bundle(lists: list[BundlePart]) -> bytes:
    anchor = STATUS.pki.anchor()
    roots = BundlePart.of_anchors([anchor], name="roots", as_of=STATUS.at)
    content = replace(SCENE.content(), parts=[roots, *lists])
    return build_bundle(content, signer=SCENE.operator)


def _one_list() -> bytes:
    """One list of a nation, of which one in a hundred is revoked."""
    chance = random.Random(1)
    array = bytearray(ENTRIES // 8)
    for _ in range(ENTRIES // 100):
        index = chance.randrange(ENTRIES)
        array[index >> 3] |= 1 << (index & 7)
    content = StatusListContent(
        uri=LIST,
        bits=1,
        array=array,
        expires=STATUS.at + timedelta(days=9),
        ttl=timedelta(days=2),
    )
    signer, chain = STATUS.issuer.signer, STATUS.issuer.chain
    token = issue_status_list_cwt(
        content, signer=signer, certificates=chain, at=STATUS.at
    )
    return _bundle([_part(token)])


def _many_shards() -> bytes:
    """As many parts as a bundle may have, but for a few."""
    shards = (f"{LIST}/{n:04}" for n in range(SHARDS))
    return _bundle([_part(bytes(SHARD_BYTES), uri) for uri in shards])


def _measured(path: str) -> None:
    """Open the bundle, ask about one entry, and print what it took."""
    issuer = STATUS.found_issuer()
    start = perf_counter()
    trust = TrustStore.from_bundle(
        BundleFile(path),
        operator=SCENE.operator.public_key,
        state=MemoryBundleState(),
        at=SCENE.at,
    )
    opened = perf_counter()
    policy = policies.STRICT
    context = ListContext(trust, policy, policy.freshness, SCENE.at)
    said = status_at_hand(LIST, 4711, issuer=issuer, context=context)
    asked = perf_counter()
    print(
        f"{Path(path).stat().st_size / 1e6:8.2f} MB  opened in "
        f"{(opened - start) * 1e3:6.1f} ms, asked once in "
        f"{(asked - opened) * 1e3:6.1f} ms ({said.judgement.reason.value})"
    )


def main() -> None:
    """Make both bundles, and open each in a new process."""
    if len(sys.argv) > 1:
        _measured(sys.argv[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, build in (("one list", _one_list), ("shards", _many_shards)):
            path = Path(folder) / "nation.bundle"
            path.write_bytes(build())
            print(name)
            command = [sys.executable, "-m", "tests.bench.bundle", str(path)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
