"""An invented desk and an invented phone meet over TCP: one session of ISO 18013-5."""

from datetime import date, timedelta
from threading import Thread

from idwallet import (
    Holder,
    HolderKey,
    Issuer,
    MemoryReplay,
    Query,
    RelyingParty,
    SealKey,
    StoredKeySigner,
    Verifier,
    policies,
    verify_presentation,
)
from idwallet.adapters.clock import now
from idwallet.adapters.store import MemoryStore
from idwallet.adapters.tcp import TcpListener, TcpTransport, converse
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.crypto.software import MemoryKeyStore
from idwallet.protocols import DeviceSession, ReaderSession
from idwallet.roles import DeviceAnswered, PersonAsked, SessionHolder, SessionVerifier
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene, reader_identity

SCENE = MdocScene(at=now().replace(microsecond=0))
KEYS = MemoryKeyStore()
WALLET = Holder(
    store=MemoryStore(), seal=SealKey(bytes(32)), keys=KEYS, trust=SCENE.root()
)
LICENCE = {"family_name": "Примерова", "birth_date": date(1990, 5, 17)}
PHONE_KEY = StoredKeySigner(KEYS.create("ES256", None)).public_key
AUTHORITY = Issuer(signer=SCENE.signer.signer, certificates=SCENE.signer.chain)
ISSUED = AUTHORITY.issue(
    Mdoc(MDL, {NAMESPACE: LICENCE}),
    holder_key=HolderKey.unproven(PHONE_KEY, reason="an example"),
    valid_until=SCENE.at + timedelta(days=30),
    at=SCENE.at,
)
WALLET.add(ISSUED, at=SCENE.at)


def phone(session: DeviceSession, listener: TcpListener) -> None:
    """Answer; a real phone shows the person who asks for what, and asks."""
    with listener.accept(wait=timedelta(seconds=10)) as transport:
        side = SessionHolder(WALLET, session)
        for event in converse(side, transport):
            if isinstance(event, PersonAsked):
                choice = side.match(at=now()).choose()
                print("phone:", event.asked.asker, "sees", choice.shown[0].reveals)
                transport.send(side.present(choice, at=now()).octets)
        print("phone: over")


BY = reader_identity(SCENE)
WE = RelyingParty(
    signer=BY.signer, certificates=BY.chain, answer_to="https://desk.example/"
)
DESK = Verifier(identity=WE, policy=policies.RETAIL, replay=MemoryReplay())
WANTED = Query.claims(MDL, (NAMESPACE, "family_name"), formats=["mso_mdoc"])
with TcpListener() as listener:
    engaged = DeviceSession.by_qr(at=now())
    Thread(target=phone, args=(engaged, listener)).start()
    scanned = engaged.engagement.to_uri()  # from the phone's screen
    desk = SessionVerifier(DESK, ReaderSession.by_qr(scanned, at=now()))
    with TcpTransport.connect(*listener.address) as transport:
        transport.send(desk.ask(WANTED, at=now()))
        for event in converse(desk, transport):
            if isinstance(event, DeviceAnswered):
                verified = verify_presentation(
                    event.response, request=event.question, trust=SCENE.root(), at=now()
                )
                print("desk:", verified.credential("credential").claims[NAMESPACE])
                transport.send(desk.end(at=now()))
                break
