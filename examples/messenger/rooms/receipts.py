"""Somebody signed what they saw: the receipt is verified and kept with the entry."""

from pathlib import Path

from examples.messenger.handling import Case, Room
from examples.web.elements import Html, element

from idwallet import VerificationFailed, VerificationIndeterminate
from idwallet.errors import MalformedError, UsageError
from idwallet.protocols import ChatKind


class Receipts(Room):
    """Receipts of those who asked."""

    kinds = frozenset({ChatKind.RECEIPT})
    sentences = Path(__file__).with_suffix(".json")

    def arrive(self, case: Case) -> None:
        """Hold it against what this wallet did, and keep it if it is true."""
        entry = case.turn.kept(f"answered:{case.came.answers}")
        if entry is None:
            case.remember(stage="unasked")
            return
        try:
            case.phone.holder.keep_receipt(
                case.came.body, index=int(entry), at=case.turn.at
            )
        except (
            VerificationFailed,
            VerificationIndeterminate,
            MalformedError,
            UsageError,
        ):
            case.remember(stage="untrue")
        else:
            case.remember(stage="kept")

    def bubble(self, case: Case) -> Html:
        """Say what the wallet found."""
        stage = case.state.get("stage", "new")
        return element("p", {"class": f"receipt {stage}"}, case.words(f"stage.{stage}"))


ROOM = Receipts
