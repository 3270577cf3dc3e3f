"""A process of a status issuer, run by the tests: it says what it has done, as done.

Run as ``python -m tests.unit.roles.status_issuer.worker URL FOLDER DOING ROUNDS``.
Each line it prints is JSON, written once what it tells of is over.
"""

import json
import sys
from pathlib import Path

from idwallet.adapters.publish import FolderPublish
from idwallet.adapters.sql import SqlStatusStore
from idwallet.roles.status_issuer import (
    ListForm,
    PublishingRules,
    StatusIssuer,
    StatusPlan,
    StatusPublisher,
)
from idwallet.testing.status import StatusScene
from tests.unit.roles.status_issuer.world import AT, LOST, PREFIX, SMALL, UNTIL

SEED = b"processes of a status issuer"
PLAN = StatusPlan(uri=PREFIX, bits=2, entries=SMALL, open_lists=2)
RULES = PublishingRules(forms=(ListForm.JWT, ListForm.CWT))


def say(**told: object) -> None:
    """Print one line at once; whoever reads it may kill us then."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def work(url: str, folder: Path, doing: str, rounds: int) -> None:
    """Allocate, revoke and publish, as `doing` names them by their first letters."""
    store = SqlStatusStore(url)
    issuer = StatusIssuer(store=store, plan=PLAN)
    scene = StatusScene(at=AT, seed=SEED)
    publisher = StatusPublisher(
        store=store,
        signer=scene.issuer.signer,
        certificates=scene.issuer.chain,
        rules=RULES,
    )
    put = FolderPublish(folder)
    say(ready=True)
    sys.stdin.readline()
    for number in range(rounds):
        places = issuer.allocate(1 + number % 7, valid_until=UNTIL)
        say(given=[(each.uri, each.index) for each in places])
        if "r" in doing:
            say(revoking=(places[0].uri, places[0].index))
            issuer.revoke(places[0], **LOST)
            say(revoked=(places[0].uri, places[0].index))
        if "p" in doing:
            publisher.publish(put, at=AT, everything=number % 2 == 0)
            say(published=number)
    store.close()


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
