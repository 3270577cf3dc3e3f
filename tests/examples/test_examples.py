"""Every example runs as a program of its own, and prints what it is there to show."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import SOFTHSM_ABSENT, empty_database
from tests.docs.pages import Page, python_path

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"
LINES: Final = 80

# What each must print, in this order; what stands between is its own affair.
PRINTS: Final = {
    "export_chat.py": [
        "signed by 2",
        "чат.txt",
        "велосипед.png",
        "Борис: согласен.",
        "никем не подписан",
    ],
    "archive_renewal.py": [
        "signed, ",
        "archived, ",
        "renewed, ",
        "renewed in time: The document is signed",
        "signed before ",
        "never renewed: ",
        "This is not a refusal.",
    ],
    "branch_bundle.py": [
        "bundle 1, ",
        "sold",
        "bundle 2, ",
        "Do not accept.",
        "bundle 1, ",
        "Do not use this trust data.",
    ],
    "bulk_issue.py": [
        "0 issued before, 300 to do",
        "100 of 300",
        "the power went",
        "120 issued before, 180 to do",
        "180 of 180",
        "300 different badges for 300 people",
    ],
    "fastapi_verifier.py": ["waiting", "asks for a sale", "log: passed", "passed"],
    "postgresql_status.py": [
        "in sqlite",
        "800 of 800 differ",
        "1 list signed",
        "8 revoked",
        "0 -> 2, reported lost",
        "2 -> 0, found again",
    ],
    "verify_in_five_lines.py": ["accepted: of age"],
    "issue_and_present.py": ["faculty: History", "it learns the name: False"],
    "two_encodings.py": ["dc+sd-jwt", "mso_mdoc", "of age: True"],
    "till.py": ["open the gate", "already been answered", "--- 3-noise"],
    "issue_with_hsm.py": ["issued with ", "Credential(dc+sd-jwt", "the key does not"],
    "contract_in_chat.py": [
        "Anna signs.",
        "Do not use this signature.",
        "Signed by 2 people, and both signatures stand.",
    ],
    "parent_for_child.py": [
        "may show: age_over_14",
        "Yes, over 14: True",
        "Acted for key ",
        "No: revoked",
    ],
    "lost_phone.py": [
        "without a key and without a claim",
        "revoked: urn:eudi:pid:1",
        "asked again for: urn:eudi:pid:1",
        "left to ask for: 0",
    ],
    "session_over_tcp.py": [
        "phone: CN=TEST reader.example",
        " is shown family_name",
        "desk: {'family_name': 'Примерова'}",
    ],
    "status_list.py": [
        "without a list: Cannot be decided now",
        "with a list: passed",
        "not yet published: passed",
        "1 list signed anew: Do not accept.",
        "reported lost",
    ],
    "month_offline.py": [
        "now at number 1",
        "credential.status revoked; by bundle 2",
        "bundle.sequence rolled_back",
        "bundle.freshness clock_behind",
        "issuer.trust anchors_stale_accepted",
        "bundle.freshness stale",
        "issuer.trust signed_after_distrust",
        "issuer.trust signed_before_distrust_unproven",
        "every check passed; by bundle 4",
        "bundle.operator key_retired",
        "by bundle 6",
    ],
    "sign_contract.py": [
        "B-T witnesses: 1",
        "B-T witnesses: 0",
        "Не принимайте подписанный документ.",
        "Документ изменён после подписания",
    ],
    "sign_pdf.py": [
        "TEST https://signer.example,O=idwallet TEST only,C=XX B-B",
        "TEST https://second.example,O=idwallet TEST only,C=XX B-B",
        "Не принимайте подписанный документ.",
    ],
    "sign_xml.py": [
        "B-LTA",
        "B-LTA",
        "signed: <item>велосипед</item>",
        "a word is changed: Do not accept the signed document.",
        "something is put around it: Do not accept the signed document.",
    ],
    "sign_json.py": [
        "compact: eyJ",
        "https://signer.example",
        "B-LTA",
        "https://second.example",
        "B-LTA",
        "велосипед",
        "Не принимайте подписанный документ.",
    ],
    "pinned_issuer.py": [
        "believed (key_pinned), member since 2019",
        "another key is pinned: failed: issuer.signature invalid",
    ],
}


def _run(example: Path, *given: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(example), *given],
        cwd=folder,
        env={**os.environ, **python_path(), "IDWALLET_POSTGRESQL": ""},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if done.stderr.startswith("skipped: "):
        pytest.skip(SOFTHSM_ABSENT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_example_is_run() -> None:
    assert {each.name for each in EXAMPLES.glob("*.py")} == set(PRINTS)


@pytest.mark.parametrize("name", PRINTS)
def test_the_example_shows_what_it_is_there_to_show(name: str, tmp_path: Path) -> None:
    printed = _run(EXAMPLES / name, folder=tmp_path)
    place = 0
    for each in PRINTS[name]:
        assert each in printed[place:], printed
        place = printed.index(each, place) + len(each)
    assert list(tmp_path.iterdir()) == []  # nothing is left behind


@pytest.mark.parametrize("name", PRINTS)
def test_the_example_is_short(name: str) -> None:
    assert len((EXAMPLES / name).read_text(encoding="utf-8").splitlines()) < LINES


@pytest.mark.loopback
def test_the_registry_of_status_runs_on_a_server(tmp_path: Path) -> None:
    with empty_database("postgresql", tmp_path) as url:
        printed = _run(EXAMPLES / "postgresql_status.py", url, folder=tmp_path)
    assert "in postgresql" in printed
    assert "800 of 800 differ" in printed


def test_the_month_in_the_tutorial_is_what_the_example_prints(tmp_path: Path) -> None:
    page = Page(EXAMPLES.parent / "docs/tutorial/a-month-offline.md")
    (shown,) = [each.body for each in page.blocks() if each.tag == "text"]
    assert shown == _run(EXAMPLES / "month_offline.py", folder=tmp_path)
