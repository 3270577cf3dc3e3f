"""An order is signed as JSON, kept in an archive, and read by whoever gets it.

Run it: ``python examples/sign_json.py``. Keys, names and the authority for the time are
invented, and made when it runs.
"""

import json

from idwallet import explain, now, verify_document
from idwallet.documents import ARCHIVE, JAdES, Level, Packaging, Serialisation
from idwallet.errors import VerificationFailed
from idwallet.roles import DocumentSigner, augment_document
from idwallet.testing import DocumentScene, TestIdentity, TestTsa, crls
from idwallet.trust import EvidenceAtHand

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
    order = json.dumps({"order": "велосипед", "pieces": 2}, ensure_ascii=False).encode()

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

    forged = json.loads(kept)
    forged["payload"] = forged["payload"][:-4] + "AAAA"
    try:
        changed = json.dumps(forged).encode()
        verify_document(changed, trust=alone, policy=ARCHIVE, at=now())
    except VerificationFailed as refused:
        print(explain(refused.report, lang="ru", reader="clerk"))


if __name__ == "__main__":
    main()
