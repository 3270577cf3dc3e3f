"""`idwallet wallet history` and what else a person does with it."""

import json
from pathlib import Path
from typing import Final

import click
import pytest

from idwallet import limits
from idwallet.cli.pocket import open_pocket
from tests.cli.program import AT, Ran, Stream, run

SEAL: Final = ("--seal-file", "passphrase.txt")
WALLET: Final = ("--wallet", "wallet", *SEAL)
ROOT: Final = ("--trust", "pki/root.pem")


def wallet(*words: str) -> Ran:
    return run("wallet", words[0], *words[1:], *WALLET)


def happened(*words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(wallet("history", "--json").out)[
        "entries"
    ]
    return found


@pytest.fixture(autouse=True)
def answered(story: Path) -> None:
    """Answer one more request from the demo's wallet."""
    ran = run(
        *("present", "request.json", *WALLET, *ROOT, "--yes", "--at", AT),
        *("-o", "answer.txt", "--force"),
    )
    assert ran.status == 0, ran


def test_the_history_says_who_asked_and_what_was_shown_without_values() -> None:
    ran = wallet("history", "--lang", "en")
    assert ran.status == 0
    assert "known by its certificate" in ran.out
    assert "not known to have been sent" in ran.out
    assert "2026" in ran.out
    russian = wallet("history", "--lang", "ru").out
    assert "неизвестно, отправлено ли" in russian


def test_the_history_has_the_shape_of_ts10() -> None:
    log = json.loads(wallet("history", "--ts10").out)["TransactionLog"]
    assert log[-1]["transactionType"] == "Presentation"


def test_an_export_is_judged_and_says_what_it_proves(tmp_path: Path) -> None:
    export, point = str(tmp_path / "history.json"), str(tmp_path / "point.json")
    assert wallet("export", "--at", AT, "-o", export, "--evidence").status == 0
    assert wallet("export", "--at", AT, "-o", point, "--checkpoint").status == 0
    alone = run("wallet", "judge", export, *ROOT, "--at", AT)
    assert alone.status == 3
    assert "self_asserted" in alone.err
    accepted = run("wallet", "judge", export, *ROOT, "--at", AT, "--self-asserted")
    assert accepted.status == 0
    assert "Nobody but the owner says how many entries there were." in accepted.out
    kept = run("wallet", "judge", export, *ROOT, "--at", AT, "--kept", point, "--json")
    assert kept.status == 0
    assert json.loads(kept.out)["proves"] == ["order", "complete", "rest_open"]


def test_a_history_that_was_changed_fails(tmp_path: Path) -> None:
    export = tmp_path / "history.json"
    wallet("export", "--at", AT, "-o", str(export))
    text = export.read_text("utf-8")
    export.write_text(text.replace('\\"kind\\":\\"shown\\"', '\\"kind\\":\\"s\\"', 1))
    ran = run("wallet", "judge", str(export), *ROOT, "--at", AT, "--self-asserted")
    assert ran.status == 1


def test_of_an_export_one_entry_can_be_shown_alone(tmp_path: Path) -> None:
    wallet("export", "--at", AT, "-o", "one.json", "--show", "0", "--force")
    entries = json.loads(Path("one.json").read_text("utf-8"))["entries"]
    assert ["content" in each for each in entries] == [True] + [False] * (
        len(entries) - 1
    )


def test_erasing_asks_first_and_leaves_the_chain() -> None:
    last = str(happened()[-1]["index"])
    assert wallet("erase", last, "--yes", "--json").status == 0
    assert happened()[-1]["entry"] is None
    assert wallet("erase", str(limits.LEDGER_ENTRIES), "--yes").status == 2


def test_a_deletion_is_drafted_in_both_languages_and_written_down() -> None:
    last = happened()[-1]
    ran = wallet("deletion", str(last["index"]), "--at", AT, "--lang", "en")
    assert ran.status == 0
    assert "Article 17 of Regulation (EU) 2016/679" in ran.out
    again = wallet("deletion", str(last["index"]), "--at", AT, "--lang", "ru", "--json")
    letter = json.loads(again.out)["letter"]
    assert "Прошу удалить" in letter["body"]
    assert len(happened()[-1]["deletions"]) == 2  # type: ignore[arg-type]


def test_what_is_no_receipt_is_refused_and_not_kept(tmp_path: Path) -> None:
    index = str(happened()[-1]["index"])
    (tmp_path / "receipt.txt").write_text("no receipt")
    ran = run(
        *("wallet", "receipt", str(tmp_path / "receipt.txt"), "--entry", index),
        *(*WALLET, *ROOT, "--at", AT, "--json"),
    )
    assert ran.status == 1
    assert happened()[-1]["receipts"] == []


def test_who_was_refused_and_asks_again_is_told_to_the_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    present = ("present", "request.json", *WALLET, *ROOT, "--at", AT, "--lang", "en")
    before = len(happened())
    monkeypatch.setattr(Stream, "isatty", lambda _: True)
    monkeypatch.setattr(click, "confirm", lambda *_, **__: False)
    first = run(*present, "-o", "refused.txt")
    assert first.status == 1
    assert not Path("refused.txt").exists()
    assert "You have refused this party before" not in first.err
    again = run(*present, "-o", "refused.txt")
    assert "You have refused this party before" in again.err
    entries = [each["entry"] for each in happened()[before:]]
    kinds = [each["kind"] for each in entries if isinstance(each, dict)]
    assert kinds == ["declined"] * 2


def test_an_issuers_word_on_who_may_see_it_is_kept_with_the_credential() -> None:
    policy = {
        "policy_uri": "https://issuer.example/policy",
        "policy_type": "authorized_rp_only",
        "authorized_parties": [{"identifier": "VATXX-9"}],
    }
    Path("policy.json").write_text(json.dumps(policy), "utf-8")
    Path("broken.json").write_text("{}", "utf-8")
    add = ("add", "card.sdjwt", *ROOT, "--at", AT, "--disclosure")
    before = held_policies()
    refused = wallet(*add, "broken.json")
    assert refused.status == 4
    assert "broken.json" in refused.err
    assert held_policies() == before
    assert wallet(*add, "policy.json").status == 0
    assert [e for e in held_policies() if e] == ["https://issuer.example/policy"]


def held_policies() -> list[str | None]:
    held = open_pocket("wallet", seal_file="passphrase.txt").credentials()
    return [None if e.disclosure is None else e.disclosure.uri for e in held]
