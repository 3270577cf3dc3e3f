"""A status issuer at scale: places a second, changes, one list rebuilt, the database.

Run it from the top of the repository::

    python -m tests.bench.status_issuer [URL] [--lists 14] [--share 0.01]

without a URL over a new SQLite file. A tenth of a nation's 146 million entries is given
out, a share of them revoked, every list published, and one of them again after one more
change. Times are of the clock and, beside it, of this process's processor.
"""

import argparse
import json
import random
import tempfile
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

import sqlalchemy as sql

from idwallet.adapters.publish import FolderPublish
from idwallet.adapters.sql import SqlStatusStore
from idwallet.roles.status_issuer import (
    INVALID,
    PublishingRules,
    StatusIssuer,
    StatusPlan,
    StatusPublisher,
    StatusReference,
    Why,
    set_status,
)
from idwallet.testing.pki import MOMENT
from idwallet.testing.status import StatusScene
from idwallet.trust.status_list import Effort

URI: Final = "https://issuer.example/status/"
BATCH: Final = 100_000
SINGLES: Final = 200
_TABLES: Final = ("pages", "history")


class Stopwatch:
    """Tells how long each piece of work took, and how much of it was ours."""

    def time(self, name: str, work: Callable[[], object], *, count: int = 1) -> None:
        begun, used = perf_counter(), process_time()
        work()
        took, used = perf_counter() - begun, process_time() - used
        rate = f"{count / took:,.0f} a second, " if count > 1 else ""
        print(f"{name}: {took * 1e3:,.1f} ms ({rate}processor {used * 1e3:,.1f} ms)")


def main() -> None:
    """Measure all of it, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?")
    parser.add_argument("--lists", type=int, default=14)
    parser.add_argument("--share", type=float, default=0.01)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{folder}/status.db"
        measure(url, Path(folder), lists=given.lists, share=given.share)


def measure(url: str, folder: Path, *, lists: int, share: float) -> None:
    """Give places out, change some, publish, and rebuild one list."""
    watch = Stopwatch()
    store = SqlStatusStore(url)
    plan = StatusPlan(uri=URI, open_lists=1)
    issuer = StatusIssuer(store=store, plan=plan)
    whole = lists * plan.entries
    places: list[StatusReference] = []

    def fill() -> None:
        while len(places) < whole - SINGLES - 30 * SINGLES:
            rest = whole - SINGLES - 30 * SINGLES - len(places)
            places.extend(issuer.allocate(min(BATCH, rest), valid_until=MOMENT))

    def singly(count: int) -> None:
        for _ in range(SINGLES):
            places.extend(issuer.allocate(count, valid_until=MOMENT))

    watch.time(f"one by one, empty list, {SINGLES}", lambda: singly(1), count=SINGLES)
    watch.time(f"{whole:,} places, {BATCH:,} at once", fill, count=whole)
    print(f"database, nothing revoked: {_size(url) / 1e6:,.1f} MB")
    watch.time("thirty at once, full list", lambda: singly(15), count=15 * SINGLES)

    lost = random.Random(0).sample(places, round(whole * share))
    why = Why("a clerk", "reported lost", MOMENT)

    def revoke() -> None:
        for begin in range(0, len(lost), BATCH):
            set_status(store, lost[begin : begin + BATCH], to=INVALID, why=why)

    watch.time(f"{len(lost):,} revoked, {BATCH:,} at once", revoke, count=len(lost))
    print(f"database, {share:.1%} revoked: {_size(url) / 1e6:,.1f} MB")
    _publish(watch, store, folder, fresh=sorted(set(places[:2_000]) - set(lost)))
    print(json.dumps(_rows(url)))
    store.close()


def _publish(
    watch: Stopwatch,
    store: SqlStatusStore,
    folder: Path,
    *,
    fresh: list[StatusReference],
) -> None:
    """Publish all lists, then one by one those in which something changed."""
    scene = StatusScene(seed=b"idwallet TEST bench of a status issuer")
    put = FolderPublish(folder / "lists")
    why = Why("a clerk", "reported lost", MOMENT)
    for effort in Effort:
        publisher = StatusPublisher(
            store=store,
            signer=scene.issuer.signer,
            certificates=scene.issuer.chain,
            rules=PublishingRules(effort=effort),
        )
        name = effort.name.lower()
        begun = partial(publisher.publish, put, at=MOMENT)
        watch.time(f"all published, {name}", partial(begun, everything=True))
        for _ in range(3):
            set_status(store, [fresh.pop()], to=INVALID, why=why)
            watch.time(f"one list rebuilt, {name}", begun)
        set_status(store, [fresh.pop()], to=INVALID, why=why)
        print(f"peak of one rebuilt, {name}: {_traced(begun) / 1e6:.2f} MB")
    one_more = partial(set_status, store, [fresh.pop()], to=INVALID, why=why)
    watch.time("one more revoked", one_more)
    sizes = [path.stat().st_size for path in (folder / "lists").glob("*.jwt")]
    print(f"a list as JWT: {sum(sizes) / len(sizes) / 1e3:,.1f} kB")


def _traced(work: Callable[[], object]) -> int:
    """Return the bytes that were held at the most while it worked."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _size(url: str) -> int:
    if url.startswith("sqlite"):
        return Path(url.removeprefix("sqlite:///")).stat().st_size
    engine = sql.create_engine(url)
    with engine.connect() as connection:
        named = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
        query = named + "WHERE relkind = 'r' AND relname LIKE 'idwallet_status_%%'"
        found = connection.exec_driver_sql(query).scalar()
    engine.dispose()
    return int(found or 0)


def _rows(url: str) -> dict[str, int]:
    engine = sql.create_engine(url)
    with engine.connect() as connection:
        found = {
            each: int(
                connection.scalar(
                    sql.select(sql.func.count()).select_from(
                        sql.table(f"idwallet_status_{each}")
                    )
                )
                or 0
            )
            for each in _TABLES
        }
    engine.dispose()
    return found


if __name__ == "__main__":
    main()
