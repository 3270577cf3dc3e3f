"""A forged identifier list counts as absent, and its twin does not."""

from functools import cache

import pytest

from idwallet.testing.identifiers import (
    IDENTIFIER_FORGERIES,
    IdentifierForgery,
    IdentifierScene,
)
from idwallet.trust.status_list import ListFault, StatusReason


@cache
def scene() -> IdentifierScene:
    return IdentifierScene(seed=b"idwallet TEST identifier lists")


@pytest.mark.parametrize("forgery", IDENTIFIER_FORGERIES, ids=lambda each: each.name)
def test_a_forged_identifier_list_is_told_from_its_valid_twin(
    forgery: IdentifierForgery,
) -> None:
    valid, forged = forgery.twins(scene())
    assert valid.judgement().reason is StatusReason.VALID
    found = forged.judgement()
    fault = None if found.refused is None else found.refused.fault
    assert (found.reason, fault) == (forgery.reason, forgery.fault)


def test_nearly_every_fault_is_met_by_a_forged_list() -> None:
    met = {each.fault for each in IDENTIFIER_FORGERIES}
    # A header's `alg` comes from the key here; a key of another kind is met in the
    # corpus of status lists, which are judged by the same lines.
    # Revoked signers stand in tests/checks/test_credential_status.py.
    elsewhere = {ListFault.SIGNER_REVOKED, ListFault.SIGNER_REVOCATION_UNKNOWN}
    assert {None, *ListFault} - met - elsewhere <= {ListFault.KEY_UNUSABLE}


def test_forged_lists_have_names_of_their_own() -> None:
    names = [each.name for each in IDENTIFIER_FORGERIES]
    assert len(set(names)) == len(names)
