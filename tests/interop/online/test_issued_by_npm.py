"""Our wallet takes up what an issuer by npm @openid4vc/openid4vci offers.

Over TLS on this machine: `HttpCarrier` believes this run's authority, and carries what
the issuance machine says.
"""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from idwallet import SealKey
from idwallet.adapters.http import HttpCarrier
from idwallet.adapters.store import MemoryStore
from idwallet.codec.json import JsonObject
from idwallet.consent.linking import LinkKind
from idwallet.credentials.model import Format
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import MemoryKeyStore, SoftwareSigner
from idwallet.protocols.http import HttpRequest
from idwallet.protocols.oauth.client_attestation import WalletAttestation
from idwallet.protocols.openid4vci.wallet import (
    ConfirmOffer,
    Done,
    Failed,
    OpenBrowser,
    Send,
    Wait,
    WalletClient,
)
from idwallet.roles.holder import Holder
from idwallet.roles.receiving.taking import ConfirmArrived, Receiving
from idwallet.roles.record import HeldCredential
from idwallet.roles.wallet_provider import WalletProvider
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene
from idwallet.testing.scene import PID
from idwallet.trust.anchors import TrustStore
from tests.interop.mdoc_peers import Process, private_jwk
from tests.interop.online.issuing import (
    BACK,
    CARD,
    CLIENT_ID,
    LICENCE,
    configurations,
    now,
)
from tests.interop.online.serving import patient_carrier
from tests.interop.online.tls import Authority

pytestmark = [pytest.mark.interop, pytest.mark.loopback]

BOTH: Final = (CARD, LICENCE)
FORMATS: Final = {CARD: Format.SD_JWT_VC, LICENCE: Format.MDOC}


class Wallet:
    """Our side: keys, a store, and what carries messages."""

    def __init__(self, carrier: HttpCarrier, trust: TrustStore) -> None:
        self.carrier = carrier
        self.keys = MemoryKeyStore()
        self.holder = Holder(
            store=MemoryStore(), seal=SealKey(bytes(32)), keys=self.keys, trust=trust
        )
        self.client = WalletClient(
            client_id=CLIENT_ID,
            redirect_uri=BACK,
            dpop=SoftwareSigner.generate(Algorithm.ES256),
        )

    def begin(self, offer: str, *, copies: int = 1) -> Receiving:
        """Take an offer up to where the person is asked."""
        taking = self.holder.take_offer(
            offer,
            self.client,
            copies=copies,
            # The peer issues a batch with one moment in every copy.
            accept=frozenset(LinkKind),
            at=now(),
        )
        return self.drive(taking)

    def drive(self, taking: Receiving) -> Receiving:
        """Go on until a person is asked, or it is over."""
        while True:
            step = taking.step
            if isinstance(step, Send):
                answer = self.carrier.send(step.request)
                taking = taking.receive(answer, at=now())
            elif isinstance(step, OpenBrowser):
                back = self.carrier.send(HttpRequest("GET", step.url))
                taking = taking.returned(back.header("Location") or "", at=now())
            elif isinstance(step, Wait):
                taking = taking.poll(at=step.until)
            else:
                return taking

    def store(self, taking: Receiving, names: tuple[str, ...], count: int) -> None:
        """Take in everything that comes, verified as it is, and tell the issuer."""
        while isinstance(taking.step, ConfirmArrived):
            taking = self.drive(taking.store(at=now()))
        assert taking.step == Done(stored=True)
        assert taking.refused == ()
        came = {each.format: _copies(self.holder, each) for each in taking.stored}
        assert came == {FORMATS[name]: count for name in names}


def _copies(holder: Holder, card: HeldCredential) -> int:
    standing = holder.batch(card, at=now())
    return 1 if standing is None else standing.copies


class Issuing:
    """Their side: the issuer's process, told what it issues."""

    def __init__(self, npm: Process, authority: Authority, **terms: Any) -> None:
        self.npm = npm
        self.scene = MdocScene(at=now())
        signer = self.scene.signer
        by = {
            "key": private_jwk(signer.signer),
            "chain": [b64encode(each).decode() for each in signer.chain],
        }
        contents: JsonObject = {
            CARD: {**by, "vct": PID, "claims": {"family_name": "Примерова"}},
            LICENCE: {
                **by,
                "docType": MDL,
                "namespace": NAMESPACE,
                "elements": {"family_name": "Примерова"},
            },
        }
        npm.ask(
            {
                "action": "startIssuer",
                "chain": str(authority.chain),
                "key": str(authority.key),
                "configurations": {
                    name: each.to_json() for name, each in configurations().items()
                },
                "contents": contents,
                **terms,
            }
        )

    def offer(self, *names: str, **terms: Any) -> str:
        told = self.npm.ask({"action": "offer", "names": [*names], **terms})["result"]
        assert isinstance(told, dict)
        return str(told["offer"])


@contextmanager
def issued(
    npm: Process, authority: Authority, **terms: Any
) -> Iterator[tuple[Issuing, Wallet, dict[str, Any]]]:
    """Such an issuer, a wallet, and in the end what the issuer was told."""
    told: dict[str, Any] = {}
    world = Issuing(npm, authority, **terms)
    try:
        with patient_carrier(authority) as carrier:
            yield world, Wallet(carrier, world.scene.root()), told
    finally:
        result = npm.ask({"action": "stopIssuer"})["result"]
        assert isinstance(result, dict)
        told |= result


def test_an_offer_with_a_code_ends_in_both_formats_verified(
    npm: Process, authority: Authority
) -> None:
    with issued(npm, authority) as (world, wallet, told):
        asked = wallet.begin(world.offer(*BOTH, txCode="493536"))
        assert isinstance(asked.step, ConfirmOffer)
        assert asked.step.transaction_code is not None
        shown = wallet.drive(asked.accept(transaction_code="493536", at=now()))
        wallet.store(shown, BOTH, 1)
    assert told["events"] == ["credential_accepted"] * 2


def test_an_offer_is_fetched_from_where_the_link_says(
    npm: Process, authority: Authority
) -> None:
    with issued(npm, authority) as (world, wallet, _):
        link = world.offer(CARD, reference=True)
        assert "credential_offer_uri=" in link
        asked = wallet.begin(link)
        wallet.store(wallet.drive(asked.accept(at=now())), (CARD,), 1)


def test_a_mistyped_code_is_refused(npm: Process, authority: Authority) -> None:
    with issued(npm, authority) as (world, wallet, _):
        asked = wallet.begin(world.offer(CARD, txCode="493536"))
        failed = wallet.drive(asked.accept(transaction_code="493537", at=now()))
        assert isinstance(failed.step, Failed)
        assert failed.step.code == "invalid_grant"


def test_a_browser_with_a_pushed_request_ends_in_both_formats(
    npm: Process, authority: Authority
) -> None:
    with issued(npm, authority) as (world, wallet, told):
        asked = wallet.begin(world.offer(*BOTH, code=True))
        wallet.store(wallet.drive(asked.accept(at=now())), BOTH, 1)
    assert "/par" in told["came"]
    assert "/authorize" in told["came"]


def test_a_batch_is_verified_copy_by_copy(npm: Process, authority: Authority) -> None:
    with issued(npm, authority) as (world, wallet, _):
        asked = wallet.begin(world.offer(*BOTH), copies=10)
        wallet.store(wallet.drive(asked.accept(at=now())), BOTH, 10)


def test_what_takes_time_comes_for_the_keys_that_were_proven(
    npm: Process, authority: Authority
) -> None:
    with issued(npm, authority, pending=True) as (world, wallet, told):
        asked = wallet.begin(world.offer(*BOTH), copies=2)
        wallet.store(wallet.drive(asked.accept(at=now())), BOTH, 2)
    assert told["came"].count("/deferred") == 2


def test_what_we_encrypt_is_read_by_jose_and_what_it_encrypts_by_us(
    npm: Process, authority: Authority
) -> None:
    with issued(npm, authority, encrypted=True) as (world, wallet, _):
        asked = wallet.begin(world.offer(*BOTH), copies=2)
        wallet.store(wallet.drive(asked.accept(at=now())), BOTH, 2)


def test_what_our_provider_attests_of_our_wallet_is_verified_there(
    npm: Process, authority: Authority
) -> None:
    with issued(npm, authority, attested=True) as (world, wallet, _):
        failed = wallet.drive(wallet.begin(world.offer(CARD)).accept(at=now()))
        assert isinstance(failed.step, Failed)
        assert failed.step.code == "invalid_client"
        signer = world.scene.signer
        provider = WalletProvider(
            signer=signer.signer,
            certificates=signer.chain,
            name="https://provider.example",
        )
        held = wallet.client.dpop
        attested = provider.attest_wallet(
            held.public_key,
            client_id=CLIENT_ID,
            valid_until=now() + timedelta(hours=1),
            at=now(),
            wallet="A test wallet",
        )
        shown = WalletAttestation(attested, held)
        wallet.client = replace(wallet.client, attestation=shown)
        asked = wallet.begin(world.offer(CARD))
        wallet.store(wallet.drive(asked.accept(at=now())), (CARD,), 1)


def test_what_is_not_taken_is_told(npm: Process, authority: Authority) -> None:
    with issued(npm, authority) as (world, wallet, told):
        asked = wallet.begin(world.offer(CARD))
        shown = wallet.drive(asked.accept(at=now()))
        done = wallet.drive(shown.reject(at=now()))
        assert done.step == Done(stored=False)
    assert told["events"] == ["credential_deleted"]
