"""The parts of a query, and what a value has to be to be accepted."""

import pytest

from idwallet.codec.json import JsonValue
from idwallet.credentials.query import (
    SD_JWT_VC,
    Candidate,
    ClaimQuery,
    CredentialQuery,
    ForeignMeta,
    MdocMeta,
    SdJwtVcMeta,
    TrustedAuthority,
)
from idwallet.errors import MalformedError

KEY_ID = "s9tIpPmhxdiuNkHMEWNpYim8S8Y"


@pytest.mark.parametrize(
    ("wanted", "found", "expected"),
    [
        ("Doe", "Doe", True),
        ("Doe", "doe", False),
        (True, True, True),
        (True, False, False),
        (True, 1, False),
        (1, True, False),
        (0, False, False),
        (1, 1, True),
        # One number type in JSON (RFC 8259 §6): these are the same number.
        (1, 1.0, True),
        (1, 1.5, False),
        (1, "1", False),
        ("1", 1, False),
        ("true", True, False),
        (9007199254740993, 9007199254740992.0, False),
        ("", None, False),
        (0, None, False),
        (False, None, False),
        ("a", ["a"], False),
        ("a", {"a": "a"}, False),
    ],
)
def test_type_and_value_must_both_match(
    wanted: str | int | bool, found: JsonValue, expected: bool
) -> None:
    assert ClaimQuery(path=("a",), values=(wanted,)).accepts(found) is expected


def test_without_values_every_value_is_accepted() -> None:
    asked = ClaimQuery(path=("a",))
    assert all(asked.accepts(each) for each in (None, 1, "a", [], {}))


def test_queries_for_true_and_for_one_are_not_equal() -> None:
    wants_true = ClaimQuery(path=("a",), values=(True,))
    wants_one = ClaimQuery(path=("a",), values=(1,))
    assert wants_true != wants_one
    assert ClaimQuery(path=("a",), values=(1, 2)) == ClaimQuery(("a",), (2, 1))


def test_only_a_path_of_one_name_has_a_name() -> None:
    assert ClaimQuery(path=("a",)).name == "a"
    assert ClaimQuery(path=(0,)).name is None
    assert ClaimQuery(path=("a", "b")).name is None


def _credential(*authorities: TrustedAuthority) -> CredentialQuery:
    return CredentialQuery(
        "pid", SD_JWT_VC, SdJwtVcMeta(("urn:a",)), trusted_authorities=authorities
    )


def _candidate(*key_ids: bytes) -> Candidate:
    return Candidate(SD_JWT_VC, ("urn:a",), {}, authority_key_ids=key_ids)


def test_an_authority_key_matches_any_certificate_that_came_with_it() -> None:
    authority = TrustedAuthority("aki", ("AQI", KEY_ID))
    key_id = next(each for each in authority.key_ids() if len(each) == 20)
    asked = _credential(authority)
    assert _candidate(b"other", key_id).is_certified_for(asked)
    assert not _candidate(b"other").is_certified_for(asked)
    assert not _candidate().is_certified_for(asked)


@pytest.mark.parametrize("kind", ["etsi_tl", "openid_federation", "made_up"])
def test_an_authority_that_cannot_be_judged_offline_matches_nothing(kind: str) -> None:
    judged = TrustedAuthority("aki", ("AQI",))
    unjudged = TrustedAuthority(kind, ("AQI",))
    assert not _candidate(b"\1\2").is_certified_for(_credential(unjudged))
    assert _candidate(b"\1\2").is_certified_for(_credential(unjudged, judged))


def test_without_trusted_authorities_any_credential_is_certified() -> None:
    assert _candidate().is_certified_for(_credential())


def test_an_authority_key_that_is_not_base64url_is_refused() -> None:
    with pytest.raises(MalformedError):
        TrustedAuthority("aki", ("A+==",)).key_ids()


def test_a_candidate_is_of_a_type_by_itself_or_by_what_it_extends() -> None:
    asked = _credential()
    assert Candidate(SD_JWT_VC, ("urn:b", "urn:a"), {}).is_of(asked)
    assert not Candidate(SD_JWT_VC, ("urn:b",), {}).is_of(asked)
    assert not Candidate("vc+sd-jwt", ("urn:a",), {}).is_of(asked)


def test_a_mobile_document_is_of_its_document_type() -> None:
    asked = CredentialQuery("mdl", "mso_mdoc", MdocMeta("org.iso.18013.5.1.mDL"))
    assert Candidate("mso_mdoc", ("org.iso.18013.5.1.mDL",), {}).is_of(asked)
    assert not Candidate("mso_mdoc", ("org.iso.23220.photoid.1",), {}).is_of(asked)
    assert not Candidate(SD_JWT_VC, ("org.iso.18013.5.1.mDL",), {}).is_of(asked)


def test_nothing_is_of_a_type_in_a_format_that_is_not_matched() -> None:
    asked = CredentialQuery("old", "ldp_vc", ForeignMeta(b"{}"))
    assert not Candidate("ldp_vc", ("urn:a",), {}).is_of(asked)


def test_a_claim_set_that_names_nothing_is_met_by_nothing() -> None:
    asked = CredentialQuery(
        "pid",
        SD_JWT_VC,
        SdJwtVcMeta(("urn:a",)),
        claims=(ClaimQuery(("a",), id="a"),),
        claim_sets=(("a", "typo"),),
    )
    (option,) = asked.options
    assert [each.path for each in option] == [("a",), (None,)]


def test_a_candidate_shows_no_claim() -> None:
    held = Candidate(SD_JWT_VC, ("urn:a",), {"name": "Zaphod"}, (b"secret",))
    assert repr(held) == "Candidate('dc+sd-jwt', ('urn:a',), <1 claims>)"
