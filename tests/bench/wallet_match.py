"""How long a wallet of a thousand credentials takes to say what answers a request.

Run it from the top of the repository::

    python -m tests.bench.wallet_match [credentials]

`match` is `Holder.match`: what answers, what nearly does, and the judgement of each
claim. `choose` takes the answer that tells least. `first` is the first match after the
wallet was opened, which unseals and reads every credential. Times are of the processor,
medians of interleaved rounds. The goal is a match under 5 ms.
"""

import argparse
import sys
from time import process_time
from typing import Final

from idwallet.codec.json import JsonValue
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.roles.asked import Asked
from idwallet.roles.holder import Holder
from idwallet.testing.scene import Scene
from tests.bench.measure import batch, interleave

CREDENTIALS: Final = 1_000
ROUNDS: Final = 15
GOAL: Final = 0.005
SCENE: Final = Scene(seed=b"idwallet TEST bench of a wallet")
PID: Final = "urn:eudi:pid:1"
PERSON: Final[dict[str, JsonValue]] = {
    "family_name": "Образцова",
    "given_name": "Анна",
    "birthdate": "1990-05-17",
    "nationalities": ["XX"],
    "document_number": "TEST-000001",
    "age_equal_or_over": {"12": True, "18": True, "21": True},
    "address": {"street_address": "Пробная улица, 1", "locality": "Образцово"},
}


def _wallet(count: int, kinds: int) -> Holder:
    """A wallet of so many credentials, of which one in `kinds` is an identity card."""
    wallet = SCENE.new_wallet()
    for number in range(count):
        kind = number % kinds
        vct = f"urn:example:card:{kind}" if kind else PID
        wallet.add(SCENE.issue(SdJwtVc(vct, claims=PERSON)), at=SCENE.at)
    return wallet


def _asked(wallet: Holder) -> Asked:
    query = Query.claims("national-id", "age_over_18", "birth_date", "family_name")
    request = SCENE.verifier.request(query, purpose="age-restricted-sale", at=SCENE.at)
    return wallet.read_request(request.message.raw, at=SCENE.at)


def measure(count: int, kinds: int) -> dict[str, float]:
    """Return seconds by name."""
    wallet = _wallet(count, kinds)
    asked = _asked(wallet)
    begun = process_time()
    found = wallet.match(asked, at=SCENE.at)
    first = process_time() - begun
    figures = interleave(
        {
            "match": batch(lambda: wallet.match(asked, at=SCENE.at), 1),
            "choose": batch(found.choose, 1),
        },
        rounds=ROUNDS,
    )
    return {"first": first, **{each.name: each.median / 1e6 for each in figures}}


def main(count: int = CREDENTIALS) -> int:
    """Print the times, and say whether the goal is met."""
    slow = False
    for kinds in (10, 1):
        taken = measure(count, kinds)
        answer = len(range(0, count, kinds))
        shown = ", ".join(f"{name} {each * 1e3:.2f} ms" for name, each in taken.items())
        print(f"{count:,} credentials, {answer:,} of them answer: {shown}")
        slow = slow or taken["match"] >= GOAL
    return 1 if slow else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("credentials", type=int, nargs="?", default=CREDENTIALS)
    sys.exit(main(parser.parse_args().credentials))
