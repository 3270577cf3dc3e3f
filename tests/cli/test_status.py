"""Places are given out, changed and published on the command line, and checked."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from idwallet.trust.status_list import ListFault, StatusReason
from tests.cli.program import AT, Ran, run
from tests.cli.test_reference import _catalogue
from tests.docs.pages import ROOT

DATABASE: Final = ("--database", "sqlite:///status.db")
URI: Final = "https://id.example/status/"
SECRET: Final = ("--passphrase-file", "passphrase.txt")
KEY: Final = ("--key", "pki/issuer-key.pem", *SECRET)
CHAIN: Final = ("--certificates", "pki/issuer.pem")
TRUST: Final = ("--trust", "pki/root.pem")
WHY: Final = ("--actor", "desk 4", "--reason", "reported lost", "--at", AT)
Place = tuple[str, str]


def allocate(*more: str) -> Ran:
    until = ("--valid-until", "2027-02-01T00:00:00Z")
    return run("status", "allocate", *DATABASE, "--uri", URI, *until, *more)


def places(*more: str) -> list[Place]:
    ran = allocate("--entries", "65536", *more)
    assert ran.status == 0, ran
    return [(uri, index) for uri, index in map(str.split, ran.out.splitlines())]


def change(place: Place, to: str, *more: str) -> Ran:
    named = ("--status-list", place[0], "--status-index", place[1])
    return run("status", "set", *DATABASE, *named, "--to", to, *WHY, *more)


def publish(*more: str, at: str = AT) -> Ran:
    where = (*DATABASE, "--to", "lists")
    return run("status", "publish", *where, *KEY, *CHAIN, "--at", at, *more)


def check(place: Place, *more: str, at: str = AT) -> Ran:
    file = f"lists/{place[0].removeprefix(URI)}.jwt"
    named = ("--status-list", place[0], "--status-index", place[1])
    return run("status", "check", file, *named, *TRUST, "--at", at, *more)


def test_the_whole_way_from_a_place_to_what_the_list_says_of_it(story: Path) -> None:
    lost, kept, away = places("--bits", "2", "--count", "3")
    assert change(lost, "revoked").out == "changed 1 of 1 places, in 1 lists\n"
    assert change(away, "suspended").status == 0
    assert publish().out == "lists: 1 signed, 0 unchanged, 0 retired\n"
    assert check(lost).out.startswith("Revoked.\n")
    assert check(away).out.startswith("Suspended: not valid at present.\n")
    assert check(kept).out.startswith("Valid.\n")
    assert [check(each).status for each in (lost, kept, away)] == [1, 0, 1]
    assert change(away, "valid").status == 0
    assert check(away).status == 1  # the list at hand is as old as it was
    assert publish().status == 0
    assert check(away).status == 0


def test_what_is_checked_is_told_with_its_time(story: Path) -> None:
    (place,) = places()
    publish()
    ran = check(place, at="2026-11-24T13:00:00Z")
    assert "As of 2026-11-24 12:00:00 UTC" in ran.out
    assert "judged at 2026-11-24 13:00:00 UTC" in ran.out
    assert f"index {place[1]} of {place[0]}" in ran.out
    assert "until 2026-11-26 12:00:00 UTC" in ran.out
    assert "Not judged: whose credentials" in ran.out
    named = check(place, "--issuer", "pki/issuer.pem", "--lang", "ru")
    assert named.out.startswith("Действителен.\n")
    assert "вправе говорить" in named.out


def test_an_issued_credential_names_its_place(story: Path) -> None:
    ((uri, index),) = places()
    ran = run(
        *("issue", "person.json", "--vct", "national-id", *KEY, *CHAIN),
        *("--holder-key", "pki/shop.pem", "--unproven", "a test", "--at", AT),
        *("--valid-until", "2027-01-01T00:00:00Z", "-o", "new.sdjwt"),
        *("--status-list", uri, "--status-index", index),
    )
    assert ran.status == 0, ran
    seen = run("inspect", "new.sdjwt", "--json")
    assert json.dumps({"idx": int(index), "uri": uri})[1:-1] in " ".join(
        seen.out.split()
    )


def document(ran: Ran, status: int = 0) -> Any:
    assert ran.status == status, ran
    return json.loads(ran.out)


def test_each_command_prints_one_document_when_asked(story: Path) -> None:
    given = document(allocate("--json", "--entries", "65536", "--count", "2"))
    assert given["count"] == 2
    one = given["places"][0]
    place = (one["uri"], str(one["idx"]))
    changed = document(change(place, "revoked", "--json"))
    assert changed == {"status": "revoked", "changed": [one]}
    assert document(change(place, "revoked", "--json"))["changed"] == []
    published = document(publish("--json"))
    assert published == {"signed": [place[0]], "unchanged": [], "retired": []}
    told = document(check(place, "--json"), status=1)
    assert told == {
        "outcome": "failed",
        "reason": "revoked",
        "place": one,
        "status": 1,
        "as_of": AT,
        "at": AT,
        "issuer_judged": False,
        "refused": None,
        "list": {
            "entries": 65536,
            "bits": 1,
            "ttl": 43200,
            "expires": "2026-11-26T12:00:00Z",
            "aggregation_uri": None,
        },
    }


def test_many_places_go_by_file(story: Path) -> None:
    ran = allocate("--entries", "65536", "--count", "500", "-o", "places", "--json")
    assert document(ran) == {"count": 500, "file": "places"}
    lines = (story / "places").read_text("ascii").splitlines()
    assert len(set(lines)) == 500
    again = allocate("--entries", "65536", "-o", "places")
    assert (again.status, again.err.count("already there")) == (4, 1)
    ran = run("status", "set", *DATABASE, "--places", "places", "--to", "revoked", *WHY)
    assert ran.out == "changed 500 of 500 places, in 1 lists\n"
    piped = run(
        *("status", "set", *DATABASE, "--places", "-", "--to", "revoked", *WHY),
        stdin=f"{lines[0]}\n{lines[1]}\n".encode(),
    )
    assert piped.out == "changed 0 of 2 places, in 0 lists\n"


def test_only_what_is_due_is_signed_unless_all_is_asked_for(story: Path) -> None:
    (place,) = places()
    publish()
    assert "0 signed, 1 unchanged" in publish().out
    assert "1 signed, 0 unchanged" in publish("--all").out
    later = "2026-11-25T00:00:00Z"
    assert "1 signed" in publish(at=later).out
    (story / "lists/aggregation.json").unlink()
    assert "1 signed" in publish(at=later).out
    assert "0 signed, 0 unchanged, 1 retired" in publish(at="2027-03-01T00:00:00Z").out
    assert json.loads((story / "lists/aggregation.json").read_bytes()) == {
        "status_lists": []
    }
    assert check(place, at="2026-11-25T01:00:00Z").status == 0


def test_lists_are_published_in_each_form_and_for_pinned_keys(story: Path) -> None:
    (place,) = places()
    more = ("--form", "cwt", "--form", "jwt", "--ttl", "30m", "--life", "1d")
    aggregation = ("--aggregation-uri", "https://id.example/status/aggregation.json")
    assert publish(*more, *aggregation).status == 0
    name = place[0].removeprefix(URI)
    assert sorted(each.name for each in (story / "lists").iterdir()) == sorted(
        [f"{name}.cwt", f"{name}.jwt", "aggregation.json"]
    )
    told = document(
        run(
            *("status", "check", f"lists/{name}.cwt", "--status-list", place[0]),
            *("--status-index", place[1], *TRUST, "--at", AT, "--json"),
        )
    )
    assert told["list"]["ttl"] == 1800
    assert told["list"]["aggregation_uri"].endswith("/aggregation.json")
    where = ("status", "publish", *DATABASE, "--to", "pinned", *KEY, "--at", AT)
    assert run(*where, "--kid", "2026-1").status == 0
    both = run(*where, "--kid", "2026-1", *CHAIN)
    assert (both.status, run(*where).status) == (2, 2)
    assert "either --certificates or --kid" in both.err


REFUSED: Final = [
    (("--status-list", URI + "another"), "uri_mismatch", AT),
    (("--trust", "pki/stranger.pem"), "signer_not_trusted", AT),
    ((), "from_the_future", "2026-11-24T11:00:00Z"),
    ((), "stale", "2026-11-25T00:00:01Z"),
    (("--max-age", "1h"), "stale", "2026-11-24T13:00:01Z"),
    ((), "expired", "2026-11-26T12:02:00Z"),
]


@pytest.mark.parametrize(("more", "fault", "at"), REFUSED, ids=str)
def test_a_list_that_is_refused_says_neither_yes_nor_no(
    more: tuple[str, ...], fault: str, at: str, story: Path
) -> None:
    from idwallet.testing.pki import TestPki

    (story / "pki/stranger.pem").write_text(TestPki(seed=b"a stranger").root_pem)
    (place,) = places()
    publish()
    assert check(place).status == 0
    file = f"lists/{place[0].removeprefix(URI)}.jwt"
    named = {"--status-list": place[0], "--trust": "pki/root.pem"}
    named |= dict(zip(more[::2], more[1::2], strict=True))
    options = [each for pair in named.items() for each in pair]
    asked = ("status", "check", file, "--status-index", place[1], "--at", at)
    ran = run(*asked, *options)
    assert ran.status == 3, ran
    assert ran.out.startswith("Cannot be decided: ")
    told = document(run(*asked, *options, "--json"), status=3)
    assert (told["outcome"], told["refused"]) == ("indeterminate", fault)


def test_a_stale_list_is_relied_on_when_that_is_accepted(story: Path) -> None:
    (place,) = places()
    publish()
    late = "2026-11-25T06:00:00Z"
    assert check(place, at=late).status == 3
    ran = check(place, "--accept-stale", at=late)
    assert ran.status == 0
    assert ran.out.startswith("Valid, by a list past its time to live")


def test_an_issuer_that_is_not_believed_has_no_lists(story: Path) -> None:
    (place,) = places()
    publish()
    assert check(place, "--issuer", "pki/issuer.pem").status == 0
    from idwallet.testing.pki import TestPki

    chain = TestPki(seed=b"a stranger").issuer().chain_pem
    (story / "pki/stranger.pem").write_text(chain)
    ran = check(place, "--issuer", "pki/stranger.pem")
    assert ran.status == 1
    assert ran.err.startswith("idwallet: pki/stranger.pem: not believed under --trust")


MISTAKES: Final = [
    ("not the URL", ("--database", "no url"), 2),
    ("cannot be undone", ("--to", "valid"), 2),
    ("no such value", ("--to", "7"), 2),
    ("no such word", ("--to", "gone"), 2),
    ("no actor", ("--actor", ""), 2),
    ("another list", ("--status-list", URI + "0"), 2),
    ("an index that is nobody's", ("--status-index", "9999999"), 2),
    ("a file as well", ("--places", "places"), 2),
]


@pytest.mark.parametrize(("_what", "bent", "status"), MISTAKES, ids=str)
def test_a_mistake_is_told_in_one_line_and_changes_nothing(
    _what: str, bent: tuple[str, str], status: int, story: Path
) -> None:
    (place,) = places()
    assert change(place, "revoked").status == 0
    given = {
        "--database": "sqlite:///status.db",
        "--status-list": place[0],
        "--status-index": place[1],
        "--to": "revoked",
        "--actor": "desk 4",
        "--reason": "found",
    }
    right = run("status", "set", *(each for pair in given.items() for each in pair))
    assert right.status == 0, right
    given |= {bent[0]: bent[1]}
    ran = run("status", "set", *(each for pair in given.items() for each in pair))
    assert (ran.status, ran.out, ran.err.count("\n")) == (status, "", 1), ran
    publish()
    assert check(place).out.startswith("Revoked.")


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"https://id.example/a\n", b"a b\n", b"a 1 x\n", b"\xff 1"]
)
def test_a_file_that_holds_no_places_is_named_with_its_line(
    content: bytes, story: Path
) -> None:
    places()
    (story / "places").write_bytes(content)
    ran = run("status", "set", *DATABASE, "--places", "places", "--to", "revoked", *WHY)
    # What is no letter of an address stands in no list.
    assert ran.status in {2, 4}
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    "life", ["", "12", "h", "0h", "-1h", "1w", "1.5h", "99999999h"]
)
def test_what_is_no_duration_is_refused(life: str, story: Path) -> None:
    ran = publish("--life", life)
    assert ran.status == 2
    assert "like 30m or 12h" in ran.err


def test_a_slip_in_the_url_makes_no_second_database(story: Path) -> None:
    (place,) = places()
    publish()
    before = (story / "lists/aggregation.json").read_bytes()
    (story / "other.db").write_bytes(b"")
    for url in ("sqlite:///statsu.db", "sqlite:///other.db"):
        other = ("--database", url)
        named = ("--status-list", place[0], "--status-index", place[1])
        for ran in (
            run("status", "set", *other, *named, "--to", "revoked", *WHY),
            run("status", "publish", *other, "--to", "lists", *KEY, *CHAIN),
            run("status", "audit", *other),
        ):
            assert ran.status == 4, ran
            assert "there is no status store" in ran.err
    assert not (story / "statsu.db").exists()
    assert (story / "lists/aggregation.json").read_bytes() == before


def test_a_list_shorter_than_the_least_is_not_opened(story: Path) -> None:
    ran = allocate("--entries", "1000")
    assert ran.status == 2
    assert not (story / "status.db").exists()


def test_no_password_of_a_database_is_shown(story: Path) -> None:
    url = "postgresql+psycopg://till:hunter2@/name?host=/nowhere"
    ran = run(
        "status", "allocate", "--database", url, "--uri", URI, "--valid-until", AT
    )
    assert ran.status == 4
    assert "hunter2" not in ran.err
    assert ran.err.startswith("idwallet: postgresql+psycopg:///name")


def test_long_work_shows_how_far_it_has_come_on_a_terminal_alone(story: Path) -> None:
    call = "import sys; from idwallet.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", call, "status", "allocate", "--uri", URI]
    command += ["--database", f"sqlite:///{story}/status.db", "--count", "30000"]
    command += ["--valid-until", AT, "-o", str(story / "places")]
    quiet = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert "Giving out" not in quiet.stderr
    ours, theirs = pty.openpty()
    try:
        subprocess.run([*command, "--force"], cwd=ROOT, check=True, stderr=theirs)
        assert b"Giving out places" in os.read(ours, 100_000)
    finally:
        os.close(ours)
        os.close(theirs)


def audit(*more: str) -> Ran:
    return run("status", "audit", *DATABASE, *more)


def test_a_history_that_stands_is_sealed_and_one_written_anew_is_told_by_its_seals(
    story: Path,
) -> None:
    lost, other = places("--count", "2")
    change(lost, "revoked")
    assert audit("-o", "seals.json").out == "1 lists, 1 changes, 0 lists wrong\n"
    change(other, "revoked")
    assert audit("--earlier", "seals.json").status == 0
    told = document(audit("--json"))["lists"][0]
    assert (told["uri"], told["changes"], told["fault"]) == (lost[0], 2, None)
    (story / "status.db").unlink()
    assert audit("--earlier", "seals.json").status == 4
    # Another database under the same name.
    places()
    ran = audit("--earlier", "seals.json", "-o", "more.json")
    assert (ran.status, ran.out.splitlines()[0]) == (1, f"{lost[0]}: rewritten")
    assert not (story / "more.json").exists()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"v":2,"seals":{}}',
        '{"v":1,"seals":[]}',
        '{"v":1,"seals":{"a":1}}',
        '{"v":1,"seals":{"a":{"changes":-1,"head":"' + "0" * 64 + '"}}}',
        '{"v":1,"seals":{"a":{"changes":true,"head":"' + "0" * 64 + '"}}}',
        '{"v":1,"seals":{"a":{"changes":1,"head":"0"}}}',
    ],
)
def test_seals_that_cannot_be_read_are_named(content: str, story: Path) -> None:
    places()
    (story / "seals.json").write_text(content)
    ran = audit("--earlier", "seals.json")
    assert (ran.status, ran.out, ran.err.count("\n")) == (4, "", 1), ran
    right = '{"v":1,"seals":{}}'
    (story / "seals.json").write_text(right)
    assert audit("--earlier", "seals.json").status == 0


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_reason_and_fault_has_its_words(language: str) -> None:
    said = _catalogue(f"status.{language}.json")
    wanted = {f"status.{each}" for each in StatusReason}
    wanted |= {f"status.fault.{each}" for each in ListFault}
    assert wanted <= set(said)
