"""Signing what a person chose to show."""

from collections.abc import Iterable
from datetime import datetime

from idwallet.crypto.signer import StoredKeySigner
from idwallet.roles.asked import Choice
from idwallet.roles.consenting import Ready
from idwallet.roles.held.format import Conversation


def signed(
    choice: Choice, taken: Ready, *, bound: Iterable[Conversation], at: datetime
) -> dict[str, list[str]]:
    """Sign what was chosen, by credential query.

    Raises:
        SignerError: a key could not sign.
    """
    shown: dict[str, list[str]] = {}
    for each, (stored, chosen), spoken in zip(choice.shown, taken, bound, strict=True):
        text = chosen.show(StoredKeySigner(stored), spoken, at=at)
        shown.setdefault(each.query_id, []).append(text)
    return shown
