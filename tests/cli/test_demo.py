"""The story, as it is told and as it is left."""

import json
import re
import struct
from pathlib import Path
from typing import Final

import pytest

from idwallet.cli.demo.portrait import draw_portrait
from tests.cli.program import AT, run

GOLDEN: Final = Path(__file__).parent / "golden"
# Certificates hold DER signatures, whose length differs by a byte or two.
_SIZES: Final = re.compile(r"(?<=: )\d[\d,\u00a0]*(?= bytes)|(?<=байт: )[\d\u00a0]+")


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_story_is_told_as_it_was_read_and_approved(lang: str) -> None:
    # Made by: idwallet demo --lang en --at 2026-11-24T12:00:00Z
    golden = (GOLDEN / f"demo.{lang}.txt").read_text(encoding="utf-8")
    ran = run("demo", "--lang", lang, "--at", AT)
    assert ran.status == 0, ran.err
    assert _SIZES.sub("N", ran.out) == _SIZES.sub("N", golden)


def test_both_languages_are_told_unless_one_is_named() -> None:
    ran = run("demo", "--at", AT)
    assert "One card" in ran.out
    assert "История" in ran.out


def test_every_verdict_is_there_as_json() -> None:
    ran = run("demo", "--at", AT, "--json")
    document = json.loads(ran.out)
    verdicts = {
        each["scene"]: each["report"]["outcome"]
        for each in document["scenes"]
        if "report" in each
    }
    assert document["as_told"] is True
    assert verdicts == {
        "verify": "passed",
        "forged": "failed",
        "again": "failed",
        "minor": "failed",
        "status": "indeterminate",
        "licence": "passed",
        "altered": "failed",
        "contract": "passed",
        "changed": "failed",
    }


@pytest.mark.parametrize(
    ("scene", "check", "reason"),
    [
        ("forged", "issuer.trust", "no_trusted_path"),
        ("again", "presentation.replay", "already_used"),
        ("minor", "presentation.query", "value_differs"),
        ("status", "credential.status", "status_list_needed"),
        ("altered", "credential.disclosures", "integrity_mismatch"),
    ],
)
def test_each_refusal_has_one_reason(
    scene: str, check: str, reason: str, told: Path
) -> None:
    report = json.loads((told / f"reports/{scene}.json").read_text("utf-8"))
    stood = [
        each
        for each in report["checks"]
        if each["outcome"] != "passed" and each["reason"] != "waiting"
    ]
    assert [(each["id"], each["reason"]) for each in stood] == [(check, reason)]


def test_both_people_of_the_contract_are_named_and_the_changed_one_fails(
    told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(told)
    lists = [
        p for each in sorted(Path("pki").glob("*.crl")) for p in ("--crl", str(each))
    ]
    judge = ("--trust", "pki/root.pem", *lists, "--at", AT)
    ran = run("verify", "contract-signed.pdf", *judge, "--json")
    assert ran.status == 0, ran
    names = [each["name"] for each in json.loads(ran.out)["signatures"]]
    assert "Анна Образцова" in names[0]
    assert "Борис Примеров" in names[1]
    assert run("verify", "contract-changed.pdf", *judge).status == 1


def test_the_photo_and_the_claim_in_cyrillic_are_part_of_the_card(told: Path) -> None:
    claims = json.loads((told / "person.json").read_text("utf-8"))
    assert claims["отчество"] == "Петровна"
    assert 19_500 < (told / "portrait.png").stat().st_size < 21_500
    # What was not shown is not in the answer.
    answer = (told / "response.txt").stat().st_size
    assert answer < 6_000 < (told / "card.sdjwt").stat().st_size


def test_the_portrait_is_a_picture_and_always_the_same() -> None:
    picture = draw_portrait()
    assert picture == draw_portrait()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height) == (138, 184)


def test_a_folder_that_is_there_is_left_alone(story: Path) -> None:
    before = (story / "card.sdjwt").read_bytes()
    ran = run("demo", "--out", str(story))
    assert ran.status == 4
    assert (story / "card.sdjwt").read_bytes() == before


def test_an_empty_folder_is_filled_and_no_spare_is_left(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    ran = run("demo", "--out", str(tmp_path / "new"), "--lang", "ru", "--at", AT)
    assert ran.status == 0, ran.err
    assert [each.name for each in tmp_path.iterdir()] == ["new"]
    left = {each.name for each in (tmp_path / "new").iterdir()}
    assert {"README.txt", "transcript.ru.txt", "card.sdjwt", "wallet"} <= left
    assert "transcript.en.txt" not in left


def test_what_fails_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from idwallet.cli.demo import folder
    from idwallet.errors import PortError

    def full(*_: object, **__: object) -> None:
        raise PortError("cannot write: No space left on device")

    monkeypatch.setattr(folder, "write_file_atomically", full)
    ran = run("demo", "--out", str(tmp_path / "new"), "--at", AT)
    assert (ran.status, ran.out) == (4, "")
    assert list(tmp_path.iterdir()) == []
