"""What bots were shown they keep for as long as their receipts say, and no longer."""

from datetime import timedelta
from pathlib import Path

import pytest

from idwallet import now
from idwallet.consent import VerifiedReceipt, evaluate_receipt
from idwallet.protocols import ChatKind
from tests.examples.messenger.chatting import Chatting, chatting

BEGINS = {"hotel": "in", "university": "enrol", "bank": "open"}


def promised(us: Chatting) -> VerifiedReceipt:
    """Return the receipt of the last thing that was shown."""
    phone = us.messenger.phones["anna"]
    happening = phone.holder.history()[-1]
    (index,) = happening.receipts
    token = phone.holder.ledger.entry(index).evidence.receipt
    assert token is not None
    assert happening.entry is not None
    found = evaluate_receipt(
        token,
        about=happening.entry.occasion(),
        trust=phone.trust,
        policy=phone.policy,
        at=now(),
    )
    assert isinstance(found, VerifiedReceipt)
    return found


def held(us: Chatting, bot: str) -> bytes:
    """Return what a bot has in the database about Anna."""
    with us.messenger.post.look(bot, "anna") as turn:
        return turn.kept(us.messenger.bots[bot].keeps) or b""


@pytest.mark.parametrize("bot", BEGINS)
def test_a_receipt_names_the_end_of_what_is_kept_and_then_it_is_gone(
    bot: str, tmp_path: Path
) -> None:
    with chatting(tmp_path) as us:
        us.get_identity()
        us.tap("anna", bot, BEGINS[bot])
        us.decide("anna", bot, ChatKind.REQUEST, do="show")
        assert "Образцова".encode("unicode-escape") in held(us, bot)
        until = promised(us).receipt.retention.until
        assert until is not None
        # Nobody says a word: it goes by itself, and not before.
        for at, is_kept in ((until - timedelta(seconds=1), True), (until, False)):
            with us.messenger.post.turn(bot, "") as turn:
                turn.at = at
                us.messenger.bots[bot].tidy(turn)
            assert bool(held(us, bot)) is is_kept


def test_what_is_over_is_deleted_when_the_messenger_starts(tmp_path: Path) -> None:
    with chatting(tmp_path) as us, us.messenger.post.turn("hotel", "anna") as turn:
        turn.keep("guest", '{"family_name": "GONE", "until": "2020-01-01T00:00:00Z"}')
    with chatting(tmp_path) as us:
        us.messenger.undisturbed(us.settle)
        us.tap("anna", "shop", "buy")
        assert held(us, "hotel") == b""
    # Nor does the file remember it.
    assert not any(b"GONE" in e.read_bytes() for e in tmp_path.glob("post.db*"))


def test_who_checks_out_reads_their_birth_date_as_people_write_it(
    tmp_path: Path,
) -> None:
    with chatting(tmp_path) as us:
        us.get_identity()
        us.tap("anna", "hotel", "in")
        us.decide("anna", "hotel", ChatKind.REQUEST, do="show")
        us.tap("anna", "hotel", "kept")
        assert "17.05.1990" in us.chat("anna", "hotel")[-1].text
        us.tap("anna", "hotel", "out")
        assert held(us, "hotel") == b""
