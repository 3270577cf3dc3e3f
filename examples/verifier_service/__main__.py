"""A counter that asks wallets: a till, a parcel desk, a hotel.

One command starts it:

    pip install 'idwallet[http,sql,qr,server]'
    python -m examples.verifier_service --trust issuer-service/root.pem

Open the address that it prints, choose what it is about, and scan the QR code with a
wallet, or answer with `idwallet present --to`. Whom it believes about people `--trust`
says: the root of the example issuer, for one. What is under way lies sealed in the
folder `verifier-service` (SQLite), beside its keys; what people proved is kept nowhere.
"""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

from examples.verifier_service.counter import Counter
from examples.verifier_service.page import Page
from examples.verifier_service.records import Records
from examples.web.identity import identity_in
from examples.web.running import HOST, listening, port_of, say, serve
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from idwallet import Purpose, TrustAnchor, TrustStore
from idwallet.adapters import AsgiEndpoints, offloaded


def main() -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path("verifier-service"))
    parser.add_argument("--trust", type=Path, action="append", required=True)
    parser.add_argument("--page-port", type=int, default=8020)
    parser.add_argument("--wallet-port", type=int, default=8444)
    parser.add_argument("--lifetime", type=int, default=300, help="seconds")
    given = parser.parse_args()
    identity = identity_in(given.folder)
    page_door, wallet_door = listening(given.page_port), listening(given.wallet_port)
    home = f"http://{HOST}:{port_of(page_door)}/"
    origin = f"https://{HOST}:{port_of(wallet_door)}"
    counter = Counter(
        origin,
        identity=identity,
        trust=TrustStore([_anchor(each) for each in given.trust]),
        records=Records(given.folder / "requests.db"),
        lifetime=timedelta(seconds=given.lifetime),
    )
    page = Page(counter, root=identity.root, home=home)
    endpoints = AsgiEndpoints(offloaded(counter.answer), public=origin)
    wallets = Starlette(routes=[Route("/done", page.done), Mount("/", endpoints)])
    say(
        [
            f"For people:  {home}",
            f"For wallets: {origin}/ (believe {identity.root})",
            "End it with Ctrl-C.",
        ]
    )
    serve((page.app(), page_door), (wallets, wallet_door), identity=identity)
    return 0


def _anchor(file: Path) -> TrustAnchor:
    return TrustAnchor.from_certificate(
        file.read_bytes(), name=file.name, purposes=[Purpose.ISSUE_CREDENTIALS]
    )


if __name__ == "__main__":
    sys.exit(main())
