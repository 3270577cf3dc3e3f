"""What an issuer says of who may see a credential."""

import json
from typing import Any

import pytest

from idwallet import limits
from idwallet.consent.purpose.disclosure import (
    NOBODY,
    AuthorityCertificate,
    DisclosurePolicy,
    DisclosureRule,
    PartyFacts,
    read_disclosure_policy,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError

URI = "https://issuer.example/policies/1"
BANKING = "https://uri.etsi.org/19475/Entitlement/Service_Provider"


def policy(kind: str, **members: Any) -> dict[str, Any]:
    return {"policy_uri": URI, "policy_type": kind, **members}


def read(document: dict[str, Any]) -> DisclosurePolicy:
    return read_disclosure_policy(json.dumps(document).encode(), at="policy")


LISTED = policy(
    "authorised_rp_only",
    policy_info_url="https://issuer.example/why",
    authorized_parties=[
        {"identifier": "VATXX-1", "service_identifier": "loans"},
        {"subject_dn": "CN=Test Bank, O=Test Bank (invented), C=XX"},
        {"entitlement_uri": BANKING},
    ],
)
ROOTED = policy(
    "specific_root_of_trust",
    trusted_roots=[{"issuer_dn": "CN=Test Root,C=XX", "serial_number": "17"}],
)


def test_no_policy_restricts_nobody() -> None:
    found = read(policy("no_policy"))
    assert found.rule is DisclosureRule.NONE
    assert found.allows(NOBODY)


@pytest.mark.parametrize(
    ("party", "allowed"),
    [
        (NOBODY, False),
        (PartyFacts(identifier="VATXX-1", service="loans"), True),
        (PartyFacts(identifier="VATXX-1"), False),
        (PartyFacts(identifier="VATXX-1", service="cards"), False),
        (PartyFacts(identifier="VATXX-2", service="loans"), False),
        (PartyFacts(subject="cn=TEST bank,o=Test  Bank (invented),c=xx"), True),
        (PartyFacts(subject="C=XX,O=Test Bank (invented),CN=Test Bank"), False),
        (PartyFacts(subject="CN=Test Bank\\, O=Test Bank (invented),C=XX"), False),
        (PartyFacts(entitlements=(BANKING,)), True),
        (PartyFacts(entitlements=(f"{BANKING}/x",)), False),
    ],
)
def test_a_listed_party_is_allowed_and_no_other(
    party: PartyFacts, allowed: bool
) -> None:
    assert read(LISTED).allows(party) is allowed


@pytest.mark.parametrize(
    ("issuer", "serial", "allowed"),
    [
        ("CN=Test Root,C=XX", 17, True),
        ("CN=Test Root, C=XX", 17, True),
        ("CN=Test Root,C=XX", 18, False),
        ("CN=Other Root,C=XX", 17, False),
    ],
)
def test_a_party_under_a_listed_root_is_allowed_and_no_other(
    issuer: str, serial: int, allowed: bool
) -> None:
    chain = (AuthorityCertificate(issuer, serial),)
    assert read(ROOTED).allows(PartyFacts(authorities=chain)) is allowed
    assert not read(ROOTED).allows(NOBODY)


def test_what_a_policy_says_beside_is_ignored_and_its_link_kept() -> None:
    found = read({**LISTED, "extension": {"anything": [1]}})
    assert found.link == "https://issuer.example/why"
    assert found == read(LISTED)
    assert json.loads(found.document)["extension"] == {"anything": [1]}


@pytest.mark.parametrize(
    "document",
    [
        policy("authorised_rp_only"),
        policy("authorised_rp_only", authorized_parties=[]),
        policy("authorised_rp_only", authorized_parties=[{}]),
        policy("authorised_rp_only", authorized_parties=[{"service_identifier": "x"}]),
        policy("authorised_rp_only", authorized_parties=[{"identifier": 7}]),
        policy("authorised_rp_only", trusted_roots=ROOTED["trusted_roots"]),
        policy("specific_root_of_trust"),
        policy(
            "specific_root_of_trust",
            trusted_roots=[{"issuer_dn": "CN=x", "serial_number": "0x11"}],
        ),
        policy("specific_root_of_trust", trusted_roots=[{"serial_number": "1"}]),
        {"policy_type": "no_policy"},
        {"policy_uri": URI},
        {"policy_uri": URI, "policy_type": 1},
    ],
)
def test_a_policy_that_lists_nobody_or_says_it_badly_is_malformed(
    document: dict[str, Any],
) -> None:
    with pytest.raises(MalformedError):
        read(document)


def test_a_kind_that_nobody_knows_is_not_taken_for_none() -> None:
    with pytest.raises(UnsupportedError):
        read(policy("attribute_based"))


def test_a_long_policy_is_refused() -> None:
    parties = [{"identifier": "x"}] * (limits.DISCLOSURE_PARTIES + 1)
    with pytest.raises(LimitError):
        read(policy("authorised_rp_only", authorized_parties=parties))
    with pytest.raises(LimitError):
        read(policy("no_policy", extension="x" * limits.DISCLOSURE_POLICY_BYTES))
    with pytest.raises(LimitError):
        read({**policy("no_policy"), "policy_uri": "x" * 3_000})
