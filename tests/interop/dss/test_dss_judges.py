"""EU DSS finds in all that we sign the level that was asked for."""

import pytest

from idwallet.documents import VerifiedDocument
from tests.interop.dss.cases import CASES, FILE, Case
from tests.interop.dss.peer import Dss, Named
from tests.interop.dss.people import SCENE, known
from tests.interop.dss.signing import evaluated
from tests.interop.dss.verdict import (
    EXPLAINED,
    DssVerdict,
    expected_of,
    found_in,
)

pytestmark = pytest.mark.interop
_OTHER = Named(FILE.name, FILE.content + b".")


def judged(dss: Dss, case: Case) -> DssVerdict:
    signed = case.make()
    return dss.validate(signed.file, known=known(), at=SCENE.at, detached=signed.beside)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_dss_finds_the_level_that_was_asked_for(dss: Dss, case: Case) -> None:
    found = judged(dss, case)
    assert found_in(found) == expected_of(case.name), found.told()
    assert tuple(each.level for each in found.signatures) == case.levels
    for token in found.tokens:
        assert (token.raw["intact"], token.raw["valid"]) == (True, True)
    scopes = iter(case.scopes)
    for each in found.signatures:
        # Everybody signed all of the document, or all of somebody's signature.
        is_counter = each.is_counter_signature
        wanted = "COUNTER_SIGNATURE" if is_counter else next(scopes)
        assert {scope for _, scope in each.covers} == {wanted}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_dss_passes_passes_here_too(case: Case) -> None:
    assert isinstance(evaluated(case.make()), VerifiedDocument)


@pytest.mark.parametrize("kind", ["CAdES B-B detached", "JAdES B-B detached"])
def test_dss_does_not_pass_another_document(dss: Dss, kind: str) -> None:
    (case,) = (each for each in CASES if each.name == kind)
    signed = case.make()
    assert signed.beside == (FILE,)
    found = dss.validate(signed.file, known=known(), at=SCENE.at, detached=[_OTHER])
    (signature,) = found.signatures
    assert signature.indication.startswith("TOTAL_FAILED ")


def test_every_explanation_is_about_a_case_and_quotes_a_clause() -> None:
    names = [each.name for each in CASES]
    assert len(set(names)) == len(names)
    for entry in EXPLAINED:
        assert any(entry.is_about(name) for name in names)
        assert entry.reason.count('"') >= 2
        assert "section" in entry.reason
