"""Bad input of any kind gets one clear line, and nothing is lost or half written."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.program import AT, Ran, run

ROOT: Final = ("--trust", "pki/root.pem")
SEAL: Final = ("--seal-file", "passphrase.txt")
VERIFY: Final = ("--request", "request.state", *ROOT, *SEAL, "--at", AT)
PRESENT: Final = ("--wallet", "wallet", *ROOT, *SEAL, "--yes", "--at", AT)
ISSUE: Final = (
    *("--vct", "national-id", "--key", "pki/issuer-key.pem"),
    *("--certificates", "pki/issuer.pem", "--passphrase-file", "passphrase.txt"),
    *("--holder-key", "pki/shop.pem", "--unproven", "a test"),
    *("--valid-until", "2027-01-01T00:00:00Z", "--at", AT),
)
ASK: Final = (
    *("--key", "pki/shop-key.pem", "--certificates", "pki/shop.pem"),
    *("--passphrase-file", "passphrase.txt", *SEAL, "--policy", "retail"),
    *("--answer-to", "https://till.example/a", "--purpose", "a sale"),
    *("--save", "new.state", "-o", "new.json", "--at", AT),
)
GARBAGE: Final = {
    "empty": b"",
    "blank": b" \n\t\n",
    "zeros": bytes(64),
    "binary": bytes(range(256)),
    "high": b"\xff\xfe\x00\x01",
    "brace": b"{",
    "array": b"[1,2",
    "deep": b"[" * 5000,
    "tilde": b"a.b.c~~~",
    "dots": b"..",
    "pem": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "cut pem": b"-----BEGIN CERTIFICATE-----\nAAAA\n",
    "der": b"\x30\x82\xff\xff",
    "escape": b"\x1b[2J\x1b]0;owned\x07",
    "link": b"openid4vp://?client_id=a&request=b",
    "reference": b"openid4vp://?client_id=a&request_uri=https%3A%2F%2Fevil.example",
    "form": b"vp_token=%7B%7D",
    "refusal": b"error=access_denied",
    "twice": b'{"a":1,"a":2}',
    "number": b'{"a":' + b"9" * 100 + b"}",
    "surrogate": b'{"a":"\\ud800"}',
    "bom": b"\xef\xbb\xbf{}",
    "latin": '{"name":"Jos\xe9"}'.encode("latin-1"),
}


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def _require_one_line(ran: Ran, status: int) -> None:
    assert ran.status == status, ran
    assert ran.out == ""
    assert re.fullmatch(r"idwallet: [^\n]+\n", ran.err), ran.err
    assert "\x1b" not in ran.err


MISSING: Final = {
    "claims": (("issue", "none.json", *ISSUE), 4),
    "a folder": (("issue", "pki", *ISSUE), 4),
    "no such folder": (("issue", "person.json", *ISSUE, "-o", "none/card"), 4),
    "not a file": (("issue", "person.json", *ISSUE, "-o", "/dev/null", "--force"), 4),
    "request": (("present", "none.json", *PRESENT), 4),
    "answer": (("verify", "none.txt", *VERIFY), 4),
    "nul": (("inspect", "a\0b"), 4),
    "no wallet": (
        ("present", "request.json", *PRESENT, "--wallet", "pki"),
        4,
    ),
    "foreign folder": (
        (
            "wallet",
            "prove",
            "--wallet",
            "pki",
            "--audience",
            "a",
            "--nonce",
            "b",
            *SEAL,
        ),
        4,
    ),
    "moment": (("verify", "response.txt", *VERIFY, "--at", "yesterday"), 2),
    "thirteenth month": (("demo", "--at", "2026-13-01T00:00:00Z"), 2),
    "local time": (("demo", "--at", "2026-11-24T12:00:00+03:00"), 2),
    "language": (("verify", "response.txt", *VERIFY, "--lang", "fr"), 2),
    "two streams": (("verify", "-", *VERIFY, "--request", "-"), 2),
    "stream without guard": (("verify", "response.txt", *VERIFY, "--request", "-"), 4),
    "report to a stream": (("verify", "response.txt", *VERIFY, "--report", "-"), 2),
    "no question": (("request", *ASK), 2),
    "two questions": (("request", *ASK, "--age-over", "18", "--query", "q"), 2),
    "no age": (("request", *ASK, "--age-over", "-1"), 2),
    "state to a stream": (("request", *ASK, "--age-over", "18", "--save", "-"), 2),
    "one place": (("request", *ASK, "--age-over", "18", "--save", "new.json"), 2),
    "plain http": (
        ("request", *ASK, "--age-over", "18", "--answer-to", "http://till.example"),
        2,
    ),
    "another's certificate": (
        ("request", *ASK, "--age-over", "18", "--certificates", "pki/issuer.pem"),
        2,
    ),
    "a DNS name by its hash": (
        ("request", *ASK, "--age-over", "18", "--dns-name", "shop.example"),
        2,
    ),
    "a DNS name of somebody else": (
        (
            *("request", *ASK, "--age-over", "18", "--dns-name", "other.example"),
            *("--client-id-prefix", "x509_san_dns"),
        ),
        2,
    ),
    "a kid of a certificate": (("request", *ASK, "--age-over", "18", "--kid", "k"), 2),
    "a trusted type": (("verify", "response.txt", *VERIFY, "--trust-type", "card"), 2),
    "type": (("issue", "person.json", *ISSUE, "--vct", "passport"), 2),
    "path": (("issue", "person.json", *ISSUE, "--always-show", "name"), 2),
    "status": (("issue", "person.json", *ISSUE, "--status-index", "3"), 2),
    "unproven": (("issue", "person.json", *ISSUE, "--holder-proof", "card.sdjwt"), 2),
    "over": (
        ("issue", "person.json", *ISSUE, "--valid-until", "2020-01-01T00:00:00Z"),
        2,
    ),
    "passphrase": (
        ("issue", "person.json", *ISSUE, "--passphrase-file", "README.txt"),
        4,
    ),
    "wrong passphrase": (
        ("issue", "person.json", *ISSUE, "--passphrase-file", "request.json"),
        4,
    ),
    "key": (("issue", "person.json", *ISSUE, "--key", "card.sdjwt"), 4),
    "token": (
        ("issue", "person.json", *ISSUE, "--key", "pkcs11:token=none;object=none"),
        2,
    ),
    "pin in the address": (
        ("issue", "person.json", *ISSUE, "--key", "pkcs11:object=a?pin-value=1234"),
        2,
    ),
    "trust": (("verify", "response.txt", *VERIFY, "--trust", "person.json"), 4),
    "trust in a folder": (("verify", "response.txt", *VERIFY, "--trust", "pki"), 4),
    "metadata": (
        ("verify", "response.txt", *VERIFY, "--type-metadata", "person.json"),
        4,
    ),
    "state": (("verify", "response.txt", *VERIFY, "--request", "person.json"), 4),
    "guard": (("verify", "response.txt", *VERIFY, "--replay", "person.json"), 4),
    "out": (("demo", "--out", "pki"), 4),
    "out in nothing": (("demo", "--out", "none/none"), 4),
    "credential name": (
        ("present", "request.json", *PRESENT, "--credential", "nobody"),
        2,
    ),
}


@pytest.mark.parametrize("case", MISSING)
def test_one_line_says_what_is_wrong_and_nothing_is_written(
    case: str, story: Path
) -> None:
    arguments, status = MISSING[case]
    before = _files(story)
    ran = run(*arguments)
    if case == "credential name":  # after the listing of what would be shown
        assert ran.status == status
    else:
        _require_one_line(ran, status)
    assert _files(story) == before


def test_a_pin_or_password_in_an_address_is_never_repeated(story: Path) -> None:
    arguments, _ = MISSING["pin in the address"]
    assert "1234" not in run(*arguments).err
    guard = "mysql://till:hunter2@db.example/till"
    ran = run("verify", "response.txt", *VERIFY, "--replay", guard)
    _require_one_line(ran, 4)
    assert "hunter2" not in ran.err


@pytest.mark.parametrize("kind", GARBAGE)
def test_claims_that_are_no_claims_name_file_place_and_clause(
    kind: str, story: Path
) -> None:
    (story / "bad.json").write_bytes(GARBAGE[kind])
    before = _files(story)
    ran = run("issue", "bad.json", *ISSUE, "-o", "card")
    _require_one_line(ran, 4)
    assert re.match(r"idwallet: bad\.json: .+ \(at .+; .+\); expected .+", ran.err), (
        ran.err
    )
    assert _files(story) == before


@pytest.mark.parametrize("kind", GARBAGE)
def test_an_answer_that_is_no_answer_is_a_verdict(kind: str, story: Path) -> None:
    (story / "bad.txt").write_bytes(GARBAGE[kind])
    ran = run("verify", "bad.txt", *VERIFY)
    assert ran.status == 1, ran
    assert ran.out.startswith("Verdict: failed.")
    assert ran.err == ""


def test_an_answer_longer_than_any_answer_is_a_verdict(story: Path) -> None:
    (story / "long.txt").write_bytes(b"vp_token=" + b"A" * 3_000_000)
    ran = run("verify", "long.txt", *VERIFY)
    assert ran.status == 1
    assert "limit_exceeded" in ran.out


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_request_that_is_no_request_is_a_verdict(kind: str, story: Path) -> None:
    (story / "bad.json").write_bytes(GARBAGE[kind])
    before = _files(story)
    ran = run("present", "bad.json", *PRESENT, "-o", "answer.txt")
    assert ran.status == 1, ran
    assert ran.out == ""
    assert "\x1b" not in ran.err
    assert "evil.example" not in ran.err
    assert _files(story) == before


@pytest.mark.parametrize("kind", GARBAGE)
@pytest.mark.parametrize(
    "option", ["--trust", "--type-metadata", "--request", "--seal-file"]
)
def test_any_other_file_that_is_garbage_is_one_line(
    kind: str, option: str, story: Path
) -> None:
    # A short line is a passphrase as well, if not the right one: the same ending.
    (story / "bad").write_bytes(GARBAGE[kind])
    ran = run("verify", "response.txt", *VERIFY, option, "bad")
    _require_one_line(ran, 4)


@pytest.mark.parametrize("option", ["--trust", "--type-metadata", "--seal-file"])
def test_a_file_that_is_not_there_is_the_only_one_named(
    option: str, story: Path
) -> None:
    for call in (
        ("verify", "response.txt", *VERIFY),
        ("present", "request.json", *PRESENT),
    ):
        if option != "--type-metadata" or call[0] == "verify":
            ran = run(*call, option, "nope")
            _require_one_line(ran, 4)
            assert ran.err == (
                "idwallet: cannot read nope: No such file or directory\n"
            )


@pytest.mark.parametrize("kind", GARBAGE)
def test_keys_and_certificates_that_are_garbage_are_one_line(
    kind: str, story: Path
) -> None:
    (story / "bad").write_bytes(GARBAGE[kind])
    _require_one_line(run("issue", "person.json", *ISSUE, "--key", "bad"), 4)
    _require_one_line(run("issue", "person.json", *ISSUE, "--holder-key", "bad"), 4)
    _require_one_line(run("keys", "show", "bad"), 4)


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_wallet_whose_files_are_garbage_is_one_line(kind: str, story: Path) -> None:
    (story / "wallet/wallet.db").write_bytes(GARBAGE[kind])
    _require_one_line(run("wallet", "list", "--wallet", "wallet", *SEAL), 4)


def test_a_changed_record_in_a_wallet_is_one_line(story: Path) -> None:
    with closing(sqlite3.connect(story / "wallet/wallet.db")) as database:
        rows = database.execute("SELECT rowid, sealed FROM idwallet_wallet").fetchall()
        for row, sealed in rows:
            changed = sealed[:-1] + bytes((sealed[-1] ^ 1,))
            database.execute(
                "UPDATE idwallet_wallet SET sealed = ? WHERE rowid = ?", (changed, row)
            )
        database.commit()
    assert rows
    ran = run("wallet", "list", "--wallet", "wallet", *SEAL)
    _require_one_line(ran, 4)
    assert ran.err.startswith("idwallet: wallet: ")


def test_a_wallet_opens_with_its_own_passphrase_only(story: Path) -> None:
    (story / "other.txt").write_text("another passphrase\n")
    ran = run("wallet", "list", "--wallet", "wallet", "--seal-file", "other.txt")
    _require_one_line(ran, 4)
    assert ran.err == "idwallet: wallet: the passphrase does not open this wallet\n"


def test_names_of_files_are_shown_without_what_a_terminal_acts_on(story: Path) -> None:
    ran = run("inspect", "no\x1b[31msuch\u202efile")
    _require_one_line(ran, 4)
    assert "\u202e" not in ran.err


# --- anything at all ----------------------------------------------------------------

_FUZZ: Final = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _require_known_ending(ran: Ran, statuses: set[int]) -> None:
    assert ran.status in statuses, ran
    assert "Traceback" not in ran.err
    for text in (ran.out, ran.err):
        assert all(c.isprintable() or c == "\n" for c in text), repr(text)


def _bent(data: bytes, place: int, piece: bytes) -> bytes:
    place %= len(data) + 1
    return data[:place] + piece + data[place + len(piece) :]


@_FUZZ
@given(data=st.binary(max_size=400))
def test_any_bytes_are_inspected_without_a_traceback(data: bytes) -> None:
    _require_known_ending(run("inspect", stdin=data), {0, 4})
    _require_known_ending(run("inspect", "--json", stdin=data), {0, 4})


@_FUZZ
@given(
    name=st.sampled_from(
        [
            *("card.sdjwt", "response.txt", "request.json", "request.state"),
            *("pki/root.pem", "pki/shop.pem", "pki/shop-key.pem"),
            *("person.json", "reports/verify.json"),
        ]
    ),
    place=st.integers(0, 50_000),
    piece=st.binary(min_size=1, max_size=8),
)
def test_any_bent_file_is_inspected_without_a_traceback(
    name: str, place: int, piece: bytes, told: Path
) -> None:
    data = _bent((told / name).read_bytes(), place, piece)
    _require_known_ending(run("inspect", stdin=data), {0, 4})


@settings(_FUZZ, max_examples=15)
@given(place=st.integers(0, 50_000), piece=st.binary(min_size=1, max_size=8))
def test_any_bent_answer_is_judged_without_a_traceback(
    place: int, piece: bytes, told: Path, tmp_path: Path
) -> None:
    data = _bent((told / "response.txt").read_bytes(), place, piece)
    state, seal = str(told / "request.state"), str(told / "passphrase.txt")
    ran = run(
        *("verify", "-", "--request", state, "--seal-file", seal),
        *("--trust", str(told / "pki/root.pem"), "--at", AT, "--json"),
        *("--replay", str(tmp_path / "guard")),
        stdin=data,
    )
    _require_known_ending(ran, {0, 1, 3})


@settings(_FUZZ, max_examples=15)
@given(place=st.integers(0, 50_000), piece=st.binary(min_size=1, max_size=8))
def test_any_bent_request_is_read_without_a_traceback(
    place: int, piece: bytes, told: Path
) -> None:
    data = _bent((told / "request.json").read_bytes(), place, piece)
    ran = run(
        *("present", "-", "--wallet", str(told / "wallet"), "--yes"),
        *("--seal-file", str(told / "passphrase.txt"), "--at", AT),
        *("--trust", str(told / "pki/root.pem")),
        stdin=data,
    )
    _require_known_ending(ran, {0, 1})


def test_choices_of_an_option_that_is_missing_are_told_on_one_line_as_words() -> None:
    place = ASK.index("--policy")
    ran = run("request", "--age-over", "18", *ASK[:place], *ASK[place + 2 :])
    _require_one_line(ran, 2)
    assert "Choose from: retail, hotel, finance, strict (see:" in ran.err
