"""A parent answers for a child from a terminal, and either ends it again."""

import json
from contextlib import chdir
from pathlib import Path
from shutil import copytree

import pytest

from idwallet.cli.pocket import open_pocket
from idwallet.crypto.signer import StoredKeySigner
from tests.cli.program import AT, Ran, run
from tests.cli.test_qr import SEAL_OF_KEY

SEAL = ("--seal-file", "passphrase.txt")
ISSUERS = ("--trust", "pki/root.pem")
UNTIL = "2026-11-24T20:00:00Z"


def done(*arguments: str) -> Ran:
    ran = run(*arguments)
    assert ran.status == 0, ran
    return ran


def wallet_of(whose: str) -> tuple[str, ...]:
    return "--wallet", whose, *SEAL


def issued(
    whose: str, claims: str, *, kind: str, shape: str, until: str = UNTIL
) -> str:
    """Issue a compact credential to a new key of a wallet; return its name there."""
    pocket = open_pocket(whose, seal_file="passphrase.txt")
    key = StoredKeySigner(pocket.keys.create("ES256", None)).public_key
    Path("holder.jwk").write_text(json.dumps(key.to_jwk()))
    done(
        *("issue", claims, "--type", kind, "--format", "compact", "--shape", shape),
        *("--key", "pki/issuer-key.pem", *SEAL_OF_KEY),
        *("--certificates", "pki/issuer.pem", "--holder-key", "holder.jwk"),
        *("--unproven", "a test", "--valid-until", until, "--at", AT),
        *("-o", "credential.txt", "--force"),
    )
    added = done(
        *("wallet", "add", "credential.txt", *wallet_of(whose), *ISSUERS),
        *("--at", AT, "--json"),
    )
    return str(json.loads(added.out)["name"])


def delegate(card: str, *more: str, out: str = "handed.json", at: str = AT) -> Ran:
    return run(
        *("guardian", "delegate", card, *wallet_of("child"), "--to", "parent.jwk"),
        *("--act", "age", "--at", at, "-o", out, *more),
    )


def add(handed: str = "handed.json", *more: str, at: str = AT) -> Ran:
    taken = ("guardian", "add", handed, *wallet_of("parent"), *ISSUERS)
    return run(*taken, "--at", at, *more)


@pytest.fixture(scope="module")
def family(told: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A child and a parent with what an authority gave them, and a till's question."""
    folder = tmp_path_factory.mktemp("family") / "home"
    copytree(told, folder)
    with chdir(folder):
        for whose in ("child", "parent"):
            done("wallet", "init", *wallet_of(whose))
        Path("card.json").write_text(
            '{"age_over_18": true, "family_name": "Образцова", "given_name": "Анна"}'
        )
        card = issued("child", "card.json", kind="national-id", shape="selective")
        done("guardian", "key", card, *wallet_of("child"), "-o", "child.jwk")
        done(
            *("guardian", "right", "--child", "child.jwk"),
            *("--act", "age", "--act", "hotel", "-o", "right.json"),
        )
        right = issued(
            "parent",
            "right.json",
            kind="urn:idwallet:guardian:1",
            shape="single-purpose",
        )
        done("guardian", "key", right, *wallet_of("parent"), "-o", "parent.jwk")
        Path("card.name").write_text(card)
        assert delegate(card).status == 0
        ask("till.state", "question.txt")
    return folder


def ask(state: str, out: str) -> None:
    done(
        *("request", "--age-over", "18", "--format", "compact", "--as", "qr"),
        *("--key", "pki/shop-key.pem", "--passphrase-file", "passphrase.txt"),
        *("--certificates", "pki/shop.pem", "--answer-to", "https://shop.example/a"),
        *("--purpose", "age-restricted sale", "--policy", "retail"),
        *("--save", state, *SEAL, "--at", AT, "-o", out),
    )


@pytest.fixture
def home(family: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which is also where the program runs."""
    folder = tmp_path / "home"
    copytree(family, folder)
    monkeypatch.chdir(folder)
    return folder


def name_of(ran: Ran) -> str:
    assert ran.status == 0, ran
    return str(json.loads(ran.out)["name"])


def present(*more: str, out: str = "answer.png") -> Ran:
    return run(
        *("present", "question.txt", *wallet_of("parent"), "--yes", "--qr"),
        *(*ISSUERS, "--at", AT, "-o", out, *more),
    )


def judge(*more: str) -> Ran:
    return run(
        *("verify", "answer.png", "--qr", "--request", "till.state", *SEAL),
        *(*ISSUERS, "--issuer-certificates", "pki/issuer.pem", "--at", AT, *more),
    )


def test_a_parent_answers_for_a_child_and_the_till_is_told(home: Path) -> None:
    taken = add()
    assert taken.status == 0, taken
    assert "kept apart from your own" in taken.out
    listed = done("guardian", "list", *wallet_of("parent"), "--at", AT, "--json")
    (child,) = json.loads(listed.out)["children"]
    assert child["acts"] == ["age"]
    assert child["claims"] == {"age_over_18": True}
    assert present().status == 1  # the wallet has no card of its own that answers
    other = present("--for", "somebody")
    assert (other.status, "no child of that name" in other.err) == (2, True)
    shown = present("--for", child["name"], "--json")
    assert shown.status == 0, shown
    assert "You answer for a child" in shown.err
    (told_of,) = json.loads(shown.out)["shown"]
    assert (told_of["acted_for"], told_of["claims"]) == (
        child["child"],
        ["/age_over_18"],
    )
    judged = judge("--reader", "clerk")
    assert judged.status == 0, judged
    assert "A parent or guardian answers for this person" in judged.out
    told = done("wallet", "history", *wallet_of("parent"))
    # A line for people has a wide twin of what would be markup; a key may begin so.
    plain, named = (
        each.replace("\N{FULLWIDTH LOW LINE}", "_")
        for each in (told.out, child["child"])
    )
    assert f"for a child ({named})" in plain
    said = done("wallet", "history", *wallet_of("parent"), "--json")
    entries = json.loads(said.out)["entries"]
    assert [each["entry"].get("acted_for") for each in entries] == [child["child"]]
    assert "Образцова" not in told.out + said.out
    assert home.is_dir()


def test_a_child_takes_back_what_it_gave_and_wallets_and_tills_heed_it(
    home: Path,
) -> None:
    name = name_of(add("handed.json", "--json"))
    assert present("--for", name).status == 0
    listed = done("guardian", "list", *wallet_of("child"), "--at", AT, "--json")
    (given,) = json.loads(listed.out)["given"]
    ended = run(
        *("guardian", "take-back", given["delegation"], *wallet_of("child")),
        *("--at", AT, "-o", "ended.txt"),
    )
    assert ended.status == 0, ended
    assert "still believes it" in ended.err
    # Whoever lost what was written has it written again; another name is none.
    back = ("guardian", "take-back", given["delegation"], *wallet_of("child"))
    assert run(*back, "--at", AT, "-o", "again.txt").status == 0
    assert (home / "again.txt").read_bytes() == (home / "ended.txt").read_bytes()
    for other in ("", given["delegation"][:-1], "0" * 16):
        wrong = run(*(*back[:2], other, *back[3:]), "--at", AT, "-o", "no.txt")
        assert (wrong.status, (home / "no.txt").exists()) == (4, False), wrong
    refused = judge("--withdrawn", "ended.txt", "--reader", "clerk", "--replay", "a")
    assert (refused.status, "taken back" in refused.out) == (1, True), refused
    assert judge("--replay", "b").status == 0  # a till that did not hear of it
    heard = ("guardian", "heed", "ended.txt", *wallet_of("parent"), "--at", AT)
    assert json.loads(done(*heard, "--json").out) == {"statements": 1, "ended": 1}
    assert "wallet: 0" in done(*heard).out
    assert present("--for", name, "--force").status == 2
    again = add()
    assert (again.status, "taken back" in again.out + again.err) == (1, True), again
    nothing = done("guardian", "list", *wallet_of("child"), "--at", AT)
    assert "answers for nobody" in nothing.out
    assert home.is_dir()


def test_a_bundle_carries_what_a_parent_took_back(home: Path) -> None:
    name = name_of(add("handed.json", "--json"))
    assert present("--for", name).status == 0
    back = ("guardian", "take-back", name, *wallet_of("parent"), "--at", AT)
    done(*back, "-o", "ended.txt")
    assert run(*back).status == 4
    (home / "bundle.toml").write_text(
        """
        series = "shops"
        sequence = 1
        [[anchors]]
        file = "pki/root.pem"
        purposes = ["issue_credentials", "read_credentials"]
        [[certificates]]
        file = "pki/issuer.pem"
        [[withdrawn]]
        file = "ended.txt"
        """
    )
    done("keys", "generate", "-o", "op.pem", "--passphrase-file", "passphrase.txt")
    shown = ("keys", "show", "op.pem", "--as", "pem", *SEAL_OF_KEY)
    (home / "op.pub").write_text(done(*shown).out)
    done(
        *("trust", "build", "bundle.toml", "--key", "op.pem", *SEAL_OF_KEY),
        *("-o", "shop.bundle", "--at", AT),
    )
    judged = run(
        *("verify", "answer.png", "--qr", "--request", "till.state", *SEAL),
        *("--trust", "shop.bundle", "--operator", "op.pub", "--at", AT, "--json"),
    )
    assert judged.status == 1, judged
    checks = json.loads(judged.out)["report"]["checks"]
    found = {each["id"]: each["reason"] for each in checks}
    assert found["holder.delegation"] == "revoked"


def test_a_delegation_ends_by_itself(home: Path) -> None:
    card = (home / "card.name").read_text()
    assert delegate(card, "--for", "30m", out="short.json").status == 0
    later = "2026-11-24T12:40:00Z"
    refused = add("short.json", at=later)
    assert refused.status == 1
    assert "over" in refused.out + refused.err
    assert add("short.json").status == 0
    listed = done("guardian", "list", *wallet_of("parent"), "--at", later)
    assert "over since 2026-11-24T12:30:00Z" in listed.out
    day = delegate(card, "--for", "24h", out="long.json")
    assert (day.status, "less than a day" in day.err) == (2, True), day


def test_a_guardian_adds_no_more_than_the_right(home: Path) -> None:
    card = (home / "card.name").read_text()
    wide = delegate(card, "--act", "school", out="wide.json")
    assert wide.status == 0, wide
    refused = add("wide.json", "--lang", "ru")
    assert refused.status == 1
    assert "Ваше право опекуна так далеко не идёт" in refused.out + refused.err


def test_a_child_is_removed_from_a_wallet(home: Path) -> None:
    name = name_of(add("handed.json", "--json"))
    removed = ("guardian", "remove", name, *wallet_of("parent"))
    assert run(*removed).status == 0
    assert run(*removed).status == 4
    told = done("guardian", "list", *wallet_of("parent"), "--at", AT, "--lang", "ru")
    assert "ни за кого не отвечает" in told.out
    assert home.is_dir()


def test_what_is_delegated_stands_in_no_message_of_the_program(home: Path) -> None:
    card = (home / "card.name").read_text()
    ran = delegate(card, "--lang", "ru", out="again.json")
    assert ran.status == 0
    assert "Образцова" not in ran.out + ran.err
    shown = delegate(card, "--json", out="-")
    assert json.loads(shown.out)["acts"] == ["age"]
    named = delegate(card, "--json", out="third.json")
    assert json.loads(named.out)["file"] == "third.json"


@pytest.mark.parametrize(
    ("arguments", "status", "what"),
    [
        (("guardian", "key", "none", *wallet_of("child")), 4, "no credential none"),
        (
            ("guardian", "take-back", "none", *wallet_of("child"), "--at", AT),
            4,
            "no delegation none",
        ),
        (
            ("guardian", "heed", "card.json", *wallet_of("child"), "--at", AT),
            4,
            "take-back",
        ),
        (("guardian", "add", "card.json", *wallet_of("parent"), *ISSUERS), 4, "delega"),
        (("guardian", "right", "--child", "child.jwk"), 2, "--act"),
    ],
)
def test_what_is_none_is_named(
    home: Path, arguments: tuple[str, ...], status: int, what: str
) -> None:
    ran = run(*arguments)
    assert (ran.status, what in ran.err) == (status, True), ran
    assert home.is_dir()


def test_only_a_compact_card_is_delegated(home: Path) -> None:
    listed = done("wallet", "list", "--wallet", "wallet", *SEAL, "--json", "--at", AT)
    name = json.loads(listed.out)["credentials"][0]["name"]
    ran = run("guardian", "key", name, "--wallet", "wallet", *SEAL)
    assert (ran.status, "no compact credential" in ran.err) == (4, True)
    assert home.is_dir()
