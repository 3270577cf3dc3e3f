"""Two people sign one PDF contract in fields reserved for them; a changed one is told.

Run it: ``python examples/sign_pdf.py``. Keys, names and the paper are invented, and
made when it runs.
"""

import tempfile
from pathlib import Path

from idwallet import explain, now, verify_document
from idwallet.adapters import sign_file
from idwallet.documents import (
    DOCUMENTS,
    AllowedChanges,
    Box,
    PAdES,
    SignatureField,
    reserve_fields,
)
from idwallet.errors import VerificationFailed
from idwallet.roles import DocumentSigner
from idwallet.testing import Contract, DocumentScene, TestIdentity, crls
from idwallet.trust import EvidenceAtHand

SCENE = DocumentScene(at=now())
SELLER = SignatureField(
    name="Продавец", label="Подпись продавца", box=Box(60, 60, 260, 110)
)
BUYER = SignatureField(
    name="Покупатель", label="Подпись покупателя", box=Box(320, 60, 520, 110)
)
FIELDS = [SELLER, BUYER]


def signs(who: TestIdentity, profile: PAdES) -> DocumentSigner:
    """Prepare somebody's signature."""
    return DocumentSigner(profile, signer=who.signer, certificates=who.chain_pem)


def main(folder: Path) -> None:
    """Reserve, certify, sign after, check, and see what a change comes to."""
    paper = folder / "contract.pdf"
    paper.write_bytes(reserve_fields(bytes(Contract().file().data), FIELDS))

    # The author says what may be changed later: signatures may be put in, nothing else.
    first = PAdES(
        field=SELLER.name,
        certify=AllowedChanges.FORMS,
        reason="Согласна",
        location="Вымышленный город",
    )
    sign_file(paper, signs(SCENE.signer, first), signing_time=now())
    second = PAdES(field=BUYER.name)
    sign_file(paper, signs(SCENE.second, second), signing_time=now())

    both = (SCENE.signer, SCENE.second)
    lists = {e.der: e for who in both for e in crls(who, at=SCENE.at)}
    trust = SCENE.pki.store().with_evidence(EvidenceAtHand(crls=lists.values()))
    signed = paper.read_bytes()
    verified = verify_document(signed, trust=trust, policy=DOCUMENTS, at=now())
    for signature in verified.signatures:
        print(signature.name, signature.level.value)

    changed = signed.replace(b"/MediaBox", b"/CropBox ", 1)
    try:
        verify_document(changed, trust=trust, policy=DOCUMENTS, at=now())
    except VerificationFailed as error:
        print(explain(error.report, lang="ru", reader="clerk"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(Path(made))
