"""What is put up at a till, on the command line of both sides."""

import json
from contextlib import chdir
from pathlib import Path
from shutil import copytree, rmtree

import click
import pytest

from tests.cli.program import AT, Ran, Stream, run
from tests.cli.test_qr import SEAL, compact_card

TILL = "pki/shop-key.pem"
JUDGE = ("--trust", "pki/root.pem", "--issuer-certificates", "pki/issuer.pem")
WALLET = ("--wallet", "wallet", *SEAL, "--yes", "--trust", "pki/root.pem")


def at(second: int) -> tuple[str, str]:
    return "--at", f"2026-11-24T12:00:{second:02}Z"


def put_up(till: str, *more: str, policy: str = "retail", out: str = "") -> Ran:
    return run(
        *("request", "standing", "--age-over", "18", "--till", till),
        *("--key", TILL, "--passphrase-file", "passphrase.txt"),
        *("--certificates", "pki/shop.pem", "--purpose", "age-restricted sale"),
        *("--policy", policy, "--save", f"{till}.standing", "--at", AT),
        *("-o", out or f"{till}.png"),
        *more,
    )


def show(question: str, *more: str, second: int = 0, out: str = "code.png") -> Ran:
    return run("present", question, "--qr", *WALLET, *at(second), "-o", out, *more)


def judge(code: str, till: str, *more: str, second: int = 5) -> Ran:
    asked = ("--request", f"{till}.standing")
    return run("verify", code, *asked, *JUDGE, *at(second), *more)


@pytest.fixture(scope="module")
def ready(told: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wallet with a compact card, a till, and what the one shows at the other."""
    folder = tmp_path_factory.mktemp("ready") / "shop"
    copytree(told, folder)
    with chdir(folder):
        compact_card(folder)
        assert put_up("till-3").status == 0
        assert show("till-3.png").status == 0
    return folder


@pytest.fixture
def shop(ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which is also where the program runs."""
    folder = tmp_path / "shop"
    copytree(ready, folder)
    monkeypatch.chdir(folder)
    return folder


def test_a_code_shown_at_its_till_passes_once(shop: Path) -> None:
    shown = show("till-3.png", "--force")
    assert shown.status == 0, shown
    assert "till-3" in shown.err
    assert "from 12:00:00 until 12:00:15" in shown.err
    first = judge("code.png", "till-3", "--qr", "--reader", "clerk")
    assert first.status == 0, first
    assert "may have been passed on" in first.out
    again = judge("code.png", "till-3", "--qr", "--reader", "clerk", second=6)
    assert (again.status, "This code was shown before" in again.out) == (1, True)
    assert "show a new code" in again.out


def test_the_next_code_of_the_same_visit_passes_as_well(shop: Path) -> None:
    assert show("till-3.png", "--steps", "2").status == 0
    assert judge("code-1.png", "till-3", "--qr").status == 0
    assert judge("code-2.png", "till-3", "--qr", second=16).status == 0


def test_a_code_for_another_till_is_told_to_be_one(shop: Path) -> None:
    assert put_up("till-4").status == 0
    assert show("till-4.png", "--force").status == 0
    wrong = judge("code.png", "till-3", "--qr", "--reader", "clerk")
    assert (wrong.status, "made for another till" in wrong.out) == (1, True), wrong
    assert judge("code.png", "till-4", "--qr").status == 0


def test_a_code_is_stale_after_the_window_and_said_to_be(shop: Path) -> None:
    stale = judge("code.png", "till-3", "--qr", "--reader", "clerk", second=31)
    assert (stale.status, "The code is too old" in stale.out) == (1, True), stale
    assert judge("code.png", "till-3", "--qr", "--replay", "b", second=30).status == 0


def test_what_a_scanner_types_is_judged_as_its_picture_is(shop: Path) -> None:
    assert show("till-3.png", out="code.txt").status == 0
    assert (shop / "code.txt").read_text().startswith("IDW1P:")
    assert judge("code.txt", "till-3").status == 0
    again = judge("code.txt", "till-3", "--json")
    assert again.status == 1
    found = {e["id"]: e["reason"] for e in json.loads(again.out)["report"]["checks"]}
    assert found["presentation.replay"] == "already_used"


def test_a_policy_that_takes_no_code_shown_unasked_says_so(shop: Path) -> None:
    assert put_up("till-5", policy="strict").status == 0
    assert show("till-5.png", "--force").status == 0
    judged = judge("code.png", "till-5", "--qr", "--reader", "clerk")
    assert judged.status == 1
    assert "shown unasked is not enough here" in judged.out


def test_an_answer_to_a_question_is_no_code_for_a_till(shop: Path) -> None:
    asked = run(
        *("request", "--age-over", "18", "--format", "compact", "--as", "qr"),
        *("--key", TILL, "--passphrase-file", "passphrase.txt"),
        *("--certificates", "pki/shop.pem", "--answer-to", "https://shop.example/a"),
        *("--purpose", "age-restricted sale", "--policy", "retail"),
        *("--save", "asked.state", *SEAL, "--at", AT, "-o", "question.txt"),
    )
    assert asked.status == 0
    assert show("question.txt", "--force").status == 0
    judged = judge("code.png", "till-3", "--qr", "--reader", "clerk")
    assert (judged.status, "somebody else's question" in judged.out) == (1, True)
    two_way = ("verify", "code.png", "--qr", "--request", "asked.state", *SEAL)
    assert run(*two_way, *JUDGE, "--at", AT).status == 0
    many = show("question.txt", "--steps", "2", out="many.png")
    assert (many.status, "--steps is for a till's" in many.err) == (2, True)


def test_who_hangs_there_is_read_before_anything_is_shown(shop: Path) -> None:
    read = run("request", "read", "till-3.png", "--trust", "pki/root.pem", "--at", AT)
    assert read.status == 0, read
    assert "age-restricted sale" in read.out
    over = run(
        *("request", "read", "till-3.png", "--trust", "pki/root.pem"),
        *("--at", "2026-11-25T12:02:01Z"),
    )
    assert over.status == 1
    stranger = run("request", "read", "till-3.png", "--trust", "pki/issuer.pem")
    assert stranger.status != 0


def test_a_refusal_at_a_till_stands_in_the_history_of_the_wallet(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Stream, "isatty", lambda _: True)
    quiet = tuple(each for each in WALLET if each != "--yes")
    asked = ("present", "till-3.png", "--qr", *quiet, "--at", AT)
    answers = iter((False, True))
    monkeypatch.setattr(click, "confirm", lambda *_, **__: next(answers))
    refused = run(*asked, "-o", "no.png")
    assert (refused.status, "Nothing was shown" in refused.err) == (1, True), refused
    assert not (shop / "no.png").exists()
    seen = run("wallet", "history", "--wallet", "wallet", *SEAL, "--json")
    entries = [each["entry"] for each in json.loads(seen.out)["entries"]]
    kinds = [each["kind"] for each in entries if each is not None]
    assert kinds.count("declined") == 1
    agreed = run(*asked, "-o", "yes.png")
    assert (agreed.status, (shop / "yes.png").exists()) == (0, True), agreed


def test_programs_read_what_was_made(shop: Path) -> None:
    made = put_up("till-6", "--json", "--window", "10s", "--valid-for", "365d")
    told = json.loads(made.out)
    assert told["audience"] == f"{told['client_id']}#till-6"
    assert (told["window"], told["until"]) == (10, "2027-11-24T12:00:00Z")
    assert told["file"] == "till-6.png"
    drawn = json.loads(put_up("till-7", "--json", out="-").out)
    assert drawn["code"].startswith("IDW1T:")
    shown = json.loads(show("till-6.png", "--json", "--steps", "2").out)
    assert [each["file"] for each in shown["codes"]] == ["code-1.png", "code-2.png"]
    assert shown["codes"][0]["until"] == shown["codes"][1]["since"]
    assert shown["shown"][0]["claims"] == ["/age_over_18"]
    typed = json.loads(show("till-6.png", "--json", out="-").out)
    assert typed["codes"][0]["code"].startswith("IDW1P:")


def test_several_codes_go_into_one_text_a_line_each(shop: Path) -> None:
    assert show("till-3.png", "--steps", "3", out="codes.txt").status == 0
    lines = (shop / "codes.txt").read_text().splitlines()
    assert len(set(lines)) == 3
    assert all(line.startswith("IDW1P:") for line in lines)


def test_nothing_that_is_there_is_replaced_unasked(shop: Path) -> None:
    assert put_up("till-3").status == 4
    assert put_up("till-3", "--force").status == 0
    assert show("till-3.png").status == 4
    assert show("till-3.png", "--force", second=15).status == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--window", "4s"), "window"),
        (("--window", "301s"), "window"),
        (("--valid-for", "401d"), "printed code"),
        (("--till", "a#b"), "#"),
        (("--save", "-"), "--save names a file"),
        (("--client-id-prefix", "x509_hash", "--dns-name", "x"), "--dns-name needs"),
    ],
)
def test_what_no_till_has_is_a_mistake_of_use(
    shop: Path, more: tuple[str, ...], said: str
) -> None:
    ran = put_up("till-8", *more)
    assert (ran.status, said in ran.err) == (2, True), ran
    assert not list(shop.glob("till-8*"))


@pytest.mark.parametrize(
    "more",
    [("--fetch",), ("--type-metadata", "claims.json"), ("--document", "claims.json")],
)
def test_a_code_is_judged_by_what_is_at_hand(shop: Path, more: tuple[str, ...]) -> None:
    assert judge("code.png", "till-3", "--qr", *more).status == 2
    assert not (shop / "till-3.standing.used").exists() or not list(
        (shop / "till-3.standing.used").iterdir()
    )
    assert judge("code.png", "till-3", "--qr").status == 0


def test_a_code_at_a_till_is_answered_by_codes(shop: Path) -> None:
    ran = run("present", "till-3.png", *WALLET, "--at", AT, "-o", "answer.txt")
    assert (ran.status, "answered with --qr" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"window": 31}, 0),
        ({"policy": "hotel"}, 2),
        ({"policy": "none"}, 4),
        ({"policy_digest": "00"}, 2),
        ({"window": 4}, 2),
        ({"window": -30}, 4),
        ({"window": 1 << 70}, 4),
        ({"window": "30"}, 4),
        ({"window": True}, 4),
        ({"till": ""}, 2),
        ({"till": None}, 4),
        ({"query": {}}, 4),
        ({"query": "age"}, 4),
        ({"format": "idwallet-standing-request/2"}, 4),
        ({"more": 1}, 4),
    ],
)
def test_what_was_kept_is_read_in_one_way(
    shop: Path, change: dict[str, object], status: int
) -> None:
    file = shop / "till-3.standing"
    kept = json.loads(file.read_text())
    file.write_text(json.dumps(kept | change))
    ran = judge("code.png", "till-3", "--qr")
    assert ran.status == status, ran
    rmtree(shop / "till-3.standing.used", ignore_errors=True)
    file.write_text(json.dumps(kept))
    assert judge("code.png", "till-3", "--qr").status == 0


def test_another_policy_does_not_judge_what_is_shown(shop: Path) -> None:
    ran = judge("code.png", "till-3", "--qr", "--policy", "strict")
    assert (ran.status, "another one cannot judge" in ran.err) == (2, True)
    assert judge("code.png", "till-3", "--qr", "--policy", "retail").status == 0


def test_a_picture_without_a_code_of_ours_is_no_answer(shop: Path) -> None:
    (shop / "other.txt").write_text("HELLO")
    assert run("qr", "show", "other.txt", "-o", "other.png").status == 0
    ran = judge("other.png", "till-3", "--qr")
    assert (ran.status, "no code of ours" in ran.err) == (4, True), ran
    assert run("present", "other.png", "--qr", *WALLET, "--at", AT).status == 4
    printed = judge("till-3.png", "till-3", "--qr")
    assert printed.status == 1, printed
