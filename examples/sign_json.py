"""An order is signed as JSON, kept in an archive, and read by whoever gets it.

Run it: ``python examples/sign_json.py``. Keys, names and the authority for the time are
invented, and made when it runs.
"""

from idwallet import explain, now, verify_document
from idwallet.codec.json import read_object, write_json
from idwallet.documents import ARCHIVE, JAdES, Level, Packaging, Serialisation
from idwallet.errors import VerificationFailed
from idwallet.roles.document_signer import DocumentSigner, augment_document
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.pki import TestIdentity
from idwallet.testing.tsa import TestTsa
from idwallet.trust.evidence import EvidenceAtHand

SCENE = DocumentScene(at=now())
AUTHORITY = TestTsa(SCENE.pki, identity=SCENE.authority, moment=now())
EVERYBODY = (SCENE.signer, SCENE.second, SCENE.authority)
LISTS = {e.der: e for who in EVERYBODY for e in crls(who, at=SCENE.at)}
TRUST = SCENE.pki.store().with_evidence(EvidenceAtHand(crls=LISTS.values()))
INSIDE = Packaging.ENVELOPING


def signs(profile: JAdES, who: TestIdentity) -> DocumentSigner:
    """Prepare somebody's signatures."""
    return DocumentSigner(
        profile,
        signer=who.signer,
        certificates=who.chain_pem,
        authority=AUTHORITY if profile.level is Level.B_T else None,
    )


def main() -> None:
    """Sign compactly and as JSON, archive, read with nothing at hand, and forge."""
    order = write_json({"order": "велосипед", "pieces": 2})

    compact = JAdES(serialisation=Serialisation.COMPACT, packaging=INSIDE)
    token = signs(compact, SCENE.signer).sign(order, signing_time=now())
    print("compact:", token[:20].decode(), "and", len(token) - 20, "characters more")

    both = JAdES(level=Level.B_T, packaging=INSIDE)
    signed = signs(both, SCENE.signer).sign(order, signing_time=now())
    signed = signs(both, SCENE.second).sign(order, signing_time=now(), beside=signed)
    kept = augment_document(
        signed,
        Level.B_LTA,
        trust=TRUST,
        policy=ARCHIVE,
        at=now(),
        authority=AUTHORITY,
    )
    # What it brings is enough: no list is at hand here.
    alone = SCENE.pki.store()
    verified = verify_document(kept, trust=alone, policy=ARCHIVE, at=now())
    for signature in verified.signatures:
        print(signature.name, signature.level.value)
    print((verified.content or b"").decode())

    forged = read_object(kept, at="order")
    forged["payload"] = str(forged["payload"])[:-4] + "AAAA"
    try:
        verify_document(write_json(forged), trust=alone, policy=ARCHIVE, at=now())
    except VerificationFailed as refused:
        print(explain(refused.report, lang="ru", reader="clerk"))


if __name__ == "__main__":
    main()
