"""A lost device is answered: what to ask for again, and what to revoke."""

import json
import logging
import secrets
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from idwallet import limits
from idwallet.adapters.sql import SqlStore
from idwallet.adapters.store import MemoryStore
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.consent.ledger.ts10 import transaction_log
from idwallet.credentials.model import Credential, Format
from idwallet.credentials.possession import HolderKey
from idwallet.crypto.seal import SealKey
from idwallet.crypto.software import MemoryKeyStore
from idwallet.crypto.vault import Edit, Vault
from idwallet.envelope.jwe import decrypt_with_password, encrypt_with_password
from idwallet.errors import (
    IdWalletError,
    LimitError,
    MalformedError,
    UnsupportedError,
    UsageError,
    WrongKey,
)
from idwallet.ports import Shelf
from idwallet.report import StatusListNeeded
from idwallet.roles.backup import (
    Backup,
    ListedCredential,
    keep_backup,
    kept_backups,
    open_backup,
    seal_backup,
)
from idwallet.roles.holder import Holder
from idwallet.roles.record import HeldCredential
from idwallet.testing.scene import LIFE, PID
from idwallet.trust.status_list import StatusReference
from tests.traces import traces_in, traces_of
from tests.unit.roles.two_formats import (
    MDL,
    SEAL,
    issued,
    licence,
    mdocs,
    scene,
    wallet,
)

AT = mdocs().at
PASSWORD = b"a password of many words"
FEW = 1_000
STATUS = StatusListNeeded("https://issuer.example/status/1", 4711)
LOG: JsonObject = {"transactionIdentifier": "1", "transactionType": "Presentation"}
CANARY = "Канарейкина-7f3a"


def card(**changes: object) -> Credential:
    content = replace(scene().content(), **changes)  # type: ignore[arg-type]
    return scene().issue(content)


def own() -> Holder:
    return wallet(card(status=STATUS), issued())


def backup_of(holder: Holder, **more: object) -> Backup:
    return Backup.of(holder.credentials(), at=AT, **more)  # type: ignore[arg-type]


def sealed(backup: Backup) -> str:
    return seal_backup(backup, PASSWORD, random=secrets.token_bytes, rounds=FEW)


def reopened(backup: Backup) -> Backup:
    return open_backup(sealed(backup), PASSWORD)


# --- there and back -----------------------------------------------------------------


def test_a_backup_is_read_as_it_was_made() -> None:
    backup = backup_of(own(), transactions=[LOG])
    assert reopened(backup) == backup
    token = sealed(backup)
    assert open_backup(token.encode() + b"\n", PASSWORD) == backup


def test_a_card_that_stands_for_copies_is_bound_to_no_key_itself() -> None:
    cards = [replace(each, thumbprint="") for each in own().credentials()]
    backup = reopened(Backup.of(cards, at=AT))
    assert {each.thumbprint for each in backup.credentials} == {None}


def test_what_could_not_be_read_back_is_not_written() -> None:
    backup = backup_of(own())
    (one, *_) = backup.credentials
    for bad in (replace(one, credential_type="x" * 5_000), replace(one, issuer="")):
        with pytest.raises(MalformedError):
            sealed(replace(backup, credentials=(bad,)))
    assert sealed(replace(backup, credentials=(one,)))


def test_another_password_opens_nothing() -> None:
    with pytest.raises(WrongKey):
        open_backup(sealed(backup_of(own())), b"another")
    with pytest.raises(UsageError):
        seal_backup(backup_of(own()), b"", random=secrets.token_bytes)


def test_a_backup_has_the_members_of_ts10() -> None:
    token = sealed(backup_of(own(), transactions=[LOG]))
    opened = decrypt_with_password(token, PASSWORD, at="backup")
    assert opened.header.alg == "PBES2-HS256+A128KW"
    data = json.loads(opened.plaintext)
    assert data["transactionLog"] == [LOG]
    assert data["nonDeviceBoundCredentials"] == []
    types = {each["credentialIdentifier"]: each for each in data["listOfCredentials"]}
    assert types.keys() == {PID, MDL}
    assert types[PID]["format"] == "dc+sd-jwt"
    assert types[PID]["issuerType"] == "PIDProvider"
    assert types[MDL]["format"] == "mso_mdoc"
    assert types[MDL]["issuerType"] == "NonQEAAProvider"
    for each in types.values():
        assert each["issuerName"]
        assert each["issuerIdentifier"][0]["identifier"] == each["issuerName"]
        # Nobody said where it is issued, and nothing is made up.
        assert "supplyPointURL" not in each


def test_a_backup_holds_no_claim_no_credential_and_no_key() -> None:
    holder = own()
    token = sealed(backup_of(holder))
    data = decrypt_with_password(token, PASSWORD, at="backup").plaintext
    for each in holder.credentials():
        assert each.raw.encode() not in data
        assert each.raw[:40].encode() not in data
    for claim in ("Образцова", "Примерова", "1990-05-17", "Exampleton"):
        assert traces_in(data, claim) == []


def test_what_a_wallet_showed_comes_along_without_a_value() -> None:
    holder = own()
    asked = holder.read_request(scene().request().message.raw, at=AT)
    holder.present(asked, holder.match(asked, at=AT).choose(), at=AT)
    log = transaction_log(holder.ledger.entries())
    token = sealed(backup_of(holder, transactions=log))
    (told,) = open_backup(token, PASSWORD).transactions
    assert told["transactionType"] == "Presentation"
    data = decrypt_with_password(token, PASSWORD, at="backup").plaintext
    assert traces_in(data, "Образцова") == []


# --- a new device -------------------------------------------------------------------


def test_a_plan_says_what_to_ask_for_again_and_from_whom() -> None:
    holder = wallet(card(status=STATUS), card(), issued())
    (first, *_) = holder.credentials()
    backup = reopened(backup_of(holder))
    plan = {(e.credential_type, e.format): n for e, n in backup.to_reissue()}
    assert plan == {(PID, "dc+sd-jwt"): 2, (MDL, "mso_mdoc"): 1}
    assert first.issuer in {each.issuer for each, _ in backup.to_reissue()}


def test_what_the_new_device_has_is_not_asked_for_again() -> None:
    backup = reopened(backup_of(own()))
    new = wallet(issued())
    left = backup.to_reissue(new.credentials())
    assert [each.credential_type for each, _ in left] == [PID]
    assert backup.to_reissue(own().credentials()) == ()


def test_where_an_issuer_issues_is_told() -> None:
    holder = own()
    (licence_,) = (e for e in holder.credentials() if e.format is Format.MDOC)
    address = "https://licences.example/apply"
    backup = backup_of(holder, supply_points={licence_.issuer: address})
    found = {e.credential_type: e.supply_point for e in reopened(backup).credentials}
    assert found[MDL] == address


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "http://a.example", "https://", "file:///etc", "", None, 7],
)
def test_an_address_that_must_not_be_opened_is_none(address: JsonValue) -> None:
    value = migration(supplyPointURL=address)
    assert bent(value).credentials[0].supply_point is None
    twin = migration(supplyPointURL="https://a.example/apply")
    assert bent(twin).credentials[0].supply_point == "https://a.example/apply"


def test_a_wallet_keeps_what_it_was_restored_from() -> None:
    log: list[JsonObject] = [
        {**LOG, "transactionIdentifier": f"{n}"} for n in range(2_500)
    ]
    backup = backup_of(own(), transactions=log)
    store = MemoryStore()
    vault = Vault(store, SEAL, random=secrets.token_bytes)
    assert kept_backups(vault) is None
    keep_backup(vault, backup, random=secrets.token_bytes)
    assert vault.change([Edit.adding(Shelf.SETTING, "other", plain=b"{}")])
    again = Vault(store, SEAL, random=secrets.token_bytes)
    assert kept_backups(again) == backup
    keep_backup(vault, backup, random=secrets.token_bytes)  # twice is once
    assert kept_backups(again) == backup
    keep_backup(vault, replace(backup, made_at=None), random=secrets.token_bytes)
    both = kept_backups(again)
    assert both is not None
    assert both.made_at == AT
    assert len(both.transactions) == 5_000


def test_a_restored_wallet_holds_no_credential_before_it_is_issued_anew() -> None:
    backup = reopened(backup_of(own()))
    new = Holder(
        store=MemoryStore(), seal=SEAL, keys=MemoryKeyStore(), trust=scene().trust
    )
    keep_backup(new.vault, backup, random=secrets.token_bytes)
    assert new.credentials() == ()
    kept = kept_backups(new.vault)
    assert kept is not None
    assert len(kept.to_reissue(new.credentials())) == 2


# --- a lost device ------------------------------------------------------------------


def test_a_lost_device_is_answered_by_one_list_of_what_to_revoke() -> None:
    backup = reopened(backup_of(own()))
    by_type = {each.credential_type: each for each in backup.to_revoke(at=AT)}
    assert by_type.keys() == {PID, MDL}
    assert by_type[PID].status == STATUS
    assert by_type[MDL].status is None
    thumbprint = scene().holder_signer.public_key.thumbprint
    assert {each.thumbprint for each in by_type.values()} == {thumbprint}
    assert all(each.issuer for each in by_type.values())


def test_each_copy_of_a_batch_that_was_not_used_up_is_to_be_revoked() -> None:
    signers = [scene().new_holder_signer() for _ in range(3)]
    keys = [HolderKey.unproven(e.public_key, reason="a test key") for e in signers]
    places = [StatusReference(STATUS.uri, 10 * number) for number in range(1, 4)]
    batch = scene().issuer.issue_batch(
        scene().content(),
        holder_keys=keys,
        valid_until=AT + LIFE,
        at=AT,
        statuses=places,
    )
    holder = wallet(issued())
    holder.add_batch(batch, at=AT)

    def copies() -> list[HeldCredential]:
        return [copy for card in holder.credentials() for copy in holder.copies(card)]

    backup = reopened(Backup.of(copies(), at=AT))
    cards = [e for e in backup.to_revoke(at=AT) if e.credential_type == PID]
    assert {e.status.index for e in cards if e.status} == {10, 20, 30}
    assert {e.thumbprint for e in cards} == {e.public_key.thumbprint for e in signers}
    plan = {e.credential_type: copies for e, copies in backup.to_reissue()}
    assert plan == {PID: 3, MDL: 1}
    asked = holder.read_request(scene().request().message.raw, at=AT)
    holder.present(asked, holder.match(asked, at=AT).choose(), at=AT)
    left = Backup.of(copies(), at=AT).to_revoke(at=AT)
    assert len([e for e in left if e.credential_type == PID]) == 2


def test_what_has_expired_need_not_be_revoked() -> None:
    backup = reopened(backup_of(own()))
    end = AT + LIFE
    assert len(backup.to_revoke(at=end - timedelta(seconds=1))) == 2
    assert backup.to_revoke(at=end) == ()
    endless = replace(backup.credentials[0], valid_until=None)
    assert replace(backup, credentials=(endless,)).to_revoke(at=end) == (endless,)


def test_a_status_of_a_mobile_document_is_listed() -> None:
    listed = {
        "status_list": {"idx": 7, "uri": "https://issuer.example/status/2"},
    }
    from idwallet.roles.held.format import place_of

    assert place_of(listed) == StatusListNeeded("https://issuer.example/status/2", 7)
    for other in (None, {}, {"identifier_list": {}}, {"status_list": {"idx": -1}}, 7):
        assert place_of(other) is None


# --- backups of others --------------------------------------------------------------


def migration(**members: JsonValue) -> dict[str, JsonValue]:
    one: dict[str, JsonValue] = {
        "credentialIdentifier": "urn:eudi:pid:de:1",
        "format": "dc+sd-jwt",
        "issuerName": "An issuer",
        "issuerIdentifier": {"type": "a type", "identifier": "1"},
        "issuerType": "PIDProvider",
        "supplyPointURL": "https://issuer.example/apply",
        **members,
    }
    listed: list[JsonValue] = [one]
    return {
        "transactionLog": [],
        "listOfCredentials": listed,
        "nonDeviceBoundCredentials": [],
    }


def bent(value: JsonValue) -> Backup:
    token = encrypt_with_password(
        json.dumps(value).encode(), PASSWORD, random=secrets.token_bytes, rounds=FEW
    )
    return open_backup(token, PASSWORD)


def test_a_backup_of_another_wallet_is_read() -> None:
    value = migration()
    value["nonDeviceBoundCredentials"] = [{"format": "mso_mdoc", "credential": "AA"}]
    value["transactionLog"] = [LOG]
    found = bent(value)
    assert found.credentials == (
        ListedCredential(
            "urn:eudi:pid:de:1",
            "dc+sd-jwt",
            "An issuer",
            "https://issuer.example/apply",
        ),
    )
    assert (found.made_at, found.transactions) == (None, (LOG,))
    assert found.unbound == ({"format": "mso_mdoc", "credential": "AA"},)


@pytest.mark.parametrize(
    "name",
    [
        {"lang": "en", "content": "An issuer"},
        [{"lang": "en", "content": "An issuer"}, {"lang": "de", "content": "Einer"}],
    ],
)
def test_a_name_may_come_with_its_language(name: JsonValue) -> None:
    assert bent(migration(issuerName=name)).credentials[0].issuer == "An issuer"


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        {**migration(), "listOfCredentials": {}},
        {**migration(), "listOfCredentials": None},
        {**migration(), "listOfCredentials": [7]},
        {**migration(), "transactionLog": "none"},
        {**migration(), "transactionLog": [7]},
        {**migration(), "nonDeviceBoundCredentials": [[]]},
        migration(credentialIdentifier=None),
        migration(credentialIdentifier=""),
        migration(format=7),
        migration(issuerName=7),
        migration(issuerName=[]),
        migration(issuerName={"lang": "en"}),
        migration(issuerName="x" * 5_000),
        migration(idwallet=7),
        migration(idwallet={"validUntil": "soon"}),
        migration(idwallet={"status": 7}),
        migration(idwallet={"status": {"uri": "", "idx": 1}}),
        migration(idwallet={"thumbprint": 7}),
        {**migration(), "idwallet": {}},
        {**migration(), "idwallet": {"format": "idwallet-backup/1", "madeAt": True}},
    ],
)
def test_what_breaks_the_form_is_malformed(value: JsonValue) -> None:
    assert bent(migration())
    with pytest.raises(MalformedError):
        bent(value)


def test_a_backup_of_a_later_version_is_told() -> None:
    with pytest.raises(UnsupportedError, match="later version"):
        bent({**migration(), "idwallet": {"format": "idwallet-backup/2"}})


def test_a_backup_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    token = sealed(backup_of(own()))
    monkeypatch.setattr(limits, "BACKUP_BYTES", 100)
    with pytest.raises(LimitError):
        sealed(backup_of(own()))
    with pytest.raises(LimitError):
        open_backup(token, PASSWORD)


# --- nothing shows ------------------------------------------------------------------


def test_a_trace_is_found_in_every_form_and_at_every_place() -> None:
    for before in range(4):
        octets = bytes(before) + CANARY.encode() + b"\xff\x00"
        assert traces_in(b64.encode(octets).encode(), CANARY)
        assert traces_in(octets.hex().encode(), CANARY)
        assert traces_in(json.dumps({"a": CANARY}).encode(), CANARY)
        assert traces_in(octets, CANARY)
    assert len(list(traces_of(CANARY))) == 11
    assert traces_in(b"nothing of the kind", CANARY) == []


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_claim_is_in_no_file_log_exception_or_repr(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, *, is_closed: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    claims = {**scene().content().claims, "family_name": CANARY}
    shown: list[object] = []
    with closing(SqlStore(tmp_path / "wallet.db")) as store:
        holder = Holder(store=store, seal=SEAL, keys=scene().keys, trust=scene().trust)
        told = (card(claims=claims), issued(licence(family_name=CANARY)))
        shown += [holder.add(each, at=AT) for each in told]
        assert {e.claims.get("family_name") for e in holder.credentials()} >= {CANARY}
        backup = backup_of(holder)
        keep_backup(holder.vault, backup, random=secrets.token_bytes)
        records = list(holder.vault.records(Shelf.CREDENTIAL))
        shown += [*records, holder, holder.vault, store, backup, *backup.credentials]
        wrong = Vault(store, SealKey(bytes(32)), random=secrets.token_bytes)
        with pytest.raises(WrongKey) as caught:
            wrong.open()
        shown.append(caught.value)
        with pytest.raises(IdWalletError) as broken:
            holder.vault.change(
                [Edit.replacing(records[0], bytes(limits.SEALED_BYTES))]
            )
        shown += [broken.value, broken.value.__cause__, sealed(backup)]
        if is_closed:
            store.close()
        for file in tmp_path.iterdir():
            assert traces_in(file.read_bytes(), CANARY) == []
            # Nor what it is, who gave it, or who keeps it.
            for word in (PID, MDL, "issuer.example", "Test issuer", str(AT.year)):
                assert word.encode() not in file.read_bytes()
    texts = [*map(repr, shown), *map(str, shown), caplog.text]
    assert traces_in("\n".join(texts).encode(), CANARY) == []
