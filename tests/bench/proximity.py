"""How long it takes from a till's request to its verdict, over a session by TCP.

Run it from the top of the repository::

    python -m tests.bench.proximity [rounds]

Both sides run in one process, on the loopback address: the till signs its request and
encrypts it, the phone opens and judges it, matches, writes its ledger, proves the
document by a MAC and encrypts the answer, the till opens and judges that. The
engagement, both keys and the connection are in the figure. Times are of the processor,
both sides together; the goal is 20 ms on one core.
"""

import sys
from datetime import timedelta
from threading import Thread
from typing import Final

from idwallet.adapters.tcp import TcpListener, TcpTransport
from idwallet.protocols import DeviceSession, ReaderSession
from idwallet.roles import DeviceAnswered, SessionHolder, SessionVerifier
from idwallet.roles.presentation import verify_presentation
from tests.bench.measure import Figure, batch, interleave
from tests.unit.roles.session_world import AT, NAME, desk, phone
from tests.unit.roles.two_formats import scene

ROUNDS: Final = 15
GOAL: Final = 0.020
_WAIT: Final = timedelta(seconds=10)
_EACH: Final = 8


class _Met:
    """Both sides, joined by a connection."""

    def __init__(self, listener: TcpListener) -> None:
        device = DeviceSession.by_qr(at=AT)
        uri = device.engagement.to_uri()
        self.phone = SessionHolder(phone_, device)
        self.till = SessionVerifier(desk_, ReaderSession.by_qr(uri, at=AT))
        thread = Thread(target=self._accept, args=(listener,))
        thread.start()
        self.near = TcpTransport.connect(*listener.address)
        thread.join()

    def _accept(self, listener: TcpListener) -> None:
        self.far = listener.accept(wait=_WAIT)

    def verdict(self) -> None:
        """Ask once, and judge what comes back."""
        self.near.send(self.till.ask(NAME, at=AT))
        self.phone.receive(self.far.receive(wait=_WAIT) or b"", at=AT)
        choice = self.phone.match(at=AT).choose()
        self.far.send(self.phone.present(choice, at=AT).octets)
        (event,) = self.till.receive(self.near.receive(wait=_WAIT) or b"", at=AT)
        assert isinstance(event, DeviceAnswered)
        verify_presentation(
            event.response, request=event.question, trust=scene().trust, at=AT
        )

    def close(self) -> None:
        self.near.close()
        self.far.close()


phone_, desk_ = phone(), desk()


def measure(rounds: int) -> list[Figure]:
    """Return both figures."""
    with TcpListener() as listener:

        def session() -> None:
            met = _Met(listener)
            met.verdict()
            met.close()

        return interleave({"whole": batch(session, 1)}, rounds=rounds * _EACH)


def main(rounds: int) -> int:
    """Print the figures; 1 where the goal is missed."""
    missed = False
    for each in measure(rounds):
        missed |= each.median > GOAL * 1e6
        print(
            f"{each.name:10} {each.median / 1000:7.2f} ms, best {each.best / 1000:.2f}"
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
