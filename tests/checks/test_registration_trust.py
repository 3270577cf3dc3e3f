from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.trust.anchors import Purpose, TrustStore
from tests.checks.registrations import came_to, honest, reasons_of, twins, waiting

CHECK = CheckId.REGISTRATION_TRUST


def test_a_registrar_under_a_trusted_root_passes() -> None:
    assert came_to(honest(), CHECK) == (Outcome.PASSED, Reason.TRUSTED)


@pytest.mark.parametrize("reason", reasons_of(CHECK, Outcome.FAILED))
def test_whoever_else_registers_is_a_no(reason: Reason) -> None:
    valid, wrong = twins(CHECK, reason)
    assert valid.outcome is Outcome.PASSED
    assert (wrong.outcome, wrong.reason) == (Outcome.FAILED, reason)


def test_what_cannot_be_read_leaves_its_registrar_open() -> None:
    check = waiting(CHECK, CheckId.REGISTRATION_FORMAT, Reason.TYP_MISMATCH)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.REGISTRATION_FORMAT


@pytest.mark.parametrize("days", [-1, 1])
def test_a_registrar_whose_keys_were_lost_is_a_no_whatever_the_moment(
    days: int,
) -> None:
    made = honest()
    lost = made.rules.at + timedelta(days=days)
    trust = made.rules.trust
    anchors = [
        replace(each, distrusted_after=lost)
        if Purpose.REGISTER_READERS in each.purposes
        else each
        for each in trust.anchors
    ]
    doubted = TrustStore(anchors, evidence=trust.evidence)
    made.rules = replace(made.rules, trust=doubted)
    assert came_to(made, CHECK) == (Outcome.FAILED, Reason.NO_TRUSTED_PATH)
