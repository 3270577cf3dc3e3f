"""Identifier lists of millions: time and memory to load, time to look up.

Run it from the top of the repository::

    python -m tests.bench.identifier_list [identifiers]

Times are of the processor; `peak` and `kept` are the interpreter's own account of what
loading takes, the token not included, measured in a run of its own.
"""

import argparse
import random
import statistics
import tracemalloc
from datetime import timedelta
from time import process_time
from typing import Final

from idwallet.testing.identifier_draft import LIST
from idwallet.testing.identifiers import IdentifierScene
from idwallet.trust.identifier_list import (
    IdentifierList,
    IdentifierListContent,
    IdentifierReference,
    evaluate_identifier_list,
    identifier_table,
    issue_identifier_list,
)

IDENTIFIERS: Final = 1_800_000
OCTETS: Final = 16
ROUNDS: Final = 3
LOOKUPS: Final = 50_000
_MB: Final = 1e6


def main() -> None:
    """Measure one list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("identifiers", type=int, nargs="?", default=IDENTIFIERS)
    count = parser.parse_args().identifiers
    scene = IdentifierScene(seed=b"idwallet TEST bench of identifier lists")
    drawn = random.Random("identifiers")
    begin = process_time()
    table = identifier_table(drawn.randbytes(OCTETS) for _ in range(count))
    token = issue_identifier_list(
        IdentifierListContent(uri=LIST, table=table, expires=scene.at + _DAY),
        signer=scene.lister.signer,
        certificates=scene.lister.chain,
        at=scene.at,
    )
    print(f"{count} identifiers, token of {len(token) / _MB:.1f} MB")
    print(f"made in {process_time() - begin:.2f} s")
    del table
    seconds = []
    for _ in range(ROUNDS):
        begin = process_time()
        found = _load(token, scene)
        seconds.append(process_time() - begin)
    print(f"loaded in {statistics.median(seconds):.2f} s")
    absent = [drawn.randbytes(OCTETS) for _ in range(LOOKUPS)]
    begin = process_time()
    met = sum(map(found.lists, absent))
    each = (process_time() - begin) / LOOKUPS
    print(f"looked up in {each * 1e6:.1f} us, {met} found by chance")
    del found
    tracemalloc.start()
    again = _load(token, scene)
    kept, peak = tracemalloc.get_traced_memory()
    print(
        f"{len(again.table)} again: peak {peak / _MB:.1f} MB, kept {kept / _MB:.1f} MB"
    )


_DAY: Final = timedelta(days=1)


def _load(token: bytes, scene: IdentifierScene) -> IdentifierList:
    reference = IdentifierReference(LIST, bytes(OCTETS))
    found = evaluate_identifier_list(token, reference, context=scene.context)
    if not isinstance(found, IdentifierList):
        raise SystemExit(str(found))
    return found


if __name__ == "__main__":
    main()
