"""Sessions in person with other implementations, over TCP on this machine.

multipaz is a device and a reader: it engages, encrypts, signs and judges by itself, and
all that stands between is the connection. @owf/mdoc has engagements and transcripts and
leaves encryption to the application.
"""

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Final

import pytest

from idwallet import now
from idwallet.adapters.store import MemoryStore
from idwallet.adapters.tcp import TcpListener, converse
from idwallet.codec import b64
from idwallet.codec.cbor import CborKey, CborValue, read_cbor, write_cbor
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.mdoc.reader import ReaderIdentity
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.software import MemoryKeyStore, SoftwareSigner
from idwallet.protocols import (
    Ble,
    DeviceSession,
    Ending,
    Nfc,
    ReaderSession,
    SessionEnded,
    device_engagement_of,
)
from idwallet.protocols.proximity.contact import ByNfc, ByQr
from idwallet.protocols.proximity.engagement import (
    read_device_engagement,
    write_device_engagement,
)
from idwallet.protocols.proximity.handover import (
    read_handover_select,
    write_handover_request,
)
from idwallet.protocols.proximity.keys import session_key_of
from idwallet.protocols.proximity.methods import Method
from idwallet.protocols.proximity.tnep import write_service_select
from idwallet.roles import DeviceAnswered, PersonAsked, SessionHolder, SessionVerifier
from idwallet.roles.holder import Holder
from idwallet.roles.issuer import Issuer
from idwallet.roles.presentation import verify_presentation
from idwallet.roles.verifier import RelyingParty, Verifier
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene, reader_identity
from idwallet.trust.policies import RETAIL
from idwallet.trust.replay import MemoryReplay
from tests.interop.mdoc_peers import MdocPeer, Process, native_key

pytestmark = [pytest.mark.interop, pytest.mark.loopback]

SERVICE: Final = bytes(range(16))
WAYS: Final[tuple[Method, ...]] = (Ble(central=SERVICE), Nfc(255, 256))
SOON: Final = timedelta(seconds=20)


class World:
    """An authority, a reader it trusts, and the device key of a licence."""

    def __init__(self) -> None:
        self.scene = MdocScene(at=now().replace(microsecond=0))
        self.reader: ReaderIdentity = reader_identity(self.scene)
        self.device_key = SoftwareSigner.generate(Algorithm.ES256)
        self.keys = MemoryKeyStore()

    def licence(self, key: HolderKey) -> bytes:
        """Return the IssuerSigned of a licence."""
        issuer = Issuer(
            signer=self.scene.signer.signer, certificates=self.scene.signer.chain
        )
        content = Mdoc(MDL, {NAMESPACE: {"family_name": "Примерова"}})
        until = self.scene.at + timedelta(days=30)
        made = issuer.issue(
            content, holder_key=key, valid_until=until, at=self.scene.at
        )
        self.credential = made
        return b64.decode(made.raw, at="licence")

    def wallet(self) -> Holder:
        """Return a wallet that holds one."""
        made = Holder(
            store=MemoryStore(),
            seal=SealKey(bytes(32)),
            keys=self.keys,
            trust=self.scene.root(),
        )
        public = StoredKeySigner(self.keys.create("ES256", None)).public_key
        self.licence(HolderKey.unproven(public, reason="a test"))
        made.add(self.credential, at=self.scene.at)
        return made

    def desk(self) -> Verifier:
        """Return a desk that asks under the reader's certificate."""
        identity = RelyingParty(
            signer=self.reader.signer,
            certificates=self.reader.chain,
            answer_to="https://desk.example/",
        )
        return Verifier(identity=identity, policy=RETAIL, replay=MemoryReplay())


@pytest.fixture(scope="module")
def met() -> World:
    return World()


class Multipaz:
    """The Java program, told line by line."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            ["java", "-cp", "target/classes:target/dependency/*", "Peer"],
            cwd=folder,
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

    def does(self, *parts: str) -> str:
        self.tell(*parts)
        return self.says()

    def close(self) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture(scope="module")
def multipaz(multipaz_peer: Path) -> Iterator[Multipaz]:
    peer = Multipaz(multipaz_peer)
    yield peer
    peer.close()


def _private_cose(signer: SoftwareSigner) -> str:
    numbers = native_key(signer).private_numbers()
    x, y = numbers.public_numbers.x, numbers.public_numbers.y
    held: dict[CborKey, CborValue] = {1: 2, -1: 1}
    for label, number in ((-2, x), (-3, y), (-4, numbers.private_value)):
        held[label] = number.to_bytes(32)
    return write_cbor(held).hex()


def test_multipaz_reads_our_engagement(multipaz: Multipaz) -> None:
    shown = DeviceSession.by_qr(WAYS, at=now()).engagement.to_uri()
    assert multipaz.does("read", shown) == (
        "ok\t1.0 [ble:central_client_mode:uuid=00010203-0405-0607-0809-0a0b0c0d0e0f,"
        " nfc:cmd_max_length=255:resp_max_length=256]"
    )


def _our_phone(met: World, device: DeviceSession, listener: TcpListener) -> list[str]:
    """Answer whoever connects; return what happened."""
    told: list[str] = []
    with listener.accept(wait=SOON) as transport:
        side = SessionHolder(met.wallet(), device)
        for event in converse(side, transport):
            if isinstance(event, PersonAsked):
                told.append(event.asked.asker or "")
                choice = side.match(at=now()).choose()
                transport.send(side.present(choice, at=now()).octets)
            elif isinstance(event, SessionEnded):
                told.append(event.why)
    return told


def _read_by_multipaz(
    met: World, multipaz: Multipaz, *, element: str, signer: SoftwareSigner
) -> tuple[str, list[str]]:
    device = DeviceSession.by_qr(WAYS, at=now())
    told: list[str] = []
    with TcpListener() as listener:
        thread = Thread(target=lambda: told.extend(_our_phone(met, device, listener)))
        thread.start()
        said = multipaz.does(
            "reader",
            device.engagement.to_uri(),
            str(listener.address[1]),
            _private_cose(signer),
            ",".join(each.hex() for each in met.reader.chain),
            MDL,
            NAMESPACE,
            element,
            str(int(now().timestamp())),
        )
        thread.join()
    return said, told


def test_multipaz_asks_our_wallet_and_believes_its_answer(
    met: World, multipaz: Multipaz
) -> None:
    signer = met.reader.signer
    assert isinstance(signer, SoftwareSigner)
    said, told = _read_by_multipaz(met, multipaz, element="family_name", signer=signer)
    assert said == "ok\t" + write_cbor("Примерова").hex()
    assert told == ["CN=TEST reader.example,O=idwallet TEST only,C=XX", Ending.BY_PEER]


def test_a_multipaz_that_signs_with_another_key_is_told_nothing(
    met: World, multipaz: Multipaz
) -> None:
    other = SoftwareSigner.generate(Algorithm.ES256)
    said, told = _read_by_multipaz(met, multipaz, element="family_name", signer=other)
    assert said.startswith("refused\t")
    assert told == [Ending.BY_PEER]


@pytest.mark.parametrize("proof", ["mac", "sign"])
def test_we_ask_a_multipaz_device_and_judge_its_answer(
    met: World, multipaz: Multipaz, proof: str
) -> None:
    key = HolderKey.unproven(met.device_key.public_key, reason="a test")
    signed = met.licence(key)
    wanted = Query.claims(MDL, (NAMESPACE, "family_name"), formats=["mso_mdoc"])
    with TcpListener() as listener:
        port = str(listener.address[1])
        shown = multipaz.does(
            "device", port, signed.hex(), _private_cose(met.device_key), proof
        )
        assert device_engagement_of(shown).methods == (Ble(central=bytes(16)),)
        side = SessionVerifier(met.desk(), ReaderSession.by_qr(shown, at=now()))
        with listener.accept(wait=SOON) as transport:
            transport.send(side.ask(wanted, at=now()))
            event = next(converse(side, transport))
            assert isinstance(event, DeviceAnswered)
            transport.send(side.end(at=now()))
            assert multipaz.says() == f"ok\t{MDL} 20"
    verified = verify_presentation(
        event.response, request=event.question, trust=met.scene.root(), at=now()
    )
    assert verified.credential("credential").claims == {
        NAMESPACE: {"family_name": "Примерова"}
    }


def test_a_multipaz_device_takes_no_session_for_another(
    met: World, multipaz: Multipaz
) -> None:
    """The twin of the test before: the question is asked in another conversation."""
    key = HolderKey.unproven(met.device_key.public_key, reason="a test")
    signed = met.licence(key)
    wanted = Query.claims(MDL, (NAMESPACE, "family_name"), formats=["mso_mdoc"])
    with TcpListener() as listener:
        told = (signed.hex(), _private_cose(met.device_key), "mac")
        multipaz.does("device", str(listener.address[1]), *told)
        elsewhere = DeviceSession.by_qr(at=now()).engagement.to_uri()
        side = SessionVerifier(met.desk(), ReaderSession.by_qr(elsewhere, at=now()))
        with listener.accept(wait=SOON) as transport:
            transport.send(side.ask(wanted, at=now()))
            assert multipaz.says().startswith("refused\t")


def _handed(said: str) -> list[bytes | str]:
    state, *parts = said.split("\t")
    assert state == "ok", said
    *octets, methods = parts
    return [*map(bytes.fromhex, octets), methods]


@pytest.mark.parametrize("is_negotiated", [False, True])
def test_we_are_handed_over_by_a_multipaz_device_that_is_touched(
    multipaz: Multipaz, *, is_negotiated: bool
) -> None:
    offered = write_handover_request((Ble(central=SERVICE),))
    asked = offered if is_negotiated else None
    written = (write_service_select(), offered.octets) if is_negotiated else ()
    told = multipaz.does("hands", ",".join(each.hex() for each in written))
    select, engagement, handover, _ = _handed(told)
    assert isinstance(select, bytes)
    read = read_handover_select(select, asked=asked)
    assert read.engagement.octets == engagement
    assert read.methods == (Ble(central=SERVICE if is_negotiated else bytes(16)),)
    session = ReaderSession.by_nfc(read, at=now(), asked=asked)
    transcript = session.conversation().handover.transcript()
    assert isinstance(handover, bytes)
    assert transcript.endswith(handover)


def test_a_multipaz_reader_touches_our_device(multipaz: Multipaz) -> None:
    _, handed = DeviceSession.by_nfc(WAYS, at=now())
    told = multipaz.does("touches", handed.octets.hex())
    engagement, handover, methods = _handed(told)
    assert engagement == handed.engagement.octets
    assert methods == (
        "[ble:central_client_mode:uuid=00010203-0405-0607-0809-0a0b0c0d0e0f,"
        " nfc:cmd_max_length=255:resp_max_length=256]"
    )
    ours = ByNfc(handed.octets).handover(handed.engagement.octets, b"").transcript()
    assert isinstance(handover, bytes)
    assert ours.endswith(handover)


# --- @owf/mdoc ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def owf(node_peers: Path) -> Iterator[MdocPeer]:
    process = Process(["node", "proximity_peer.mjs"], node_peers)
    yield MdocPeer("owf", process)
    process.close()


def test_owf_reads_our_engagement_and_keeps_its_octets(owf: MdocPeer) -> None:
    shown = DeviceSession.by_qr(WAYS, at=now()).engagement
    read = owf.do("read", engagement=b64.encode(shown.octets))
    assert read == {
        "version": "1.0",
        "suite": 1,
        "types": [2, 1],
        "central": SERVICE.hex(),
        "peripheral": None,
        "command": 255,
        "response": 256,
        "again": b64.encode(shown.octets),
    }


def test_we_read_an_engagement_of_owf(owf: MdocPeer) -> None:
    key = session_key_of(EphemeralKey.generate())
    written = owf.do("write", key=b64.encode(key.octets), service=b64.encode(SERVICE))
    assert isinstance(written, str)
    read = read_device_engagement(b64.decode(written, at=""), at="engagement")
    assert read.methods == WAYS[::-1]
    assert read.key == key
    assert write_device_engagement(key, WAYS[::-1]).octets == read.octets


@pytest.mark.parametrize(
    "contact", [ByQr(), ByNfc(b"select"), ByNfc(b"select", b"request")]
)
def test_owf_comes_to_the_same_transcript(owf: MdocPeer, contact: ByQr | ByNfc) -> None:
    shown = DeviceSession.by_qr(WAYS, at=now()).engagement
    reader = session_key_of(EphemeralKey.generate())
    told = {"engagement": shown.octets, "readerKey": reader.octets}
    if isinstance(contact, ByNfc):
        told["select"] = contact.select
        if contact.request is not None:
            told["request"] = contact.request
    theirs = owf.do(
        "transcript", **{name: b64.encode(each) for name, each in told.items()}
    )
    assert isinstance(theirs, str)
    ours = contact.handover(shown.octets, reader.octets).transcript()
    assert b64.decode(theirs, at="") == ours
    assert read_cbor(ours, at="")
