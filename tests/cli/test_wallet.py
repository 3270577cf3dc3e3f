"""A wallet is made, looked at, backed up, restored and repaired on the command line."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from idwallet.adapters.sql import SqlStore
from idwallet.cli.pocket import open_pocket
from idwallet.credentials.possession import HolderKey
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import StoredKeySigner
from idwallet.ports import Change, Shelf
from idwallet.testing.scene import LIFE, Scene
from tests.cli.program import AT, Ran, run

SEAL: Final = ("--seal-file", "passphrase.txt")
PASSWORD: Final = ("--password-file", "password.txt")


@pytest.fixture
def wallet(story: Path) -> Path:
    """The wallet of the story: Anna's card is in it."""
    (story / "password.txt").write_text("a password of many words\n")
    return story / "wallet"


def told(ran: Ran) -> dict[str, object]:
    assert ran.status == 0, ran
    found: dict[str, object] = json.loads(ran.out)
    return found


def back_up(*more: str) -> Ran:
    return run(
        *("wallet", "backup", "--wallet", "wallet", *SEAL, *PASSWORD, "--at", AT),
        *("-o", "backup.jwe", *more),
    )


def restore(*more: str, folder: str = "new") -> Ran:
    return run(
        *("wallet", "restore", "backup.jwe", "--wallet", folder, *SEAL, *PASSWORD),
        *("--at", AT, *more),
    )


# --- made and looked at -------------------------------------------------------------


def test_a_wallet_is_made_once_and_says_what_it_does_not_notice(story: Path) -> None:
    ran = run("wallet", "init", "--wallet", "fresh", *SEAL)
    assert ran.status == 0
    assert "Rollback: not protected." in ran.out
    assert sorted(e.name for e in (story / "fresh").iterdir()) == ["keys", "wallet.db"]
    assert (story / "fresh/wallet.db").stat().st_mode & 0o077 == 0
    again = run("wallet", "init", "--wallet", "fresh", *SEAL)
    assert (again.status, "holds a wallet already" in again.err) == (4, True)
    listed = run("wallet", "list", "--wallet", "fresh", *SEAL)
    assert listed.out == "The wallet holds no credentials.\n"


def test_no_wallet_is_made_over_something_else(story: Path) -> None:
    ran = run("wallet", "init", "--wallet", str(story), *SEAL)
    assert (ran.status, "is there already and is no wallet" in ran.err) == (4, True)
    ran = run("wallet", "show", "--wallet", "none", *SEAL)
    assert (ran.status, "`idwallet wallet init` makes one" in ran.err) == (4, True)


@pytest.mark.usefixtures("wallet")
def test_a_wallet_tells_what_it_holds_and_a_credential_what_it_says() -> None:
    found = told(run("wallet", "show", "--wallet", "wallet", *SEAL, "--json"))
    assert found["credentials"] == 1
    assert found["rollback"] == "not protected"
    assert found["argon2id"] == {"memory_kib": 65_536, "passes": 3}
    listed = told(run("wallet", "list", "--wallet", "wallet", *SEAL, "--json"))
    credentials = listed["credentials"]
    assert isinstance(credentials, list)
    (name,) = (each["name"] for each in credentials)
    shown = told(run("wallet", "show", name, "--wallet", "wallet", *SEAL, "--json"))
    assert shown["claims"] == credentials[0]["claims"]
    assert str(shown["valid_until"]).endswith("Z")
    text = run("wallet", "show", name, "--wallet", "wallet", *SEAL)
    assert "Issuer: " in text.out
    none = run("wallet", "show", "0" * 32, "--wallet", "wallet", *SEAL)
    assert (none.status, "there is no credential" in none.err) == (4, True)


def test_a_batch_is_listed_with_its_copies_and_each_is_revoked_when_lost(
    wallet: Path,
) -> None:
    scene = Scene(seed=b"idwallet TEST wallet on the command line")
    pocket = open_pocket(str(wallet), seal_file="passphrase.txt")
    stored = [pocket.keys.create(Algorithm.ES256.jose, None) for _ in range(3)]
    made = [StoredKeySigner(each).public_key for each in stored]
    copies = scene.issuer.issue_batch(
        scene.content(),
        holder_keys=[HolderKey.unproven(e, reason="a test") for e in made],
        valid_until=scene.at + LIFE,
        at=scene.at,
    )
    pocket.holder(scene.trust).add_batch(copies, at=scene.at)
    at = ("--at", scene.at.isoformat())
    text = run("wallet", "list", "--wallet", "wallet", *SEAL, *at)
    assert "Copies that nobody has seen: 3." in text.out
    listed = told(run("wallet", "list", "--wallet", "wallet", *SEAL, *at, "--json"))
    credentials = listed["credentials"]
    assert isinstance(credentials, list)
    (told_of,) = (each["copies"] for each in credentials if "copies" in each)
    assert (told_of["method"], told_of["unused"]) == ("once_only", 3)
    assert back_up(*at).status == 0
    revoke = told(restore("--lost", "--json", *at))["to_revoke"]
    assert isinstance(revoke, list)
    ours = {e.thumbprint for e in made}
    assert ours <= {each["thumbprint"] for each in revoke}


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.usefixtures("wallet")
def test_a_wallet_is_described_in_either_language(lang: str) -> None:
    ran = run("wallet", "show", "--wallet", "wallet", *SEAL, "--lang", lang)
    assert ran.status == 0
    assert {"en": "not protected", "ru": "не защищён"}[lang] in ran.out


@pytest.mark.parametrize(
    "command", [("show",), ("list",), ("repair",), ("backup", *PASSWORD, "-o", "x")]
)
def test_a_wrong_passphrase_is_told_and_changes_nothing(
    wallet: Path, command: tuple[str, ...]
) -> None:
    Path("wrong.txt").write_text("another passphrase\n")
    before = (wallet / "wallet.db").read_bytes()
    ran = run("wallet", *command, "--wallet", "wallet", "--seal-file", "wrong.txt")
    assert ran.status == 4
    assert "the passphrase does not open this wallet" in ran.err
    assert (wallet / "wallet.db").read_bytes() == before


# --- backed up and restored ---------------------------------------------------------


@pytest.mark.usefixtures("wallet")
def test_a_passphrase_and_what_a_guess_costs_are_changed() -> None:
    Path("new.txt").write_text("a better passphrase\n")
    ran = run(
        *("wallet", "passphrase", "--wallet", "wallet", *SEAL),
        *("--new-seal-file", "new.txt", "--memory", "8"),
    )
    assert ran.status == 0
    assert "8,192 KiB" in ran.out
    new = ("--seal-file", "new.txt")
    assert run("wallet", "list", "--wallet", "wallet", *SEAL).status == 4
    found = told(run("wallet", "show", "--wallet", "wallet", *new, "--json"))
    assert found["argon2id"] == {"memory_kib": 8_192, "passes": 3}
    assert found["credentials"] == 1
    # The keys open too, by a key that lies in the wallet.
    prove = ("wallet", "prove", "--wallet", "wallet", *new, "--nonce", "n")
    assert run(*prove, "--audience", "https://id.example", "--at", AT).status == 0


@pytest.mark.usefixtures("wallet")
def test_a_backup_is_restored_on_another_device_as_a_plan() -> None:
    made = back_up()
    assert made.status == 0
    assert "no key and no claim" in made.err
    token = Path("backup.jwe").read_text()
    assert token.count(".") == 4
    found = told(restore("--json"))
    plan = found["to_reissue"]
    assert isinstance(plan, list)
    assert [(each["format"], each["copies"]) for each in plan] == [("dc+sd-jwt", 1)]
    assert found["made_at"] == AT
    # What the story showed is in the log, and comes along.
    assert found["transactions"] == 1
    assert "to_revoke" not in found
    # The plan stays in the new wallet until it is worked off.
    shown = told(run("wallet", "show", "--wallet", "new", *SEAL, "--json"))
    assert shown["to_reissue"] == plan
    assert shown["credentials"] == 0
    # Where everything is there nothing is left to ask for.
    assert told(restore("--json", folder="wallet"))["to_reissue"] == []


@pytest.mark.usefixtures("wallet")
def test_a_lost_device_is_answered_by_one_command() -> None:
    assert back_up("--json").status == 0
    revoke = told(restore("--lost", "--json"))["to_revoke"]
    assert isinstance(revoke, list)
    (one,) = revoke
    assert one["issuer"]
    assert len(one["thumbprint"]) == 43
    text = restore("--lost", folder="third")
    assert "If the former device is lost, have these revoked:" in text.out
    late = restore("--lost", "--at", "2036-01-01T00:00:00Z", folder="fourth")
    assert "nothing has to be revoked" in late.out


@pytest.mark.usefixtures("wallet")
def test_a_backup_needs_its_password_and_is_whole() -> None:
    assert back_up().status == 0
    Path("password.txt").write_text("another password\n")
    ran = restore()
    assert ran.status == 4
    assert "does not open this message" in ran.err
    assert not Path("new").exists()
    Path("backup.jwe").write_text("no backup")
    assert restore().status == 4
    assert back_up().status == 4  # there already
    assert back_up("--force").status == 0


@pytest.mark.usefixtures("wallet")
def test_no_secret_is_an_argument_and_none_is_asked_for_without_a_terminal() -> None:
    ran = run("wallet", "backup", "--wallet", "wallet", *SEAL, "-o", "backup.jwe")
    assert ran.status == 4
    assert "name a file with --password-file" in ran.err
    assert not Path("backup.jwe").exists()


@pytest.mark.usefixtures("wallet")
def test_a_backup_on_standard_output_is_json_where_that_is_asked_for() -> None:
    stream = ("wallet", "backup", "--wallet", "wallet", *SEAL, *PASSWORD)
    found = told(run(*stream, "--json"))
    assert str(found["backup"]).count(".") == 4
    plain = run(*stream)
    assert plain.out.strip().count(".") == 4


# --- damaged and repaired -----------------------------------------------------------


def test_a_damaged_wallet_is_told_and_repaired(wallet: Path) -> None:
    with closing(SqlStore(wallet / "wallet.db")) as store:
        (record,) = store.records(Shelf.CREDENTIAL)
        broken = record.sealed[:-1] + bytes([record.sealed[-1] ^ 1])
        change = Change(Shelf.CREDENTIAL, record.name, record.sealed, broken)
        assert store.change([change])
    ran = run("wallet", "list", "--wallet", "wallet", *SEAL)
    assert ran.status == 4
    assert "repair the wallet" in ran.err
    found = told(run("wallet", "repair", "--wallet", "wallet", *SEAL, "--json"))
    assert found == {"removed": {"broken": 1, "one_time": 0}}
    assert run("wallet", "list", "--wallet", "wallet", *SEAL).status == 0
    sound = run("wallet", "repair", "--wallet", "wallet", *SEAL)
    assert sound.out == "The wallet is sound; nothing was done.\n"


def test_a_file_that_is_no_database_is_told(wallet: Path) -> None:
    (wallet / "wallet.db").write_bytes(b"no database" * 1_000)
    ran = run("wallet", "list", "--wallet", "wallet", *SEAL)
    assert ran.status == 4
    assert "it is damaged, or is no database" in ran.err
    assert "Traceback" not in ran.err


def test_a_wallet_of_a_later_version_is_told(wallet: Path) -> None:
    with closing(sqlite3.connect(wallet / "wallet.db")) as connection:
        connection.execute("UPDATE idwallet_versions SET version = 9")
        connection.commit()
    ran = run("wallet", "list", "--wallet", "wallet", *SEAL)
    assert (ran.status, "take that one or a later one" in ran.err) == (4, True)


def test_without_its_extra_a_wallet_names_it(
    wallet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    for name in [e for e in sys.modules if e.startswith("idwallet.adapters.sql")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    assert wallet.is_dir()
    ran = run("wallet", "list", "--wallet", "wallet", *SEAL)
    assert ran.status == 4
    assert "idwallet[sql]" in ran.err
