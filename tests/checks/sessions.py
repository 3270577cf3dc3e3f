"""One check of a signing session, right or with one thing wrong."""

from functools import cache

from idwallet.report import Check, CheckId
from idwallet.testing.sessions import FORGERIES, SessionScene, session_draft


@cache
def scene() -> SessionScene:
    return SessionScene(seed=b"idwallet TEST checks of sessions")


def judged(check_id: CheckId, forgery: str = "") -> Check:
    """Return the check of a session with that forgery, or of one that is right."""
    made = session_draft(scene())
    for each in FORGERIES:
        if each.name == f"session: {forgery}":
            each.forge(made)
    assert not forgery or f"session: {forgery}" in {each.name for each in FORGERIES}
    (found,) = (each for each in made.report().checks if each.id is check_id)
    return found
