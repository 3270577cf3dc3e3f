"""The till: is whoever buys that least 18? Nothing else is asked or kept."""

from pathlib import Path
from typing import Final

from examples.kiosk.rooms import Room

from idwallet import Query, policies

ROOM: Final = Room(
    name="till",
    words=Path(__file__).parent / "words.json",
    query=Query.age_over(
        18, accept=["age-proof", "national-id"], formats=["idwallet-compact"]
    ),
    purpose="age-restricted-sale",
    policy=policies.RETAIL,
    party="supermarket.example",
    counter="till-3",
    others=("till-4",),
)
