"""Status lists of a nation: size, time and memory to load, time to look up.

Run it from the top of the repository::

    python -m tests.bench.status_list [entries]   # as one list
    python -m tests.bench.status_list --shards    # as lists of 1,048,576 entries
    python -m tests.bench.status_list --peer      # npm @sd-jwt/jwt-status-list

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
from typing import Any, Final

from idwallet.codec import b64
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
CARDS: Final = 30 * ENTRIES  # thirty one-time credentials for each of them
SHARD: Final = 1_048_576
SAMPLE: Final = 24
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
    parser.add_argument("--shards", action="store_true")
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--load", type=Path, help="load this token, and print figures")
    parser.add_argument("--load-all", type=Path, help="load the tokens in this folder")
    given = parser.parse_args()
    if given.load is not None:
        print(json.dumps(loaded(given.load)))
    elif given.load_all is not None:
        print(json.dumps(loaded_all(given.load_all)))
    elif given.peer:
        print(peer_table())
    else:
        print(shard_table() if given.shards else table(given.entries))


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
        found = _in_child("--load", path)
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


def _in_child(what: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.status_list", what, str(path)]
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


# --- many lists ---------------------------------------------------------------------


def shard_table() -> str:
    """Return the figures of a nation's entries as lists of one size.

    `SAMPLE` lists are made, signed and loaded; those of the whole nation are as many
    times as much as there are more of them.
    """
    columns = ("entries", "set", "lists", "form", "entropy MB", "all tokens MB")
    more = ("a token kB", "all loaded s", "one loaded ms", "first answer ms", "held MB")
    lines = [
        f"lists of {SHARD:,} entries, {SAMPLE} of them measured",
        "",
        f"| {' | '.join((*columns, *more))} |",
        "|---" * (len(columns) + len(more)) + "|",
    ]
    for share in (0.001, 0.01):
        for form in ("JWT", "CWT"):
            with tempfile.TemporaryDirectory() as folder:
                size = _write_shards(Path(folder), share, form=form) / SAMPLE
                found = _in_child("--load-all", Path(folder))
            for entries in (ENTRIES, CARDS):
                lists = math.ceil(entries / SHARD)
                lines.append(
                    f"| {entries:,} | {share:.1%} | {lists:,} | {form} "
                    f"| {entropy(entries, share) / _MB:.1f} "
                    f"| {size * lists / _MB:.1f} | {size / 1e3:.1f} "
                    f"| {found['load_ms'] * lists / 1e3:.2f} | {found['load_ms']:.2f} "
                    f"| {found['cold_ms']:.1f} | {found['kept_mb'] * lists:.0f} |"
                )
    return "\n".join(lines)


def _write_shards(folder: Path, share: float, *, form: str) -> int:
    scene = StatusScene(seed=SEED)
    issue = {"JWT": issue_status_list, "CWT": issue_status_list_cwt}[form]
    size = 0
    for number in range(SAMPLE):
        chosen = random.Random(number).sample(range(SHARD), round(SHARD * share))
        array = pack(((each, 1) for each in chosen), bits=1, size=SHARD)
        content = StatusListContent(uri=f"{LIST}{number}", bits=1, array=array)
        token = issue(
            content,
            signer=scene.issuer.signer,
            certificates=scene.issuer.chain,
            at=scene.at,
        )
        data = token.encode("ascii") if isinstance(token, str) else token
        (folder / str(number)).write_bytes(data)
        size += len(data)
    return size


def loaded_all(folder: Path) -> dict[str, float]:
    """Load every token in the folder, and return the figures of one."""
    scene = StatusScene(seed=SEED)
    issuer = scene.found_issuer()
    tokens = {f"{LIST}{each.name}": each.read_bytes() for each in folder.iterdir()}

    def load(uri: str) -> StatusList:
        found = evaluate_status_list(
            tokens[uri], ListSource(uri), context=scene.context
        )
        if not isinstance(found, StatusList):
            raise SystemExit(f"refused: {found}")
        return found

    def first_answer(uri: str) -> None:
        judge_status(
            load(uri), uri=uri, index=4711, issuer=issuer, context=scene.context
        )

    first, *rest = tokens
    cold = _milliseconds(lambda: first_answer(first))
    gc.collect()
    before = _resident("VmRSS")
    times, held = [], []
    for uri in rest:
        begun = process_time()
        held.append(load(uri))
        times.append((process_time() - begun) * 1e3)
    kept = (_resident("VmRSS") - before) / _MB / len(held)
    return {"load_ms": statistics.median(times), "cold_ms": cold, "kept_mb": kept}


def peer_table() -> str:
    """Return what npm @sd-jwt/jwt-status-list takes for lists of growing size.

    It is given the list without a signature to check; ours stands beside it with one.
    """
    columns = (
        "entries",
        "set",
        "load ms",
        "peak MB",
        "look-up ns",
        "compress ms",
        "MB",
    )
    ours = ("ours: load ms", "peak MB", "look-up ns", "smallest / quick ms")
    lines = [
        f"| {' | '.join((*columns, *ours))} |",
        "|---" * (len(columns) + len(ours)) + "|",
    ]
    for entries in (1_000_000, 16_000_000, 64_000_000, ENTRIES):
        lines.extend(_peer_row(entries, share) for share in (0.001, 0.01))
    return "\n".join(lines)


def _peer_row(entries: int, share: float) -> str:
    chosen = random.Random(0).sample(range(entries), round(entries * share))
    array = pack(((each, 1) for each in chosen), bits=1, size=entries)
    scene = StatusScene(seed=SEED)
    token = issue_status_list(
        StatusListContent(uri=LIST, bits=1, array=array),
        signer=scene.issuer.signer,
        certificates=scene.issuer.chain,
        at=scene.at,
    )
    times = []
    for effort in Effort:
        begun = process_time()
        stream = deflate(array, effort=effort)
        times.append((process_time() - begun) * 1e3)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "token"
        path.write_text(b64.encode(stream))
        indexes = random.Random(1).choices(range(entries), k=LOOKUPS)
        theirs = _peer(path, indexes)
        path.write_text(token)
        ours = _in_child("--load", path)
    if "refused" in theirs:
        said = f"{theirs['refused']} | | | |"
    else:
        said = (
            f"{theirs['load_ms']:.0f} | {theirs['peak_mb']:.0f} "
            f"| {theirs['lookup_ns']:.0f} | {theirs['write_ms']:.0f} "
            f"| {theirs['write_mb']:.2f}"
        )
    return (
        f"| {entries:,} | {share:.1%} | {said} | {ours['load_ms']:.1f} "
        f"| {ours['peak_mb']:.1f} | {ours['lookup_ns']:.0f} "
        f"| {times[0]:.0f} / {times[1]:.0f} |"
    )


def _peer(path: Path, indexes: list[int]) -> dict[str, Any]:
    program = Path(__file__).with_name("status_peer.mjs")
    done = subprocess.run(
        ["node", "--max-old-space-size=8192", str(program)],
        cwd=Path(__file__).parents[1] / "interop/node",
        input=json.dumps({"path": str(path), "indexes": indexes}) + "\n",
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return {"refused": "out of memory"}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# --- figures ------------------------------------------------------------------------


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
