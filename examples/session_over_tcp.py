"""A desk and a phone meet over TCP: one session of ISO 18013-5, begun by a QR code.

Run it: ``python examples/session_over_tcp.py``. Everybody and every key is invented.
"""

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
    adapters,
    now,
    policies,
    roles,
    verify_presentation,
)
from idwallet.adapters import MemoryStore, TcpListener, TcpTransport, converse
from idwallet.protocols import DeviceSession, ReaderSession
from idwallet.roles import Mdoc, SessionHolder, SessionVerifier
from idwallet.testing import MdocScene, reader_identity

MDL, NAMESPACE = "org.iso.18013.5.1.mDL", "org.iso.18013.5.1"
SCENE = MdocScene(at=now().replace(microsecond=0))
KEYS, TRUST, SEAL = adapters.MemoryKeyStore(), SCENE.root(), SealKey(bytes(32))
WALLET = Holder(store=MemoryStore(), seal=SEAL, keys=KEYS, trust=TRUST)
LICENCE = {"family_name": "Примерова", "birth_date": date(1990, 5, 17)}
PHONE_KEY = StoredKeySigner(KEYS.create("ES256", None)).public_key
AUTHORITY = Issuer(signer=SCENE.signer.signer, certificates=SCENE.signer.chain)
CARD = AUTHORITY.issue(
    Mdoc(MDL, {NAMESPACE: LICENCE}),
    holder_key=HolderKey.unproven(PHONE_KEY, reason="an example"),
    valid_until=SCENE.at + timedelta(days=30),
    at=SCENE.at,
)
WALLET.add(CARD, at=SCENE.at)


def phone(session: DeviceSession, listener: TcpListener) -> None:
    """Answer; a real phone shows the person who asks for what, and asks."""
    with listener.accept(wait=timedelta(seconds=10)) as transport:
        side = SessionHolder(WALLET, session)
        for event in converse(side, transport):
            if isinstance(event, roles.PersonAsked):
                choice = side.match(at=now()).choose()
                names = (path[-1] for path in choice.shown[0].reveals)
                print("phone:", event.asked.asker, "is shown", *names)
                transport.send(side.present(choice, at=now()).octets)
        print("phone: the session is over")


BY = reader_identity(SCENE)
HERE = "https://desk.example/"
WE = RelyingParty(signer=BY.signer, certificates=BY.chain, answer_to=HERE)
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
            if isinstance(event, roles.DeviceAnswered):
                asked, told = event.question, event.response
                verified = verify_presentation(
                    told, request=asked, trust=TRUST, at=now()
                )
                print("desk:", verified.credential("credential").claims[NAMESPACE])
                transport.send(desk.end(at=now()))
                break
