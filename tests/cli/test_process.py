"""The program as a process: what it imports, its streams, its ends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.cli.program import AT


class Talk(NamedTuple):
    """How the program ended, and what stood on the terminal."""

    status: int
    seen: bytes


CALL: Final = "import sys; from idwallet.cli import main; sys.exit(main())"


_MORE_THAN_A_PIPE: Final = 80_000


def _start(
    *arguments: str, env: Mapping[str, str] | None = None, stdout: int | None = None
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", CALL, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **(env or {})},
    )


def _run(
    *arguments: str, env: Mapping[str, str] | None = None, stdin: bytes = b""
) -> tuple[int, bytes, bytes]:
    process = _start(*arguments, env=env)
    out, err = process.communicate(stdin, timeout=60)
    return process.returncode, out, err


@pytest.mark.smoke
def test_help_imports_no_command_and_nothing_heavy() -> None:
    code = (
        "import json, sys\n"
        "from idwallet.cli import main\n"
        "status = main(['--help'])\n"
        "print(json.dumps([status, sorted(sys.modules)]), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    status, modules = json.loads(done.stderr)
    assert status == 0
    heavy = {"rich", "cryptography", "jose", "cbor2", "orjson", "sqlalchemy", "asyncio"}
    assert heavy.isdisjoint(each.partition(".")[0] for each in modules)
    commands = [each for each in modules if each.startswith("idwallet.cli.commands")]
    assert commands == []
    own = {each.split(".")[1] for each in modules if each.startswith("idwallet.")}
    assert own <= {"cli", "codec", "errors", "limits", "report"}


@pytest.mark.smoke
def test_the_installed_program_is_this_one() -> None:
    found = Path(sys.executable).parent / "idwallet"
    done = subprocess.run([found, "--version"], capture_output=True, check=True)
    assert done.stdout.startswith(b"idwallet ")


def test_a_reader_that_goes_away_is_no_fault_of_ours() -> None:
    process = _start("explain", "presentation.query")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    process.stderr.close()
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=60) == 4
    assert err == b""


def test_a_reader_that_goes_away_does_not_cost_the_report(story: Path) -> None:
    process = _start(
        *("verify", str(story / "response.txt")),
        *("--request", str(story / "request.state")),
        *("--trust", str(story / "pki" / "root.pem")),
        *("--seal-file", str(story / "passphrase.txt")),
        *("--at", AT, "--report", "report.json"),
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    process.communicate(timeout=60)
    assert process.returncode == 4
    assert json.loads(Path("report.json").read_bytes())["outcome"] == "passed"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full absent")
def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        process = _start("explain", stdout=full.fileno())
        _, err = process.communicate(timeout=60)
    assert process.returncode == 4
    assert err == b"idwallet: input or output failed: No space left on device\n"


def test_an_interrupt_ends_quietly() -> None:
    process = _start("inspect", "-")
    assert process.stdin is not None
    # More than a pipe holds: it is written when the program has begun to read.
    process.stdin.write(bytes(_MORE_THAN_A_PIPE))
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == b"idwallet: interrupted\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_a_stream_that_lacks_these_letters_is_no_reason_to_fail(encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    status, out, _ = _run("explain", "issuer.trust", "--lang", "ru", env=env)
    assert status == 0
    assert out


@pytest.mark.smoke
def test_streams_carry_whole_files() -> None:
    status, out, _ = _run("inspect", "--json", stdin='{"имя":"Анна"}'.encode())
    assert status == 0
    assert json.loads(out)["parts"] == [{"title": "value", "value": {"имя": "Анна"}}]


@pytest.mark.smoke
def test_the_demo_is_plain_where_no_terminal_is() -> None:
    status, out, err = _run("demo", "--at", AT)
    assert (status, err) == (0, b"")
    assert b"\x1b" not in out


@pytest.mark.skipif(os.name != "posix", reason="a terminal of POSIX absent")
@pytest.mark.parametrize(("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
@pytest.mark.parametrize("arguments", [("demo", "--lang", "en"), ("inspect", "-")])
def test_colour_is_for_terminals_and_no_color_is_honoured(
    env: dict[str, str], coloured: bool, arguments: tuple[str, ...]
) -> None:
    assert (b"\x1b[" in _on_a_terminal(arguments, env)) is coloured


def _on_a_terminal(arguments: tuple[str, ...], env: dict[str, str]) -> bytes:
    ours, theirs = os.openpty()
    ordinary = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    process = subprocess.Popen(
        [sys.executable, "-c", CALL, *arguments],
        stdin=subprocess.PIPE,
        stdout=theirs,
        stderr=theirs,
        env={**ordinary, "TERM": "xterm-256color", **env},
    )
    os.close(theirs)
    assert process.stdin is not None
    process.stdin.write(b'{"a":1}')
    process.stdin.close()
    seen = b"".join(_pieces(ours))
    assert process.wait(timeout=60) == 0
    return seen


def _pieces(terminal: int) -> Iterator[bytes]:
    try:
        while piece := os.read(terminal, 65_536):
            yield piece
    except OSError:  # Linux ends a terminal that nobody holds with an error
        pass
    finally:
        os.close(terminal)


def _converse(*arguments: str, answers: Mapping[bytes, bytes], folder: Path) -> Talk:
    """Run the program on a terminal, answering each question once it is asked."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", CALL, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        # Without a controlling terminal, so that only this one can be asked.
        start_new_session=True,
    )
    os.close(theirs)
    open_questions = dict(answers)
    seen = b""
    for piece in _pieces(ours):
        seen += piece
        for question in [each for each in open_questions if each in seen]:
            os.write(ours, open_questions.pop(question) + b"\n")
    return Talk(process.wait(timeout=60), seen)


PASSPHRASE: Final = b"idwallet TEST passphrase"


def test_a_passphrase_is_asked_for_and_not_echoed(story: Path) -> None:
    talk = _converse(
        *("wallet", "list", "--wallet", "wallet"),
        answers={b"Passphrase": PASSPHRASE},
        folder=story,
    )
    assert talk.status == 0, talk
    assert b"TEST-000001" in talk.seen
    assert PASSPHRASE not in talk.seen


@pytest.mark.parametrize(("answer", "status"), [(b"n", 1), (b"y", 0)])
def test_nothing_is_shown_before_the_person_agrees(
    answer: bytes, status: int, story: Path
) -> None:
    talk = _converse(
        *("present", "request.json", "--wallet", "wallet", "--trust", "pki/root.pem"),
        *("--seal-file", "passphrase.txt", "--at", AT, "-o", "mine.txt"),
        answers={b"Show this?": answer},
        folder=story,
    )
    assert talk.status == status, talk
    assert (story / "mine.txt").exists() is (status == 0)


def test_a_new_passphrase_is_asked_for_twice(tmp_path: Path) -> None:
    talk = _converse(
        *("keys", "generate", "-o", "key.pem"),
        answers={b"New passphrase": b"one", b"Repeat for": b"one"},
        folder=tmp_path,
    )
    assert talk.status == 0, talk
    assert (tmp_path / "key.pem").exists()
