"""Both services under concurrent clients on this machine, with faults on every line.

    python -m tests.soak.online --seconds 120 --clients 8 --seed 1

Each service is two objects that answer in turn and share nothing but the database, as
two processes of it would. Nothing is expected but what must always hold: no verdict is
wrong, no transaction is lost, nothing is handed out twice or to somebody else, and the
memory stays flat.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any

from idwallet import SqlReplay
from idwallet.adapters.http import HttpCarrier
from idwallet.adapters.sql.exchanges import SqlExchanges
from tests.interop.online.serving import origin_of, port_of_ours, served
from tests.interop.online.tls import HOST, Authority
from tests.soak.issuing import IssuingSide, TakingSide
from tests.soak.line import Line
from tests.soak.verifying import AnsweringSide, AskingSide

_MEBIBYTE = 1 << 20


def resident() -> int:
    """Return how many octets of memory this process holds."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


@dataclass
class Result:
    """What happened. `memory` is in octets, sampled at equal times."""

    wrong: list[str] = field(default_factory=list)
    done: "Counter[str]" = field(default_factory=Counter)
    faults: "Counter[str]" = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)
    seconds: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def count(self, what: str) -> None:
        """Count one more."""
        with self._lock:
            self.done[what] += 1

    def growth(self) -> int:
        """Return by how much the last quarter holds more than the second."""
        quarter = max(1, len(self.memory) // 4)
        early = self.memory[quarter : 2 * quarter] or self.memory
        late = self.memory[-quarter:]
        return sum(late) // len(late) - sum(early) // len(early)

    def to_json(self) -> dict[str, Any]:
        """Return it as it is told."""
        return {
            "seconds": round(self.seconds, 1),
            "wrong": dict(Counter(self.wrong)),
            "done": dict(sorted(self.done.items())),
            "faults": dict(sorted(self.faults.items())),
            "MiB at the end": round(self.memory[-1] / _MEBIBYTE, 1),
            "MiB grown": round(self.growth() / _MEBIBYTE, 1),
        }


@contextmanager
def _sides(folder: Path, wrong: list[str]) -> Iterator[tuple[Any, Any, Authority]]:
    """Serve both services, two of each, over one database."""
    authority = Authority(folder)
    url = f"sqlite:///{folder}/soak.db"
    with ExitStack() as stack:
        doors = [stack.enter_context(port_of_ours()) for _ in range(2)]
        replays = [SqlReplay(url) for _ in range(2)]
        issuing = IssuingSide(origin_of(doors[0]), replays, wrong)
        shared = [(SqlReplay(url), SqlExchanges(url)) for _ in range(2)]
        asking = AskingSide(origin_of(doors[1]), shared, wrong)
        stack.enter_context(served(issuing.handle, doors[0], authority))
        stack.enter_context(served(asking.handle, doors[1], authority))
        yield issuing, asking, authority


def _client(
    one: Callable[[str], None], name: str, until: float, result: Result
) -> None:
    number = 0
    while monotonic() < until:
        number += 1
        try:
            one(f"{name}-{number}")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            result.wrong.append(f"{type(error).__name__}: {error}")


def soak(*, seconds: float, clients: int, seed: int, rarity: int = 6) -> Result:
    """Let `clients` wallets of each kind run against both services.

    About one message in `rarity` meets a fault.
    """
    result = Result()
    with TemporaryDirectory() as folder, ExitStack() as stack:
        sides = _sides(Path(folder), result.wrong)
        issuing, asking, authority = stack.enter_context(sides)
        carrier = stack.enter_context(
            HttpCarrier(private_hosts=[HOST], roots=authority.roots.read_text())
        )
        began = monotonic()
        threads = []
        for number in range(clients):
            for kind, make, side in (
                ("taking", TakingSide, issuing),
                ("answering", AnsweringSide, asking),
            ):
                random = Random(f"{seed} {kind} {number}")
                line = Line(carrier.send, random, result.faults, rarity=rarity)
                own = make(side, line, random, result.count)
                name = f"{kind}-{number}"
                arguments = (own.one, name, began + seconds, result)
                threads.append(Thread(target=_client, args=arguments))
        for each in threads:
            each.start()
        while monotonic() < began + seconds:
            sleep(seconds / 40)
            result.memory.append(resident())
        for each in threads:
            each.join()
        result.seconds = monotonic() - began
    return result


def main() -> int:
    """Run it, and say what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rarity", type=int, default=6)
    result = soak(**vars(parser.parse_args()))
    sys.stdout.write(json.dumps(result.to_json(), indent=2) + "\n")
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
