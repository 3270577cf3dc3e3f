"""A wallet reads what it holds once, and sees at once what others change of it."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from idwallet.adapters.sql import SqlStore
from idwallet.adapters.store import MemoryStore
from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault import Edit, Vault, VaultRecord
from idwallet.errors import OlderCopy, WrongKey
from idwallet.ports import Change, Shelf, WalletStore
from idwallet.roles import cabinet
from idwallet.roles.holder import Holder
from idwallet.roles.record import HeldCredential, added
from idwallet.testing.scene import Scene

SEAL = SealKey(bytes(range(32)))


@pytest.fixture(params=["memory", "sqlite"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WalletStore]:
    if request.param == "memory":
        yield MemoryStore()
        return
    with closing(SqlStore(tmp_path_factory.mktemp("w") / "wallet.db")) as opened:
        yield opened


@pytest.fixture
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST cabinet")


def wallet_over(store: WalletStore, scene: Scene) -> Holder:
    return Holder(store=store, seal=SEAL, keys=scene.keys, trust=scene.trust)


def names(wallet: Holder) -> list[str]:
    return [each.name for each in wallet.credentials()]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of records that were read, in order."""
    seen: list[str] = []
    reading = cabinet.read_record

    def counted(record: VaultRecord) -> HeldCredential:
        seen.append(record.name)
        return reading(record)

    monkeypatch.setattr(cabinet, "read_record", counted)
    return seen


def test_what_did_not_change_is_not_read_again(
    store: WalletStore, scene: Scene, read: list[str]
) -> None:
    wallet = wallet_over(store, scene)
    first = wallet.add(scene.issue(), at=scene.at)
    for _ in range(3):
        assert names(wallet) == [first.name]
    second = wallet.add(scene.issue(), at=scene.at)
    assert names(wallet) == sorted([first.name, second.name])
    assert read == [first.name, second.name]
    # Nor does a change elsewhere have them read again.
    entry = Edit.adding(Shelf.LEDGER, "000000000000", plain=b"shown")
    assert wallet.vault.change([entry])
    assert len(names(wallet)) == 2
    assert len(read) == 2


def test_what_another_process_adds_changes_or_removes_is_seen_at_once(
    store: WalletStore, scene: Scene, read: list[str]
) -> None:
    own, other = wallet_over(store, scene), wallet_over(store, scene)
    assert names(own) == []
    held = other.add(scene.issue(), at=scene.at)
    assert names(own) == [held.name]
    record = other.vault.get(Shelf.CREDENTIAL, held.name)
    assert record is not None
    changed = added(replace(held, issuer="another")).plain
    assert changed is not None
    assert other.vault.change([Edit.replacing(record, changed)])
    assert [each.issuer for each in own.credentials()] == ["another"]
    other.delete(held.name)
    assert names(own) == []
    assert read == [held.name] * 2


def test_a_query_is_matched_against_what_is_held_now(
    store: WalletStore, scene: Scene
) -> None:
    own, other = wallet_over(store, scene), wallet_over(store, scene)
    asked = own.read_request(scene.request().message.raw, at=scene.at)
    assert not own.match(asked, at=scene.at).found.is_satisfiable()
    other.add(scene.issue(), at=scene.at)
    assert own.match(asked, at=scene.at).found.is_satisfiable()


def test_a_wallet_that_goes_back_or_gets_another_key_is_noticed_at_once(
    store: WalletStore, scene: Scene
) -> None:
    own, other = wallet_over(store, scene), wallet_over(store, scene)
    held = own.add(scene.issue(), at=scene.at)
    assert names(own) == [held.name]
    older = store.get(Shelf.SETTING, "state")
    other.add(scene.issue(), at=scene.at)
    assert len(names(own)) == 2
    newer = store.get(Shelf.SETTING, "state")
    assert store.change([Change(Shelf.SETTING, "state", newer, older)])
    with pytest.raises(OlderCopy):
        own.credentials()
    assert store.change([Change(Shelf.SETTING, "state", older, newer)])
    assert len(names(own)) == 2
    Vault(store, SEAL, random=secrets.token_bytes).rekey(SealKey(bytes(32)))
    with pytest.raises(WrongKey):
        own.credentials()


def test_what_is_kept_open_shows_nothing(store: WalletStore, scene: Scene) -> None:
    wallet = wallet_over(store, scene)
    wallet.add(scene.issue(), at=scene.at)
    assert wallet.credentials()
    kept = wallet._cabinet
    assert repr(kept) == "<Cabinet>"
    assert repr(kept.holding()) == "Holding(<1 credentials>)"
