"""The government issues to whom it has checked, which is played, and to nobody else."""

from pathlib import Path

from idwallet.protocols import ChatKind
from tests.examples.messenger.chatting import chatting


def test_nothing_is_offered_before_the_check_nor_issued_once_it_is_taken_back(
    tmp_path: Path,
) -> None:
    with chatting(tmp_path) as us:
        us.tap("anna", "government", "get")
        assert us.came("anna", "government", ChatKind.OFFER) == []
        us.tap("anna", "government", "check")
        us.decide("anna", "government", ChatKind.OFFER, do="open")
        us.tap("anna", "government", "lost")
        us.decide("anna", "government", ChatKind.OFFER, do="accept")
        assert us.stage("anna", "government", ChatKind.OFFER) == "failed"
        assert us.cards() == []
        us.get_identity()
        assert us.cards() == ["urn:eudi:pid:1"]
