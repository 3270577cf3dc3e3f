"""A parent answers for a child who has no phone, until that is taken back."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from examples.messenger.people import CHILDREN

from idwallet import now
from idwallet.errors import UsageError, VerificationFailed
from idwallet.protocols import ChatKind, ChatMessage
from idwallet.report import CheckId
from tests.examples.messenger.chatting import Chatting, chatting
from tests.examples.messenger.test_kept import held, promised

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


def test_a_right_over_another_child_is_given_nothing(us: Chatting) -> None:
    # A wallet made anew holds another card: for the right it is another child.
    shutil.rmtree(us.folder / "children")
    us.tap("anna", "family", "again")
    us.decide("anna", "family", ChatKind.REQUEST, do="show")
    assert us.said("anna", "family")[-1] == "other.child"
    assert len(us.came("anna", "family", ChatKind.DELEGATED)) == 1


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
    with pytest.raises(UsageError):
        us.decide("anna", "cinema", ChatKind.REQUEST, do="show")
    us.decide("anna", "cinema", ChatKind.REQUEST, do="show", **{"for": "nobody"})
    assert us.came("anna", "cinema", ChatKind.ANSWER) == []
    us.decide("anna", "cinema", ChatKind.REQUEST, do="decline")
    assert us.said("anna", "cinema")[-1] == "declined"


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
