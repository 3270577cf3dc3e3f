"""Status lists of a nation: size, time and memory to load, time to look up.

Run it from the top of the repository::

    python -m tests.bench.status_list [entries]

Each list is loaded in a process of its own, so that what one leaves behind helps no
other. Sizes stand beside the entropy of as many independent bits, below which no
encoding of a random set can go. Times are of the processor. Memory is what the process
holds beyond what it held
with everything imported and the trust anchor read: `traced` by the interpreter's own
account at its peak, `peak` and `kept` by the system's, the token itself included in
`peak` and not in `kept`.
"""

import argparse
import gc
import json
import math
import random
import statistics
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Final

from idwallet.testing.status import StatusScene
from idwallet.testing.status_draft import LIST
from idwallet.trust.status_list import (
    ListSource,
    StatusList,
    StatusListContent,
    evaluate_status_list,
    issue_status_list,
    issue_status_list_cwt,
    judge_status,
)
from idwallet.trust.status_list.bitmap import Effort, deflate, pack

ENTRIES: Final = 146_000_000
SHARES: Final = (0.0001, 0.001, 0.01)
ROUNDS: Final = 5
LOOKUPS: Final = 200_000
JUDGEMENTS: Final = 20_000
SEED: Final = b"idwallet TEST bench of status lists"
_COLUMNS: Final = (
    *("set", "form", "entropy MB", "smallest MB", "ms", "quick MB", "ms", "token MB"),
    *("load ms", "traced MB", "peak MB", "kept MB", "look-up ns", "judged us"),
)
_MB: Final = 1e6


def main() -> None:
    """Measure every list, or one in this process when told which."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("entries", type=int, nargs="?", default=ENTRIES)
    parser.add_argument("--load", type=Path, help="load this token, and print figures")
    given = parser.parse_args()
    if given.load is not None:
        print(json.dumps(loaded(given.load)))
    else:
        print(table(given.entries))


def table(entries: int) -> str:
    """Return the figures of all lists as a table."""
    lines = [
        f"{entries:,} entries of one bit, an array of {entries / 8 / _MB:.2f} MB",
        "",
        f"| {' | '.join(_COLUMNS)} |",
        "|---" * len(_COLUMNS) + "|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for share in SHARES:
            lines += _rows(entries, share, Path(folder))
    return "\n".join(lines)


def _rows(entries: int, share: float, folder: Path) -> list[str]:
    chosen = random.Random(0).sample(range(entries), round(entries * share))
    array = pack(((each, 1) for each in chosen), bits=1, size=entries)
    streams = " | ".join(_stream(array, each) for each in Effort)
    scene = StatusScene(seed=SEED)
    content = StatusListContent(uri=LIST, bits=1, array=array)
    rows = []
    for form, issue in (("JWT", issue_status_list), ("CWT", issue_status_list_cwt)):
        token = issue(
            content,
            signer=scene.issuer.signer,
            certificates=scene.issuer.chain,
            at=scene.at,
        )
        path = folder / "token"
        path.write_bytes(token.encode("ascii") if isinstance(token, str) else token)
        found = _in_child(path)
        rows.append(
            f"| {share:.2%} | {form} | {entropy(entries, share) / _MB:.2f} "
            f"| {streams} | {len(token) / _MB:.2f} "
            f"| {found['load_ms']:.0f} | {found['traced_mb']:.1f} "
            f"| {found['peak_mb']:.1f} | {found['kept_mb']:.1f} "
            f"| {found['lookup_ns']:.0f} | {found['judged_us']:.1f} |"
        )
    return rows


def _stream(array: bytearray, effort: Effort) -> str:
    begun = process_time()
    size = len(deflate(array, effort=effort))
    return f"{size / _MB:.2f} | {(process_time() - begun) * 1e3:.0f}"


def entropy(entries: int, share: float) -> float:
    """Return the bytes that independent bits of that probability need."""
    rest = 1 - share
    bits = -share * math.log2(share) - rest * math.log2(rest)
    return entries * bits / 8


def _in_child(path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.status_list", "--load", str(path)]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(made.stdout)
    return figures


def loaded(path: Path) -> dict[str, float]:
    """Load the token, and return the figures of it."""
    scene = StatusScene(seed=SEED)
    issuer = scene.found_issuer()

    def load(token: bytes) -> StatusList:
        found = evaluate_status_list(token, ListSource(LIST), context=scene.context)
        if not isinstance(found, StatusList):
            raise SystemExit(f"refused: {found}")
        return found

    small = StatusListContent(uri=LIST, bits=1, array=b"\0")
    token = issue_status_list(
        small,
        signer=scene.issuer.signer,
        certificates=scene.issuer.chain,
        at=scene.at,
    )
    load(token.encode("ascii"))
    gc.collect()
    before = _resident("VmRSS")
    held = load(path.read_bytes())
    peak, kept = _resident("VmHWM"), _resident("VmRSS")
    times = [_milliseconds(lambda: load(path.read_bytes())) for _ in range(ROUNDS)]
    places = random.Random(1).choices(range(held.size), k=LOOKUPS)
    judge = places[:JUDGEMENTS]

    def look_up() -> None:
        for place in places:
            held.status(place)

    def judge_each() -> None:
        for place in judge:
            judge_status(
                held, uri=LIST, index=place, issuer=issuer, context=scene.context
            )

    return {
        "load_ms": statistics.median(times),
        "peak_mb": (peak - before) / _MB,
        "kept_mb": (kept - before) / _MB,
        "lookup_ns": _best(look_up) * 1e6 / LOOKUPS,
        "judged_us": _best(judge_each) * 1e3 / JUDGEMENTS,
        "traced_mb": _traced(lambda: load(path.read_bytes())) / _MB,
    }


def _milliseconds(work: Callable[[], object]) -> float:
    begun = process_time()
    work()
    return (process_time() - begun) * 1e3


def _best(work: Callable[[], object]) -> float:
    return min(_milliseconds(work) for _ in range(ROUNDS))


def _traced(work: Callable[[], object]) -> float:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _resident(which: str) -> int:
    """Return the resident memory now (VmRSS) or at its highest (VmHWM)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == which:
            return int(value.split()[0]) * 1024
    raise SystemExit("this system does not tell how much memory is resident")


if __name__ == "__main__":
    main()
