"""A clerk compares the portrait with the person, on the command line."""

import sys
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
import pytest

from idwallet.cli.consent import consent_lines
from idwallet.cli.portraits import Comparison
from idwallet.cli.words import Speech
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.report import Reason
from idwallet.roles.asked import Anonymous
from idwallet.roles.portrait import AwaitingPortrait
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.corpus.portraits import IMAGE, asking_for_picture
from idwallet.testing.corpus.registered import registered, registration, show
from idwallet.testing.request_draft import request_draft
from idwallet.testing.scene import Scene
from tests.cli.program import run

SCENE: Final = Scene(seed=b"idwallet TEST portraits on the command line")
SPEECH: Final = Speech("en")


def left() -> AwaitingPortrait:
    made = asking_for_picture(SCENE)
    found = evaluate_presentation(
        made.response(), request=made.request, trust=SCENE.trust, at=SCENE.at
    )
    assert isinstance(found, AwaitingPortrait)
    return found


def settled(
    matches: bool | None, clerk: str | None = "desk-7", portrait: str | None = None
) -> VerifiedPresentation | Unverified:
    said = Comparison(portrait=portrait, matches=matches, clerk=clerk)
    said.require_meant(force=False)
    return said.settle(left(), at=SCENE.at, speech=SPEECH)


def test_what_the_clerk_says_is_the_verdict() -> None:
    assert isinstance(settled(True), VerifiedPresentation)
    assert type(settled(False)) is Unverified


def test_the_portrait_is_written_for_the_clerk_to_look_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "face.jpg"
    found = settled(None, None, str(place))
    assert isinstance(found, AwaitingPortrait)
    assert place.read_bytes() == IMAGE
    told = capsys.readouterr()
    assert "--portrait-matches" in told.err
    assert b64encode(IMAGE).decode() not in told.err + told.out


def test_on_a_terminal_the_clerk_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(click, "confirm", lambda *_, **__: True)
    assert isinstance(settled(None), VerifiedPresentation)


def test_what_needs_no_clerk_stays_as_it_was_judged() -> None:
    found = left()
    other = Unverified(found.report)
    said = Comparison(portrait=None, matches=True, clerk="desk-7")
    assert said.settle(other, at=SCENE.at, speech=SPEECH) is other


def test_a_clerk_who_compares_has_a_name() -> None:
    given = ("none.txt", "--request", "none", "--trust", "none", "--portrait-matches")
    ran = run("verify", *given)
    assert ran.status == 2
    assert "--clerk" in ran.err


@pytest.mark.usefixtures("story")
def test_a_document_has_no_clerk() -> None:
    Path("paper.pdf").write_bytes(b"%PDF-1.7\n")
    ran = run("verify", "paper.pdf", "--portrait-matches", "--clerk", "desk-7")
    assert ran.status == 2


def test_consent_says_when_nobody_vouches_for_who_asks() -> None:
    wallet = SCENE.new_wallet()
    wallet.add(SCENE.issue(), at=SCENE.at)
    asked = wallet.read_request(SCENE.request().message.raw, at=SCENE.at)
    choice = wallet.match(asked, at=SCENE.at).choose()
    stranger = replace(asked, by=Anonymous("redirect_uri:https://a.example"))
    told = list(consent_lines(replace(choice, asked=stranger), SPEECH))
    assert told[0] == SPEECH.say("consent.stranger")


def test_consent_says_what_who_asks_is_registered_for() -> None:
    made = request_draft(SCENE)
    registered(made)
    show(made, registration(made, {}))
    wallet = SCENE.new_wallet()
    wallet.add(SCENE.issue(), at=SCENE.at)
    asked = wallet.read_request(made.message(), at=SCENE.at)
    assert Reason.REGISTERED in {each.reason for each in asked.report.checks}
    choice = wallet.match(asked, at=SCENE.at).choose()
    told = list(consent_lines(choice, SPEECH))
    assert SPEECH.say("consent.registered", purpose="TEST sale") in told
