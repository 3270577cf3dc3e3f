"""What a person's phone does: reads a QR code from the screen, and runs a wallet."""

import html
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx

from idwallet import Algorithm, Holder, SealKey, SoftwareSigner, now
from idwallet.adapters.http import HttpCarrier
from idwallet.adapters.store import MemoryStore
from idwallet.crypto.software import MemoryKeyStore
from idwallet.protocols import (
    ConfirmOffer,
    FetchRequest,
    RequestReady,
    Send,
    VerifierReply,
    WalletAbilities,
    WalletClient,
    read_reply,
    start_inquiry,
)
from idwallet.roles import ConfirmArrived, Receiving
from idwallet.roles.asked import Asked, PresentationResponse
from idwallet.roles.record import HeldCredential
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import WALLET
from tests.browser.checked import require_accessible
from tests.browser.conftest import Service
from tests.codes import codes_in

PICTURES: Final = os.environ.get("IDWALLET_SCREENSHOTS", "")


ABILITIES: Final = WalletAbilities(WALLET.algorithms, WALLET.profile.request_prefixes)


def picture(page: Any, name: str) -> bytes:
    """Look at the whole page, and hold it to what everybody can use.

    It is kept where a folder is named.
    """
    require_accessible(page)
    data: bytes = page.screenshot(full_page=True)
    if PICTURES:
        Path(PICTURES, f"{name}.png").write_bytes(data)
    return data


def scanned(screenshot: bytes) -> str:
    """Read the one QR code on the screen."""
    (text,) = codes_in(screenshot)
    return text


class Wallet:
    """A person's wallet, over the wire, step by step."""

    def __init__(self, *services: Service, like: "Wallet | None" = None) -> None:
        self.services = services
        pems = [(each.folder / "root.pem").read_text() for each in services]
        self.keys = MemoryKeyStore() if like is None else like.keys
        self.trust = TrustStore(
            [
                TrustAnchor.from_certificate(
                    pem_der(pem), name=f"root {number}", purposes=Purpose
                )
                for number, pem in enumerate(pems)
            ]
        )
        self.store = MemoryStore() if like is None else like.store
        self.holder = Holder(
            store=self.store,
            seal=SealKey(bytes(32)),
            keys=self.keys,
            trust=self.trust,
        )
        self.client = WalletClient(
            client_id="wallet.example",
            redirect_uri="eu.example.wallet:/back",
            dpop=SoftwareSigner.generate(Algorithm.ES256),
        )
        self.carrier = HttpCarrier(roots="".join(pems), private_hosts=["localhost"])

    def trusting(self, service: Service) -> "Wallet":
        """Return this wallet, believing one service more."""
        return Wallet(*self.services, service, like=self)

    def moment(self) -> datetime:
        """Return what the clock says."""
        return now()

    def scan(self, offer: str) -> Receiving:
        """Begin with an offer, up to where the person is asked."""
        return self.on(self.holder.take_offer(offer, self.client, at=now(), copies=10))

    def on(self, taking: Receiving) -> Receiving:
        """Send until the person is asked."""
        while isinstance(taking.step, Send):
            response = self.carrier.send(taking.step.request)
            taking = taking.receive(response, at=now())
        return taking

    def type_code(self, taking: Receiving, code: str) -> Receiving:
        """Accept, with the code that was read elsewhere."""
        assert isinstance(taking.step, ConfirmOffer)
        return self.on(taking.accept(transaction_code=code, at=now()))

    def keep(self, taking: Receiving) -> HeldCredential:
        """Say that it is ours; it is stored, and the issuer told."""
        assert isinstance(taking.step, ConfirmArrived)
        (card,) = self.on(taking.store(at=now())).stored
        return card

    def read(self, link: str) -> Asked:
        """Fetch what a link asks, and see who asks."""
        inquiry = start_inquiry(link, wallet=ABILITIES)
        while isinstance(inquiry.step, FetchRequest):
            inquiry = inquiry.receive(self.carrier.send(inquiry.step.request))
        assert isinstance(inquiry.step, RequestReady), inquiry.step
        return self.holder.read_request(inquiry.step.raw, at=now())

    def agree(self, asked: Asked) -> PresentationResponse:
        """Show what is asked."""
        choice = self.holder.match(asked, at=now()).choose()
        return self.holder.present(asked, choice, at=now())

    def post(self, response: PresentationResponse) -> VerifierReply:
        """Send an answer; return what the verifier says to it."""
        return read_reply(self.carrier.send(response.to_http()))


def require_fits(page: Any) -> None:
    """Nothing on the page is wider than the screen, or than what it stands in."""
    page.wait_for_load_state("load")  # one that has just come has no form yet
    wide = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter((each) => {
          const around = each.parentElement.getBoundingClientRect();
          const own = each.getBoundingClientRect();
          const sideways = getComputedStyle(each).position === "absolute";
          return !sideways && own.width > 1 && own.right > around.right + 1;
        }).map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert wide == []
    texts = page.evaluate(
        """() => [...document.querySelectorAll("main :is(p, strong, h1, h2, dd, a)")]
          .filter((each) => each.clientWidth > 1)
          .filter((each) => each.scrollWidth > each.clientWidth + 1)
          .map((each) => each.textContent)"""
    )
    assert texts == []
    screen = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= screen


def reached(page: Any, stage: str) -> None:
    """Wait until the page says so."""
    page.locator(f"body[data-stage='{stage}']").wait_for()


def take_up(wallet: Wallet, service: Service, *, person: str, credential: str) -> None:
    """Have something from the example issuer, as its page would, without a browser."""
    with httpx.Client(base_url=service.page.rstrip("/"), trust_env=False) as client:
        own = {"Origin": service.page.rstrip("/")}
        client.post("/sign-in", data={"person": person}, headers=own)
        made = client.post("/offers", data={"credential": credential}, headers=own)
        told = client.get(made.headers["location"]).text
    link = html.unescape(re.findall(r'id="link"[^>]* value="([^"]+)"', told)[0])
    code = re.findall(r'id="code">(\d{6})<', told)[0]
    wallet.keep(wallet.type_code(wallet.scan(link), code))


def pem_der(pem: str) -> bytes:
    from idwallet.codec.pem import read_pem

    return read_pem(pem.encode(), at="root")[0].der
