"""`idwallet purposes`, and purposes of one's own when a request is answered."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from idwallet.consent import shipped_purposes
from tests.cli.program import AT, run
from tests.unit.consent.test_purposes import GOOD

SHOP: Final = (
    *("--key", "pki/shop-key.pem", "--certificates", "pki/shop.pem"),
    *("--passphrase-file", "passphrase.txt", "--seal-file", "passphrase.txt"),
    *("--policy", "retail", "--answer-to", "https://till.example/a", "--at", AT),
)
MINE: Final = {
    **GOOD,
    "credentials": {
        "national-id": {
            "needed": ["age_over_18"],
            "instead": {"birth_date": ["age_over_18"]},
        }
    },
}


@pytest.fixture
def profile(tmp_path: Path) -> str:
    path = tmp_path / "club.json"
    path.write_text(json.dumps(GOOD), "utf-8")
    return str(path)


def document(*arguments: str) -> Any:
    ran = run(*arguments, "--json")
    assert ran.status == 0, ran.err
    return json.loads(ran.out)


def test_every_shipped_purpose_is_listed_and_shown_in_both_languages() -> None:
    for lang in ("en", "ru"):
        listed = run("purposes", "list", "--lang", lang)
        assert listed.status == 0
        for name, each in shipped_purposes().by_name.items():
            assert f"{name}: " in listed.out
            shown = run("purposes", "show", name, "--lang", lang)
            title = each.display.ru if lang == "ru" else each.display.en
            assert shown.out.startswith(f"{name}: {title}")
            assert all(source.note[:20] in shown.out for source in each.sources)


def test_a_purpose_as_json_has_its_sources_and_rules() -> None:
    found = document("purposes", "show", "student-discount")
    assert found["origin"] == "shipped"
    rules = found["credentials"]["student-card"]
    assert rules["needed"] == [["affiliation"]]
    assert rules["instead"]["card_number"] == ["affiliation"]
    assert {each["basis"] for each in found["sources"]} == {"practice", "law"}
    assert all(each["read"] for each in found["sources"])


def test_a_purpose_that_nobody_knows_is_a_usage_fault() -> None:
    ran = run("purposes", "show", "world-domination")
    assert ran.status == 2
    assert "age-restricted-sale" in ran.err


def test_a_file_of_ones_own_is_checked_and_listed(profile: str) -> None:
    checked = run("purposes", "check", profile)
    assert checked.status == 0
    assert checked.out.startswith("club-entry: Entry to a club (invented)")
    listed = document("purposes", "list", "--profile", profile)
    mine = {each["name"]: each for each in listed["purposes"]}["club-entry"]
    assert mine["origin"] == "own"
    assert listed["set_aside"] == []


def test_a_file_that_breaks_the_format_says_where(tmp_path: Path) -> None:
    path = tmp_path / "club.json"
    path.write_text(json.dumps({**GOOD, "version": 0}), "utf-8")
    ran = run("purposes", "check", str(path))
    assert ran.status == 4
    assert "version" in ran.err
    assert "write-a-purpose-profile" in ran.err


def test_a_file_does_not_take_a_shipped_purpose_over_unsaid(tmp_path: Path) -> None:
    path = tmp_path / "sale.json"
    path.write_text(json.dumps({**GOOD, "name": "age-restricted-sale"}), "utf-8")
    listed = run("purposes", "list", "--profile", str(path))
    assert "Not taken" in listed.out
    document_ = document("purposes", "list", "--profile", str(path))
    assert [each["version"] for each in document_["set_aside"]] == [2]


def test_two_files_of_one_name_are_a_usage_fault(profile: str) -> None:
    assert (
        run("purposes", "list", "--profile", profile, "--profile", profile).status == 2
    )


def test_the_operator_of_no_bundle_is_a_usage_fault() -> None:
    ran = run("purposes", "list", "--operator", "operator.pem")
    assert ran.status == 2


def ask(purpose: str) -> None:
    query = {
        "credentials": [
            {
                "id": "national-id",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": ["urn:eudi:pid:1"]},
                "claims": [
                    {"path": ["age_equal_or_over", "18"]},
                    {"path": ["birthdate"]},
                ],
            }
        ]
    }
    Path("query.json").write_text(json.dumps(query), "utf-8")
    files = ("--save", "mine.state", "-o", "mine.json")
    asked = run("request", "--query", "query.json", "--purpose", purpose, *SHOP, *files)
    assert asked.status == 0, asked.err


PRESENT: Final = (
    *("present", "mine.json", "--wallet", "wallet", "--trust", "pki/root.pem"),
    *("--seal-file", "passphrase.txt", "--yes", "-o", "answer.txt", "--at", AT),
)


def test_a_request_is_judged_by_a_purpose_of_ones_own(story: Path) -> None:
    (story / "club.json").write_text(json.dumps(MINE), "utf-8")
    ask("club-entry")
    told = document(*PRESENT, "--profile", "club.json")["judgement"]
    assert told["profile"] == {
        "name": "club-entry",
        "version": 2,
        "origin": "own",
        "retention_days": 1,
    }
    found = {each["claim"]: each for each in told["claims"]}
    assert found["age_over_18"]["finding"] == "needed"
    assert found["birth_date"]["finding"] == "cheaper"
    assert found["birth_date"]["instead"] == ["age_over_18"]
    assert [each["code"] for each in told["cautions"]] == [
        "over_asked",
        "not_registered",
    ]


def test_a_request_for_a_purpose_that_nobody_knows_says_so(story: Path) -> None:
    ask("club-entry")
    ran = run(*PRESENT, "--lang", "en")
    assert ran.status == 0, ran.err
    assert "Nothing is known here of the purpose" in ran.err


DESCRIPTION: Final = """
series = "wallets"
sequence = 1

[[anchors]]
name = "Ministry"
file = "pki/root.pem"
purposes = ["issue_credentials", "read_credentials"]
jurisdiction = "XX"

[[blobs]]
file = "club.json"
media_type = "application/idwallet-purpose+json"
"""


def test_purposes_come_with_a_trust_bundle(story: Path) -> None:
    (story / "club.json").write_text(json.dumps(MINE), "utf-8")
    (story / "bundle.toml").write_text(DESCRIPTION, "utf-8")
    secret = ("--passphrase-file", "passphrase.txt")
    assert run("keys", "generate", "-o", "op.pem", *secret).status == 0
    public = run("keys", "show", "op.pem", "--as", "pem", *secret).out
    (story / "op.pub").write_text(public, "utf-8")
    build = ("trust", "build", "bundle.toml", "--key", "op.pem", *secret)
    assert run(*build, "-o", "wallet.bundle", "--at", AT).status == 0
    trust = ("--trust", "wallet.bundle", "--operator", "op.pub", "--at", AT)
    listed = document("purposes", "list", *trust)["purposes"]
    assert {each["name"]: each["origin"] for each in listed}["club-entry"] == "bundle"
    ask("club-entry")
    present = ("present", "mine.json", "--wallet", "wallet", "--yes", *trust)
    more = ("--seal-file", "passphrase.txt", "-o", "answer.txt")
    told = document(*present, *more)["judgement"]
    assert told["profile"]["origin"] == "bundle"
