from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from idwallet import limits
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.errors import UsageError
from idwallet.report import TABLE, CheckId, Reason
from idwallet.testing.certificates import CertificatePlan, PrivateKey, test_name
from idwallet.testing.pki import CODE_SIGNING, MOMENT, Fault, TestIdentity, TestPki
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.path import PathFault, ValidatedPath, validate_path
from tests.unit.trust import forged

PKI = TestPki(seed=b"paths")
ISSUE, READ = Purpose.ISSUE_CREDENTIALS, Purpose.READ_CREDENTIALS
TICK = timedelta(seconds=1)
REASONS = {
    Fault.LEAF_EXPIRED: Reason.CERTIFICATE_EXPIRED,
    Fault.LEAF_NOT_YET_VALID: Reason.CERTIFICATE_NOT_YET_VALID,
    Fault.CA_EXPIRED: Reason.CERTIFICATE_EXPIRED,
    Fault.CA_NOT_YET_VALID: Reason.CERTIFICATE_NOT_YET_VALID,
    Fault.CA_IS_NO_CA: Reason.CERTIFICATE_PROFILE,
    Fault.CA_MUST_NOT_SIGN: Reason.CERTIFICATE_PROFILE,
    Fault.CA_FOR_WEB_SERVERS: Reason.CERTIFICATE_PROFILE,
    Fault.PATH_TOO_LONG: Reason.CERTIFICATE_PROFILE,
    Fault.LEAF_IS_CA: Reason.CERTIFICATE_PROFILE,
    Fault.LEAF_MUST_NOT_SIGN: Reason.CERTIFICATE_PROFILE,
    Fault.LEAF_FOR_CODE: Reason.CERTIFICATE_PROFILE,
    Fault.NAME_EXCLUDED: Reason.CERTIFICATE_PROFILE,
    Fault.NAME_NOT_PERMITTED: Reason.CERTIFICATE_PROFILE,
    Fault.UNKNOWN_CRITICAL: Reason.CERTIFICATE_PROFILE,
    Fault.POLICY_CONSTRAINED: Reason.CERTIFICATE_PROFILE,
    Fault.ALGORITHM_NOT_NAMED: Reason.CERTIFICATE_PROFILE,
    Fault.WRONG_SIGNER: Reason.NO_TRUSTED_PATH,
    Fault.WRONG_KEY_IDENTIFIER: Reason.NO_TRUSTED_PATH,
    Fault.WRONG_ISSUER_NAME: Reason.NO_TRUSTED_PATH,
    Fault.SELF_SIGNED: Reason.NO_TRUSTED_PATH,
    Fault.STRANGER_ROOT: Reason.NO_TRUSTED_PATH,
}


def read(*ders: bytes) -> tuple[Certificate, ...]:
    return tuple(Certificate.from_der(der, at="x5c") for der in ders)


def judge(
    *ders: bytes,
    store: TrustStore | None = None,
    purpose: Purpose = ISSUE,
    at: datetime = MOMENT,
    algorithms: frozenset[Algorithm] = DEFAULT_ALGORITHMS,
) -> ValidatedPath | PathFault:
    return validate_path(
        read(*ders),
        store=store or PKI.store(),
        purpose=purpose,
        at=at,
        algorithms=algorithms,
    )


def accepted(*ders: bytes, **given: object) -> ValidatedPath:
    found = judge(*ders, **given)  # type: ignore[arg-type]
    assert isinstance(found, ValidatedPath), found
    return found


def refused(*ders: bytes, **given: object) -> PathFault:
    found = judge(*ders, **given)  # type: ignore[arg-type]
    assert isinstance(found, PathFault)
    for check in (CheckId.ISSUER_TRUST, CheckId.READER_AUTHORISED):
        assert set(TABLE[check, found.reason].facts) <= set(found.facts)
    return found


def profile(*ders: bytes, **given: object) -> str:
    """The chain breaks a rule: which."""
    found = refused(*ders, **given)
    assert found.reason is Reason.CERTIFICATE_PROFILE
    return str(found.facts["what"])


def rooted(**changes: object) -> TrustStore:
    """A store whose root differs from the usual one, with the same key and name."""
    der = replace(PKI.root_plan(), **changes).to_der()  # type: ignore[arg-type]
    anchor = TrustAnchor.from_certificate(der, name="root", purposes=list(Purpose))
    return TrustStore([anchor])


def plans(pki: TestPki = PKI) -> CertificatePlan:
    """The plan of a sound leaf that the root itself certifies."""
    kept: list[CertificatePlan] = []
    pki.issuer(intermediates=0, change=lambda plan: kept.append(plan) or plan)
    return kept[0]


# --- what stands ------------------------------------------------------------------


@pytest.mark.parametrize("intermediates", [0, 1, 2, 4])
def test_a_sound_chain_of_any_length_validates(intermediates: int) -> None:
    issuer = PKI.issuer(intermediates=intermediates)
    path = accepted(*issuer.chain)
    assert path.leaf == issuer.certificate
    assert path.key == issuer.signer.public_key
    assert path.anchor.certificate == PKI.root
    assert len(path.certificates) == intermediates + 1


@pytest.mark.parametrize(
    "algorithm",
    [Algorithm.ES256, Algorithm.ES384, Algorithm.ES512, Algorithm.EDDSA],
)
def test_chains_of_every_default_algorithm_validate(algorithm: Algorithm) -> None:
    pki = TestPki(algorithm=algorithm)
    assert accepted(*pki.issuer().chain, store=pki.store())


@pytest.mark.parametrize(
    ("made_with", "named"),
    [
        (Algorithm.RS256, Algorithm.RS256),
        (Algorithm.ML_DSA_44, Algorithm.ML_DSA_44),
    ],
)
def test_rsa_and_ml_dsa_chains_validate_only_where_a_policy_names_them(
    made_with: Algorithm, named: Algorithm
) -> None:
    pki = TestPki(algorithm=made_with)
    chain, store = pki.issuer().chain, pki.store()
    assert accepted(*chain, store=store, algorithms=DEFAULT_ALGORITHMS | {named})
    assert "algorithm" in profile(*chain, store=store)


def test_a_path_names_the_keys_of_its_authorities_leaf_first() -> None:
    issuer = PKI.issuer()
    upper = read(issuer.chain[1])[0]
    path = accepted(*issuer.chain)
    assert path.authority_key_ids() == (upper.subject_key_id, PKI.root.subject_key_id)
    assert accepted(leaf(authority_key_id=None)).authority_key_ids() == ()


def test_an_anchor_in_the_chain_is_tolerated() -> None:
    issuer = PKI.issuer()
    path = accepted(*issuer.chain, PKI.root.der)
    assert path.certificates == read(*issuer.chain)


def test_what_stands_above_an_anchor_in_the_chain_is_not_looked_at() -> None:
    issuer = PKI.issuer()
    other = TestPki(seed=b"another").root.der
    assert accepted(*issuer.chain, PKI.root.der, other)


def test_an_intermediate_may_itself_be_the_anchor() -> None:
    issuer = PKI.issuer()
    anchor = TrustAnchor.from_certificate(issuer.chain[1], name="CA", purposes=[ISSUE])
    for chain in (issuer.chain, issuer.chain[:1]):
        path = accepted(*chain, store=TrustStore([anchor]))
        assert path.certificates == (issuer.certificate,)


def test_a_reader_is_validated_for_its_own_purpose() -> None:
    reader = PKI.reader()
    assert accepted(*reader.chain, purpose=READ)
    assert "key usage" in profile(*reader.chain, purpose=ISSUE)


# --- each fault, against its twin -------------------------------------------------


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_leads_to_its_reason_and_its_twin_validates(fault: Fault) -> None:
    pki = TestPki(seed=fault.encode())
    twin = TestPki(seed=fault.encode())
    assert accepted(*twin.issuer().chain, store=twin.store())
    found = refused(*pki.issuer(fault=fault).chain, store=pki.store())
    assert found.reason is REASONS[fault]


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_of_a_reader_leads_to_the_same_reason(fault: Fault) -> None:
    pki = TestPki(seed=fault.encode())
    chain = pki.reader(fault=fault).chain
    if fault is Fault.LEAF_FOR_CODE:
        assert profile(*chain, store=pki.store(), purpose=READ)
    found = refused(*chain, store=pki.store(), purpose=READ)
    assert found.reason is REASONS[fault]


def test_facts_say_whose_certificate_and_until_when() -> None:
    leaf = "CN=TEST https://issuer.example,O=idwallet TEST only,C=XX"
    expired = PKI.issuer(fault=Fault.LEAF_EXPIRED)
    assert dict(refused(*expired.chain).facts) == {
        "name": leaf,
        "until": expired.certificate.not_after,
    }
    early = PKI.issuer(fault=Fault.LEAF_NOT_YET_VALID)
    assert dict(refused(*early.chain).facts) == {
        "name": leaf,
        "since": early.certificate.not_before,
    }
    assert refused(*PKI.issuer(fault=Fault.CA_EXPIRED).chain).facts["name"] == (
        "CN=TEST CA 1,O=idwallet TEST only,C=XX"
    )


def test_the_first_and_last_second_of_validity_are_valid() -> None:
    issuer = PKI.issuer()
    first, last = issuer.certificate.not_before, issuer.certificate.not_after
    for at in (first, last):
        assert accepted(*issuer.chain, at=at)
    early = refused(*issuer.chain, at=first - TICK)
    late = refused(*issuer.chain, at=last + TICK)
    assert early.reason is Reason.CERTIFICATE_NOT_YET_VALID
    assert late.reason is Reason.CERTIFICATE_EXPIRED


# --- the anchor's own bounds ------------------------------------------------------


def test_an_anchor_counts_only_for_its_purposes() -> None:
    issuer = PKI.issuer()
    assert accepted(*issuer.chain, store=PKI.store(purposes=[ISSUE]))
    found = refused(*issuer.chain, store=PKI.store(purposes=[READ]))
    assert found.reason is Reason.NO_TRUSTED_PATH


@pytest.mark.parametrize(
    ("since", "until", "reason"),
    [
        (MOMENT, MOMENT, None),
        (MOMENT + TICK, MOMENT + TICK, Reason.CERTIFICATE_NOT_YET_VALID),
        (MOMENT - TICK, MOMENT - TICK, Reason.CERTIFICATE_EXPIRED),
    ],
)
def test_an_anchor_counts_only_within_its_own_validity(
    since: datetime, until: datetime, reason: Reason | None
) -> None:
    anchor = PKI.anchor().with_validity(since=since, until=until)
    found = judge(*PKI.issuer().chain, store=TrustStore([anchor]))
    if reason is None:
        assert isinstance(found, ValidatedPath)
        assert (found.since, found.until) == (since, until)
    else:
        assert isinstance(found, PathFault)
        assert found.reason is reason


def test_an_expired_anchor_certificate_validates_nothing() -> None:
    chain = PKI.issuer().chain
    assert accepted(*chain, store=rooted(not_after=MOMENT))
    found = refused(*chain, store=rooted(not_after=MOMENT - TICK))
    assert found.reason is Reason.CERTIFICATE_EXPIRED
    assert found.facts["name"] == "CN=TEST root,O=idwallet TEST only,C=XX"


def test_the_path_length_of_an_anchor_binds() -> None:
    short, long = PKI.issuer(intermediates=1), PKI.issuer(intermediates=2)
    store = rooted(path_length=1)
    assert accepted(*short.chain, store=store)
    assert "more CA" in profile(*long.chain, store=store)


def test_the_name_constraints_of_an_anchor_bind() -> None:
    chain = PKI.issuer().chain
    assert accepted(*chain, store=rooted(permitted=(x509.DNSName("example"),)))
    assert "outside" in profile(
        *chain, store=rooted(permitted=(x509.DNSName("example.net"),))
    )


def test_an_anchor_with_an_unknown_critical_extension_validates_nothing() -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    chain = PKI.issuer().chain
    assert accepted(*chain, store=rooted(extensions=((unknown, False),)))
    assert "1.2.3.4" in profile(*chain, store=rooted(extensions=((unknown, True),)))


def test_an_anchor_may_admit_key_purposes_of_its_scheme() -> None:
    issuer = PKI.issuer(fault=Fault.LEAF_FOR_CODE)
    anchor = PKI.anchor().with_key_purposes(CODE_SIGNING)
    assert accepted(*issuer.chain, store=TrustStore([anchor]))
    assert profile(*issuer.chain)


def test_an_anchor_does_not_sign_tokens_itself() -> None:
    assert "anchor" in profile(PKI.root.der)


# --- leaf -------------------------------------------------------------------------


def leaf(**changes: object) -> bytes:
    return replace(plans(), **changes).to_der()  # type: ignore[arg-type]


def test_a_leaf_without_key_usage_may_sign() -> None:
    assert accepted(leaf(key_usage=None))


def test_a_leaf_without_extended_key_usage_may_sign() -> None:
    assert accepted(leaf(key_purposes=()))


def test_a_leaf_for_any_purpose_may_sign() -> None:
    assert accepted(leaf(key_purposes=("2.5.29.37.0",)))


def test_a_leaf_without_key_identifiers_is_linked_by_its_signature() -> None:
    assert accepted(leaf(subject_key_id=None, authority_key_id=None))


def test_a_self_issued_leaf_is_held_to_the_names_all_the_same() -> None:
    """RFC 5280 6.1.3 (b) spares self-issued certificates, but not the last one."""
    made = leaf(subject=test_name("root"))
    assert accepted(made, store=rooted(permitted=(x509.DNSName("example"),)))
    assert profile(made, store=rooted(permitted=(x509.DNSName("example.net"),)))


@pytest.mark.parametrize(
    ("algorithm", "digest", "reason"),
    [
        ("300a06082a8648ce3d040302", hashes.SHA256(), None),
        ("300a06082a8648ce3d040303", hashes.SHA384(), None),
        ("300a06082a8648ce3d040301", hashes.SHA224(), Reason.CERTIFICATE_PROFILE),
    ],
    ids=["SHA-256", "SHA-384", "SHA-224"],
)
def test_a_weaker_hash_than_sha_256_certifies_nothing(
    algorithm: str, digest: hashes.HashAlgorithm, reason: Reason | None
) -> None:
    plan = plans()
    key = plan.signing_key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    made = forged.signed_with(
        plan, algorithm, lambda tbs: key.sign(tbs, ec.ECDSA(digest))
    )
    found = judge(made)
    assert reason is (None if isinstance(found, ValidatedPath) else found.reason)


def _pss(digest: str, salt: int) -> str:
    hashed = f"300d06096086480165030402{digest}0500"
    mask = f"301a06092a864886f70d010108{hashed}"
    return f"304106092a864886f70d01010a3034a00f{hashed}a11c{mask}a2030201{salt:02x}"


@pytest.mark.parametrize(
    ("digest", "number", "reason"),
    [
        (hashes.SHA256(), "01", None),
        (hashes.SHA512(), "03", None),
        (hashes.SHA224(), "04", Reason.NO_TRUSTED_PATH),
    ],
    ids=["SHA-256", "SHA-512", "SHA-224"],
)
def test_a_weaker_hash_inside_rsassa_pss_certifies_nothing(
    digest: hashes.HashAlgorithm, number: str, reason: Reason | None
) -> None:
    pki = TestPki(algorithm=Algorithm.PS256)
    plan = plans(pki)
    key = plan.signing_key
    assert isinstance(key, rsa.RSAPrivateKey)
    size = digest.digest_size
    scheme = padding.PSS(padding.MGF1(digest), size)
    made = forged.signed_with(
        plan, _pss(number, size), lambda tbs: key.sign(tbs, scheme, digest)
    )
    found = judge(made, store=pki.store(), algorithms=frozenset({Algorithm.PS256}))
    assert reason is (None if isinstance(found, ValidatedPath) else found.reason)


def test_a_leaf_whose_two_algorithm_fields_differ_is_refused() -> None:
    """RFC 5280 4.1.1.2: the signed and the unsigned field are the same."""
    swap = forged.swap("2a8648ce3d040302", "2a8648ce3d040303")
    found = refused(forged.forge(plans(), swap))
    assert found.reason is Reason.NO_TRUSTED_PATH


# --- names ------------------------------------------------------------------------


def below(ca: dict[str, object], **changes: object) -> tuple[bytes, bytes]:
    """A leaf with changes below a CA with changes."""
    kept: list[CertificatePlan] = []
    twin = PKI.issuer(change=lambda plan: kept.append(plan) or plan)
    made = Certificate.from_der(twin.chain[1], at="CA")
    plan = kept[0]
    upper = replace(
        PKI.root_plan(),
        subject=plan.issuer,
        key=plan.signing_key,
        subject_key_id=made.subject_key_id,
        **ca,  # type: ignore[arg-type]
    )
    lower = replace(plan, **changes)  # type: ignore[arg-type]
    return lower.to_der(), upper.to_der()


MAIL = x509.RFC822Name
CONSTRAINED: list[tuple[str, x509.GeneralName, x509.GeneralName, x509.GeneralName]] = [
    (
        "dns",
        x509.DNSName("example"),
        x509.DNSName("a.example"),
        x509.DNSName("a.test"),
    ),
    (
        "uri",
        x509.UniformResourceIdentifier(".example"),
        x509.UniformResourceIdentifier("https://a.example/x"),
        x509.UniformResourceIdentifier("https://a.test/x"),
    ),
    ("email", MAIL("example"), MAIL("desk@example"), MAIL("desk@test")),
    (
        "directory",
        x509.DirectoryName(x509.Name(list(test_name("x"))[:2])),
        x509.DirectoryName(test_name("y")),
        x509.DirectoryName(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TEST")])
        ),
    ),
]


@pytest.mark.parametrize(("kind", "base", "inside", "outside"), CONSTRAINED)
def test_names_are_held_to_permitted_subtrees(
    kind: str,
    base: x509.GeneralName,
    inside: x509.GeneralName,
    outside: x509.GeneralName,
) -> None:
    ca = {"permitted": (base,)}
    assert accepted(*below(ca, alternative_names=(inside,)))
    what = profile(*below(ca, alternative_names=(outside,)))
    assert what == f"{kind} name outside the permitted subtrees"


@pytest.mark.parametrize(("kind", "base", "inside", "outside"), CONSTRAINED[:-1])
def test_names_are_held_to_excluded_subtrees(
    kind: str,
    base: x509.GeneralName,
    inside: x509.GeneralName,
    outside: x509.GeneralName,
) -> None:
    ca = {"excluded": (base,)}
    assert accepted(*below(ca, alternative_names=(outside,)))
    what = profile(*below(ca, alternative_names=(inside,)))
    assert what == f"{kind} name inside an excluded subtree"


def test_the_subject_itself_is_held_to_directory_constraints() -> None:
    land = x509.DirectoryName(
        x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "XX")])
    )
    other = x509.DirectoryName(
        x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "YY")])
    )
    assert accepted(*below({"permitted": (land,)}))
    assert "directory" in profile(*below({"permitted": (other,)}))
    assert "directory" in profile(*below({"excluded": (land,)}))


def test_a_constraint_of_a_form_that_is_not_judged_matters_only_for_that_form() -> None:
    network = ip_network("192.0.2.0/24")
    ca = {"permitted": (x509.IPAddress(network),)}
    assert accepted(*below(ca))
    address = x509.IPAddress(network[1])
    assert "ip name" in profile(*below(ca, alternative_names=(address,)))


def test_too_many_comparisons_of_names_exceed_the_budget() -> None:
    names = tuple(x509.DNSName(f"h{n}.example") for n in range(63))
    ca = {"permitted": tuple(x509.DNSName(f"h{n}.example") for n in range(63))}
    assert accepted(*below(ca, alternative_names=names))
    more = {"permitted": tuple(x509.DNSName(f"h{n}.example") for n in range(65))}
    found = refused(*below(more, alternative_names=names))
    assert 64 * 63 <= limits.PATH_NAME_CHECKS < 64 * 65
    assert found.reason is Reason.BUDGET_EXCEEDED


# --- CAs --------------------------------------------------------------------------


def test_a_ca_without_key_usage_may_certify() -> None:
    assert accepted(*below({"key_usage": None}))


def test_a_self_issued_ca_does_not_count_for_the_path_length() -> None:
    """RFC 5280 6.1.4 (l): a CA's certificate for its own new key adds no level."""
    plan = plans()
    renewal = replace(
        PKI.root_plan(),
        key=plan.key,
        signing_key=plan.signing_key,
        subject_key_id=plan.subject_key_id,
    )
    made = replace(
        plan,
        signing_key=plan.key,
        authority_key_id=plan.subject_key_id,
        subject=test_name("issuer below the new key"),
    )
    chain = made.to_der(), renewal.to_der()
    assert accepted(*chain, store=rooted(path_length=0))
    other = replace(renewal, subject=test_name("another CA"))
    named = replace(made, issuer=test_name("another CA"))
    assert "more CA" in profile(
        named.to_der(), other.to_der(), store=rooted(path_length=0)
    )


def test_the_order_of_the_chain_is_as_it_came() -> None:
    issuer = PKI.issuer(intermediates=2)
    first, second, third = issuer.chain
    assert accepted(first, second, third)
    assert refused(first, third, second).reason is Reason.NO_TRUSTED_PATH


def test_a_missing_intermediate_is_not_looked_for() -> None:
    issuer = PKI.issuer()
    assert refused(issuer.chain[0]).reason is Reason.NO_TRUSTED_PATH


# --- several anchors, and the budget ----------------------------------------------


def renamed(key: PrivateKey, **changes: object) -> TrustAnchor:
    """An anchor with the root's name, no key identifier and another key."""
    plan = replace(
        PKI.root_plan(),
        key=key,
        signing_key=key,
        subject_key_id=None,
        **changes,  # type: ignore[arg-type]
    )
    return TrustAnchor.from_certificate(
        plan.to_der(), name="other", purposes=list(Purpose)
    )


def strangers(count: int) -> Iterator[TrustAnchor]:
    for n in range(count):
        yield renamed(plans(TestPki(seed=bytes([n]))).key)


def test_of_several_anchors_of_one_name_the_one_that_signed_counts() -> None:
    store = TrustStore([*strangers(3), PKI.anchor()])
    assert accepted(*PKI.issuer().chain, store=store).anchor == PKI.anchor()


def test_the_fault_under_the_anchor_that_signed_is_the_one_told() -> None:
    expired = PKI.issuer(fault=Fault.LEAF_EXPIRED)
    for anchors in (
        [*strangers(2), PKI.anchor()],
        [PKI.anchor(), *strangers(2)],
    ):
        found = refused(*expired.chain, store=TrustStore(anchors))
        assert found.reason is Reason.CERTIFICATE_EXPIRED


def test_too_many_anchors_of_one_name_exceed_the_budget() -> None:
    chain = PKI.issuer(intermediates=0).chain
    checks = limits.PATH_SIGNATURE_CHECKS
    enough = TrustStore([*strangers(checks - 1), PKI.anchor()])
    assert accepted(*chain, store=enough)
    many = TrustStore([*strangers(checks), PKI.anchor()])
    assert refused(*chain, store=many).reason is Reason.BUDGET_EXCEEDED


def test_a_key_identifier_saves_the_budget() -> None:
    keyed = (
        TestPki(seed=bytes([n])).anchor() for n in range(limits.PATH_SIGNATURE_CHECKS)
    )
    store = TrustStore([*keyed, PKI.anchor()])
    assert accepted(*PKI.issuer().chain, store=store)


def test_a_chain_longer_than_its_bound_exceeds_the_budget() -> None:
    longest = PKI.issuer(intermediates=limits.CHAIN_CERTIFICATES - 1)
    assert accepted(*longest.chain)
    found = refused(*longest.chain, PKI.root.der)
    assert found.reason is Reason.BUDGET_EXCEEDED


# --- use --------------------------------------------------------------------------


def test_an_empty_chain_is_a_fault_of_the_caller() -> None:
    with pytest.raises(UsageError):
        judge()


def test_nobody_else_can_make_a_validated_path() -> None:
    issuer = PKI.issuer()
    with pytest.raises(UsageError):
        ValidatedPath((issuer.certificate,), PKI.anchor(), MOMENT, MOMENT, seal=None)


# --- memory -----------------------------------------------------------------------


def window(issuer: TestIdentity, store: TrustStore) -> tuple[datetime, datetime]:
    path = accepted(*issuer.chain, store=store)
    return path.since, path.until


def test_a_path_holds_where_every_validity_meets() -> None:
    later, sooner = MOMENT - TICK, MOMENT + TICK
    issuer = PKI.issuer(
        change=lambda plan: replace(plan, not_before=later, not_after=sooner)
    )
    assert window(issuer, PKI.store()) == (later, sooner)
    narrow = rooted(not_before=later, not_after=sooner)
    assert window(PKI.issuer(), narrow) == (later, sooner)


def test_a_validated_chain_is_remembered_by_its_store_alone() -> None:
    chain, store = PKI.issuer().chain, PKI.store()
    first = accepted(*chain, store=store)
    assert accepted(*chain, store=store) is first
    assert accepted(*chain, store=PKI.store()) is not first


def test_a_remembered_chain_does_not_outlive_its_validity() -> None:
    issuer, store = PKI.issuer(), PKI.store()
    accepted(*issuer.chain, store=store)
    late = refused(*issuer.chain, store=store, at=issuer.certificate.not_after + TICK)
    early = refused(*issuer.chain, store=store, at=issuer.certificate.not_before - TICK)
    assert late.reason is Reason.CERTIFICATE_EXPIRED
    assert early.reason is Reason.CERTIFICATE_NOT_YET_VALID


def test_a_remembered_chain_counts_for_no_other_purpose_or_algorithms() -> None:
    issuer, store = PKI.issuer(), PKI.store()
    accepted(*issuer.chain, store=store)
    assert profile(*issuer.chain, store=store, purpose=READ)
    only = frozenset({Algorithm.EDDSA})
    assert "algorithm" in profile(*issuer.chain, store=store, algorithms=only)


def test_a_refusal_is_not_remembered() -> None:
    issuer, store = PKI.issuer(), PKI.store()
    refused(*issuer.chain, store=store, at=issuer.certificate.not_before - TICK)
    assert len(store.paths) == 0
    assert accepted(*issuer.chain, store=store)
    assert len(store.paths) == 1


def test_a_leaf_signs_with_digital_signature_among_other_uses() -> None:
    usage = frozenset({KeyUsage.DIGITAL_SIGNATURE, KeyUsage.CONTENT_COMMITMENT})
    assert accepted(leaf(key_usage=usage))
    assert "sign data" in profile(
        leaf(key_usage=frozenset({KeyUsage.CONTENT_COMMITMENT}))
    )
