"""Trust bundles on the command line."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Final

import pytest

from idwallet.codec.pem import write_pem
from idwallet.testing.lists import ListScene, list_draft
from idwallet.trust.lists import ListForm
from tests.cli.program import AT, Ran, run

LATER: Final = "2026-11-25T12:00:00Z"
KEY: Final = ("--key", "op.pem", "--passphrase-file", "passphrase.txt")
OPERATOR: Final = ("--operator", "op.pub")
DESCRIPTION: Final = """
series = "shops"
sequence = 1

[[anchors]]
name = "Ministry"
file = "pki/root.pem"
purposes = ["issue_credentials", "read_credentials"]
jurisdiction = "XX"
"""


def done(*arguments: str) -> Ran:
    ran = run(*arguments)
    assert ran.status == 0, ran.err
    return ran


def make_key(name: str) -> None:
    done(
        *("keys", "generate", "-o", f"{name}.pem"),
        *("--passphrase-file", "passphrase.txt"),
    )
    shown = ("keys", "show", f"{name}.pem", "--as", "pem")
    pem = done(*shown, "--passphrase-file", "passphrase.txt").out
    Path(f"{name}.pub").write_text(pem)


def build(output: str, *more: str, at: str = AT) -> None:
    done("trust", "build", "bundle.toml", *KEY, *more, "-o", output, "--at", at)


@pytest.fixture(scope="module")
def made(told: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with operators' keys, a description, and two bundles made of it."""
    folder = tmp_path_factory.mktemp("made") / "shop"
    shutil.copytree(told, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in ("op", "new", "stranger"):
            make_key(name)
        Path("bundle.toml").write_text(DESCRIPTION)
        Path("notes.txt").write_text("ask for no more than the age\n")
        build("shop.bundle")
        more = '\n[[blobs]]\nfile = "notes.txt"\nmedia_type = "text/plain"\n'
        Path("bundle.toml").write_text(DESCRIPTION + more)
        build("next.bundle", "--sequence", "2", at=LATER)
    return folder


@pytest.fixture
def shop(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which is also where the program runs."""
    folder = tmp_path / "shop"
    shutil.copytree(made, folder)
    monkeypatch.chdir(folder)
    return folder


def test_two_builds_agree_but_for_the_signature(shop: Path) -> None:
    Path("bundle.toml").write_text(DESCRIPTION)
    folder = shop / "elsewhere"
    (folder / "pki").mkdir(parents=True)
    shutil.copy("pki/root.pem", folder / "pki")
    shutil.copy("bundle.toml", folder)
    command = ("trust", "build", str(folder), *KEY, "-o", "again.bundle", "--json")
    document = json.loads(done(*command, "--at", AT).out)
    shown = json.loads(
        done("trust", "show", "shop.bundle", *OPERATOR, "--at", AT, "--json").out
    )
    assert document["digest"] == shown["digest"]
    one, two = (Path(f"{name}.bundle").read_bytes() for name in ("shop", "again"))
    assert one != two
    assert len(one) == len(two)


def test_a_bundle_is_judged_and_the_verdict_is_the_exit_status(shop: Path) -> None:
    verify = ("trust", "verify", "shop.bundle", *OPERATOR)
    assert done(*verify, "--at", AT).out.startswith("Verdict: passed.")
    late = run(*verify, "--at", "2026-12-24T12:00:00Z")
    assert (late.status, "stale" in late.out) == (3, True)
    early = run(*verify, "--at", "2026-11-01T12:00:00Z")
    assert (early.status, "clock_behind" in early.out) == (3, True)
    data = Path("shop.bundle").read_bytes()
    Path("broken.bundle").write_bytes(data[:-9] + bytes((data[-9] ^ 1,)) + data[-8:])
    broken = run("trust", "verify", "broken.bundle", *OPERATOR, "--at", AT, "--json")
    assert broken.status == 1
    failed = [
        each["reason"]
        for each in json.loads(broken.out)["report"]["checks"]
        if each["outcome"] == "failed"
    ]
    assert failed == ["mismatch"]


@pytest.mark.parametrize("name", ["verify", "show"])
def test_a_bundle_without_a_pinned_key_is_a_usage_error(shop: Path, name: str) -> None:
    ran = run("trust", name, "shop.bundle", "--at", AT)
    assert ran.status == 2
    assert "--operator" in ran.err


def test_a_bundle_is_read_from_a_file_and_not_from_a_stream(shop: Path) -> None:
    ran = run("trust", "verify", "-", *OPERATOR, "--at", AT)
    assert (ran.status, "not from a stream" in ran.err) == (2, True)
    missing = run("trust", "verify", "nothing.bundle", *OPERATOR, "--at", AT)
    assert (missing.status, "nothing.bundle" in missing.err) == (4, True)


def test_a_bundle_of_somebody_else_is_refused(shop: Path) -> None:
    for name in ("verify", "show"):
        ran = run("trust", name, "shop.bundle", "--operator", "stranger.pub")
        assert ran.status == 1
        assert "key_not_pinned" in ran.out + ran.err


def test_an_update_takes_the_place_and_an_older_one_does_not(shop: Path) -> None:
    update = ("trust", "update", "till.bundle")
    assert "number 1" in done(*update, "shop.bundle", *OPERATOR, "--at", AT).out
    done(*update, "next.bundle", *OPERATOR, "--at", LATER, "--json")
    assert Path("till.bundle").read_bytes() == Path("next.bundle").read_bytes()
    back = run(*update, "shop.bundle", *OPERATOR, "--at", LATER)
    assert (back.status, "rolled_back" in back.err) == (1, True)
    assert Path("till.bundle").read_bytes() == Path("next.bundle").read_bytes()


def test_a_delta_makes_the_full_bundle(shop: Path) -> None:
    shutil.copy("shop.bundle", "till.bundle")
    told = done(
        *("trust", "diff", "shop.bundle", "next.bundle", *OPERATOR),
        *("--delta", "change"),
    )
    assert "+ part blob/notes.txt, 29 bytes" in told.out
    assert Path("change").stat().st_size < Path("next.bundle").stat().st_size
    done("trust", "update", "till.bundle", "change", *OPERATOR, "--at", LATER)
    assert Path("till.bundle").read_bytes() == Path("next.bundle").read_bytes()
    again = run("trust", "update", "till.bundle", "change", *OPERATOR, "--at", LATER)
    assert (again.status, "base_mismatch" in again.err) == (1, True)


def test_a_bundle_and_a_delta_are_decoded_and_said_to_be_unverified(shop: Path) -> None:
    done("trust", "diff", "shop.bundle", "next.bundle", *OPERATOR, "--delta", "change")
    for file, title in (("shop.bundle", "manifest"), ("change", "delta")):
        found = json.loads(done("inspect", file, "--json").out)
        assert found["verified"] is False
        assert found["parts"][0]["title"] == title
        assert "anchors/Ministry" in {each["title"] for each in found["parts"]}
    Path("cut").write_bytes(Path("shop.bundle").read_bytes()[:99])
    assert run("inspect", "cut").status == 4


def test_a_difference_says_whether_a_new_key_was_announced(shop: Path) -> None:
    for name in ("new", "stranger"):
        jwk = json.loads(done("keys", "show", f"{name}.pub", "--as", "jwk").out)
        Path(f"{name}.jwks").write_text(json.dumps({"keys": [{**jwk, "kid": name}]}))
    anchor = (
        'series = "s"\nsequence = {n}\n[[anchors]]\nname = "Library"\n'
        'file = "{name}.jwks"\npurposes = ["issue_credentials"]\n'
        'issuer_names = ["https://library.example"]\n{more}'
    )
    for n, name, more in (
        (1, "new", ""),
        (2, "new", 'successors = ["stranger.pub"]\n'),
        (3, "stranger", ""),
    ):
        Path("bundle.toml").write_text(anchor.format(n=n, name=name, more=more))
        build(f"{n}.bundle")
    diff = ("trust", "diff", *OPERATOR)
    assert "was announced" in done(*diff, "2.bundle", "3.bundle").out
    assert "NOBODY ANNOUNCED" in done(*diff, "1.bundle", "3.bundle").out
    same = json.loads(done(*diff, "1.bundle", "1.bundle", "--json").out)
    assert (same["anchors"], same["parts"]) == ([], [])
    changed = json.loads(done(*diff, "1.bundle", "2.bundle", "--json").out)
    assert changed["anchors"] == [
        {
            "change": "changed",
            "name": "Library",
            "members": ["successors"],
            "announced": None,
        }
    ]


def test_a_new_key_signs_once_the_old_one_announced_it(shop: Path) -> None:
    done("trust", "update", "till.bundle", "shop.bundle", *OPERATOR, "--at", AT)
    done(
        *("trust", "announce", "new.pub", *KEY, "--series", "shops", "--from", "3"),
        *("-o", "word", "--at", AT),
    )
    text = Path("bundle.toml").read_text()
    Path("bundle.toml").write_text('announcements = ["word"]\n' + text)
    new_key = ("--key", "new.pem", "--passphrase-file", "passphrase.txt")
    build("3.bundle", "--sequence", "3", *new_key)
    told = done("trust", "update", "till.bundle", "3.bundle", *OPERATOR, "--at", AT)
    assert "number 3" in told.out
    early = run("trust", "build", "bundle.toml", *KEY, "--sequence", "3", "--at", AT)
    assert early.status == 2
    assert "another key signs" in early.err


RECORDS: Final = """
{"id": "1", "issued": "2026-11-01T00:00:00Z", "existed": "2026-11-02T00:00:00Z"}
{"id": "2", "issued": "2026-11-01T00:00:00Z"}
{"id": "3", "issued": "2026-11-20T00:00:00Z"}
{"id": "4", "issued": "2026-11-20T00:00:00Z", "existed": "2026-11-21T00:00:00Z"}
"""


def test_a_plan_says_what_to_issue_again_and_why(shop: Path) -> None:
    Path("records").write_text(RECORDS)
    plan = ("trust", "reissue-plan", "shop.bundle", "records", *OPERATOR)
    since = ("--anchor", "Ministry", "--from", "2026-11-10T00:00:00Z")
    found = json.loads(done(*plan, *since, "--json").out)
    assert found["counts"] == {"before": 1, "after": 2, "cannot_be_told": 1}
    assert {each["id"]: each["reissue"] for each in found["plan"]} == {
        "1": False,
        "2": True,
        "3": True,
        "4": True,
    }
    told = done(*plan, *since, "-o", "plan.jsonl")
    assert "cannot be told from forgeries" in told.out
    lines = Path("plan.jsonl").read_text().splitlines()
    assert [json.loads(each)["standing"] for each in lines] == [
        "before",
        "cannot_be_told",
        "after",
        "after",
    ]
    assert "3, issued" in done(*plan, *since).out
    assert run(*plan, "--anchor", "Ministry").status == 2
    assert run(*plan, *since, "--anchor", "Nobody").status == 2


def test_a_plan_takes_the_moment_that_the_bundle_names(shop: Path) -> None:
    Path("records").write_text(RECORDS)
    more = "distrusted_after = 2026-11-10T00:00:00Z\n"
    Path("bundle.toml").write_text(DESCRIPTION + more)
    build("bad.bundle")
    plan = ("trust", "reissue-plan", "bad.bundle", "records", *OPERATOR)
    found = json.loads(done(*plan, "--anchor", "Ministry", "--json").out)
    assert found["from"] == "2026-11-10T00:00:00Z"


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"id": 1, "issued": "2026-11-01T00:00:00Z"}',
        '{"id": "1"}',
        '{"id": "1", "issued": "yesterday"}',
        '{"id": "1", "issued": "2026-11-01T00:00:00"}',
        '{"id": "1", "issued": "2026-11-01T00:00:00Z", "name": "Anna"}',
        '{"id": "1", "issued": "2026-11-01T00:00:00Z"}\n' * 2,
    ],
)
def test_records_that_mean_nothing_are_named_by_line(shop: Path, line: str) -> None:
    Path("records").write_text(line)
    ran = run(
        *("trust", "reissue-plan", "shop.bundle", "records", *OPERATOR),
        *("--anchor", "Ministry", "--from", AT),
    )
    assert ran.status == 4
    assert "records: " in ran.err
    assert "line " in ran.err


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("series = ", "not TOML"),
        ("sequence = 1", "series: absent"),
        ('series = "s"\nextra = 1', "extra: not known here"),
        ('series = "s"\nsequence = "1"', "sequence: not of the type int"),
        ('series = "s"\nsequence = true', "sequence: not of the type int"),
        ('series = "s"\n[[anchors]]\nname = "a"', "anchors[0].file: absent"),
        ('series = "s"\n[[anchors]]\nfile = "pki/root.pem"', "purposes: one or more"),
        ('series = "s"\n[[blobs]]\nfile = "notes.txt"', "blobs[0].media_type: absent"),
        ('series = "s"\nanchors = [1]', "anchors[0]: not a table"),
        ('series = "s"\nannouncements = [1]', "announcements: not a list of texts"),
        (
            (
                'series = "s"\n[[blobs]]\nfile = "notes.txt"\nmedia_type = "a/b"\n'
                "as_of = 2026-11-24T12:00:00+03:00"
            ),
            "as_of: not a moment in UTC",
        ),
        (DESCRIPTION + '[[withdrawn]]\nfile = "notes.txt"', "line 1"),
        (DESCRIPTION + '[[withdrawn]]\nfile = "none.txt"', "none.txt"),
        (DESCRIPTION.replace("pki/root.pem", "none.pem"), "none.pem"),
        (DESCRIPTION.replace("pki/root.pem", "notes.txt"), "notes.txt"),
    ],
)
def test_a_description_that_means_nothing_says_what_is_wrong(
    shop: Path, text: str, what: str
) -> None:
    Path("bundle.toml").write_text(text)
    ran = run("trust", "build", "bundle.toml", *KEY, "-o", "no.bundle", "--at", AT)
    assert ran.status == 4
    assert what in ran.err
    assert not Path("no.bundle").exists()


def test_what_no_bundle_can_hold_is_not_built(shop: Path) -> None:
    Path("bundle.toml").write_text('series = "s"\nsequence = 1\n')
    ran = run("trust", "build", "bundle.toml", *KEY, "--at", AT)
    assert (ran.status, "list of one or more" in ran.err) == (2, True)


VERIFY: Final = ("verify", "response.txt", "--request", "request.state")
SEAL: Final = ("--seal-file", "passphrase.txt", "--at", AT)


def test_an_answer_is_judged_by_a_bundle(shop: Path) -> None:
    ran = run(*VERIFY, "--trust", "shop.bundle", *OPERATOR, *SEAL, "--json")
    assert ran.status == 0, ran
    assert Path("shop.bundle.state").is_file()


def test_an_answer_is_not_judged_by_an_unpinned_bundle(shop: Path) -> None:
    unpinned = run(*VERIFY, "--trust", "shop.bundle", *SEAL)
    assert (unpinned.status, "--operator" in unpinned.err) == (2, True)
    strange = ("--operator", "stranger.pub")
    ran = run(*VERIFY, "--trust", "shop.bundle", *strange, *SEAL)
    assert (ran.status, "key_not_pinned" in ran.err) == (1, True)


def test_a_bundle_stands_alone(shop: Path) -> None:
    trust = ("--trust", "shop.bundle", *OPERATOR)
    for more in (("--trust", "pki/root.pem"), ("--trust-name", "a")):
        assert run(*VERIFY, *trust, *more, *SEAL).status == 2
    roots = run(*VERIFY, "--trust", "pki/root.pem", *OPERATOR, *SEAL)
    assert (roots.status, "trust bundle" in roots.err) == (2, True)


def test_a_bundle_serves_a_wallet_too(shop: Path) -> None:
    done(
        *("present", "request.json", "--wallet", "wallet", "--yes", "-o", "answer"),
        *("--trust", "shop.bundle", *OPERATOR, *SEAL),
    )
    ran = run(
        *("wallet", "add", "card.sdjwt", "--wallet", "wallet"),
        *("--trust", "shop.bundle", *OPERATOR, *SEAL),
    )
    assert "operator" not in ran.err
    assert ran.status in {0, 1}


def test_show_says_in_words_what_can_and_what_cannot_be_decided(shop: Path) -> None:
    show = ("trust", "show", "shop.bundle", *OPERATOR, "--at", AT)
    told = done(*show).out
    can, cannot = told.split("What it could not decide:")
    assert "signed under Ministry: cards issued, who asks" in can
    assert "no status list" in cannot
    assert "no CRL" in cannot
    assert "Ministry" in done(*show, "--lang", "ru").out
    late = run(
        "trust", "show", "shop.bundle", *OPERATOR, "--at", "2026-12-24T12:00:00Z"
    )
    assert late.status == 3
    assert "bundle.freshness says stale" in late.out


def test_a_bundle_says_which_delegations_were_taken_back(shop: Path) -> None:
    show = ("trust", "show", "shop.bundle", *OPERATOR)
    assert "there is no such list" in done(*show, "--at", AT).out
    Path("ended.txt").write_text("# of the families\n\nAQID\nBAUG\n")
    more = '\n[[withdrawn]]\nfile = "ended.txt"\nname = "families"\n'
    Path("bundle.toml").write_text(DESCRIPTION + more)
    build("shop.bundle", "--sequence", "2", "--force")
    told = done(*show, "--at", AT).out
    can, cannot = told.split("What it could not decide:")
    assert "by the list families: 2 statements" in can
    assert "delegation" not in cannot
    assert "по списку families" in done(*show, "--at", AT, "--lang", "ru").out
    (told_of,) = json.loads(done(*show, "--at", AT, "--json").out)["withdrawn"]
    assert (told_of["use"], told_of["entries"]) == ("current", 2)
    assert "families is too old" in run(*show, "--at", "2026-12-24T12:00:00Z").out


def test_a_bundle_says_that_no_delegation_was_taken_back(shop: Path) -> None:
    Path("ended.txt").write_text("# none\n")
    more = '\n[[withdrawn]]\nfile = "ended.txt"\n'
    Path("bundle.toml").write_text(DESCRIPTION + more)
    build("none.bundle", "--sequence", "2")
    told = done("trust", "show", "none.bundle", *OPERATOR, "--at", AT).out
    assert "by the list ended.txt: 0 statements" in told


@pytest.mark.parametrize("form", ListForm)
def test_a_list_of_trust_makes_anchors_on_the_word_of_its_signers_alone(
    shop: Path, form: ListForm
) -> None:
    made = list_draft(ListScene(), form)
    Path("list").write_bytes(made.data())
    (operator,) = [each.certificate for each in made.expected.signers.anchors]
    assert operator is not None
    Path("signer.pem").write_text(write_pem("CERTIFICATE", operator.der))
    text = 'series = "s"\nsequence = 1\n[[trusted_lists]]\nfile = "list"\n'
    Path("bundle.toml").write_text(text + 'signers = ["signer.pem"]\n')
    build("listed.bundle")
    show = ("trust", "show", "listed.bundle", *OPERATOR, "--at", AT, "--json")
    shown = json.loads(done(*show).out)
    assert shown["anchors"]
    assert {each["use"] for each in shown["anchors"]} == {"current"}
    source = hashlib.sha256(Path("list").read_bytes()).hexdigest()
    assert shown["parts"][0]["source"] == source

    Path("bundle.toml").write_text(text + 'signers = ["pki/root.pem"]\n')
    command = ("trust", "build", "bundle.toml", *KEY, "-o", "no", "--at", AT)
    ran = run(*command)
    assert (ran.status, "Verdict: failed." in ran.err) == (1, True)
    Path("bundle.toml").write_text(text)
    assert "signers: one or more" in run(*command).err


def test_an_anchor_says_whom_to_ask(shop: Path) -> None:
    more = 'fetch_origins = ["https://status.example"]\n'
    Path("bundle.toml").write_text(DESCRIPTION + more)
    build("asking.bundle")
    found = done("trust", "diff", "shop.bundle", "asking.bundle", *OPERATOR).out
    assert "anchor Ministry: fetch_origins" in found
