"""`session`: a device in one process, a reader in another, and what each is told."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from idwallet import limits
from idwallet.cli.commands.session import device as acting
from idwallet.codec.pem import write_pem
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.possession import prove_possession
from idwallet.crypto.software import SoftwareSigner
from idwallet.protocols import DeviceSession
from idwallet.roles.issuer import Issuer
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene, reader_identity
from tests.cli.program import AT, Ran, run
from tests.conftest import AT as MOMENT
from tests.docs.pages import python_path
from tests.unit.roles.session_world import meeting, phone

pytestmark = pytest.mark.loopback

PROGRAM: Final = "import sys; from idwallet.cli import main; sys.exit(main())"
SEAL: Final = ("--seal-file", "passphrase.txt")
ASKING: Final = (
    *("--key", "reader-key.pem", "--certificates", "reader.pem"),
    *("--passphrase-file", "passphrase.txt", "--policy", "retail"),
    *("--trust", "root.pem", "--at", AT),
)
NAME: Final = ("--type", "driving-licence", "--claim", "family_name")
DEVICE: Final = (
    *("session", "device", "--wallet", "wallet", *SEAL, "--trust", "root.pem"),
    *("-o", "link.txt", "--at", AT, "--wait", "20"),
)
ISSUER: Final = "https://roads.example"
NONCE: Final = "0123456789abcdef0123456789"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wallet with a licence, and the files of a reader; nobody writes into it."""
    folder = tmp_path_factory.mktemp("met") / "story"
    folder.mkdir()
    scene = MdocScene(at=MOMENT)
    (folder / "passphrase.txt").write_text("a passphrase for tests\n")
    (folder / "root.pem").write_text(scene.pki.root_pem)
    reader = reader_identity(scene)
    assert isinstance(reader.signer, SoftwareSigner)
    pem = reader.signer.to_encrypted_pem(b"a passphrase for tests")
    (folder / "reader-key.pem").write_text(pem)
    chain = "".join(write_pem("CERTIFICATE", each) for each in reader.chain)
    (folder / "reader.pem").write_text(chain)
    wallet = ("--wallet", str(folder / "wallet"), "--seal-file")
    seal = str(folder / "passphrase.txt")
    assert run("wallet", "init", *wallet, seal).status == 0
    told = ("--audience", ISSUER, "--nonce", NONCE, "--at", AT)
    proof = run("wallet", "prove", *wallet, seal, *told).out.strip()
    issuer = Issuer(signer=scene.signer.signer, certificates=scene.signer.chain)
    card = issuer.issue(
        Mdoc(MDL, {NAMESPACE: {"family_name": "Образцова", "given_name": "Анна"}}),
        holder_key=prove_possession(proof, audience=ISSUER, nonce=NONCE, at=MOMENT),
        valid_until=MOMENT + timedelta(days=30),
        at=MOMENT,
    )
    (folder / "card.mdoc").write_text(card.raw)
    root = ("--trust", str(folder / "root.pem"), "--at", AT)
    added = run("wallet", "add", str(folder / "card.mdoc"), *wallet, seal, *root)
    assert added.status == 0, added.err
    return folder


@pytest.fixture
def story(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which is also where the program runs."""
    folder = tmp_path / "story"
    shutil.copytree(made, folder)
    monkeypatch.chdir(folder)
    return folder


@contextmanager
def device(*more: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Have a device wait; yield where."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *DEVICE, *more],
        env={**os.environ, **python_path()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stderr is not None
        found = None
        while found is None:
            line = process.stderr.readline()
            assert line, "it ended before it waited"
            found = re.search(r"127\.0\.0\.1:\d+", line)
        try:
            yield found[0], process
        finally:
            if process.poll() is None:
                process.terminate()


def reader(place: str, *more: str) -> Ran:
    wanted = () if "--age-over" in more or "--query" in more else NAME
    return run(
        "session", "reader", "link.txt", "--connect", place, *wanted, *ASKING, *more
    )


def test_a_reader_asks_a_device_and_each_is_told_in_words(story: Path) -> None:
    with device("--yes", "--lang", "en") as (place, process):
        link = (story / "link.txt").read_text()
        assert link.startswith("mdoc:")
        asked = reader(place, "--lang", "en")
        out, err = process.communicate(timeout=20)
    assert asked.status == 0, asked
    assert "Образцова" in asked.out
    assert process.returncode == 0, err
    assert out == ""
    assert "asks." in err
    assert "the other side ended it" in err
    history = run("wallet", "history", "--wallet", "wallet", *SEAL, "--json")
    assert '"sent"' in history.out


def test_the_json_of_both_sides_says_who_what_and_how_it_ended(story: Path) -> None:
    with device("--yes", "--json", "--signed") as (place, process):
        asked = reader(place, "--json")
        out, _ = process.communicate(timeout=20)
    told = json.loads(out)
    assert told["ended"] == "by-peer"
    (one,) = told["asked"]
    assert one["asked_by"] == "CN=TEST reader.example,O=idwallet TEST only,C=XX"
    assert one["shown"][0]["reveals"] == ["/org.iso.18013.5.1/family_name"]
    found = json.loads(asked.out)
    assert found["report"]["outcome"] == "passed"
    assert found["credentials"][0]["claims"]["org.iso.18013.5.1"] == {
        "family_name": "Образцова"
    }
    assert (story / "link.txt").exists()


def test_without_a_terminal_nobody_has_agreed(story: Path) -> None:
    with device() as (place, process):
        asked = reader(place)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "nothing was shown" in err
    assert asked.status == 1
    assert "Образцова" not in asked.out
    assert (story / "link.txt").exists()


class _Line:
    """A connection that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, message: bytes) -> None:
        self.sent.append(message)


@pytest.mark.parametrize("agrees", [True, False])
@pytest.mark.parametrize("spare", [timedelta(seconds=1), timedelta(0)])
def test_a_person_is_heard_at_the_moment_they_answer(
    monkeypatch: pytest.MonkeyPatch, spare: timedelta, *, agrees: bool
) -> None:
    """Whoever thinks for longer than the session waits has shown nothing."""
    own = phone()
    met = meeting(own)
    event = met.ask()
    clock = [event.asked.report.at]

    def confirm(*_: object, **__: object) -> bool:
        clock[0] += limits.PROXIMITY_IDLE - spare
        return agrees

    monkeypatch.setattr(acting, "moment_or_now", lambda _: clock[0])
    monkeypatch.setattr(acting.click, "confirm", confirm)
    monkeypatch.setattr(acting.sys, "stdin", SimpleNamespace(isatty=lambda: True))
    order = SimpleNamespace(
        at=None, folder="wallet", lang="en", reader="holder", yes=False, signed=False
    )
    line = _Line()
    shown = acting._Meeting(order, met.holder, own)  # type: ignore[arg-type]
    shown._take(event, line)  # type: ignore[arg-type]
    assert len(line.sent) == (1 if spare else 0)
    entered = [each.entry.time for each in own.history() if each.entry is not None]
    assert entered == ([clock[0]] if spare else [])
    assert shown.is_shown is (agrees and bool(spare))


def test_a_reader_that_the_wallet_does_not_know_is_shown_nothing(story: Path) -> None:
    stranger = reader_identity(MdocScene(at=MOMENT))
    assert isinstance(stranger.signer, SoftwareSigner)
    pem = stranger.signer.to_encrypted_pem(b"a passphrase for tests")
    (story / "reader-key.pem").write_text(pem)
    chain = "".join(write_pem("CERTIFICATE", each) for each in stranger.chain)
    (story / "reader.pem").write_text(chain)
    with device("--yes") as (place, process):
        asked = reader(place)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "would see" not in err
    assert asked.status == 1


def test_what_the_wallet_does_not_hold_is_named_by_its_type_and_not_answered(
    story: Path,
) -> None:
    with device("--yes", "--lang", "en") as (place, process):
        asked = reader(place, "--age-over", "18", "--lang", "en")
        _, err = process.communicate(timeout=20)
    assert (asked.status, process.returncode) == (1, 1)
    assert "It holds nothing of the kind “Proof of age”." in err
    assert "it lacks Aged 18 or over" in err
    assert "document-" not in err
    assert "the reader is not told why" in err
    assert "you refused" not in err
    assert (story / "link.txt").exists()


def test_a_link_of_another_device_opens_nothing(story: Path) -> None:
    with device("--yes") as (place, process):
        other = DeviceSession.by_qr(at=MOMENT).engagement.to_uri()
        (story / "link.txt").write_text(other)
        asked = reader(place, "--lang", "en", "--json")
        _, err = process.communicate(timeout=20)
    assert asked.status == 1
    assert "could not decrypt" in asked.err
    told = json.loads(asked.out)
    assert told == {"report": None, "credentials": [], "ended": "peer-did-not-decrypt"}
    assert process.returncode == 1
    assert "does not open" in err or "не открывается" in err


@pytest.mark.parametrize(
    "wrong",
    [
        ("--connect", "localhost"),
        ("--connect", "127.0.0.1:seven"),
        ("--connect", "localhost:7000"),
        ("--connect", "8.8.8.8:7000"),
    ],
)
def test_a_place_is_an_address_that_is_near(
    story: Path, wrong: tuple[str, str]
) -> None:
    shown = DeviceSession.by_qr(at=MOMENT).engagement.to_uri()
    (story / "link.txt").write_text(shown)
    ran = run("session", "reader", "link.txt", *NAME, *ASKING, *wrong)
    assert ran.status == 2, ran


def test_a_link_that_is_none_and_a_device_that_is_not_there_are_named(
    story: Path,
) -> None:
    (story / "link.txt").write_text("https://shop.example/")
    ran = reader("127.0.0.1:1")
    assert ran.status == 4
    assert "link.txt" in ran.err
    (story / "link.txt").write_text(DeviceSession.by_qr(at=MOMENT).engagement.to_uri())
    ran = reader("127.0.0.1:1")
    assert ran.status == 4
    assert "no connection" in ran.err


def test_with_json_a_file_takes_the_link(story: Path) -> None:
    given = [each for each in DEVICE if each not in ("-o", "link.txt")]
    assert run(*given, "--json").status == 2
    assert not (story / "link.txt").exists()


def test_nobody_who_comes_is_an_error_of_the_port(story: Path) -> None:
    ran = run(*DEVICE[:-1], "1")
    assert ran.status == 4
    assert "nobody came" in ran.err
    assert (story / "link.txt").exists()
    for seconds in ("0", "86401", "100000000000000000"):
        ran = run(*DEVICE[:-1], seconds, "--force")
        assert ran.status == 2
        assert "a day at most" in ran.err
