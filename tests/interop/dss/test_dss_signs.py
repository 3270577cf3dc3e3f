"""What EU DSS signs passes here at its level, and tampered with it does not."""

from collections.abc import Iterator

import pytest

from idwallet.documents import (
    VerifiedDocument,
    VerifiedSignature,
)
from idwallet.report import Outcome
from tests.interop.dss.made import MADE, Made
from tests.interop.dss.peer import Dss
from tests.interop.dss.signing import evaluated

pytestmark = pytest.mark.interop


def levels(found: tuple[VerifiedSignature, ...]) -> Iterator[str]:
    """Name the level of each signature, each before those on it."""
    for each in found:
        yield each.level.value
        yield from levels(each.counter_signatures)


@pytest.mark.parametrize("made", MADE, ids=str)
def test_what_dss_signs_passes_until_it_is_tampered_with(dss: Dss, made: Made) -> None:
    signed = made.make(dss)
    found = evaluated(signed)
    assert isinstance(found, VerifiedDocument), found.report
    assert tuple(levels(found.signatures)) == made.levels
    for fault in made.faults:
        report = evaluated(fault.change(signed)).report
        moved = {(c.id, c.reason) for c in report.failed()}
        assert (fault.check, fault.reason) in moved, fault.name
        assert report.outcome is Outcome.FAILED
