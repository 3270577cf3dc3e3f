"""A hotel desk without a browser, and guests with wallets; everybody is invented."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from examples.kiosk.desk import Desk
from examples.kiosk.hotel import ROOM
from examples.kiosk.hotel.register import Kept, card_at
from examples.kiosk.invented.world import MINISTRY, World
from examples.kiosk.rooms import Room
from examples.kiosk.store import Store
from examples.kiosk.trust import Believed
from examples.web.identity import identity_in

from idwallet import Holder, SealKey, StoredKeySigner, TrustStore
from idwallet.adapters.store import MemoryStore
from idwallet.credentials.possession import HolderKey
from idwallet.crypto.software import MemoryKeyStore
from idwallet.roles import Compact

LIFE: Final = timedelta(hours=12)


def guest_claims(number: int) -> dict[str, str | bool | int]:
    """Return what the ministry says of one of many invented guests."""
    return {
        "age_over_18": True,
        "family_name": f"Гостева-Образцова{number:04d}",
        "given_name": f"Александра{number:04d}",
        "birth_date": "1990-05-17",
        "nationality": "XX",
        "document_number": f"00 00 {number:06d}",
        "birth_place": f"город Примерск {number:04d}",
        "resident_country": "XX",
        "resident_address": f"Примерск, ул. Образцовая, дом {number:04d}",
        "issuing_country": "XX",
        "issuing_authority": "Отделением по Примерской области",
        "issuance_date": "2020-06-01",
    }


@dataclass
class Clock:
    """A clock that tests turn."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Hotel:
    """A desk in a folder; `opened` again it is the one after a power cut."""

    folder: Path
    room: Room = ROOM
    megabytes: float | None = None
    clock: Clock = field(init=False)
    world: World = field(init=False)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        identity = self.identity = identity_in(self.folder)
        self.world = World(self.folder / "world", identity)
        self.clock = Clock(self.world.clock())
        counters = self.folder / "counters"
        counters.mkdir(exist_ok=True)
        self.store = Store(
            counters / "kiosk.db", tables=self.room.tables, megabytes=self.megabytes
        )
        believed = Believed(counters, operator=self.world.operator)
        if not believed.is_there:
            believed.take(self.world.bundle(), at=self.clock(), policy=self.room.policy)
        self.desk = Desk(
            self.room,
            store=self.store,
            party=self.world.party(self.room.party),
            seal=identity.seal,
            believed=believed,
            clock=self.clock,
        )
        self.desk.sealer = partial(self.world.seal, self.room.party)
        self.room.chores(self.desk)

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file in which the desk could keep something."""
        return tuple(p for p in (self.folder / "counters").rglob("*") if p.is_file())

    def opened_again(self) -> "Hotel":
        """Close it, and open it as it is found after a power cut."""
        self.store.close()
        return Hotel(self.folder, room=self.room)

    def check_in(self, guest: "Guest", *, nights: int = 2) -> Kept:
        """Ask a guest, read the code, and return the card."""
        self.desk.ask("question", {"nights": str(nights)})
        visit = self.desk.visit()
        assert visit is not None
        self.desk.take(guest.answer(visit.question))
        kept = card_at(self.desk, visit)
        assert kept is not None, self.desk.visit()
        return kept


class Guest:
    """Somebody invented, with a wallet and one card in it."""

    def __init__(self, hotel: Hotel, number: int = 1) -> None:
        """Take up a card."""
        self.claims = guest_claims(number)
        self.clock = hotel.clock
        keys = MemoryKeyStore()
        self.wallet = Holder(
            store=MemoryStore(),
            seal=SealKey(secrets.token_bytes(32)),
            keys=keys,
            trust=TrustStore(hotel.world.anchors),
        )
        key = StoredKeySigner(keys.create("ES256", None)).public_key
        card = hotel.world.ministry.issue(
            Compact("national-id", self.claims),
            holder_key=HolderKey.unproven(key, reason=f"a guest of {MINISTRY}"),
            valid_until=hotel.clock() + LIFE,
            at=hotel.clock(),
        )
        self.wallet.add(card, at=hotel.clock())

    def answer(self, question: str) -> str:
        """Return the code that answers, and remember the entry of it."""
        asked = self.wallet.read_request(question, at=self.clock())
        choice = self.wallet.match(asked, at=self.clock()).choose()
        answer = self.wallet.present_qr(asked, choice, at=self.clock())
        self.entry = answer.entry
        return answer.codes[0].text

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be nowhere once it is erased."""
        names = ("family_name", "given_name", "document_number", "resident_address")
        return tuple(str(self.claims[name]) for name in names)
