"""A child's card for a parent's wallet: verified, kept apart, and forgotten again."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from pathlib import Path

from examples.messenger.handling import Case, Room
from examples.messenger.wards import called
from examples.web.elements import Html, element, together

from idwallet import VerificationFailed, VerificationIndeterminate, explain
from idwallet.errors import IdWalletError
from idwallet.protocols import ChatKind
from idwallet.roles import Delegated


class Guarding(Room):
    """What was delegated over a child's card, and what ends it."""

    kinds = frozenset({ChatKind.DELEGATED, ChatKind.TAKEN_BACK})
    sentences = Path(__file__).with_suffix(".json")

    def bubble(self, case: Case) -> Html:
        """Say what it is, and offer what is to be done with it."""
        state, kind = case.state, case.came.kind.value
        stage = state.get("stage", "open")
        told = case.words(f"{kind}.{stage}", child=state.get("child", ""))
        inside = element("p", None, told)
        if stage == "refused":
            return together(inside, element("p", None, state.get("why", "")))
        if stage != "open" or case.is_own:
            return inside
        return together(
            inside,
            element(
                "form",
                {"method": "post", "action": case.place},
                element("input", {"type": "hidden", "name": "do", "value": "take"}),
                element("button", {"class": "main"}, case.words(f"{kind}.take")),
            ),
        )

    def press(self, case: Case, form: Mapping[str, str]) -> None:
        """Take it: the wallet verifies all of it before it keeps or forgets a card."""
        is_open = case.state.get("stage", "open") == "open" and not case.is_own
        if not is_open or form.get("do") != "take":
            return
        if case.came.kind is ChatKind.DELEGATED:
            _keep(case)
        else:
            _forget(case)


def _keep(case: Case) -> None:
    try:
        handed = Delegated.from_json(case.came.body)
        ward = case.phone.holder.add_ward(handed, at=case.turn.at)
    except (VerificationFailed, VerificationIndeterminate) as error:
        told = explain(error.report, lang=case.lang, reader="holder")
        why = " ".join((told.headline, *(each.text for each in told.lines)))
        case.remember(stage="refused", why=why)
    except IdWalletError:
        case.remember(stage="unreadable")
    else:
        case.remember(stage="kept", child=called(ward))


def _forget(case: Case) -> None:
    try:
        statement = urlsafe_b64decode(case.came.body)
    except ValueError:
        case.remember(stage="nothing")
        return
    ended = case.phone.holder.heed(statement, at=case.turn.at)
    case.remember(stage="forgotten" if ended else "nothing")


ROOM = Guarding
