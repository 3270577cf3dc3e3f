"""A vault notices whatever is done to its records behind its back."""

import json
import secrets
from collections.abc import Callable, Iterator, Sequence

import pytest

from idwallet import limits
from idwallet.adapters.store import MemoryStore
from idwallet.crypto.seal import Argon2Cost, SealKey, seal, unseal
from idwallet.crypto.vault import (
    Edit,
    Vault,
    VaultRecord,
    key_from_passphrase,
    key_from_platform,
    stored_cost,
)
from idwallet.errors import (
    LimitError,
    MalformedError,
    OlderCopy,
    PortError,
    SignerLocked,
    UnsupportedError,
    UsageError,
    WrongKey,
)
from idwallet.ports import Change, KeyWrap, Shelf

KEY = SealKey(bytes(range(32)))
CARD, LEDGER, SETTING = Shelf.CREDENTIAL, Shelf.LEDGER, Shelf.SETTING
CHEAP = Argon2Cost(memory_kib=8, passes=1, lanes=1)


class Counter:
    """A counter that nothing but this test can turn back."""

    def __init__(self, value: int = 0) -> None:
        self.value = value

    def read(self) -> int:
        return self.value

    def advance(self, to: int, /) -> None:
        self.value = max(self.value, to)


def vault_over(
    store: MemoryStore, key: SealKey = KEY, *, counter: Counter | None = None
) -> Vault:
    return Vault(store, key, random=secrets.token_bytes, counter=counter)


def filled() -> tuple[MemoryStore, Vault]:
    store = MemoryStore()
    vault = vault_over(store)
    edits = [
        Edit.adding(CARD, "one", plain=b"first"),
        Edit.adding(CARD, "two", plain=b"second"),
        Edit.adding(LEDGER, "one", plain=b"third"),
    ]
    assert vault.change(edits)
    return store, vault


def contents(store: MemoryStore) -> dict[tuple[Shelf, str], bytes]:
    return {
        (shelf, each.name): each.sealed
        for shelf in Shelf
        for each in store.records(shelf)
    }


def copy_of(store: MemoryStore) -> MemoryStore:
    other = MemoryStore()
    for (shelf, name), sealed in contents(store).items():
        assert other.change([Change(shelf, name, None, sealed)])
    return other


def force(
    store: MemoryStore, name: str, sealed: bytes | None, *, on: Shelf = CARD
) -> None:
    """Put a record there whatever is there."""
    assert store.change([Change(on, name, store.get(on, name), sealed)])


def plain(records: Iterator[VaultRecord]) -> dict[str, bytes]:
    return {each.name: each.plain for each in records}


def read(record: VaultRecord | None) -> VaultRecord:
    assert record is not None
    return record


# --- reading and writing ------------------------------------------------------------


def test_what_is_put_in_is_found_again_by_another_vault_with_its_key() -> None:
    store, vault = filled()
    for each in (vault, vault_over(store)):
        assert plain(each.records(CARD)) == {"one": b"first", "two": b"second"}
        assert plain(each.records(LEDGER)) == {"one": b"third"}
        assert read(each.get(LEDGER, "one")).plain == b"third"
        assert each.get(CARD, "none") is None
        assert list(each.records(SETTING)) == []


def test_an_edit_replaces_or_removes_what_was_read() -> None:
    store, vault = filled()
    one, two = vault.records(CARD)
    assert vault.change([Edit.replacing(one, b"newer"), Edit.removing(two)])
    assert plain(vault_over(store).records(CARD)) == {"one": b"newer"}


def test_a_record_that_is_not_as_it_was_read_stops_the_whole_change() -> None:
    store, vault = filled()
    other = vault_over(store)
    one, two = vault.records(CARD)
    assert other.change([Edit.replacing(two, b"newer")])
    before = contents(store)
    assert not vault.change([Edit.removing(one), Edit.removing(two)])
    assert not vault.change([Edit.adding(CARD, "two", plain=b"x"), Edit.removing(one)])
    assert contents(store) == before
    assert vault.change([Edit.removing(one)])


def test_two_vaults_over_one_store_take_turns_without_knowing() -> None:
    store, vault = filled()
    other = vault_over(store)
    for number in range(10):
        for each, name in ((vault, f"a{number}"), (other, f"b{number}")):
            assert each.change([Edit.adding(CARD, name, plain=b"x")])
    assert len(plain(vault_over(store).records(CARD))) == 22


def test_a_store_sees_neither_contents_nor_a_key() -> None:
    store, _ = filled()
    octets = b"".join(contents(store).values())
    assert not any(each in octets for each in (b"first", b"second", b"third"))
    assert bytes(range(32)) not in octets


@pytest.mark.parametrize(
    "edits",
    [
        [],
        [Edit.adding(CARD, "a", plain=b""), Edit.adding(CARD, "a", plain=b"")],
        [Edit.adding(SETTING, "vault", plain=b"")],
        [Edit.adding(SETTING, "state", plain=b"")],
        *(
            [Edit.adding(CARD, name, plain=b"")]
            for name in ("", "A", "a b", "a/b", "x" * 65, "a\n")
        ),
    ],
)
def test_an_edit_that_means_nothing_is_the_callers_mistake(
    edits: Sequence[Edit],
) -> None:
    store, vault = filled()
    before = contents(store)
    with pytest.raises(UsageError):
        vault.change(edits)
    assert contents(store) == before


def test_a_record_that_is_too_long_is_not_sealed() -> None:
    _, vault = filled()
    with pytest.raises(LimitError):
        vault.change([Edit.adding(CARD, "big", plain=bytes(limits.SEALED_BYTES))])


def test_a_vault_shows_nothing() -> None:
    _, vault = filled()
    record = read(vault.get(CARD, "one"))
    shown = [repr(each) for each in (vault, record, Edit.replacing(record, b"secret"))]
    assert shown == [
        "<Vault over MemoryStore(<5 records>)>",
        "VaultRecord('credential', 'one')",
        "Edit('credential', 'one')",
    ]


def test_a_store_that_loses_every_race_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "WALLET_RETRIES", 3)
    store, vault = filled()
    other = vault_over(store)
    change = store.change

    def overtaken(changes: Sequence[Change], /) -> bool:
        monkeypatch.setattr(store, "change", change)
        other.change([Edit.adding(CARD, secrets.token_hex(4), plain=b"")])
        monkeypatch.setattr(store, "change", overtaken)
        return change(changes)

    monkeypatch.setattr(store, "change", overtaken)
    with pytest.raises(PortError):
        vault.change([Edit.adding(CARD, "three", plain=b"")])
    assert store.get(CARD, "three") is None


# --- what is noticed ----------------------------------------------------------------


def swap(store: MemoryStore) -> None:
    one, two = store.get(CARD, "one"), store.get(CARD, "two")
    force(store, "one", two)
    force(store, "two", one)


def flip(store: MemoryStore) -> None:
    sealed = bytearray(store.get(CARD, "one") or b"")
    sealed[-1] ^= 1
    force(store, "one", bytes(sealed))


def move(store: MemoryStore) -> None:
    force(store, "two", store.get(LEDGER, "one"), on=LEDGER)


def to_another_shelf(store: MemoryStore) -> None:
    force(store, "one", store.get(LEDGER, "one"))


def from_another_vault(store: MemoryStore) -> None:
    other, _ = filled()
    force(store, "one", other.get(CARD, "one"))


def cut(store: MemoryStore) -> None:
    force(store, "one", (store.get(CARD, "one") or b"")[:10])


DAMAGE = [swap, flip, move, to_another_shelf, from_another_vault, cut]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_record_that_is_not_what_was_put_there_does_not_open(
    damage: Callable[[MemoryStore], None],
) -> None:
    store, vault = filled()
    twin = copy_of(store)
    damage(store)
    with pytest.raises(MalformedError):
        [*vault.records(CARD), *vault.records(LEDGER)]
    with pytest.raises(MalformedError):
        vault_over(store).open()
    vault_over(twin).open()


def test_a_removed_record_is_noticed_at_opening() -> None:
    store, _ = filled()
    force(store, "one", None)
    with pytest.raises(MalformedError, match="removed, added or brought back"):
        vault_over(store).open()


def test_a_record_that_was_brought_back_is_noticed_at_opening() -> None:
    store, vault = filled()
    old = read(vault.get(CARD, "one"))
    assert vault.change([Edit.replacing(old, b"consumed")])
    newer = store.get(CARD, "one")
    force(store, "one", old.sealed)
    with pytest.raises(MalformedError, match="removed, added or brought back"):
        vault_over(store).open()
    force(store, "one", newer)
    vault_over(store).open()


def test_a_removed_record_that_was_brought_back_is_noticed_at_opening() -> None:
    store, vault = filled()
    old = read(vault.get(CARD, "one"))
    assert vault.change([Edit.removing(old)])
    force(store, "one", old.sealed)
    with pytest.raises(MalformedError):
        vault_over(store).open()


@pytest.mark.parametrize("name", ["vault", "state"])
def test_a_vault_without_its_own_records_is_not_begun_anew(name: str) -> None:
    store, _ = filled()
    force(store, name, None, on=SETTING)
    with pytest.raises(MalformedError, match="missing"):
        vault_over(store).open()


def test_another_key_opens_nothing_and_says_so() -> None:
    store, _ = filled()
    before = contents(store)
    with pytest.raises(WrongKey):
        vault_over(store, SealKey(bytes(32))).open()
    assert contents(store) == before
    vault_over(store).open()


def test_the_state_is_bound_to_its_header() -> None:
    store, _ = filled()
    header = json.loads(store.get(SETTING, "vault") or b"")
    force(store, "vault", json.dumps({**header, "kdf": None}).encode(), on=SETTING)
    with pytest.raises(WrongKey):
        vault_over(store).open()


def test_a_record_that_does_not_open_can_be_discarded() -> None:
    store, vault = filled()
    flip(store)
    assert plain(vault.readable(CARD)) == {"two": b"second"}
    vault.discard(CARD, "one")
    vault.discard(CARD, "none")
    assert plain(vault_over(store).records(CARD)) == {"two": b"second"}
    assert plain(vault.records(LEDGER)) == {"one": b"third"}


# --- an older copy ------------------------------------------------------------------


def test_an_older_copy_is_noticed_by_its_counter() -> None:
    store, counter = MemoryStore(), Counter()
    vault = vault_over(store, counter=counter)
    assert vault.notices_rollback
    assert vault.change([Edit.adding(CARD, "one", plain=b"unused")])
    older = copy_of(store)
    assert vault.change([Edit.removing(read(vault.get(CARD, "one")))])
    with pytest.raises(OlderCopy):
        vault_over(older, counter=counter).open()
    vault_over(store, counter=counter).open()
    # Without a counter nobody can tell, and the vault says so.
    blind = vault_over(older)
    blind.open()
    assert not blind.notices_rollback


def test_an_emptied_store_is_noticed_by_its_counter() -> None:
    counter = Counter()
    vault_over(MemoryStore(), counter=counter).open()
    with pytest.raises(OlderCopy):
        vault_over(MemoryStore(), counter=counter).open()


def test_a_store_that_goes_back_under_an_open_vault_is_noticed() -> None:
    store, vault = filled()
    older = contents(store)
    assert vault.change([Edit.adding(CARD, "three", plain=b"x")])
    for (shelf, name), sealed in older.items():
        force(store, name, sealed, on=shelf)
    force(store, "three", None)
    with pytest.raises(OlderCopy):
        vault.change([Edit.adding(CARD, "four", plain=b"x")])


def test_a_crash_between_store_and_counter_raises_no_alarm() -> None:
    store, counter = MemoryStore(), Counter()
    vault_over(store, counter=counter).open()
    late = vault_over(store)  # its counter was never reached
    assert late.change([Edit.adding(CARD, "one", plain=b"x")])
    behind = counter.value
    vault_over(store, counter=counter).open()
    assert counter.value == behind + 1


# --- passphrases --------------------------------------------------------------------


def key_of(store: MemoryStore, passphrase: bytes, cost: Argon2Cost = CHEAP) -> SealKey:
    return key_from_passphrase(store, passphrase, random=secrets.token_bytes, cost=cost)


def test_a_passphrase_opens_what_it_closed_and_another_does_not() -> None:
    store = MemoryStore()
    vault = vault_over(store, key_of(store, b"correct horse"))
    assert vault.change([Edit.adding(CARD, "one", plain=b"first")])
    again = vault_over(store, key_of(store, b"correct horse"))
    assert plain(again.records(CARD)) == {"one": b"first"}
    with pytest.raises(WrongKey):
        vault_over(store, key_of(store, b"wrong horse")).open()


def test_a_wallet_is_opened_at_the_cost_that_it_was_made_with() -> None:
    store = MemoryStore()
    dearer = Argon2Cost(memory_kib=16, passes=2, lanes=2)
    vault_over(store, key_of(store, b"correct horse", dearer)).open()
    vault_over(store, key_of(store, b"correct horse", CHEAP)).open()
    header = json.loads(store.get(SETTING, "vault") or b"")
    kdf = {"name": "argon2id", "memory_kib": 16, "passes": 2, "lanes": 2}
    assert {**header["kdf"], **kdf} == header["kdf"]


def test_a_wallet_of_a_key_has_no_passphrase() -> None:
    store, _ = filled()
    with pytest.raises(UsageError):
        key_of(store, b"correct horse")
    with pytest.raises(UsageError):
        key_of(MemoryStore(), b"")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("memory_kib", limits.ARGON2_MEMORY_KIB + 1),
        ("memory_kib", 7),
        ("memory_kib", 10**30),
        ("memory_kib", "8"),
        ("memory_kib", True),
        ("passes", limits.ARGON2_PASSES + 1),
        ("passes", 0),
        ("passes", -1),
        ("lanes", limits.ARGON2_LANES + 1),
        ("lanes", 0),
        ("lanes", None),
        ("salt", "AAAA"),
        ("salt", "not base64url!"),
        ("salt", 5),
        ("name", "scrypt"),
    ],
)
def test_a_foreign_file_cannot_ask_for_any_cost(member: str, value: object) -> None:
    store = MemoryStore()
    key_of(store, b"correct horse")
    header = json.loads(store.get(SETTING, "vault") or b"")
    twin = json.dumps(header).encode()
    header["kdf"][member] = value
    force(store, "vault", json.dumps(header).encode(), on=SETTING)
    with pytest.raises(MalformedError):
        key_of(store, b"correct horse")
    force(store, "vault", twin, on=SETTING)
    key_of(store, b"correct horse")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"format": "idwallet-vault/2"}, UnsupportedError),
        ({"format": "something"}, MalformedError),
        ({"format": None}, MalformedError),
        ({"id": "AAAA"}, MalformedError),
        ({"kdf": False}, MalformedError),
    ],
)
def test_a_header_of_another_version_or_shape_is_refused(
    change: dict[str, object], error: type[Exception]
) -> None:
    store, _ = filled()
    header = json.loads(store.get(SETTING, "vault") or b"")
    force(store, "vault", json.dumps({**header, **change}).encode(), on=SETTING)
    with pytest.raises(error):
        vault_over(store).open()
    with pytest.raises(error):
        key_of(store, b"correct horse")


def test_no_wallet_is_begun_over_something_else() -> None:
    store = MemoryStore()
    force(store, "one", b"noise")
    with pytest.raises(MalformedError, match="header is missing"):
        vault_over(store).open()
    with pytest.raises(MalformedError, match="header is missing"):
        key_of(store, b"correct horse")


# --- a key of the platform -----------------------------------------------------------


class Platform:
    """A platform's key store with one key, which seals with what nobody else has."""

    def __init__(self) -> None:
        self._own = SealKey(secrets.token_bytes(32))
        self.is_locked = False

    def wrap(self, key: bytes, /) -> bytes:
        return seal(key, key=self._own, context=b"", random=secrets.token_bytes)

    def unwrap(self, wrapped: bytes, /) -> bytes:
        if self.is_locked:
            raise SignerLocked("a fingerprint is missing")
        try:
            return unseal(wrapped, key=self._own, context=b"", at="platform")
        except MalformedError as error:
            raise WrongKey("another key", at="platform", clause="test") from error


def key_by(store: MemoryStore, platform: KeyWrap) -> SealKey:
    return key_from_platform(store, platform, random=secrets.token_bytes)


def test_a_key_that_the_platform_wraps_lies_in_the_wallet() -> None:
    store, platform = MemoryStore(), Platform()
    vault = vault_over(store, key_by(store, platform))
    assert vault.change([Edit.adding(CARD, "one", plain=b"first")])
    again = vault_over(store, key_by(store, platform))
    assert plain(again.records(CARD)) == {"one": b"first"}
    with pytest.raises(WrongKey):
        key_by(store, Platform())
    platform.is_locked = True
    with pytest.raises(SignerLocked):
        key_by(store, platform)
    assert stored_cost(store) is None


def test_a_platform_that_returns_no_key_is_told() -> None:
    class Short(Platform):
        def unwrap(self, wrapped: bytes, /) -> bytes:
            return super().unwrap(wrapped)[:16]

    store = MemoryStore()
    with pytest.raises(WrongKey):
        key_by(store, Short())


def test_a_wallet_goes_from_a_passphrase_to_the_platform_and_to_the_next() -> None:
    store = MemoryStore()
    vault = vault_over(store, key_of(store, b"correct horse"))
    assert vault.change([Edit.adding(CARD, "one", plain=b"first")])
    for platform in (Platform(), Platform()):
        vault.change_platform_key(platform)
        again = vault_over(store, key_by(store, platform))
        assert plain(again.records(CARD)) == {"one": b"first"}
    with pytest.raises(UsageError):
        key_of(store, b"correct horse")
    vault.change_passphrase(b"correct horse", cost=CHEAP)
    with pytest.raises(UsageError):
        key_by(store, Platform())
    assert stored_cost(store) == CHEAP


@pytest.mark.parametrize("key", [None, "", 7, "not base64url!"])
def test_a_wrapped_key_of_another_shape_is_refused(key: object) -> None:
    store, platform = MemoryStore(), Platform()
    key_by(store, platform)
    header = json.loads(store.get(SETTING, "vault") or b"")
    header["kdf"]["key"] = key
    force(store, "vault", json.dumps(header).encode(), on=SETTING)
    with pytest.raises(MalformedError):
        key_by(store, platform)


def test_a_store_without_a_wallet_has_no_cost() -> None:
    with pytest.raises(PortError):
        stored_cost(MemoryStore())


# --- what changed -------------------------------------------------------------------


def test_a_mark_is_another_after_every_change_by_whomever_it_was_made() -> None:
    store, vault = filled()
    other = vault_over(store)
    marks = [vault.mark(), vault.mark()]
    assert marks[0] == marks[1] == other.mark()
    for each in (vault, other):
        name = secrets.token_hex(4)
        assert each.change([Edit.adding(LEDGER, name, plain=b"x")])
        assert vault.mark() == other.mark()
        assert vault.mark() not in marks
        marks.append(vault.mark())


def test_a_record_that_is_known_is_not_opened_again() -> None:
    _, vault = filled()
    one, two = vault.records(CARD)
    assert vault.change([Edit.replacing(two, b"newer")])
    known = {each.name: each for each in (one, two)}
    first, second = vault.records(CARD, known=known)
    assert first is one
    assert (second.name, second.plain) == ("two", b"newer")


# --- another key --------------------------------------------------------------------


def test_a_rekeyed_vault_opens_with_the_new_key_alone() -> None:
    store, vault = filled()
    before = contents(store)
    new = SealKey(bytes(32))
    vault.rekey(new)
    assert plain(vault.records(CARD)) == {"one": b"first", "two": b"second"}
    assert plain(vault_over(store, new).records(LEDGER)) == {"one": b"third"}
    with pytest.raises(WrongKey):
        vault_over(store).open()
    after = contents(store)
    assert after.keys() == before.keys()
    assert all(after[place] != before[place] for place in before if place[1] != "vault")
    assert vault.change([Edit.adding(CARD, "three", plain=b"x")])


def test_rekeying_is_one_change(monkeypatch: pytest.MonkeyPatch) -> None:
    store, vault = filled()
    calls: list[int] = []
    change = store.change

    def counted(changes: Sequence[Change], /) -> bool:
        calls.append(len(changes))
        return change(changes)

    monkeypatch.setattr(store, "change", counted)
    vault.rekey(SealKey(bytes(32)))
    assert calls == [5]


def test_a_store_that_fails_keeps_the_old_key(monkeypatch: pytest.MonkeyPatch) -> None:
    store, vault = filled()

    def full(_: Sequence[Change], /) -> bool:
        raise PortError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(store, "change", full)
        with pytest.raises(PortError):
            vault.rekey(SealKey(bytes(32)))
    assert plain(vault.records(CARD)) == {"one": b"first", "two": b"second"}
    vault_over(store).open()


def test_who_holds_the_old_key_can_neither_read_nor_write() -> None:
    store, vault = filled()
    late = vault_over(store)
    late.open()
    vault.rekey(SealKey(bytes(32)))
    before = contents(store)
    with pytest.raises(WrongKey):
        late.get(CARD, "one")
    with pytest.raises(WrongKey):
        list(late.records(CARD))
    with pytest.raises(WrongKey):
        late.change([Edit.adding(CARD, "three", plain=b"x")])
    assert contents(store) == before


def test_what_is_stored_while_a_vault_is_rekeyed_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, vault = filled()
    other = vault_over(store)
    change = store.change

    def overtaken(changes: Sequence[Change], /) -> bool:
        monkeypatch.setattr(store, "change", change)
        assert other.change([Edit.adding(CARD, "three", plain=b"third")])
        return change(changes)

    monkeypatch.setattr(store, "change", overtaken)
    vault.rekey(SealKey(bytes(32)))
    assert read(vault.get(CARD, "three")).plain == b"third"


def test_a_record_that_does_not_open_stops_rekeying() -> None:
    store, vault = filled()
    flip(store)
    before = contents(store)
    with pytest.raises(MalformedError):
        vault.rekey(SealKey(bytes(32)))
    assert contents(store) == before


def test_a_passphrase_and_its_cost_are_changed() -> None:
    store = MemoryStore()
    vault = vault_over(store, key_of(store, b"correct horse"))
    assert vault.change([Edit.adding(CARD, "one", plain=b"first")])
    salt = json.loads(store.get(SETTING, "vault") or b"")["kdf"]["salt"]
    vault.change_passphrase(b"new horse", cost=Argon2Cost(16, 2, 1))
    kdf = json.loads(store.get(SETTING, "vault") or b"")["kdf"]
    assert (kdf["memory_kib"], kdf["passes"], kdf["lanes"]) == (16, 2, 1)
    assert kdf["salt"] != salt
    again = vault_over(store, key_of(store, b"new horse"))
    assert plain(again.records(CARD)) == {"one": b"first"}
    with pytest.raises(WrongKey):
        vault_over(store, key_of(store, b"correct horse")).open()
    with pytest.raises(UsageError):
        vault.change_passphrase(b"")


# --- repair -------------------------------------------------------------------------


def batched() -> tuple[MemoryStore, Vault]:
    store, vault = filled()
    assert vault.change([Edit.adding(Shelf.BATCH, "unshown", plain=b"once")])
    return store, vault


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_opens_of_a_damaged_vault_is_saved_but_nothing_that_is_shown_once(
    damage: Callable[[MemoryStore], None],
) -> None:
    store, _ = batched()
    damage(store)
    stored = {e for e in contents(store) if e[0] in (CARD, LEDGER)}
    with pytest.raises(MalformedError):
        vault_over(store).open()
    told = vault_over(store).repair()
    assert told.broken
    assert told.one_time == 1
    again = vault_over(store)
    again.open()
    assert list(again.records(Shelf.BATCH)) == []
    kept = {(e.shelf, e.name) for each in Shelf for e in again.records(each)}
    assert kept == stored - set(told.broken)
    assert again.repair() == ((), 0)


def test_an_older_copy_is_accepted_only_without_what_is_shown_once() -> None:
    store, counter = MemoryStore(), Counter()
    vault = vault_over(store, counter=counter)
    one, batch = (CARD, "one"), (Shelf.BATCH, "a")
    assert vault.change([Edit.adding(*each, plain=b"x") for each in (one, batch)])
    older = copy_of(store)
    assert vault.change([Edit.removing(read(vault.get(*batch)))])
    with pytest.raises(OlderCopy):
        vault_over(older, counter=counter).open()
    assert vault_over(older, counter=counter).repair() == ((), 1)
    again = vault_over(older, counter=counter)
    assert plain(again.records(CARD)) == {"one": b"x"}
    assert again.get(*batch) is None
    # And the newer one is an older copy from now on.
    with pytest.raises(OlderCopy):
        vault_over(store, counter=counter).open()


def test_a_sound_vault_is_left_as_it_is() -> None:
    store, _ = batched()
    before = contents(store)
    assert vault_over(store).repair() == ((), 0)
    assert contents(store) == before


def test_nothing_is_repaired_with_another_key_or_without_a_state() -> None:
    store, _ = batched()
    swap(store)
    with pytest.raises(WrongKey):
        vault_over(store, SealKey(bytes(32))).repair()
    force(store, "state", None, on=SETTING)
    with pytest.raises(MalformedError, match="missing"):
        vault_over(store).repair()
