"""A messenger exports what was agreed: text, picture and both signatures in one file.

Run it: ``python examples/export_chat.py``. Keys, names and what was agreed are
invented, and made when it runs.
"""

import tempfile
import zipfile
from pathlib import Path

from idwallet import explain, now, verify_document
from idwallet.documents import DOCUMENTS, ASiC, ASiCKind, CAdES
from idwallet.errors import VerificationFailed
from idwallet.explain import show
from idwallet.roles import DocumentSigner
from idwallet.testing import DocumentScene, TestIdentity, crls
from idwallet.trust import EvidenceAtHand

SCENE = DocumentScene(at=now())
PROFILE = ASiC(kind=ASiCKind.E, signature=CAdES)
LINES = ("Анна: велосипед на лето за 100 €?", "Борис: согласен.")
CHAT = {
    "чат.txt": "\n".join(LINES).encode(),
    "фото/велосипед.png": b"\x89PNG, as an invented picture has it",
}


def signs(who: TestIdentity) -> DocumentSigner:
    """Prepare somebody's signatures."""
    return DocumentSigner(PROFILE, signer=who.signer, certificates=who.chain_pem)


def main(folder: Path) -> None:
    """Export, have the other one sign too, and read it where nothing is known of us."""
    draft, path = folder / "draft.asice", folder / "agreed.asice"
    with draft.open("wb") as sink:  # written as it is made, however long the film is
        signs(SCENE.signer).sign_into(sink, CHAT, signing_time=now())
    with draft.open("rb") as first, path.open("wb") as sink:
        signs(SCENE.second).sign_into(sink, None, signing_time=now(), beside=first)

    lists = {e.der: e for w in (SCENE.signer, SCENE.second) for e in crls(w, at=now())}
    evidence = EvidenceAtHand(crls=lists.values())
    trust = SCENE.pki.store().with_evidence(evidence)
    with path.open("rb") as container:
        verified = verify_document(container, trust=trust, policy=DOCUMENTS, at=now())
        print("signed by", len(verified.signatures))
        for file in verified.files:
            print(show(file.name), file.size, "octets")
        print(verified.files[0].read().decode().splitlines()[1])

    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("чат 2.txt", "Борис: и шлем в подарок.")
    try:
        verify_document(path.read_bytes(), trust=trust, policy=DOCUMENTS, at=now())
    except VerificationFailed as refused:
        print(explain(refused.report, lang="ru", reader="clerk"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder))
