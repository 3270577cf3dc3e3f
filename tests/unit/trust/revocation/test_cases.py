"""Each forged CRL and OCSP response comes to its outcome, and its twin is good."""

from typing import Final

import pytest

from idwallet.testing.revocation import Case, outcome, revocation_cases
from idwallet.trust.revocation import Good

CASES: Final = {case.name: case for case in revocation_cases()}


def test_there_are_enough_cases_each_with_a_name_of_its_own() -> None:
    assert len(CASES) == len(revocation_cases()) >= 100


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_twin_comes_to_good(case: Case) -> None:
    assert outcome(case.twin.judge()) is Good


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_fault_comes_to_its_outcome(case: Case) -> None:
    assert outcome(case.forged.judge()) == case.expected


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_case_names_its_clause(case: Case) -> None:
    assert case.clause.startswith(("RFC ", "EN "))
