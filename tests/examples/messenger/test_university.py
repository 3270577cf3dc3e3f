"""The university issues what it has seen, to whom it has seen."""

from pathlib import Path

from idwallet.protocols import ChatKind
from tests.examples.messenger.chatting import chatting

CARD = "urn:idwallet:student-card:1"
DIPLOMA = "urn:eu.europa.ec.eudi:learning:credential:1"


def test_it_issues_a_card_and_a_diploma_that_say_what_was_shown(
    tmp_path: Path,
) -> None:
    with chatting(tmp_path) as us:
        us.get_identity()
        us.tap("anna", "university", "enrol")
        us.decide("anna", "university", ChatKind.REQUEST, do="show")
        for button, kind in (("card", CARD), ("diploma", DIPLOMA)):
            us.tap("anna", "university", button)
            us.take("anna", "university")
            assert kind in us.cards()
        held = {
            each.credential_type: each.claims
            for each in us.messenger.phones["anna"].holder.credentials()
        }
        assert held[CARD]["family_name"] == held[DIPLOMA]["family_name"] == "Образцова"
        assert held[CARD]["birthdate"] == "1990-05-17"
        assert us.said("anna", "university")[-1] == "done.diploma"
        assert us.stage("anna", "university", ChatKind.RECEIPT) == "kept"


def test_nothing_is_issued_to_whom_it_has_not_seen(tmp_path: Path) -> None:
    with chatting(tmp_path) as us:
        us.tap("anna", "university", "card")
        assert us.said("anna", "university")[-1] == "first"
        us.get_identity()
        us.tap("anna", "university", "enrol")
        us.decide("anna", "university", ChatKind.REQUEST, do="decline")
        us.tap("anna", "university", "diploma")
        assert us.said("anna", "university")[-2:] == ["declined", "first"]
        assert us.came("anna", "university", ChatKind.OFFER) == []


def test_an_offer_for_one_person_is_worth_nothing_to_another(tmp_path: Path) -> None:
    with chatting(tmp_path) as us:
        us.get_identity()
        us.tap("anna", "university", "enrol")
        us.decide("anna", "university", ChatKind.REQUEST, do="show")
        us.tap("anna", "university", "card")
        ((_, offer),) = us.came("anna", "university", ChatKind.OFFER)
        # Boris puts her offer before his own wallet: what it asks goes to the bot.
        with us.messenger.post.turn("university", "boris") as turn:
            turn.say(offer.to_text())
        us.settle()
        us.decide("boris", "university", ChatKind.OFFER, do="open")
        us.decide("boris", "university", ChatKind.OFFER, do="accept")
        assert us.stage("boris", "university", ChatKind.OFFER) == "failed"
        assert us.cards("boris") == []
