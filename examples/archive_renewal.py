"""Keep a signed contract for decades: it is renewed in time, and another one is not.

Run it: ``python examples/archive_renewal.py``. Signer, authorities and the years to
come are invented, and every key is made when it runs.
"""

from idwallet import explain, now, sign_document
from idwallet.documents import ARCHIVE, CAdES, Level, UnverifiedDocument
from idwallet.roles import augment_document, evaluate_document
from idwallet.testing import ArchiveScene

CONTRACT = "Договор найма на 25 лет".encode()
scene = ArchiveScene(at=now().replace(microsecond=0))  # certificates of 2 to 30 years
today, year_7, year_17 = scene.at, scene.years(7), scene.years(17)


def look(archived: bytes, *, what: str) -> None:
    """Judge an archived signature in seventeen years, with what is known then."""
    trust = scene.trust(year_17, scene.authorities[2])
    found = evaluate_document(
        archived, document=CONTRACT, trust=trust, policy=ARCHIVE, at=year_17
    )
    print(f"{year_17:%Y}, {what}:", explain(found.report, reader="clerk").headline)
    if isinstance(found, UnverifiedDocument):
        for need in found.report.missing():
            print("   would take:", need)
        return
    (signature,) = found.signatures
    print(f"   signed before {signature.best_signature_time:%d %B %Y, %H:%M} UTC")


signed = sign_document(
    CONTRACT,
    CAdES(),
    signer=scene.signer.signer,
    certificates=scene.signer.chain,
    signing_time=today,
)
print(f"{today:%Y}: signed, {len(signed)} octets; the signer's certificate ends in two")

archived = augment_document(
    signed,
    Level.B_LTA,
    trust=scene.trust(today),
    policy=ARCHIVE,
    at=today,
    authority=scene.stamping(1),
    document=CONTRACT,
)
print(f"{today:%Y}: archived, {len(archived)} octets; this authority's ends in eight")

renewed = augment_document(
    archived,
    Level.B_LTA,
    trust=scene.trust(year_7, *scene.authorities[1:3]),
    policy=ARCHIVE,
    at=year_7,
    authority=scene.stamping(2, year_7),
    document=CONTRACT,
)
print(f"{year_7:%Y}: renewed, {len(renewed)} octets, by an authority of the day")

look(renewed, what="renewed in time")
look(archived, what="never renewed")
