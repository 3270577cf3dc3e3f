"""What EU DSS signs passes here at its level, and tampered with it does not."""

from collections.abc import Iterator

import pytest

from idwallet.documents import (
    DOCUMENTS,
    UnverifiedDocument,
    VerifiedDocument,
    VerifiedSignature,
)
from idwallet.report import Outcome
from idwallet.roles.document_signer import evaluate_document
from tests.interop.dss.made import MADE, Made
from tests.interop.dss.peer import Dss
from tests.interop.dss.people import SCENE, trust
from tests.interop.dss.signing import Signed

pytestmark = pytest.mark.interop


def judged(signed: Signed) -> VerifiedDocument | UnverifiedDocument:
    document = signed.beside[0].content if signed.beside else None
    return evaluate_document(
        signed.file.content,
        document=document,
        trust=trust(),
        policy=DOCUMENTS,
        at=SCENE.at,
    )


def levels(found: tuple[VerifiedSignature, ...]) -> Iterator[str]:
    """Name the level of each signature, each before those on it."""
    for each in found:
        yield each.level.value
        yield from levels(each.counter_signatures)


@pytest.mark.parametrize("made", MADE, ids=str)
def test_what_dss_signs_passes_until_it_is_tampered_with(dss: Dss, made: Made) -> None:
    signed = made.make(dss)
    found = judged(signed)
    assert isinstance(found, VerifiedDocument), found.report
    assert tuple(levels(found.signatures)) == made.levels
    for fault in made.faults:
        report = judged(fault.change(signed)).report
        moved = {(c.id, c.reason) for c in report.failed()}
        assert (fault.check, fault.reason) in moved, fault.name
        assert report.outcome is Outcome.FAILED
