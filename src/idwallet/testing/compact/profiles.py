"""What people would show by QR code, to see what it takes; everybody is invented."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from idwallet.credentials.compact.issue import Compact, CompactLife, CompactShape
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.testing.compact.draft import (
    CompactDraft,
    CompactScene,
    compact_draft,
    twelve_claims,
)
from idwallet.trust.status_list import StatusReference

STATUS: Final = StatusReference("https://status.example/7", 1_234_567)
_MONTH: Final = 30 * 24 * 60


def hotel_claims() -> dict[str, str | bool | int]:
    """Return what a hotel registers of a guest, in Cyrillic; an age stands before."""
    return {
        "age_over_18": True,
        "family_name": "Константинопольская",
        "given_name": "Александра",
        "patronymic": "Владиславовна",
        "birth_date": "1990-05-17",
        "sex": 2,
        "nationality": "XX",
        "birth_place": "город Примерск",
        "document_number": "00 00 000017",
        "issuing_authority": "Отделением по Примерской области",
        "issuance_date": "2020-06-01",
        "resident_address": "Примерск, ул. Образцовая, д. 1, кв. 17",
    }


def shown(
    scene: CompactScene,
    content: Compact,
    *names: str,
    issuer: Algorithm = Algorithm.ES256,
    holder: Algorithm = Algorithm.ES256,
) -> CompactDraft:
    """Return a showing of these claims, of a month's credential that has a status."""
    made = compact_draft(scene)
    made.content = content
    made.life = CompactLife(scene.at - timedelta(days=1), _MONTH)
    made.shown = names
    if issuer is not Algorithm.ES256:
        made.issuer = SoftwareSigner.generate(issuer)
    if holder is not Algorithm.ES256:
        made.key = made.signed_by = SoftwareSigner.generate(holder)
    return made


def age(scene: CompactScene) -> CompactDraft:
    """Return an age, chosen out of twelve claims."""
    content = Compact("national-id", twelve_claims(), status=STATUS)
    return shown(scene, content, "age_over_18")


def age_alone(scene: CompactScene) -> CompactDraft:
    """Return an age out of a credential that says nothing else."""
    return shown(scene, single("age-proof", {"age_over_18": True}))


def hotel(scene: CompactScene) -> CompactDraft:
    """Return eleven claims out of twelve."""
    claims = hotel_claims()
    content = Compact("national-id", claims, status=STATUS)
    return shown(scene, content, *list(claims)[1:])


def hotel_alone(scene: CompactScene) -> CompactDraft:
    """Return eleven claims of a credential that has no others."""
    claims = hotel_claims()
    del claims["age_over_18"]
    return shown(scene, single("national-id", claims))


def photograph(scene: CompactScene, *, octets: int) -> CompactDraft:
    """Return an age and a picture of so many octets."""
    return shown(
        scene,
        single("age-proof", {"age_over_18": True, "portrait": bytes(octets)}),
    )


def after_quantum(
    scene: CompactScene, *, issuer: Algorithm, holder: Algorithm
) -> CompactDraft:
    """Return an age alone, signed by other algorithms."""
    content = single("age-proof", {"age_over_18": True})
    return shown(scene, content, issuer=issuer, holder=holder)


def single(kind: str, claims: Mapping[str, str | bool | int | bytes]) -> Compact:
    """Return content of the single-purpose shape, with a status."""
    return Compact(kind, claims, shape=CompactShape.SINGLE_PURPOSE, status=STATUS)
