"""Two people sign a PDF in a chat, one after the other; neither gives away a key.

Run it: ``python examples/contract_in_chat.py``. Everybody is invented, and every key is
a test key made just now.
"""

from secrets import token_bytes

from idwallet import MemoryReplay, SealKey, verify_document
from idwallet.documents import DOCUMENTS, PAdES
from idwallet.errors import VerificationFailed
from idwallet.explain import explain
from idwallet.roles import SessionTerms, SigningSession, SigningSessions, ToBeSigned
from idwallet.testing import Contract, DocumentScene, TestIdentity, crls
from idwallet.trust import EvidenceAtHand

scene = DocumentScene()
server = SigningSessions(key=SealKey.generate(token_bytes), replay=MemoryReplay())
terms = SessionTerms(name="договор.pdf", purpose="Найм квартиры на год")


def on_the_phone(
    sent: bytes, document: bytes, *, who: TestIdentity
) -> tuple[bytes, bytes]:
    """Compare, look, sign; the key stays here."""
    session = SigningSession.from_bytes(sent)
    if not session.is_for(document):
        raise SystemExit("that is not the contract that I have read")
    print(f"  {who.certificate.shown} reads: {session.name}, {session.purpose}")
    task: ToBeSigned = session.with_certificate(who.chain, document=document)
    return task.to_bytes(), who.signer.sign(task.message)


contract = bytes(Contract().file().data)
first = server.prepare(contract, PAdES(), terms=terms, at=scene.at)
early = server.prepare(contract, PAdES(), terms=terms, at=scene.at)
print("Anna signs.")
returned, signature = on_the_phone(first.to_bytes(), contract, who=scene.signer)
signed = server.finish(returned, signature, at=scene.at, document=contract)

print("Boris signs what he was sent before Anna had signed.")
returned, signature = on_the_phone(early.to_bytes(), contract, who=scene.second)
try:
    server.finish(returned, signature, at=scene.at, document=signed)
except VerificationFailed as refused:
    print(f"  {explain(refused.report, reader='clerk').headline}")

print("So it is prepared again, with Anna's signature on it.")
again = server.prepare(signed, PAdES(), terms=terms, at=scene.at)
returned, signature = on_the_phone(again.to_bytes(), signed, who=scene.second)
both = server.finish(returned, signature, at=scene.at, document=signed)

lists = [
    each for who in (scene.signer, scene.second) for each in crls(who, at=scene.at)
]
at_hand = EvidenceAtHand(crls={each.der: each for each in lists}.values())
verified = verify_document(
    both,
    trust=scene.pki.store().with_evidence(at_hand),
    policy=DOCUMENTS,
    at=scene.at,
)
print(f"Signed by {len(verified.signatures)} people, and both signatures stand.")
