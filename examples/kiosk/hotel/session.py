"""A guest's phone that answers in a session of ISO/IEC 18013-5, over TCP.

The phone shows a code, the desk reads it, and the two talk. Nothing is read of a phone
that did not prove to know the code; nothing is registered until the verdict is on the
disk. A session cannot be taken up again: after a power cut the phone shows a new code.
"""

from datetime import datetime
from threading import Thread
from typing import Final

from examples.kiosk.desk import Desk, Judge, Judged, Judging, Visit
from examples.kiosk.hotel.rules import asked_in_person

from idwallet import Verifier, evaluate_presentation
from idwallet.adapters import TcpTransport, converse
from idwallet.errors import IdWalletError, PortError, UsageError
from idwallet.ports import ReplayGuard, Use
from idwallet.protocols import ReaderSession, SessionEnded
from idwallet.roles import DeviceAnswered, SessionVerifier

MARK: Final = "mdoc:"


class Borrowed:
    """A replay guard in whose place another one stands, for as long as it judges.

    The question of a session is made long before the transaction of its verdict.
    """

    def __init__(self) -> None:
        """Have none yet."""
        self.guard: ReplayGuard | None = None

    def consume(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> Use:
        """Take the request; see `idwallet.ports.ReplayGuard.consume`."""
        return self._own().consume(request, response, until=until, at=at)

    def settle(self, request: bytes) -> bool:
        """Note that the verdict is final; see `idwallet.ports.ReplayGuard.settle`."""
        return self._own().settle(request)

    def _own(self) -> ReplayGuard:
        if self.guard is None:
            raise UsageError("an answer is judged within a transaction")
        return self.guard


def reads(desk: Desk, visit: Visit, *, text: str) -> bool:
    """Begin a session where a phone's own code was read; False for any other code."""
    if not text.startswith(MARK):
        return False
    if desk.nearby is None or visit.is_decided:
        desk.hint = "decided" if visit.is_decided else "phone-unreachable"
        return True
    desk.hint = "phone-asked"
    met, asking = desk.meeting or (0, None)
    if asking is not None and met == visit.id and asking.is_alive():
        return True  # the same code, held up a moment longer
    asking = Thread(target=meet, args=(desk, visit), kwargs={"link": text}, daemon=True)
    desk.meeting = visit.id, asking
    asking.start()
    return True


def meet(desk: Desk, visit: Visit, *, link: str) -> None:
    """Ask the phone, wait for its owner, and have the answer judged."""
    try:
        hint = _met(desk, visit, link=link)
    except PortError:
        hint = "phone-unreachable"
    except IdWalletError:
        hint = "phone-unreadable"
    now = desk.visit()
    if now is not None and now.id == visit.id:
        desk.hint = None if now.is_decided else hint


def _met(desk: Desk, visit: Visit, *, link: str) -> str | None:
    clock, borrowed = desk.clock, Borrowed()
    verifier = Verifier(identity=desk.party, policy=desk.room.policy, replay=borrowed)
    side = SessionVerifier(verifier, ReaderSession.by_qr(link, at=clock()))
    if desk.nearby is None:
        return "phone-unreachable"
    with TcpTransport.connect(*desk.nearby) as transport:
        transport.send(side.ask(asked_in_person(), at=clock()))
        for event in converse(side, transport, clock=clock):
            if isinstance(event, DeviceAnswered):
                desk.judge(visit, _judging(event, borrowed))
                transport.send(side.end(at=clock()))
                return None
            if isinstance(event, SessionEnded):
                break
    return "phone-gone"


def _judging(event: DeviceAnswered, borrowed: Borrowed) -> Judge:
    def judge(by: Judging) -> Judged:
        borrowed.guard = by.verifier.replay
        found = evaluate_presentation(
            event.response, request=event.question, trust=by.trust, at=by.at
        )
        return Judged(event.question, found)

    return judge
