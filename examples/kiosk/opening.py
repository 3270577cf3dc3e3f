"""Everything that one folder keeps, opened: the counters, and the world around."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from examples.kiosk.desk import Desk
from examples.kiosk.invented.page import PhonePages, WorldPages
from examples.kiosk.invented.phone import PEOPLE, Phone
from examples.kiosk.invented.world import World
from examples.kiosk.page import Kiosk
from examples.kiosk.rooms import rooms
from examples.kiosk.store import Store, note
from examples.kiosk.trust import Believed
from examples.web.identity import Identity, identity_in


@dataclass(frozen=True)
class Opened:
    """The counters of a kiosk, and whoever is invented around them."""

    store: Store
    desks: Mapping[str, Desk]
    phones: Mapping[str, Phone]
    world: World

    def bring(self) -> None:
        """Have the operator make a new bundle, and bring it to the kiosk."""
        made = self.world.bundle()
        desk = next(iter(self.desks.values()))
        at = desk.clock()
        taken = desk.believed.take(made, at=at, policy=desk.room.policy)
        with self.store.writing() as database:
            note(database, f"bundle:{taken.manifest.sequence}", room="", at=at)

    def kiosk(self) -> Kiosk:
        """Return the pages of all of it."""
        looks = {f"{name}.question": f"/{name}/question.svg" for name in self.desks}
        (other,) = self.desks["till"].room.others
        looks["hotel.receipt"] = "/hotel/receipt.svg"
        looks["till.printed"] = "/till/printed.svg"
        looks["till.other"] = f"/till/printed.svg?counter={other}"
        phones = PhonePages(self.phones, looks=looks)
        world = WorldPages(self.world, self.phones, bring=self.bring)
        tryout = {name: f"/phone/{name}" for name in self.phones}
        more = (*phones.routes(), *world.routes())
        return Kiosk(self.desks, *more, tryout=tryout)


def open_kiosk(
    folder: Path,
    *,
    megabytes: float | None = None,
    nearby: tuple[str, int] | None = None,
    issuers: Sequence[Path] = (),
) -> Opened:
    """Open what a folder keeps; an empty one is filled.

    `megabytes` is the most that the counters may keep, `nearby` where a phone is
    reached in a session, `issuers` are certificates (PEM) of others whom the operator
    believes.
    """
    identity = identity_in(folder)
    world = World(folder / "world", identity, issuers=issuers)
    phones = {
        name: Phone(name, world, folder=folder / "phones" / name, seal=identity.seal)
        for name in PEOPLE
    }
    counters = folder / "counters"
    counters.mkdir(mode=0o700, exist_ok=True)
    found = rooms()
    tables = [table for room in found.values() for table in room.tables]
    store = Store(counters / "kiosk.db", tables=tables, megabytes=megabytes)
    desks = _desks(store, world, identity=identity, folder=counters)
    for desk in desks.values():
        desk.sealer = partial(world.seal, desk.room.party)
        desk.nearby = nearby
    opened = Opened(store, desks, phones, world)
    if not desks["till"].believed.is_there:
        opened.bring()
    return opened


def _desks(
    store: Store, world: World, *, identity: Identity, folder: Path
) -> dict[str, Desk]:
    believed = Believed(folder, operator=world.operator)
    return {
        name: Desk(
            room,
            store=store,
            party=world.party(room.party),
            seal=identity.seal,
            believed=believed,
            clock=world.clock,
        )
        for name, room in rooms().items()
    }
