"""An issuer of invented credentials, with a page for people.

One command starts it:

    pip install 'idwallet[http,sql,qr,server]'
    python -m examples.issuer_service

Open the address that it prints, be an invented person, choose a credential, and scan
the QR code with a wallet, or take the offer up with `idwallet offer accept`. Wallets
come by TLS under a test root, which lies in the folder `issuer-service`, beside the
keys, the offers and what was used up (SQLite); remove the folder to begin anew.
"""

import argparse
import sys
from pathlib import Path

from examples.issuer_service.office import Office
from examples.issuer_service.page import Page
from examples.issuer_service.records import Records
from examples.web.identity import identity_in
from examples.web.running import HOST, listening, port_of, say, serve

from idwallet.adapters import AsgiEndpoints, offloaded


def main() -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path("issuer-service"))
    parser.add_argument("--page-port", type=int, default=8010)
    parser.add_argument("--wallet-port", type=int, default=8443)
    given = parser.parse_args()
    identity = identity_in(given.folder)
    page_door, wallet_door = listening(given.page_port), listening(given.wallet_port)
    origin = f"https://{HOST}:{port_of(wallet_door)}"
    office = Office(
        origin, identity=identity, records=Records(given.folder / "offers.db")
    )

    say(
        [
            f"For people:  http://{HOST}:{port_of(page_door)}/",
            f"For wallets: {origin}/ (believe {identity.root})",
            "Everybody in it is invented. End it with Ctrl-C.",
        ]
    )
    serve(
        (Page(office, root=identity.root).app(), page_door),
        (AsgiEndpoints(offloaded(office.answer), public=origin), wallet_door),
        identity=identity,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
