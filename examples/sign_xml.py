"""Two people sign one XML document; then somebody else tries to change what it says.

Run it: ``python examples/sign_xml.py``. Keys, names and the authority for the time are
invented, and made when it runs. It takes the extra ``idwallet[xml]``.
"""

import tempfile
from pathlib import Path

from idwallet import explain, now, verify_document
from idwallet.documents import ARCHIVE, Commitment, Level, XAdES
from idwallet.errors import VerificationFailed
from idwallet.roles import DocumentSigner, augment_document
from idwallet.testing import DocumentScene, TestIdentity, TestTsa, crls
from idwallet.trust import EvidenceAtHand

SCENE = DocumentScene(at=now())
AUTHORITY = TestTsa(SCENE.pki, identity=SCENE.authority, moment=now())
LOAN = """<loan xmlns="urn:example:loan">
  <item>велосипед</item><days>3</days>
</loan>
"""


def signs(who: TestIdentity) -> DocumentSigner:
    """Prepare somebody's signatures, each with a timestamp."""
    return DocumentSigner(
        XAdES(level=Level.B_T, commitment=Commitment.APPROVAL, city="Рига"),
        signer=who.signer,
        certificates=who.chain_pem,
        authority=AUTHORITY,
    )


def main(folder: Path) -> None:
    """Sign, sign beside, keep, check, and see a change refused."""
    everybody = (SCENE.signer, SCENE.second, SCENE.authority)
    lists = {e.der: e for who in everybody for e in crls(who, at=SCENE.at)}
    trust = SCENE.pki.store().with_evidence(EvidenceAtHand(crls=lists.values()))

    signed = signs(SCENE.signer).sign(LOAN.encode(), signing_time=now())
    both = signs(SCENE.second).sign(signed, signing_time=now())
    kept = augment_document(
        both, Level.B_LTA, trust=trust, policy=ARCHIVE, at=now(), authority=AUTHORITY
    )
    (folder / "loan.xml").write_bytes(kept)

    verified = verify_document(kept, trust=trust, policy=ARCHIVE, at=now())
    for signature in verified.signatures:
        print(signature.name, signature.level.value)
    print("signed:", (verified.content or b"").decode().split("\n")[1].strip())

    for what, forged in (
        ("a word is changed", kept.replace("велосипед".encode(), b"car")),
        ("something is put around it", b"<loans>" + kept + b"<more/></loans>"),
    ):
        try:
            verify_document(forged, trust=trust, policy=ARCHIVE, at=now())
        except VerificationFailed as failed:
            print(f"{what}:", explain(failed.report, lang="en", reader="clerk"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder))
