"""A phone is lost: its cards are worth nothing, and the new one has them again."""

from pathlib import Path

import pytest

from idwallet.errors import WrongKey
from idwallet.protocols import ChatKind
from idwallet.roles import kept_backups
from tests.examples.messenger.chatting import Chatting, chatting

SECRET = "a passphrase for tests"


def show_the_age(us: Chatting, person: str) -> None:
    us.tap(person, "shop", "buy")
    us.decide(person, "shop", ChatKind.REQUEST, do="show")


def test_what_a_lost_phone_had_is_refused_and_issued_again_and_the_history_kept(
    tmp_path: Path,
) -> None:
    with chatting(tmp_path) as us:
        us.get_identity()
        show_the_age(us, "anna")
        assert us.said("anna", "shop")[-1] == "sold"
        saved = us.messenger.back_up("anna", SECRET)
        us.messenger.lose("anna")
        assert us.cards("anna") == []
        # Whoever finds it may use it until its owner says so.
        show_the_age(us, "finder")
        assert us.said("finder", "shop")[-1] == "sold"
        us.tap("anna", "government", "lost")
        assert us.said("anna", "government")[-1] == "revoked"
        show_the_age(us, "finder")
        assert us.said("finder", "shop")[-1] == "refused"
        with pytest.raises(WrongKey):
            us.messenger.restore("anna", saved, passphrase="another passphrase")
        us.messenger.restore("anna", saved, passphrase=SECRET)
        holder = us.messenger.phones["anna"].holder
        found = kept_backups(holder.vault)
        assert found is not None
        assert len(found.to_reissue(holder.credentials())) == 1
        (shown,) = found.transactions
        assert "shop.example" in str(shown["interactingPartyName"])
        us.get_identity()
        assert found.to_reissue(holder.credentials()) == ()
        show_the_age(us, "anna")
        assert us.said("anna", "shop")[-1] == "sold"


def test_what_was_begun_on_the_lost_phone_does_not_hinder_the_new_one(
    tmp_path: Path,
) -> None:
    with chatting(tmp_path) as us:
        us.tap("anna", "government", "get")
        us.tap("anna", "government", "check")
        us.decide("anna", "government", ChatKind.OFFER, do="open")
        us.messenger.lose("anna")
        us.get_identity()
        assert us.cards("anna") == ["urn:eudi:pid:1"]
        us.messenger.lose("finder")  # nobody's phone
        assert us.cards("anna") == ["urn:eudi:pid:1"]


def test_a_lost_account_card_pays_nothing(tmp_path: Path) -> None:
    with chatting(tmp_path) as us:
        us.get_identity()
        us.tap("anna", "bank", "open")
        us.decide("anna", "bank", ChatKind.REQUEST, do="show")
        us.take("anna", "bank")
        us.tap("anna", "bank", "pay")
        _, request = us.came("anna", "bank", ChatKind.REQUEST)[-1]
        us.messenger.lose("anna")
        with us.messenger.post.turn("bank", "finder") as turn:
            turn.say(request.to_text())
        us.settle()
        us.decide("finder", "bank", ChatKind.REQUEST, do="show")
        _, answer = us.came("finder", "bank", ChatKind.ANSWER)[-1]
        us.tap("anna", "bank", "lost")
        us.write("anna", "bank", answer.to_text())
        assert us.said("anna", "bank")[-2:] == ["revoked", "refused"]
