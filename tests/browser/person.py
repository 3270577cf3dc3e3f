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
from idwallet.credentials.model import Credential, Format
from idwallet.credentials.possession import make_proof
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.software import MemoryKeyStore
from idwallet.protocols import (
    ConfirmCredentials,
    ConfirmOffer,
    Issuance,
    ProveKeys,
    Send,
    WalletClient,
    start_issuance,
)
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

    def scan(self, offer: str) -> Issuance:
        """Begin with an offer, up to where the person is asked."""
        return self.on(start_issuance(offer, self.client, at=now()))

    def on(self, issuance: Issuance, *, copies: int = 2) -> Issuance:
        """Send and prove until the person is asked."""
        while isinstance(issuance.step, Send | ProveKeys):
            step = issuance.step
            if isinstance(step, Send):
                response = self.carrier.send(step.request)
                issuance = issuance.receive(response, at=now())
                continue
            signers = [
                StoredKeySigner(self.keys.create("ES256", None)) for _ in range(copies)
            ]
            issuance = issuance.prove(
                [
                    make_proof(
                        each, audience=step.audience, nonce=step.nonce or "", at=now()
                    )
                    for each in signers
                ],
                thumbprints=[each.public_key.thumbprint for each in signers],
                at=now(),
            )
        return issuance

    def type_code(self, issuance: Issuance, code: str) -> Issuance:
        """Accept, with the code that was read elsewhere."""
        assert isinstance(issuance.step, ConfirmOffer)
        return self.on(issuance.accept(transaction_code=code, at=now()))

    def keep(self, issuance: Issuance) -> HeldCredential:
        """Verify and store what came, and say so."""
        assert isinstance(issuance.step, ConfirmCredentials)
        (received,) = issuance.step.received
        credentials = [
            Credential(Format(received.configuration.format), each)
            for each in received.credentials
        ]
        card = (
            self.holder.add_batch(credentials, at=now())
            if len(credentials) > 1
            else self.holder.add(credentials[0], at=now())
        )
        self.on(issuance.store(at=now()))
        return card


def pem_der(pem: str) -> bytes:
    from idwallet.codec.pem import read_pem

    return read_pem(pem.encode(), at="root")[0].der
