"""Two people sign one contract, a witness signs the first signature, a reader checks.

Run it: ``python examples/sign_contract.py``. Keys, names and the authority for the time
are invented, and made when it runs.
"""

import tempfile
from pathlib import Path

from idwallet import explain, now, verify_document
from idwallet.documents import ARCHIVE, CAdES, Level
from idwallet.errors import VerificationFailed
from idwallet.roles import DocumentSigner
from idwallet.testing import DocumentScene, TestIdentity, TestTsa, crls, document_signer
from idwallet.trust import EvidenceAtHand

SCENE = DocumentScene(at=now())
WITNESS = document_signer(SCENE.pki, "https://witness.example")
B_T = CAdES(level=Level.B_T)


def signs(who: TestIdentity) -> DocumentSigner:
    """Prepare somebody's signatures, each with a timestamp."""
    return DocumentSigner(
        B_T,
        signer=who.signer,
        certificates=who.chain_pem,
        authority=TestTsa(SCENE.pki, identity=SCENE.authority, moment=now()),
    )


def main(folder: Path) -> None:
    """Sign, sign beside, sign the signature, and check what came of it."""
    contract = folder / "contract.txt"
    contract.write_text("Договор аренды велосипеда\n", encoding="utf-8")

    with contract.open("rb") as document:
        first = signs(SCENE.signer).sign(document, signing_time=now())
    with contract.open("rb") as document:
        both = signs(SCENE.second).sign(document, signing_time=now(), beside=first)
    seen = signs(WITNESS).counter_sign(both, signing_time=now(), number=0)
    (folder / "contract.txt.p7s").write_bytes(seen)

    everybody = (SCENE.signer, SCENE.second, WITNESS, SCENE.authority)
    lists = {e.der: e for who in everybody for e in crls(who, at=SCENE.at)}
    evidence = EvidenceAtHand(crls=lists.values())
    trust = SCENE.pki.store().with_evidence(evidence)
    verified = verify_document(
        seen, document=contract.read_bytes(), trust=trust, policy=ARCHIVE, at=now()
    )
    for signature in verified.signatures:
        witnesses = len(signature.counter_signatures)
        print(signature.name, signature.level.value, f"witnesses: {witnesses}")

    contract.write_text("Договор аренды автомобиля\n", encoding="utf-8")
    try:
        verify_document(
            seen, document=contract.read_bytes(), trust=trust, policy=ARCHIVE, at=now()
        )
    except VerificationFailed as refused:
        print(explain(refused.report, lang="ru", reader="clerk"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder))
