"""Revocation of certificates: a long CRL read and indexed, one judgement made.

Run it from the top of the repository::

    python -m tests.bench.revocation [entries]

Times are of the processor, the least and the most of the rounds.
"""

import argparse
from collections.abc import Callable
from functools import partial
from time import process_time
from typing import Final

from cryptography.x509 import ReasonFlags

from idwallet.testing.revocation import EntryPlan, Scene, World
from idwallet.trust.revocation import Crl, Good, judge_revocation

ENTRIES: Final = 100_000
ROUNDS: Final = 5
LOOKUPS: Final = 10_000
JUDGEMENTS: Final = 500
_FIRST: Final = 2**126  # serial numbers of 16 octets, all of one length
_STEP: Final = 7919


class _Block(bytes):
    """Many entries, written already."""

    def to_der(self) -> bytes:
        return bytes(self)


def main() -> None:
    """Measure one CRL, then a judgement by each kind of evidence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("entries", type=int, nargs="?", default=ENTRIES)
    count = parser.parse_args().entries
    world = World.sound()
    _long_crl(world, count)
    crl, answer = world.crl().to_der(), world.answer().to_der()
    delegated = world.answer(world.responder()).to_der()
    for name, scene in (
        ("a CRL", Scene(world=world, crls=(crl,))),
        ("an OCSP response", Scene(world=world, responses=(answer,))),
        ("that of a delegate", Scene(world=world, responses=(delegated,))),
    ):
        for known in (False, True):
            case = partial(_judged, scene, known=known)
            again = "judged again by" if known else "read and judged by"
            print(f"{again} {name}: {_shown(case)}")


def _long_crl(world: World, count: int) -> None:
    head = EntryPlan(serial=_FIRST, reason=ReasonFlags.key_compromise).to_der()
    block = b"".join(
        head[:4] + (_FIRST + _STEP * n).to_bytes(16) + head[20:] for n in range(count)
    )
    plan = world.crl(entries=(_Block(block),))
    der, issuer = plan.to_der(), world.ca.subject.public_bytes()
    print(f"a CRL of {count} entries, {len(der) / 1e6:.1f} MB")
    print(f"read in {_shown(lambda: _timed(lambda: Crl.from_der(der, at='crl')))}")
    fresh = [Crl.from_der(der, at="crl") for _ in range(ROUNDS + 1)]
    print(f"indexed in {_shown(lambda: _timed(fresh.pop().entries))}")
    entries = Crl.from_der(der, at="crl").entries()

    def look_up() -> None:
        for n in range(LOOKUPS):
            entries.find(_FIRST + n, issuer=issuer)

    print(f"looked up in {_shown(lambda: _timed(look_up) / LOOKUPS)}")


def _judged(scene: Scene, *, known: bool) -> float:
    rules, path, at_hand = scene.rules, scene.world.path(), scene.evidence

    def judge() -> None:
        for _ in range(JUDGEMENTS):
            evidence = at_hand if known else scene.evidence
            found = judge_revocation(path, evidence=evidence, at=scene.at, rules=rules)
            if not isinstance(found, Good):
                raise SystemExit(f"not good: {found}")

    return _timed(judge) / JUDGEMENTS


def _timed(work: Callable[[], object]) -> float:
    begun = process_time()
    work()
    return process_time() - begun


def _shown(case: Callable[[], float]) -> str:
    """Run a case once to warm up, then in rounds; return the least and the most."""
    case()
    taken = sorted(case() * 1e6 for _ in range(ROUNDS))
    if taken[-1] < 100:
        return f"{taken[0]:.1f} to {taken[-1]:.1f} us"
    return f"{taken[0] / 1e3:.2f} to {taken[-1] / 1e3:.2f} ms"


if __name__ == "__main__":
    main()
