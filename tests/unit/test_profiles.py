import dataclasses

import pytest

from idwallet.profiles import (
    DRAFT,
    EU_AGE_1,
    HAIP_1_0,
    OPENID4VP_1_0,
    IdentifierListVersion,
    SdJwtVcVersion,
    StatusListVersion,
)
from idwallet.report import TABLE


def test_haip_pins_the_drafts_it_names() -> None:
    assert HAIP_1_0.sd_jwt_vc is SdJwtVcVersion.DRAFT_13
    assert HAIP_1_0.status_list is StatusListVersion.DRAFT_14
    assert HAIP_1_0.openid4vp == "1.0"


def test_haip_accepts_requests_by_the_hash_of_the_certificate_only() -> None:
    assert HAIP_1_0.request_prefixes == {"x509_hash", "origin"}


def test_the_default_profile_pins_the_newest_drafts_read() -> None:
    assert OPENID4VP_1_0.sd_jwt_vc is SdJwtVcVersion.LATEST
    assert OPENID4VP_1_0.status_list is StatusListVersion.DRAFT_21
    assert OPENID4VP_1_0.request_prefixes == {
        "x509_hash",
        "x509_san_dns",
        "verifier_attestation",
        "decentralized_identifier",
        "redirect_uri",
        "origin",
        "pre-registered",
    }


def test_clauses_cite_the_drafts_that_the_default_profile_pins() -> None:
    pinned = {
        "SD-JWT VC": f"SD-JWT VC draft {OPENID4VP_1_0.sd_jwt_vc.value} §",
        "Token Status List": (
            f"Token Status List draft {OPENID4VP_1_0.status_list.value} §"
        ),
    }
    for standard, start in pinned.items():
        clauses = {
            row.clause for row in TABLE.values() if row.clause.startswith(standard)
        }
        assert clauses
        assert all(clause.startswith(start) for clause in clauses)


@pytest.mark.parametrize(
    "profile", [DRAFT, EU_AGE_1, HAIP_1_0, OPENID4VP_1_0], ids=lambda p: p.name
)
def test_a_profile_allows_no_symmetric_or_absent_signature(profile: object) -> None:
    algorithms = profile.algorithms  # type: ignore[attr-defined]
    assert algorithms
    assert not {name for name in algorithms if name == "none" or name[:2] == "HS"}


def test_a_profile_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        HAIP_1_0.openid4vp = "1.1"  # type: ignore[misc]


def test_profiles_are_told_apart_by_name() -> None:
    names = {each.name for each in (DRAFT, HAIP_1_0, OPENID4VP_1_0)}
    assert names == {"draft", "haip-1.0", "openid4vp-1.0"}


def test_only_the_draft_has_what_nobody_has_published() -> None:
    none = IdentifierListVersion.NONE
    assert OPENID4VP_1_0.identifier_list is none
    assert HAIP_1_0.identifier_list is none
    assert DRAFT.identifier_list is not none
