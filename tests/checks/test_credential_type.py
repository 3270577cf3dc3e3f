from dataclasses import replace

import pytest

from idwallet.profiles import HAIP_1_0
from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.corpus import judge
from idwallet.testing.draft import draft
from idwallet.testing.scene import PID
from idwallet.trust.policies import RETAIL
from tests.checks.presentations import came_to, only, scene, twins, under

TYPE = CheckId.CREDENTIAL_TYPE


def test_a_credential_that_says_its_type_passes() -> None:
    check = only(judge(draft(scene())), TYPE)
    assert came_to(check, Outcome.PASSED, Reason.ACCEPTED)
    assert check.fact("found") == PID


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no type", Reason.TYPE_ABSENT),
        ("an empty type", Reason.TYPE_ABSENT),
        ("typ of a plain JWT", Reason.TYP_MISMATCH),
        ("typ of a key binding", Reason.TYP_MISMATCH),
        ("no typ", Reason.TYP_MISMATCH),
    ],
)
def test_a_token_of_no_type_or_of_another_kind_fails(name: str, reason: Reason) -> None:
    valid, forged = twins(name, TYPE)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, reason)


@pytest.mark.parametrize("further", ["urn:a", [], [1], [""], ["urn:a", "urn:a"], [PID]])
def test_further_types_that_break_their_format_fail(further: object) -> None:
    valid, forged = draft(scene()), draft(scene())
    valid.payload = {"aka_vcts": ["urn:a", "urn:b"]}
    forged.payload = {"aka_vcts": further}  # type: ignore[dict-item]  # any JSON
    assert only(judge(valid), TYPE).outcome is Outcome.PASSED
    assert came_to(only(judge(forged), TYPE), Outcome.FAILED, Reason.MALFORMED)


def test_the_earlier_typ_passes_only_where_the_profile_pins_its_draft() -> None:
    haip = replace(RETAIL, name="retail-haip", profile=HAIP_1_0)
    for policy, reason, outcome in (
        (haip, Reason.ACCEPTED, Outcome.PASSED),
        (RETAIL, Reason.TYP_MISMATCH, Outcome.FAILED),
    ):
        made = under(policy)
        made.header = {"typ": "vc+sd-jwt"}
        assert came_to(only(judge(made), TYPE), outcome, reason)


def test_while_the_disclosures_are_open_the_type_is() -> None:
    _, forged = twins("a disclosure nobody signed", TYPE)
    assert came_to(forged, Outcome.INDETERMINATE, Reason.WAITING)
    assert forged.fact("waits_for") == CheckId.CREDENTIAL_DISCLOSURES
