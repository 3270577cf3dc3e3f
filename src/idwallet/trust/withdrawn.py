"""Which delegations were taken back, by what is at hand; the statements are signed.

Who signed them, and whether that key may, is for whoever judges the delegation: here
they are octets that name it.
"""

from datetime import datetime
from typing import NamedTuple

from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.anchors import TrustStore
from idwallet.trust.bundle.withdrawn import read_withdrawn
from idwallet.trust.evidence import WithdrawnAtHand, content_of


class WithdrawnSaid(NamedTuple):
    """What is at hand about one delegation.

    `statements` name it. `taken` is when the newest list was taken, None where no list
    says when. `unread` says that one could not be read, which is no silence.
    """

    statements: tuple[bytes, ...]
    taken: datetime | None
    unread: bool
    lists: tuple[WithdrawnAtHand, ...]


def withdrawn_at_hand(identity: bytes, *, trust: TrustStore) -> WithdrawnSaid:
    """Return what is at hand about the delegation with that digest."""
    lists = trust.evidence.withdrawn
    statements: list[bytes] = []
    unread = False
    for each in lists:
        listed = _read(each, trust)
        if listed is None:
            unread = True
        else:
            # What ends it holds its digest as it is: the others need no reading.
            statements += (one for one in listed if identity in one)
    taken = (e.origin.taken for e in lists)
    newest = max((each for each in taken if each is not None), default=None)
    return WithdrawnSaid(tuple(statements), newest, unread, lists)


def _read(piece: WithdrawnAtHand, trust: TrustStore) -> tuple[bytes, ...] | None:
    memory = trust.memory.withdrawn
    found = memory.get(piece)
    if found is None:
        try:
            found = read_withdrawn(content_of(piece.statements), at="withdrawn")
        except (MalformedError, UnsupportedError):
            return None
        memory.put(piece, found)
    return found
