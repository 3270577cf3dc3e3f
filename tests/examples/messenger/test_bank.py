"""The bank pays what was confirmed: this amount, to this payee, once."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from idwallet.codec import b64
from idwallet.consent import Finding
from idwallet.errors import VerificationFailed
from idwallet.explain import explain_transaction
from idwallet.protocols import ChatKind, ChatMessage
from tests.examples.messenger.chatting import Chatting, chatting

ACCOUNT = "urn:eu.europa.ec.eudi:iban:1"


def with_account(us: Chatting, person: str = "anna") -> None:
    """Open an account and take its card."""
    us.get_identity(person)
    us.tap(person, "bank", "open")
    us.decide(person, "bank", ChatKind.REQUEST, do="show")
    us.take(person, "bank")


@pytest.fixture
def us(tmp_path: Path) -> Iterator[Chatting]:
    with chatting(tmp_path) as opened:
        with_account(opened)
        yield opened


def balance(us: Chatting) -> str:
    us.tap("anna", "bank", "statement")
    return [e.text for e in us.chat("anna", "bank") if e.sender == "bank"][-1]


def test_an_account_is_opened_and_a_payment_confirmed(
    tmp_path: Path,
) -> None:
    with chatting(tmp_path) as us:
        with_account(us)
        assert ACCOUNT in us.cards()
        us.tap("anna", "bank", "pay")
        us.decide("anna", "bank", ChatKind.REQUEST, do="show")
        assert us.said("anna", "bank")[-1] == "paid"
        assert us.stage("anna", "bank", ChatKind.RECEIPT) == "kept"
        assert "87.50 EUR" in balance(us)


def test_the_bank_asks_for_what_its_purpose_needs_and_no_more(tmp_path: Path) -> None:
    with chatting(tmp_path) as us:
        us.get_identity()
        us.tap("anna", "bank", "open")
        holder = us.messenger.phones["anna"].holder
        ((_, request),) = us.came("anna", "bank", ChatKind.REQUEST)
        with us.messenger.post.look("anna", "bank") as turn:
            at = turn.at
        asked = holder.read_request(request.body, at=at)
        judgement = holder.match(asked, at=at).judgement
        assert judgement.profile is not None
        assert {each.finding for each in judgement.claims} == {Finding.NEEDED}


def test_the_wallet_shows_amount_and_payee_before_it_signs(us: Chatting) -> None:
    us.tap("anna", "bank", "pay")
    _, request = us.came("anna", "bank", ChatKind.REQUEST)[-1]
    with us.messenger.post.look("anna", "bank") as turn:
        asked = us.messenger.phones["anna"].holder.read_request(
            request.body, at=turn.at
        )
    (transaction,) = asked.transactions
    told = str(explain_transaction(transaction, lang="ru"))
    assert "12.50 EUR" in told
    assert "Образцовая пекарня" in told


AMOUNT = {"amount": {"value": 99.0, "currency": "EUR"}}
PAYEE = {"payee": "Другая пекарня"}


def altered(request: ChatMessage, change: dict[str, object] | None) -> ChatMessage:
    """Write something else into a request on its way; its signature stays as it was."""
    outer = json.loads(request.body)
    head, body, signature = outer["request"].split(".")
    claims = json.loads(b64.decode(body, at="test"))
    (one,) = claims["transaction_data"]
    content = json.loads(b64.decode(one, at="test"))
    if change is not None:
        assert change.keys() <= content["payload"].keys()
        content["payload"] |= change
        claims["transaction_data"] = [b64.encode(json.dumps(content).encode())]
        body = b64.encode(json.dumps(claims).encode())
    outer["request"] = f"{head}.{body}.{signature}"
    return ChatMessage(kind=ChatKind.REQUEST, body=json.dumps(outer), name=request.name)


def pass_on(us: Chatting, message: ChatMessage) -> None:
    """Put a message into the chat as if the bank had written it."""
    with us.messenger.post.turn("bank", "anna") as turn:
        turn.say(message.to_text())
    us.settle()


@pytest.mark.parametrize("change", [AMOUNT, PAYEE], ids=["amount", "payee"])
def test_another_amount_or_payee_on_the_way_is_refused_by_the_wallet(
    us: Chatting, change: dict[str, object]
) -> None:
    us.tap("anna", "bank", "pay")
    _, request = us.came("anna", "bank", ChatKind.REQUEST)[-1]
    pass_on(us, altered(request, change))
    with pytest.raises(VerificationFailed):
        us.decide("anna", "bank", ChatKind.REQUEST, do="show")
    assert "100.00 EUR" in balance(us)
    pass_on(us, altered(request, None))
    us.decide("anna", "bank", ChatKind.REQUEST, do="show")
    assert us.said("anna", "bank")[-1] == "paid"


def test_a_confirmation_that_is_sent_again_pays_nothing(us: Chatting) -> None:
    us.tap("anna", "bank", "pay")
    with us.messenger.post.look("bank", "anna") as turn:
        ((_, name), saved), *_ = sorted(turn.everything("asked:").items())
    us.decide("anna", "bank", ChatKind.REQUEST, do="show")
    _, answer = us.came("anna", "bank", ChatKind.ANSWER)[-1]
    us.write("anna", "bank", answer.to_text())
    assert us.said("anna", "bank")[-2:] == ["paid", "unasked"]
    # Nor where the bank still knew what it had asked for.
    with us.messenger.post.turn("bank", "anna") as turn:
        turn.keep(name, saved)
    us.write("anna", "bank", answer.to_text())
    assert us.said("anna", "bank")[-1] == "refused"
    assert "87.50 EUR" in balance(us)


def test_a_confirmation_of_one_invoice_pays_no_other(us: Chatting) -> None:
    us.tap("anna", "bank", "pay")
    first = us.came("anna", "bank", ChatKind.REQUEST)[-1]
    us.tap("anna", "bank", "pay")
    _, second = us.came("anna", "bank", ChatKind.REQUEST)[-1]
    pressed = us.messenger.press("anna", first[0].id, form={"do": "show"}, lang="en")
    assert pressed == "bank"
    us.settle()
    _, answer = us.came("anna", "bank", ChatKind.ANSWER)[-1]
    assert us.said("anna", "bank")[-1] == "paid"
    us.write("anna", "bank", replace(answer, answers=second.name).to_text())
    assert us.said("anna", "bank")[-1] == "refused"
    assert "87.50 EUR" in balance(us)


def test_a_card_of_another_account_pays_nothing(us: Chatting) -> None:
    with_account(us, "boris")
    us.tap("anna", "bank", "pay")
    _, request = us.came("anna", "bank", ChatKind.REQUEST)[-1]
    with us.messenger.post.turn("bank", "boris") as turn:
        turn.say(request.to_text())
    us.settle()
    us.decide("boris", "bank", ChatKind.REQUEST, do="show")
    _, answer = us.came("boris", "bank", ChatKind.ANSWER)[-1]
    us.write("anna", "bank", answer.to_text())
    assert us.said("anna", "bank")[-1] == "other"
    assert "100.00 EUR" in balance(us)


def test_who_says_no_pays_nothing(us: Chatting) -> None:
    us.tap("anna", "bank", "pay")
    us.decide("anna", "bank", ChatKind.REQUEST, do="decline")
    assert us.said("anna", "bank")[-1] == "not.paid"
    assert "100.00 EUR" in balance(us)


def test_an_invoice_that_was_asked_about_twice_is_paid_once(us: Chatting) -> None:
    us.tap("anna", "bank", "pay")
    us.tap("anna", "bank", "pay")
    for message, _ in us.came("anna", "bank", ChatKind.REQUEST)[-2:]:
        us.messenger.press("anna", message.id, form={"do": "show"}, lang="en")
        us.settle()
    assert us.said("anna", "bank")[-2:] == ["paid", "paid.before"]
    assert "87.50 EUR" in balance(us)


def test_the_bank_pays_no_more_than_there_is(us: Chatting) -> None:
    for _ in range(3):
        us.tap("anna", "bank", "pay")
        us.decide("anna", "bank", ChatKind.REQUEST, do="show")
    us.tap("anna", "bank", "pay")
    assert us.said("anna", "bank")[-1] == "too.little"
    assert "27.00 EUR" in balance(us)
