"""Whatever is done to a vault through its door is kept, and behind its back noticed."""

import secrets
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.adapters.store import MemoryStore
from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault import Edit, Vault
from idwallet.errors import MalformedError
from idwallet.ports import Change, Shelf

KEY = SealKey(bytes(range(32)))
Place = tuple[Shelf, str]
PLACES: list[Place] = [(shelf, name) for shelf in Shelf for name in ("a", "b")]
OPERATIONS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.none() | st.binary(max_size=8)),
        min_size=1,
        max_size=3,
        unique_by=lambda each: each[0],
    ),
    min_size=1,
    max_size=8,
)


def vault_over(store: MemoryStore) -> Vault:
    return Vault(store, KEY, random=secrets.token_bytes)


def apply(vault: Vault, edits: Sequence[tuple[Place, bytes | None]]) -> None:
    made = [Edit(*place, vault.get(*place), plain) for place, plain in edits]
    assert vault.change(made)


def contents(vault: Vault) -> dict[Place, bytes]:
    return {
        (shelf, each.name): each.plain
        for shelf in Shelf
        for each in vault.records(shelf)
    }


def sealed(store: MemoryStore) -> dict[Place, bytes]:
    return {
        (shelf, each.name): each.sealed
        for shelf in Shelf
        for each in store.records(shelf)
        if each.name not in {"vault", "state"}
    }


def force(store: MemoryStore, place: Place, octets: bytes | None) -> None:
    assert store.change([Change(*place, store.get(*place), octets)])


@given(operations=OPERATIONS)
def test_a_vault_holds_what_was_last_put_there_and_opens_anew(
    operations: list[list[tuple[Place, bytes | None]]],
) -> None:
    store = MemoryStore()
    model: dict[Place, bytes] = {}
    vaults = [vault_over(store), vault_over(store)]
    for number, edits in enumerate(operations):
        apply(vaults[number % 2], edits)
        for place, plain in edits:
            model.pop(place, None)
            if plain is not None:
                model[place] = plain
        assert contents(vaults[1 - number % 2]) == model
    assert contents(vault_over(store)) == model
    vaults[0].rekey(SealKey(bytes(32)))
    assert contents(vaults[0]) == model


@given(operations=OPERATIONS, data=st.data())
def test_any_other_state_of_its_records_is_noticed_at_opening(
    operations: list[list[tuple[Place, bytes | None]]], data: st.DataObject
) -> None:
    store = MemoryStore()
    vault = vault_over(store)
    seen: set[tuple[Place, bytes]] = set()
    for edits in operations:
        apply(vault, edits)
        seen |= set(sealed(store).items())
    honest = sealed(store)
    # Every place gets nothing, or anything that any place ever held.
    everything = sorted({octets for _, octets in seen})
    drawn = {
        place: data.draw(
            st.none() | st.sampled_from(everything) if everything else st.none()
        )
        for place in PLACES
    }
    for place, octets in drawn.items():
        force(store, place, octets)
    forged = {place: octets for place, octets in drawn.items() if octets is not None}
    if forged == honest:
        vault_over(store).open()
        return
    with pytest.raises(MalformedError):
        vault_over(store).open()
    for place in PLACES:
        force(store, place, honest.get(place))
    vault_over(store).open()


@given(operations=OPERATIONS, data=st.data())
def test_any_bit_of_any_record_counts(
    operations: list[list[tuple[Place, bytes | None]]], data: st.DataObject
) -> None:
    store = MemoryStore()
    vault = vault_over(store)
    apply(vault, [((Shelf.CREDENTIAL, "z"), b"there is one")])
    for edits in operations:
        apply(vault, edits)
    places = [*sealed(store), (Shelf.SETTING, "state")]
    place = data.draw(st.sampled_from(places))
    octets = store.get(*place) or b""
    bit = data.draw(st.integers(0, 8 * len(octets) - 1))
    flipped = bytearray(octets)
    flipped[bit // 8] ^= 1 << bit % 8
    force(store, place, bytes(flipped))
    with pytest.raises(MalformedError):
        vault_over(store).open()
    force(store, place, octets)
    vault_over(store).open()
