"""A messenger with identity in it, on this machine alone.

One command starts it:

    pip install 'idwallet[sql,qr,server,pdf,stamps]'
    python -m examples.messenger

Open the address that it prints, be one of two invented citizens, and press what the
page says first. Everything that is said is kept in the folder `messenger`: the chats,
one wallet for each citizen, the keys of the bots. Remove it, or press *Begin anew*.
"""

import argparse
import asyncio
import sys
from pathlib import Path

import uvicorn
from examples.messenger.messenger import Messenger
from examples.messenger.page import Page
from examples.web.identity import identity_in
from examples.web.running import HOST, listening, port_of, say

from idwallet.errors import IdWalletError


def main() -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path("messenger"))
    parser.add_argument("--page-port", type=int, default=8020)
    parser.add_argument(
        "--reader",
        type=Path,
        action="append",
        default=[],
        help="root certificate (PEM) of others who ask, as of the example kiosk",
    )
    given = parser.parse_args()
    identity = identity_in(given.folder)
    door = listening(given.page_port)
    try:
        messenger = Messenger(given.folder, identity=identity, readers=given.reader)
    except (IdWalletError, OSError) as fault:
        door.close()
        print(f"{given.folder}: {fault}. Mend that, and start again.", file=sys.stderr)
        return 1
    server = uvicorn.Server(
        uvicorn.Config(
            Page(messenger).app(),
            lifespan="off",
            log_level="warning",
            access_log=False,
        )
    )
    lines = [
        f"For people:  http://{HOST}:{port_of(door)}/",
        "Everybody in it is invented. End it with Ctrl-C.",
    ]
    try:
        say(lines)
        asyncio.run(server.serve(sockets=[door]))
    except KeyboardInterrupt:
        say([""])
    finally:
        messenger.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
