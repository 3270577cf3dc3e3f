"""A parent answers for a child who has no phone, until that is taken back."""

import os
import shutil
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from examples.messenger import custody
from examples.messenger.bots.family import Family
from examples.messenger.people import CHILDREN, FINDER

from idwallet import now
from idwallet.errors import VerificationFailed
from idwallet.protocols import ChatKind, ChatMessage
from idwallet.report import CheckId
from tests.examples.messenger.chatting import Chatting, chatting
from tests.examples.messenger.test_kept import held, promised
from tests.killing_messenger import played

RIGHT = "urn:idwallet:guardian:1"


def allowed(us: Chatting, person: str = "anna") -> None:
    """Have the family office allow the parent's wallet to answer."""
    us.get_identity(person)
    us.tap(person, "family", "begin")
    us.decide(person, "family", ChatKind.REQUEST, do="show")
    us.take(person, "family")
    us.decide(person, "family", ChatKind.REQUEST, do="show")
    us.decide(person, "family", ChatKind.DELEGATED, do="take")


@pytest.fixture
def us(tmp_path: Path) -> Iterator[Chatting]:
    with chatting(tmp_path) as opened:
        allowed(opened)
        yield opened


def ticket(us: Chatting) -> None:
    """Ask for a ticket, and answer for the child."""
    us.tap("anna", "cinema", "buy")
    (ward,) = us.messenger.phones["anna"].holder.wards()
    us.decide("anna", "cinema", ChatKind.REQUEST, do="show", **{"for": ward.name})


def last(us: Chatting) -> str:
    """Return what the cinema said last to people."""
    told = [e.text for e in us.chat("anna", "cinema") if e.sender == "cinema"]
    return next(each for each in reversed(told) if not each.startswith("{"))


def test_a_parent_answers_for_a_child_and_is_told_apart(us: Chatting) -> None:
    holder = us.messenger.phones["anna"].holder
    assert us.stage("anna", "family", ChatKind.DELEGATED) == "kept"
    (ward,) = holder.wards()
    assert us.cards() == ["urn:eudi:pid:1", RIGHT]
    ticket(us)
    assert us.said("anna", "cinema")[-1] == "sold.for"
    # An underscore is written wide there, for in many chats it means something.
    assert ward.pseudonym in last(us).replace("\uff3f", "_")
    assert CHILDREN[0].given_name not in last(us)
    assert us.stage("anna", "cinema", ChatKind.RECEIPT) == "kept"
    entry = holder.history()[-1].entry
    assert entry is not None
    assert entry.acted_for == ward.pseudonym


def test_what_was_taken_back_is_refused_with_words_and_then_forgotten(
    us: Chatting,
) -> None:
    ticket(us)
    assert us.said("anna", "cinema")[-1] == "sold.for"
    us.tap("anna", "family", "back")
    assert us.said("anna", "family")[-1] == "taken.back"
    # The wallet has not read it yet, as one that is offline, or does not want to.
    ticket(us)
    assert us.said("anna", "cinema")[-1] == "refused"
    assert "The right to answer for this child was taken back." in last(us)
    us.decide("anna", "family", ChatKind.TAKEN_BACK, do="take")
    assert us.stage("anna", "family", ChatKind.TAKEN_BACK) == "forgotten"
    assert us.messenger.phones["anna"].holder.wards() == ()
    us.tap("anna", "family", "back")
    assert us.said("anna", "family")[-1] == "nothing"
    us.tap("anna", "family", "again")
    us.decide("anna", "family", ChatKind.REQUEST, do="show")
    us.decide("anna", "family", ChatKind.DELEGATED, do="take")
    ticket(us)
    assert us.said("anna", "cinema")[-1] == "sold.for"


def test_what_was_taken_back_is_not_kept_again(us: Chatting) -> None:
    _, handed = us.came("anna", "family", ChatKind.DELEGATED)[-1]
    us.tap("anna", "family", "back")
    us.decide("anna", "family", ChatKind.TAKEN_BACK, do="take")
    with us.messenger.post.turn("family", "anna") as turn:
        turn.say(handed.to_text())
    us.decide("anna", "family", ChatKind.DELEGATED, do="take")
    assert us.stage("anna", "family", ChatKind.DELEGATED) == "refused"
    assert us.messenger.phones["anna"].holder.wards() == ()


def test_nobody_else_can_use_what_was_sent_to_the_parent(us: Chatting) -> None:
    us.get_identity("boris")
    us.tap("boris", "family", "begin")
    us.decide("boris", "family", ChatKind.REQUEST, do="show")
    assert us.said("boris", "family")[-1] == "no.child"
    _, handed = us.came("anna", "family", ChatKind.DELEGATED)[-1]
    with us.messenger.post.turn("family", "boris") as turn:
        turn.say(handed.to_text())
    us.decide("boris", "family", ChatKind.DELEGATED, do="take")
    assert us.stage("boris", "family", ChatKind.DELEGATED) == "refused"
    assert us.messenger.phones["boris"].holder.wards() == ()


def later(monkeypatch: pytest.MonkeyPatch, **how: float) -> None:
    """Let everybody's clock stand so much later than it does."""
    at = now() + timedelta(**how)
    monkeypatch.setattr("examples.messenger.post.now", lambda: at)


def begin_again(us: Chatting) -> None:
    """Get another right, and have it delegated to."""
    us.tap("anna", "family", "begin")
    us.decide("anna", "family", ChatKind.REQUEST, do="show")
    us.take("anna", "family")
    us.decide("anna", "family", ChatKind.REQUEST, do="show")
    us.decide("anna", "family", ChatKind.DELEGATED, do="take")


def test_a_right_over_another_child_is_given_nothing(us: Chatting) -> None:
    us.tap("anna", "family", "again")
    # A wallet made anew holds another card: for the right it is another child.
    shutil.rmtree(us.folder / "children")
    us.decide("anna", "family", ChatKind.REQUEST, do="show")
    assert us.said("anna", "family")[-1] == "other.child"
    us.tap("anna", "family", "again")
    assert us.said("anna", "family")[-1] == "other.child"
    assert len(us.came("anna", "family", ChatKind.DELEGATED)) == 1


def test_of_two_rights_the_one_over_the_childs_card_is_asked_for(
    us: Chatting,
) -> None:
    shutil.rmtree(us.folder / "children")
    begin_again(us)
    assert us.cards() == ["urn:eudi:pid:1", RIGHT, RIGHT]
    assert us.stage("anna", "family", ChatKind.DELEGATED) == "kept"


def test_nothing_is_delegated_for_longer_than_the_right_lasts(
    us: Chatting, monkeypatch: pytest.MonkeyPatch
) -> None:
    us.tap("anna", "family", "again")
    later(monkeypatch, hours=18, seconds=30)
    us.tap("anna", "family", "again")
    assert us.said("anna", "family")[-1] == "other.child"
    assert len(us.came("anna", "family", ChatKind.DELEGATED)) == 1
    begin_again(us)
    assert us.stage("anna", "family", ChatKind.DELEGATED) == "kept"


def test_what_a_card_delegated_is_taken_back_though_the_child_has_a_newer_one(
    us: Chatting, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, hours=20, minutes=50)
    begin_again(us)
    later(monkeypatch, hours=21, minutes=30)
    ticket(us)
    assert us.said("anna", "cinema")[-1] == "sold.for"
    # The card has less than two hours left: of whatever is new it is another one.
    us.tap("anna", "family", "again")
    assert us.said("anna", "family")[-1] == "other.child"
    us.tap("anna", "family", "back")
    assert us.said("anna", "family")[-1] == "taken.back"
    ticket(us)
    assert us.said("anna", "cinema")[-1] == "refused"


@pytest.mark.parametrize("told", [False, True])
def test_a_power_cut_between_ending_it_and_saying_so_lets_nobody_answer(
    tmp_path: Path, *, told: bool
) -> None:
    with chatting(tmp_path) as us:
        allowed(us)

    def cut(us: Chatting) -> None:
        publish = custody.publish_withdrawn

        def cut_short(*given: Any, **more: Any) -> None:
            if told:
                publish(*given, **more)
            os.kill(os.getpid(), signal.SIGKILL)

        custody.publish_withdrawn = cut_short
        us.tap("anna", "family", "back")

    assert played(tmp_path, cut) == (True, 0)
    with chatting(tmp_path) as us:
        us.settle()
        assert us.said("anna", "family")[-1] == "taken.back"
        ticket(us)
        assert us.said("anna", "cinema")[-1] == "refused"
        us.decide("anna", "family", ChatKind.TAKEN_BACK, do="take")
        assert us.stage("anna", "family", ChatKind.TAKEN_BACK) == "forgotten"
        assert len(us.came("anna", "family", ChatKind.TAKEN_BACK)) == 1


def test_what_is_over_by_itself_is_not_taken_back(
    us: Chatting, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, hours=3)
    us.tap("anna", "family", "back")
    assert us.said("anna", "family")[-1] == "nothing"
    assert us.came("anna", "family", ChatKind.TAKEN_BACK) == []


def test_who_takes_it_back_twice_is_told_once_of_each_delegation(
    us: Chatting, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, seconds=5)
    for _ in range(2):  # within one second: one delegation that was signed twice
        us.tap("anna", "family", "again")
        us.decide("anna", "family", ChatKind.REQUEST, do="show")
    for _ in range(2):
        us.tap("anna", "family", "back")
    assert us.said("anna", "family")[-2:] == ["taken.back", "nothing"]
    assert len(us.came("anna", "family", ChatKind.TAKEN_BACK)) == 2


def test_a_parent_without_the_phone_takes_it_back_from_the_next_one(
    us: Chatting,
) -> None:
    us.messenger.lose("anna")
    (ward,) = us.messenger.phones[FINDER].holder.wards()
    for is_over in (False, True):
        if is_over:
            us.tap("anna", "family", "back")
        us.tap(FINDER, "cinema", "buy")
        us.decide(FINDER, "cinema", ChatKind.REQUEST, do="show", **{"for": ward.name})
        expected = "refused" if is_over else "sold.for"
        assert us.said(FINDER, "cinema")[-1] == expected
    us.tap(FINDER, "family", "again")
    assert us.said(FINDER, "family")[-1] == "lost"


def test_after_two_hours_the_wallet_answers_no_more(
    us: Chatting, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hours, is_over in ((1, False), (3, True)):
        later = now() + timedelta(hours=hours)
        monkeypatch.setattr("examples.messenger.post.now", lambda at=later: at)
        if is_over:
            with pytest.raises(VerificationFailed) as caught:
                ticket(us)
            assert caught.value.report.failed()[0].id is (CheckId.HOLDER_DELEGATION)
        else:
            ticket(us)
            assert us.said("anna", "cinema")[-1] == "sold.for"


def test_a_request_is_answered_for_a_child_only_where_the_parent_says_so(
    us: Chatting,
) -> None:
    us.tap("anna", "cinema", "buy")
    us.decide("anna", "cinema", ChatKind.REQUEST, do="show", **{"for": "nobody"})
    assert us.came("anna", "cinema", ChatKind.ANSWER) == []
    us.decide("anna", "cinema", ChatKind.REQUEST, do="decline")
    assert us.said("anna", "cinema")[-1] == "declined"
    us.tap("anna", "cinema", "buy")
    us.decide("anna", "cinema", ChatKind.REQUEST, do="show")
    assert us.said("anna", "cinema")[-1] == "sold"  # to Anna, by her own card


def test_who_goes_in_alone_buys_with_a_card_of_their_own(tmp_path: Path) -> None:
    with chatting(tmp_path) as us:
        us.get_identity("boris")
        us.tap("boris", "cinema", "buy")
        us.decide("boris", "cinema", ChatKind.REQUEST, do="show")
        assert us.said("boris", "cinema")[-1] == "sold"


def test_an_answer_that_was_seen_can_be_opened_by_nobody_again(us: Chatting) -> None:
    ticket(us)
    us.tap("anna", "cinema", "buy")
    us.decide("anna", "cinema", ChatKind.REQUEST, do="decline")
    for bot in ("family", "cinema"):
        assert us.came("anna", bot, ChatKind.ANSWER)
        with us.messenger.post.look(bot, "anna") as turn:
            assert turn.everything("asked:") == {}
    # What comes once more is an answer to nothing.
    message, _ = us.came("anna", "cinema", ChatKind.ANSWER)[-1]
    us.write("anna", "cinema", message.text)
    assert us.said("anna", "cinema")[-1] == "unasked"


@pytest.mark.parametrize(
    ("kind", "stage"),
    [(ChatKind.DELEGATED, "unreadable"), (ChatKind.TAKEN_BACK, "nothing")],
)
def test_what_is_no_delegation_changes_nothing(
    us: Chatting, kind: ChatKind, stage: str
) -> None:
    for body in ("AAAA", "A", "Ж", "{}"):
        with us.messenger.post.turn("cinema", "anna") as turn:
            turn.say(ChatMessage(kind=kind, body=body).to_text())
        us.decide("anna", "cinema", kind, do="take")
        assert us.stage("anna", "cinema", kind) == stage
    assert len(us.messenger.phones["anna"].holder.wards()) == 1


def given(us: Chatting) -> int:
    """Return to how many keys the child's card delegated, as its wallet has it."""
    office = us.messenger.bots["family"]
    assert isinstance(office, Family)
    with office._custody(CHILDREN[0])._open() as (holder, _):
        return len(holder.delegations())


def test_the_office_forgets_who_could_answer_once_nobody_can(us: Chatting) -> None:
    assert given(us) == 1
    with us.messenger.post.turn("family", "") as turn:
        turn.at = now() + timedelta(hours=2)
        us.messenger.bots["family"].tidy(turn)
    assert given(us) == 0


def test_whoever_begins_anew_leaves_no_wallet_of_a_child_behind(us: Chatting) -> None:
    us.messenger.begin_anew()
    assert not (us.folder / "children").exists()
    allowed(us)
    us.tap("anna", "family", "back")
    assert len(us.came("anna", "family", ChatKind.TAKEN_BACK)) == 1
    us.decide("anna", "family", ChatKind.TAKEN_BACK, do="take")
    assert us.stage("anna", "family", ChatKind.TAKEN_BACK) == "forgotten"


def test_the_office_signs_how_long_it_keeps_whose_parent_it_saw(us: Chatting) -> None:
    until = promised(us).receipt.retention.until
    assert until is not None
    for at, is_kept in ((until - timedelta(seconds=1), True), (until, False)):
        with us.messenger.post.turn("family", "") as turn:
            turn.at = at
            us.messenger.bots["family"].tidy(turn)
        assert bool(held(us, "family")) is is_kept
    us.tap("anna", "family", "again")
    assert us.said("anna", "family")[-1] == "lost"
