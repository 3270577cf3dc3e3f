from dataclasses import replace
from functools import cache, partial

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from idwallet.errors import MalformedError, UsageError
from idwallet.report import Reason
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.draft import ABSENT
from idwallet.testing.registrations import (
    SHOP,
    RegistrationDraft,
    RegistrationScene,
    access_plan,
    registration_draft,
)
from idwallet.trust import policies
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.relying_party import (
    AccessCertificate,
    AccessPolicy,
    AccessRefused,
    LocalText,
    Party,
    RegisteredClaim,
    Registration,
    RegistrationRules,
    VerifiedRegistration,
    access_certificate,
)
from idwallet.trust.relying_party.claims import named_claims
from idwallet.trust.signer import SignerFound, resolve_signer

Attributes = tuple[tuple[x509.ObjectIdentifier, str], ...]
_NAME: Attributes = (
    (NameOID.COUNTRY_NAME, "XX"),
    (NameOID.ORGANIZATION_IDENTIFIER, SHOP),
    (NameOID.COMMON_NAME, "TEST shop"),
)


@cache
def scene() -> RegistrationScene:
    return RegistrationScene(seed=b"idwallet TEST relying parties")


def read(
    attributes: Attributes = _NAME, policy: str = AccessPolicy.LEGAL
) -> AccessCertificate | AccessRefused:
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])

    def change(plan: CertificatePlan) -> CertificatePlan:
        return replace(access_plan(plan, policy=policy), subject=subject)

    return access_certificate(scene().found(scene().readers.reader(change=change)))


@pytest.mark.parametrize("policy", AccessPolicy)
def test_an_access_certificate_says_who_asks_and_under_which_policy(
    policy: AccessPolicy,
) -> None:
    identifier = (
        NameOID.ORGANIZATION_IDENTIFIER if policy.is_legal else NameOID.SERIAL_NUMBER
    )
    name = (_NAME[0], (identifier, SHOP), _NAME[2])
    found = read(name, policy)
    assert isinstance(found, AccessCertificate)
    assert (found.identifier, found.name, found.country) == (SHOP, "TEST shop", "XX")
    assert found.policy is policy
    # The other kind of person is identified by the other attribute.
    other = {True: AccessPolicy.NATURAL, False: AccessPolicy.LEGAL}[policy.is_legal]
    assert isinstance(read(name, other), AccessRefused)


@pytest.mark.parametrize(
    ("attributes", "policy"),
    [
        (_NAME[1:], AccessPolicy.LEGAL),
        (_NAME[:1] + _NAME[2:], AccessPolicy.LEGAL),
        (_NAME[:2], AccessPolicy.LEGAL),
        ((*_NAME, (NameOID.ORGANIZATION_IDENTIFIER, "VATXX-2")), AccessPolicy.LEGAL),
        ((*_NAME, (NameOID.COMMON_NAME, "another")), AccessPolicy.LEGAL),
        (_NAME, "0.4.0.2042.1.1"),
    ],
)
def test_what_identifies_nobody_or_two_is_no_access_certificate(
    attributes: Attributes, policy: str
) -> None:
    assert isinstance(read(), AccessCertificate)
    found = read(attributes, policy)
    assert isinstance(found, AccessRefused)
    assert found.reason is Reason.CERTIFICATE_PROFILE
    assert set(found.facts) == {"name", "what"}


def test_a_reader_without_policies_has_no_access_certificate() -> None:
    reader = scene().readers.reader()
    assert isinstance(access_certificate(scene().found(reader)), AccessRefused)
    with pytest.raises(UsageError):
        scene().access(reader)


def test_a_pinned_reader_has_no_access_certificate() -> None:
    key = scene().shop.signer.public_key
    anchor = TrustAnchor.from_jwks(
        {"keys": [{**key.to_jwk(), "kid": "1"}]},
        name="pinned",
        purposes=[Purpose.READ_CREDENTIALS],
        issuer_names=["shop"],
    )
    found = resolve_signer(
        (),
        kid="1",
        name="shop",
        store=TrustStore([anchor]),
        purpose=Purpose.READ_CREDENTIALS,
        at=scene().at,
        algorithms=policies.STRICT.algorithms,
    )
    assert isinstance(found, SignerFound)
    assert isinstance(access_certificate(found), AccessRefused)


def verified(made: RegistrationDraft) -> Registration:
    found = made.judgement()
    assert isinstance(found, VerifiedRegistration), found.report.checks
    return found.registration


def draft(**claims: object) -> RegistrationDraft:
    made = registration_draft(scene())
    made.claims = {**claims}  # type: ignore[dict-item]
    return made


def test_a_registration_says_for_what_and_whom_it_is() -> None:
    made = draft()
    found = verified(made)
    assert (found.subject, found.name, found.country) == (SHOP, "TEST shop", "XX")
    assert found.intended_use == "age-restricted-sale"
    assert found.purposes == (LocalText("en", "TEST sale"),)
    assert found.services == (LocalText("en", "TEST sales"),)
    (credential,) = found.credentials
    assert credential.format == "dc+sd-jwt"
    assert credential.meta == {"vct_values": ["urn:eudi:pid:1"]}
    assert credential.claims == (RegisteredClaim(("age_equal_or_over", "18")),)
    assert found.contacts == ("a@office.example",)
    assert found.supervisor == "TEST office"
    assert found.privacy_policies == ("https://shop.example/privacy",)
    assert found.policies == ("0.4.0.19475.3.1",)
    assert not found.is_public_body
    judged = made.judgement()
    assert isinstance(judged, VerifiedRegistration)
    assert "registrar.example" in judged.registrar


def test_jwt_and_cwt_say_the_same() -> None:
    made = draft()
    text = verified(made)
    made.is_cwt = True
    assert isinstance(made.data(), bytes)
    assert verified(made) == text


@pytest.mark.parametrize(
    ("claims", "field", "value"),
    [
        (
            {"purpose": [{"lang": "en", "content": "a"}]},
            "purposes",
            (LocalText("en", "a"),),
        ),
        ({"purpose": ABSENT}, "purposes", ()),
        (
            {"privacy_policy": [{"type": "t", "policyURI": "urn:p"}]},
            "privacy_policies",
            ("urn:p",),
        ),
        ({"privacy_policy": [{"policy_uri": "urn:p"}]}, "privacy_policies", ("urn:p",)),
        ({"support_uri": ["a", "b"]}, "support", ("a", "b")),
        ({"policy_id": "1.2.3"}, "policies", ("1.2.3",)),
        ({"public_body": True}, "is_public_body", True),
        ({"public_body": "true"}, "is_public_body", False),
        (
            {"intermediary": {"sub": "VATXX-1", "sname": "b"}},
            "intermediary",
            Party("VATXX-1", "b"),
        ),
        (
            {"act": {"sub": "VATXX-1"}},
            "intermediary",
            Party("VATXX-1", "VATXX-1"),
        ),
        ({"credentials": ABSENT}, "credentials", ()),
    ],
)
def test_the_spellings_of_each_version_are_read(
    claims: dict[str, object], field: str, value: object
) -> None:
    assert getattr(verified(draft(**claims)), field) == value


def test_a_credential_without_claims_registers_none() -> None:
    entry = {"format": "mso_mdoc", "meta": {"doctype_value": "org.iso.18013.5.1.mDL"}}
    (credential,) = verified(draft(credentials=[entry])).credentials
    assert credential.claims == ()
    assert not credential.covers(["org.iso.18013.5.1", "family_name"])


@pytest.mark.parametrize(
    ("registered", "asked", "covered"),
    [
        (("address",), ["address"], True),
        (("address",), ["address", "locality"], True),
        (("address", "locality"), ["address"], False),
        (("address", "locality"), ["address", "street"], False),
        (("a", None), ["a", 2], True),
        (("a", None), ["a", None], True),
        (("a", 2), ["a", None], False),
        (("a", None), ["a", "b"], False),
        (("a", 1), ["a", 1, "b"], True),
    ],
)
def test_a_registered_path_covers_itself_and_what_lies_below(
    registered: tuple[str | int | None, ...],
    asked: list[str | int | None],
    covered: bool,
) -> None:
    assert RegisteredClaim(registered).covers(asked) is covered
    assert not RegisteredClaim(()).covers(asked)


@pytest.mark.parametrize(
    "claims",
    [
        {2: "a", "sub": "b"},
        {"name": b"octets"},
        {"credentials": [{1: "x"}]},
    ],
)
def test_a_cwt_that_no_jwt_could_say_is_refused(claims: dict) -> None:  # type: ignore[type-arg]
    assert named_claims({2: "a", 99: "unknown", "x": [None, True, 1.5]}) == {
        "sub": "a",
        "x": [None, True, 1.5],
    }
    with pytest.raises(MalformedError):
        named_claims(claims)


def test_only_an_evaluation_makes_a_verified_registration() -> None:
    made = draft()
    found = made.judgement()
    assert isinstance(found, VerifiedRegistration)
    with pytest.raises(UsageError):
        VerifiedRegistration(
            found.registration, found.access, "r", found.report, seal=None
        )


def test_a_moment_judged_needs_a_zone() -> None:
    rules = scene().rules
    make = partial(RegistrationRules, rules.trust, rules.policy)
    assert make(rules.at).at == rules.at
    with pytest.raises(UsageError):
        make(rules.at.replace(tzinfo=None))
