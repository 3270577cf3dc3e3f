"""Kill the example messenger at every step of an issuance and of a signing session.

    python -m tests.killing_messenger issuance|signing [--longest N]

A step is what a power cut may come before or after: a transaction of the post is
written, a wallet changes, a key is made or destroyed. For each step in turn a new
messenger is started and killed there by SIGKILL, in its own process; another one goes
on from what is on the disk, the people do what is left to do, and what came of it is
counted. It prints how many steps there were, as JSON.
"""

import argparse
import json
import os
import signal
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from examples.messenger import post

from idwallet import SoftwareKeyStore, SqlStore
from idwallet.protocols import ChatKind, file_in, request_in
from tests.examples.messenger.chatting import Chatting, chatting
from tests.unit.documents.pades.judged import by_pyhanko

Story = Callable[[Chatting], None]
_COPIES: Final = 10
_LATER: Final = 3


class Bomb:
    """Counts steps, and kills its process at one of them."""

    def __init__(self, at: int) -> None:
        """Go off at that step; 0 is never."""
        self.at = at
        self.steps = 0

    def step(self) -> None:
        """Count one."""
        self.steps += 1
        if self.steps == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def put(self) -> None:
        """Put it before and after whatever lasts."""
        bomb = self

        class Connection(sqlite3.Connection):
            """One that counts what it writes."""

            def execute(self, statement: str, *given: Any) -> sqlite3.Cursor:
                if statement != "COMMIT":
                    return super().execute(statement, *given)
                bomb.step()
                done = super().execute(statement)
                bomb.step()
                return done

        def connect(file: Path, **how: Any) -> sqlite3.Connection:
            return sqlite3.connect(file, factory=Connection, **how)

        class Database:
            """The module as the post uses it."""

            Connection = sqlite3.Connection

        Database.connect = staticmethod(connect)  # type: ignore[attr-defined]
        post.sqlite3 = Database  # type: ignore[assignment]
        for kind, name in (
            (SqlStore, "change"),
            (SoftwareKeyStore, "create"),
            (SoftwareKeyStore, "delete"),
        ):
            setattr(kind, name, self._around(getattr(kind, name)))

    def _around(self, do: Callable[..., Any]) -> Callable[..., Any]:
        def done(*given: Any, **more: Any) -> Any:
            self.step()
            made = do(*given, **more)
            self.step()
            return made

        return done


# --- stories, each of which goes on from wherever it was ------------------------------


def issuance(us: Chatting) -> None:
    """Have the government issue an identity card to Anna."""
    us.settle()
    if not us.came("anna", "government", ChatKind.OFFER):
        if "check" not in us.said("anna", "government"):
            us.tap("anna", "government", "get")
        us.tap("anna", "government", "check")
    for do, stages in (
        ("open", ("", "offered")),
        ("accept", ("confirm",)),
        ("store", ("arrived",)),
    ):
        if us.stage("anna", "government", ChatKind.OFFER) in stages:
            us.decide("anna", "government", ChatKind.OFFER, do=do)


def require_one_card(us: Chatting) -> None:
    """One card of ten copies was issued, once, and every message is there once."""
    holder = us.messenger.phones["anna"].holder
    (card,) = holder.credentials()
    assert len(holder.copies(card)) == _COPIES
    said = us.said("anna", "government")
    assert Counter(said)["done.national-id"] == 1, said
    assert len(us.came("anna", "government", ChatKind.OFFER)) == 1
    asked = us.came("anna", "government", ChatKind.CARRIED_REQUEST)
    told = us.came("anna", "government", ChatKind.CARRIED_RESPONSE)
    assert Counter(e.name for _, e in asked) == Counter(e.answers for _, e in told)
    places = Counter(request_in(each).url for _, each in asked)
    assert places["https://government.example/credential"] == 1, places
    _require_no_message_twice(us, "anna", "government")


def contract(us: Chatting) -> None:
    """Have the employer's contract signed by both."""
    us.settle()
    for person in ("anna", "boris"):
        if not us.came(person, "employer", ChatKind.SIGNING_SESSION):
            us.tap(person, "employer", "read")
        if us.stage(person, "employer", ChatKind.SIGNING_SESSION) != "signed":
            us.decide(person, "employer", ChatKind.SIGNING_SESSION, do="sign")


def require_one_contract(us: Chatting) -> None:
    """It bears three signatures, and everybody was asked once and signed once."""
    files = {
        person: us.came(person, "employer", ChatKind.FILE)
        for person in ("anna", "boris")
    }
    last = {file_in(each[-1][1]).content for each in files.values()}
    (signed,) = last
    assert [each.is_valid for each in by_pyhanko(signed)] == [True] * 3
    for person, found in files.items():
        assert len(found) == 2
        assert len(us.came(person, "employer", ChatKind.SIGNING_SESSION)) == 1
        assert len(us.came(person, "employer", ChatKind.SIGNATURE)) == 1
        assert Counter(us.said(person, "employer"))["done"] == 1
        _require_no_message_twice(us, person, "employer")


def _require_no_message_twice(us: Chatting, person: str, bot: str) -> None:
    texts = Counter(
        each.text for each in us.chat(person, bot) if each.text.startswith("{")
    )
    assert set(texts.values()) == {1}


STORIES: Final[dict[str, tuple[Story, Story]]] = {
    "issuance": (issuance, require_one_card),
    "signing": (contract, require_one_contract),
}


# --- killing --------------------------------------------------------------------------


def played(folder: Path, story: Story, *, kill_at: int = 0) -> tuple[bool, int]:
    """Play a story in a process of its own; return if it was killed, and its steps."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        status = 1
        try:
            os.close(reading)
            bomb = Bomb(kill_at)
            bomb.put()
            with chatting(folder) as us:
                story(us)
                us.settle()
            os.write(writing, str(bomb.steps).encode())
            status = 0
        except BaseException:  # noqa: BLE001 - it is told, and the process ends
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as told:
        steps = told.read()
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        return True, 0
    assert status == 0, "the story broke"
    return False, int(steps)


def killed_at_each(name: str, folder: Path, *, longest: int | None = None) -> int:
    """Kill a new messenger at each step in turn; return how many there were.

    Raises:
        AssertionError: something was lost, or done twice.
    """
    story, require = STORIES[name]
    step = 0
    while longest is None or step < longest:
        step += 1
        place = folder / f"{step}"
        was_killed, _ = played(place, story, kill_at=step)
        if not was_killed:
            break
        with chatting(place) as us:
            story(us)
            us.settle()
            require(us)
    return step - 1


def killed_again_and_again(name: str, folder: Path) -> int:
    """Kill one messenger over and over, each time some steps later; return how often.

    Raises:
        AssertionError: something was lost, or done twice.
    """
    story, require = STORIES[name]
    kills = 0
    # An odd number, so that it is before a step as often as after one.
    while played(folder, story, kill_at=1 + _LATER * kills)[0]:
        kills += 1
    with chatting(folder) as us:
        require(us)
    return kills


def main() -> None:
    """Kill as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("story", choices=STORIES)
    parser.add_argument("--longest", type=int)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        steps = killed_at_each(asked.story, Path(folder), longest=asked.longest)
    sys.stdout.write(json.dumps({"story": asked.story, "kills": steps}) + "\n")


if __name__ == "__main__":
    main()
