"""A kiosk with a till and a hotel desk, and phones to try it with.

One command starts it:

    pip install 'idwallet[sql,qr,server,pdf,stamps]'
    python -m examples.kiosk

Open the address that it prints. For the camera, fetch once what reads its pictures
(zxing, from npm; it is served from here and from nowhere else):

    npm ci --prefix examples/kiosk/scanner

Everything lies in the folder `kiosk`: what the counters remember in ``counters``, and
beside it the invented world: a ministry, phones with wallets, an operator.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from typing import Final

import uvicorn
from examples.kiosk.opening import open_kiosk
from examples.kiosk.page import Kiosk
from examples.kiosk.store import StoreError
from examples.web.running import HERE, HOST, listening, port_of, say

from idwallet.errors import IdWalletError

HOUR: Final = 3600


def main() -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path("kiosk"))
    parser.add_argument("--port", type=int, default=8030)
    parser.add_argument(
        "--megabytes", type=float, help="the most that the counters may keep"
    )
    parser.add_argument(
        "--phone-port", type=int, default=8032, help="where a phone holds a session"
    )
    parser.add_argument(
        "--issuer",
        type=Path,
        action="append",
        default=[],
        help="certificate (PEM) of another issuer that the operator believes",
    )
    given = parser.parse_args()
    door = listening(given.port)
    try:
        kiosk = kiosk_in(
            given.folder,
            megabytes=given.megabytes,
            nearby=(HERE, given.phone_port),
            issuers=given.issuer,
        )
    except (StoreError, IdWalletError, OSError) as fault:
        door.close()
        # A page without what it remembers could take one code twice.
        print(f"{given.folder}: {fault}. Mend that, and start again.", file=sys.stderr)
        return 1
    Thread(target=each_hour, args=(kiosk.do_chores,), daemon=True).start()
    say([f"Open http://{HOST}:{port_of(door)}/", "End it with Ctrl-C."])
    quiet = uvicorn.Config(
        kiosk.app(), lifespan="off", log_level="warning", access_log=False
    )
    try:
        asyncio.run(uvicorn.Server(quiet).serve(sockets=[door]))
    except KeyboardInterrupt:
        say([""])
    return 0


def each_hour(
    do: Callable[[], object], *, wait: Callable[[float], None] = time.sleep
) -> None:
    """Do something each hour, for as long as the kiosk runs."""
    while True:
        wait(HOUR)
        do()


def kiosk_in(
    folder: Path,
    *,
    megabytes: float | None = None,
    nearby: tuple[str, int] | None = None,
    issuers: Sequence[Path] = (),
) -> Kiosk:
    """Return the kiosk that a folder keeps; an empty one is filled.

    What the rooms have to do when they open is done: cards whose time is over are
    erased before anybody is asked.
    """
    opened = open_kiosk(folder, megabytes=megabytes, nearby=nearby, issuers=issuers)
    kiosk = opened.kiosk()
    kiosk.do_chores()
    return kiosk


if __name__ == "__main__":
    sys.exit(main())
