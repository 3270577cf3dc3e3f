"""Whatever is given out, changed and published in whatever order, the lists agree."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
)

from idwallet.adapters.publish import FolderPublish
from idwallet.adapters.sql import SqlStatusStore
from idwallet.errors import UsageError
from idwallet.roles.status_issuer import (
    INVALID,
    Seal,
    StatusIssuer,
    StatusPlan,
    StatusPublisher,
    StatusReference,
    Why,
    audit,
    set_status,
)
from idwallet.testing.status import StatusScene
from idwallet.trust.status_list import ListSource, StatusList, evaluate_status_list

SCENE: Final = StatusScene(seed=b"properties of a status issuer")
AT: Final = SCENE.at
WHY: Final = Why("a property", "to see what comes of it", AT)
URI: Final = "https://issuer.example/status/"
FULL: Final = 65_536


class Lists(RuleBasedStateMachine):
    """A store beside a dictionary that says what should stand in it."""

    places = Bundle("places")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = SqlStatusStore(f"sqlite:///{self.folder.name}/status.db")
        self.put = FolderPublish(Path(self.folder.name) / "lists")
        self.publisher = StatusPublisher(
            store=self.store,
            signer=SCENE.issuer.signer,
            certificates=SCENE.issuer.chain,
        )
        self.wanted: dict[StatusReference, int] = {}
        self.published: dict[StatusReference, int] = {}
        self.changes = 0
        self.seals: dict[str, Seal] = {}

    @rule(target=places, count=st.integers(1, 40), lists=st.integers(1, 3))
    def allocate(self, count: int, lists: int) -> object:
        plan = StatusPlan(uri=URI, bits=2, entries=FULL, open_lists=lists)
        issuer = StatusIssuer(store=self.store, plan=plan)
        given = issuer.allocate(count, valid_until=AT + timedelta(days=1))
        assert not set(given) & set(self.wanted)
        assert len(set(given)) == count
        self.wanted |= dict.fromkeys(given, 0)
        return multiple(*given[:5])

    @rule(
        chosen=st.lists(places, min_size=1, max_size=6), to=st.sampled_from([0, 1, 2])
    )
    def change(self, chosen: list[StatusReference], to: int) -> None:
        before = {each: self.wanted[each] for each in chosen}
        if to != INVALID and INVALID in before.values():
            try:
                set_status(self.store, chosen, to=to, why=WHY)
            except UsageError:
                return
            raise AssertionError("what was revoked became something else")
        changed = set_status(self.store, chosen, to=to, why=WHY)
        assert set(changed) == {each for each in before if before[each] != to}
        self.changes += len(changed)
        self.wanted |= dict.fromkeys(chosen, to)

    @rule(place=places)
    def change_what_nobody_has(self, place: StatusReference) -> None:
        free = StatusReference(place.uri, (place.index + 1) % FULL)
        if free not in self.wanted:
            try:
                set_status(self.store, [place, free], to=INVALID, why=WHY)
            except UsageError:
                return
            raise AssertionError("a place that nobody has was changed")

    @rule()
    def publish(self) -> None:
        stale = {each.uri for each in self.wanted} - {e.uri for e in self.published}
        for each, value in self.wanted.items():
            if self.published.get(each, 0) != value:
                stale.add(each.uri)
        done = self.publisher.publish(self.put, at=AT)
        assert stale <= set(done.signed)
        self.published = dict(self.wanted)

    @rule()
    def seal(self) -> None:
        self.seals = {each.uri: each.seal for each in audit(self.store)}

    @precondition(lambda self: self.published)
    @invariant()
    def readers_find_what_was_published(self) -> None:
        for uri in {each.uri for each in self.published}:
            path = Path(self.folder.name) / f"lists/{uri.removeprefix(URI)}.jwt"
            found = evaluate_status_list(
                path.read_bytes(), ListSource(uri), context=SCENE.context
            )
            assert isinstance(found, StatusList)
            here = [each for each in self.published if each.uri == uri]
            said = {each: found.status(each.index).number for each in here}
            assert said == {each: self.published[each] for each in here}
            told = int.from_bytes(found.bitmap, "big").bit_count()
            assert told == sum(1 for each in here if self.published[each])

    @invariant()
    def the_history_stands(self) -> None:
        found = list(audit(self.store, seals=self.seals))
        assert {each.fault for each in found} <= {None}
        assert sum(each.seal.changes for each in found) == self.changes

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TestLists = Lists.TestCase
TestLists.settings = settings(max_examples=8, stateful_step_count=12, deadline=None)
