"""Sessions in person with isomdl, in Rust, over TCP on this machine.

It engages, encrypts, signs and judges by itself; all that stands between is the
connection. What it makes of certificates by rules of its own stands in
docs/divergences.md.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pytest

from idwallet import now
from idwallet.adapters.store import MemoryStore
from idwallet.adapters.tcp import TcpListener, converse
from idwallet.codec.pem import write_pem
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import VerificationFailed
from idwallet.protocols import (
    Ble,
    DeviceSession,
    Ending,
    ReaderSession,
    SessionEnded,
    device_engagement_of,
)
from idwallet.protocols.proximity.ble import ble_ident
from idwallet.protocols.proximity.engagement import read_device_engagement
from idwallet.report import CheckId, Reason
from idwallet.roles import DeviceAnswered, PersonAsked, SessionHolder, SessionVerifier
from idwallet.roles.holder import Holder
from idwallet.roles.presentation import verify_presentation
from idwallet.testing.mdoc import MDL, NAMESPACE
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import Admission, ReaderRule
from tests.interop.mdoc_peers import native_key
from tests.interop.test_sessions import SOON, WAYS, World

pytestmark = [pytest.mark.interop, pytest.mark.loopback]


class Isomdl:
    """The Rust program, told line by line."""

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen(
            [program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )

    def tell(self, *parts: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\t".join(parts) + "\n")
        self._process.stdin.flush()

    def says(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def done(self) -> dict[str, Any]:
        """Return what it says of a session that went to its end."""
        state, _, said = self.says().partition("\t")
        assert state == "ok", said
        found: dict[str, Any] = json.loads(said)
        return found

    def close(self) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture(scope="module")
def met() -> World:
    return World()


@pytest.fixture(scope="module")
def isomdl(isomdl_peer: Path) -> Iterator[Isomdl]:
    peer = Isomdl(isomdl_peer)
    yield peer
    peer.close()


def root_of(met: World) -> str:
    """Return the authority's certificate as the program is told it."""
    (anchor,) = met.scene.root().anchors
    assert anchor.certificate is not None
    return write_pem("CERTIFICATE", anchor.certificate.der).encode().hex()


# The test authority leaves out what ISO/IEC 18013-5 Annex B has and this does not need.
_OF_TEST_CERTIFICATES: Final = [
    "DS certificate error: contains unknown critical extension: 2.5.29.19",
    "IACA certificate error: CrlDistributionPoints: required extension not found",
    "IACA certificate error: IssuerAlternativeName: required extension not found",
]

# isomdl signs no request: this wallet's owner lets anybody who is there ask for a name.
OPEN = replace(
    WALLET,
    name="open",
    readers=ReaderRule.ANONYMOUS_ACCEPTED,
    unauthenticated=(Admission(MDL, frozenset({(NAMESPACE, "family_name")})),),
)


class Phone:
    """Our phone, which answers whoever connects, and what happened to it."""

    def __init__(self, met: World, *, mac: bool) -> None:
        self.device = DeviceSession.by_qr(WAYS, at=now())
        self.mac = mac
        self.told: list[str] = []
        self.wallet = Holder(
            store=MemoryStore(),
            seal=SealKey(bytes(32)),
            keys=met.keys,
            trust=met.scene.root(),
            policy=OPEN,
        )
        public = StoredKeySigner(met.keys.create("ES256", None)).public_key
        met.licence(HolderKey.unproven(public, reason="a test"))
        self.wallet.add(met.credential, at=met.scene.at)

    def answer(self, listener: TcpListener) -> None:
        with listener.accept(wait=SOON) as transport:
            side = SessionHolder(self.wallet, self.device)
            for event in converse(side, transport):
                if isinstance(event, PersonAsked):
                    choice = side.match(at=now()).choose()
                    answer = side.present(choice, at=now(), mac=self.mac)
                    transport.send(answer.octets)
                elif isinstance(event, SessionEnded):
                    self.told.append(event.why)


@pytest.mark.parametrize("mac", [False, True])
def test_isomdl_asks_our_wallet_and_reads_its_answer(
    met: World, isomdl: Isomdl, *, mac: bool
) -> None:
    phone = Phone(met, mac=mac)
    with TcpListener() as listener:
        thread = Thread(target=lambda: phone.answer(listener))
        thread.start()
        isomdl.tell(
            *("reader", phone.device.engagement.to_uri(), str(listener.address[1])),
            *(root_of(met), NAMESPACE, "family_name"),
        )
        said = isomdl.done()
        thread.join()
    assert said["response"] == {NAMESPACE: {"family_name": "Примерова"}}
    assert phone.told == [Ending.LOST]  # isomdl says no goodbye: the program hangs up
    # It judges signatures of devices, and no MAC.
    assert said["device"] == ("Invalid" if mac else "Valid")
    unsupported = ["Currently unsupported format"] if mac else None
    assert said["errors"].pop("device_authentication_errors", None) == unsupported
    assert said["errors"] == {"certificate_errors": _OF_TEST_CERTIFICATES}
    shown = read_device_engagement(phone.device.engagement.octets, at="engagement")
    assert said["ident"] == ble_ident(shown.key).hex()


@pytest.mark.parametrize("own", [True, False])
def test_we_ask_an_isomdl_device_and_judge_its_answer(
    met: World, isomdl: Isomdl, *, own: bool
) -> None:
    key = HolderKey.unproven(met.device_key.public_key, reason="a test")
    signed = met.licence(key)
    signer = met.device_key if own else SoftwareSigner.generate(Algorithm.ES256)
    number = native_key(signer).private_numbers().private_value
    wanted = Query.claims(MDL, (NAMESPACE, "family_name"), formats=["mso_mdoc"])
    with TcpListener() as listener:
        isomdl.tell(
            *("device", str(listener.address[1]), signed.hex()),
            *(number.to_bytes(32).hex(), root_of(met), NAMESPACE, "family_name"),
        )
        shown = isomdl.says()
        assert device_engagement_of(shown).methods == (Ble(central=bytes(16)),)
        side = SessionVerifier(met.desk(), ReaderSession.by_qr(shown, at=now()))
        with listener.accept(wait=SOON) as transport:
            transport.send(side.ask(wanted, at=now()))
            event = next(converse(side, transport))
            assert isinstance(event, DeviceAnswered)
        said = isomdl.done()
    assert (said["name"], said["errors"]) == ("TEST reader.example", {})
    judge = partial(
        verify_presentation,
        event.response,
        request=event.question,
        trust=met.scene.root(),
        at=now(),
    )
    if own:
        verified = judge()
        assert verified.credential("credential").claims == {
            NAMESPACE: {"family_name": "Примерова"}
        }
    else:
        with pytest.raises(VerificationFailed) as caught:
            judge()
        failed = {e.id: e.reason for e in caught.value.report.failed()}
        assert failed == {CheckId.HOLDER_BINDING: Reason.INVALID}


def test_isomdl_says_what_it_misses_in_a_readers_certificate(
    met: World, isomdl: Isomdl
) -> None:
    made = write_pem("CERTIFICATE", met.reader.chain[0]).encode().hex()
    isomdl.tell("judges", made, root_of(met))
    assert isomdl.done()["errors"] == [
        "Reader certificate error: contains unknown critical extension: 2.5.29.19",
        "Reader certificate error: IssuerAlternativeName: required extension not found",
    ]
