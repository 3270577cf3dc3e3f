"""The hotel desk: what a registration card needs by law, and no more."""

from pathlib import Path
from typing import Final

from examples.kiosk.rooms import Room

from idwallet import Query, policies

ROOM: Final = Room(
    name="hotel",
    words=Path(__file__).parent / "words.json",
    query=Query.claims(
        "national-id",
        *("family_name", "given_name", "birth_date", "nationality"),
        "document_number",
        formats=["idwallet-compact"],
    ),
    purpose="hotel-check-in-ru",
    policy=policies.HOTEL,
    party="hotel.example",
)
