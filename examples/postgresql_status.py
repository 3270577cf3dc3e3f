"""A registry of status in PostgreSQL: many desks at once, and nothing given out twice.

Run it: ``python examples/postgresql_status.py`` and the address of a server, such as
``postgresql+psycopg://user@host/database``; without one SQLite stands in. It makes
tables of its own there. Key and cards are invented.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from idwallet import now
from idwallet.adapters import FolderPublish, SqlStatusStore
from idwallet.roles import StatusIssuer, StatusPlan, StatusPublisher, StatusReference
from idwallet.testing import Scene

URI = "https://id.example/status/"
at = now().replace(microsecond=0)
until = at + timedelta(days=30)
signer = Scene(at=at).issuer_identity  # a test key


def desk(url: str, *, cards: int) -> list[StatusReference]:
    """Give out places at one desk, over a connection of its own; take the last back."""
    store = SqlStatusStore(url)
    status = StatusIssuer(store=store, plan=StatusPlan(uri=URI, bits=2))
    places = status.allocate(cards, valid_until=until)
    status.revoke(places[-1], actor="a desk", reason="misprinted", at=at)
    store.close()
    return places


def main(url: str, *, folder: Path) -> None:
    """Open eight desks at once, publish, and look at what the lists say."""
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: desk(url, cards=100), range(8)))
    places = [place for each in done for place in each]
    print(len({(each.uri, each.index) for each in places}), "of", len(places), "differ")

    store = SqlStatusStore(url)
    status = StatusIssuer(store=store, plan=StatusPlan(uri=URI, bits=2))
    publisher = StatusPublisher(
        store=store, signer=signer.signer, certificates=signer.chain
    )
    published = publisher.publish(FolderPublish(folder), at=at)
    (file,) = folder.glob("*.jwt")
    print(len(published.signed), "list signed,", file.stat().st_size, "octets")
    revoked = [each for each in places if status.status(each).kind == "invalid"]
    print(len(revoked), "revoked, as one of each desk")
    status.suspend(places[0], actor="desk 4", reason="reported lost", at=at)
    status.reinstate(places[0], actor="desk 4", reason="found again", at=at)
    for change in status.history(places[0]):
        print(f"{change.actor}: {change.before} -> {change.after}, {change.reason}")
    store.close()


if __name__ == "__main__":
    named = sys.argv[1:] or [os.environ.get("IDWALLET_POSTGRESQL", "")]
    with TemporaryDirectory() as temporary:
        url = named[0] or f"sqlite:///{temporary}/status.db"
        print("in", url.partition(":")[0].partition("+")[0])
        main(url, folder=Path(temporary) / "lists")
