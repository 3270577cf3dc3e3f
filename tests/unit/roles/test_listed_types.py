"""A list that names document types bounds what an authority on it may issue."""

from datetime import timedelta
from functools import cache
from typing import Final

import pytest

from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.model import Credential, Unverified, VerifiedPresentation
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.lists import ListedEntry, ListScene, list_draft
from idwallet.testing.scene import PID as PID_VCT
from idwallet.testing.scene import Scene
from idwallet.testing.scene import test_claims as a_person
from idwallet.trust.anchors import TrustStore
from idwallet.trust.lists import ListForm, VerifiedList
from idwallet.trust.lists.vical import IACA

MDL: Final = "org.iso.18013.5.1.mDL"
PID: Final = "eu.europa.ec.eudi.pid.1"
# An invented person.
CONTENTS: Final = {
    MDL: Mdoc(MDL, {"org.iso.18013.5.1": {"family_name": "Примерова"}}),
    PID: Mdoc(PID, {PID: {"family_name": "Примерова"}}),
    PID_VCT: SdJwtVc(vct=PID_VCT, claims=a_person()),
}


@cache
def scene() -> Scene:
    return Scene()


@cache
def lists() -> ListScene:
    return ListScene(at=scene().at)


def listed_for(*types: str) -> TrustStore:
    """Return what a VICAL makes believed that lists the authority for these types."""
    made = list_draft(lists(), ListForm.VICAL)
    root = scene().pki.root.der
    made.facts.entries = [ListedEntry(IACA, (root,), types=types)]
    found = made.judgement()
    assert isinstance(found, VerifiedList), found.report.checks
    return TrustStore(found.anchors(at=lists().at).anchors)


@cache
def card(name: str) -> Credential:
    return scene().issuer.issue(
        CONTENTS[name],
        holder_key=HolderKey.unproven(
            scene().holder_signer.public_key, reason="a test key made here"
        ),
        valid_until=scene().at + timedelta(days=20),
        at=scene().at,
    )


def judged(name: str, trust: TrustStore) -> VerifiedPresentation | Unverified:
    kind = "driving-licence" if name == MDL else "national-id"
    request = scene().request(Query.claims(kind, "family_name"))
    body = scene().answer(request, card(name))
    return evaluate_presentation(body, request=request, trust=trust, at=scene().at)


@pytest.mark.parametrize(
    ("shown", "types"),
    [(MDL, (MDL,)), (PID, (PID,)), (PID, (MDL, PID)), (MDL, ("org.example.1", MDL))],
)
def test_what_an_authority_is_listed_for_passes(
    shown: str, types: tuple[str, ...]
) -> None:
    found = judged(shown, listed_for(*types))
    assert isinstance(found, VerifiedPresentation), found.report.failed()


@pytest.mark.parametrize(
    ("shown", "types"),
    [
        (MDL, (PID,)),
        (PID, (MDL,)),
        (MDL, ("org.example.1",)),
        # Types are compared to the letter.
        (MDL, (MDL.lower(),)),
        # Who is listed for documents is not believed about any other credential.
        (PID_VCT, (MDL, PID)),
    ],
)
def test_what_it_is_listed_for_otherwise_only_fails_for_its_issuer_alone(
    shown: str, types: tuple[str, ...]
) -> None:
    found = judged(shown, listed_for(*types))
    assert isinstance(found, Unverified)
    assert found.report.outcome is Outcome.FAILED
    (fault,) = found.report.failed()
    assert (fault.id, fault.reason) == (
        CheckId.ISSUER_TRUST,
        Reason.TYPE_NOT_REGISTERED,
    )
    # The twin: the same credential, under an authority that nothing bounds.
    assert isinstance(judged(shown, scene().trust), VerifiedPresentation)
