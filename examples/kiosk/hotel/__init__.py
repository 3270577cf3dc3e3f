"""The hotel desk: a registration card with what its purpose profile names, and no more.

A guest answers by a code on the phone, or in a session. The card leaves as JSON or as a
sealed PDF file, the guest with a signed receipt; what is kept is erased when promised.
"""

from datetime import timedelta
from pathlib import Path
from typing import Final

from examples.kiosk.hotel.pages import fields, routes, shows
from examples.kiosk.hotel.register import TABLES, begin, over, register, tidy
from examples.kiosk.hotel.rules import PROFILE, asked_by_code
from examples.kiosk.hotel.session import reads
from examples.kiosk.rooms import Room

from idwallet import policies

ROOM: Final = Room(
    name="hotel",
    words=Path(__file__).parent / "words.json",
    query=asked_by_code(),
    purpose=PROFILE.name,
    policy=policies.HOTEL,
    party="hotel.example",
    stays=timedelta(minutes=10),
    tables=TABLES,
    fields=fields,
    began=begin,
    reads=reads,
    taken=register,
    shows=shows,
    over=over,
    chores=tidy,
    routes=routes,
)
