"""A forged status list counts as absent, and its twin does not."""

from functools import cache

import pytest

from idwallet.errors import UsageError
from idwallet.testing.status import STATUS_FORGERIES, StatusForgery, StatusScene
from idwallet.trust.status_list import ListFault, StatusReason


@cache
def scene() -> StatusScene:
    return StatusScene(seed=b"idwallet TEST status lists")


@pytest.mark.parametrize("forgery", STATUS_FORGERIES, ids=lambda each: each.name)
def test_a_forged_status_list_is_told_from_its_valid_twin(
    forgery: StatusForgery,
) -> None:
    valid, forged = forgery.twins(scene())
    assert valid.judgement().reason is StatusReason.VALID
    found = forged.judgement()
    assert found.reason is forgery.reason
    if forgery.fault is None:
        assert found.refused is None
    else:
        assert found.refused is not None
        assert found.refused.fault is forgery.fault


def test_every_fault_is_met_by_a_forged_list() -> None:
    # Whether a signer was revoked is asked where a credential is judged, with the
    # evidence at hand: tests/checks/test_credential_status.py has these two.
    elsewhere = {ListFault.SIGNER_REVOKED, ListFault.SIGNER_REVOCATION_UNKNOWN}
    met = {each.fault for each in STATUS_FORGERIES}
    assert met == {None, *ListFault} - elsewhere


def test_forged_lists_have_names_of_their_own() -> None:
    names = [each.name for each in STATUS_FORGERIES]
    assert len(set(names)) == len(names)


def test_a_scene_whose_issuer_nobody_believes_is_a_mistake_of_the_test() -> None:
    made = StatusScene()
    made.context = StatusScene().context
    with pytest.raises(UsageError):
        made.found_issuer()
