"""What a person's phone does: reads a QR code from the screen, and runs a wallet."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import zxingcpp
from PIL import Image

from idwallet import Algorithm, Holder, SealKey, SoftwareSigner, now
from idwallet.adapters.http import HttpCarrier
from idwallet.adapters.store import MemoryStore
from idwallet.crypto.software import MemoryKeyStore
from idwallet.protocols import ConfirmOffer, Send, WalletClient
from idwallet.roles import ConfirmArrived, Receiving
from idwallet.roles.record import HeldCredential
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from tests.browser.conftest import Service

PICTURES: Final = os.environ.get("IDWALLET_SCREENSHOTS", "")


def picture(page: Any, name: str) -> bytes:
    """Look at the whole page; keep it where a folder is named."""
    data: bytes = page.screenshot(full_page=True)
    if PICTURES:
        Path(PICTURES, f"{name}.png").write_bytes(data)
    return data


def scanned(screenshot: bytes) -> str:
    """Read the one QR code on the screen."""
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(screenshot)))
    text: str = found.text
    return text


class Wallet:
    """A person's wallet, over the wire, step by step."""

    def __init__(self, service: Service) -> None:
        pem = (service.folder / "root.pem").read_text()
        self.keys = MemoryKeyStore()
        self.trust = TrustStore(
            [TrustAnchor.from_certificate(pem_der(pem), name="test", purposes=Purpose)]
        )
        self.holder = Holder(
            store=MemoryStore(),
            seal=SealKey(bytes(32)),
            keys=self.keys,
            trust=self.trust,
        )
        self.client = WalletClient(
            client_id="wallet.example",
            redirect_uri="eu.example.wallet:/back",
            dpop=SoftwareSigner.generate(Algorithm.ES256),
        )
        self.carrier = HttpCarrier(roots=pem, private_hosts=["localhost"])

    def scan(self, offer: str) -> Receiving:
        """Begin with an offer, up to where the person is asked."""
        return self.on(self.holder.take_offer(offer, self.client, at=now(), copies=2))

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


def pem_der(pem: str) -> bytes:
    from idwallet.codec.pem import read_pem

    return read_pem(pem.encode(), at="root")[0].der
