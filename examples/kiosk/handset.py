"""A guest's phone that answers the hotel desk in a session (ISO/IEC 18013-5, TCP).

    python -m examples.kiosk.handset --folder kiosk

It shows a code, as a phone does; the desk reads it (scanner, camera or picture) and
asks. Who asks, and for what, is shown before anything is answered. The wallet is that
of one of the kiosk's invented people, so that the receipt can be kept on their page.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from examples.kiosk.invented.phone import PEOPLE, Phone
from examples.kiosk.invented.world import World
from examples.web.identity import identity_in
from examples.web.running import HERE, say

from idwallet.adapters import TcpListener, converse, qr_modules, qr_svg
from idwallet.protocols import DeviceSession, SessionEnded
from idwallet.roles import PersonAsked, RequestRefused, SessionHolder

PORT: Final = 8032
_WAIT: Final = timedelta(minutes=5)


def main() -> int:
    """Answer once."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path("kiosk"))
    parser.add_argument("--person", choices=PEOPLE, default="anna")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--yes", action="store_true", help="agree without asking")
    parser.add_argument("--picture", type=Path, help="draw the code there, as SVG")
    given = parser.parse_args()
    identity = identity_in(given.folder)
    world = World(given.folder / "world", identity)
    home = given.folder / "phones" / given.person
    phone = Phone(given.person, world, folder=home, seal=identity.seal)
    agrees: Callable[[], bool] = (lambda: True) if given.yes else _asks
    with TcpListener(HERE, given.port) as listener:
        session = DeviceSession.by_qr(at=world.clock())
        link = session.engagement.to_uri()
        if given.picture is not None:
            given.picture.write_bytes(qr_svg(link))
        say([*_drawn(link), link, f"waiting at {listener.address}"])
        return 0 if answer(phone, session, listener=listener, agrees=agrees) else 1


def answer(
    phone: Phone,
    session: DeviceSession,
    *,
    listener: TcpListener,
    agrees: Callable[[], bool],
) -> bool:
    """Wait for the desk and answer what it asks; return whether it was told."""
    side, shown = SessionHolder(phone.wallet, session), False
    with listener.accept(wait=_WAIT) as transport:
        for event in converse(side, transport, clock=phone.clock):
            if isinstance(event, RequestRefused):
                say(["Whoever asks is not believed: nothing was told."])
            elif isinstance(event, PersonAsked):
                _show(event)
                if agrees():
                    choice = side.match(at=phone.clock()).choose()
                    transport.send(side.present(choice, at=phone.clock()).octets)
                    shown = True
                else:
                    transport.send(side.decline(at=phone.clock()).octets)
            elif isinstance(event, SessionEnded):
                say(["The session is over."])
    return shown


def _show(event: PersonAsked) -> None:
    names = [
        claim.path[-1]
        for each in event.asked.query.credentials
        for claim in each.claims
    ]
    kept = any(
        claim.intent_to_retain
        for each in event.asked.query.credentials
        for claim in each.claims
    )
    say(
        [
            f"Asked by: {event.asked.asker or 'nobody known'}",
            f"For: {', '.join(map(str, names))}",
            "They say that they keep it." if kept else "They do not keep it.",
        ]
    )


def _asks() -> bool:
    try:
        return input("Show it? [y/N] ").strip().lower() in {"y", "yes", "д", "да"}
    except EOFError:
        return False


def _drawn(text: str) -> list[str]:
    """Draw a code with half blocks, light on dark as terminals are."""
    rows = [list(row) for row in qr_modules(text)]
    edge = 2
    wide = len(rows) + 2 * edge
    padded = [[False] * wide for _ in range(edge)]
    padded += [[False] * edge + row + [False] * edge for row in rows]
    padded += [[False] * wide for _ in range(edge + len(padded) % 2)]
    signs = {(False, False): "█", (False, True): "▀", (True, False): "▄"}
    return [
        "".join(signs.get(pair, " ") for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(padded[::2], padded[1::2], strict=False)
    ]


if __name__ == "__main__":
    sys.exit(main())
