from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509

from idwallet import limits
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import TABLE, CheckId, Reason
from idwallet.testing.pki import MOMENT, Fault, TestIdentity, TestPki
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.signer import SignerFound, SignerRefused, resolve_signer

PKI = TestPki(seed=b"signers")
ISSUE, READ = Purpose.ISSUE_CREDENTIALS, Purpose.READ_CREDENTIALS
NAME, OTHER = "https://issuer.example", "https://other.example"
TICK = timedelta(seconds=1)
CHECKS = {ISSUE: CheckId.ISSUER_TRUST, READ: CheckId.READER_AUTHORISED}


def resolve(
    x5c: tuple[bytes, ...] = (),
    *,
    kid: str | None = None,
    name: str | None = None,
    store: TrustStore | None = None,
    purpose: Purpose = ISSUE,
    at: datetime = MOMENT,
) -> SignerFound | SignerRefused:
    answer = resolve_signer(
        x5c,
        kid=kid,
        name=name,
        store=store or PKI.store(),
        purpose=purpose,
        at=at,
        algorithms=DEFAULT_ALGORITHMS,
    )
    row = TABLE[CHECKS[purpose], answer.reason]
    assert set(row.facts) <= set(answer.facts)
    return answer


def found(*args: tuple[bytes, ...], **given: object) -> SignerFound:
    answer = resolve(*args, **given)  # type: ignore[arg-type]
    assert isinstance(answer, SignerFound), answer
    return answer


def refused(*args: tuple[bytes, ...], **given: object) -> SignerRefused:
    answer = resolve(*args, **given)  # type: ignore[arg-type]
    assert isinstance(answer, SignerRefused), answer
    return answer


# --- by certificate ---------------------------------------------------------------


def test_a_chain_under_an_anchor_gives_the_leaf_s_key_and_name() -> None:
    issuer, store = PKI.issuer(), PKI.store()
    signer = found(issuer.chain, store=store)
    assert signer.key == issuer.signer.public_key
    assert signer.name == "CN=TEST https://issuer.example,O=idwallet TEST only,C=XX"
    assert signer.anchor is store.anchors[0]
    assert signer.reason is Reason.TRUSTED
    assert signer.path is not None
    assert signer.path.leaf == issuer.certificate
    assert dict(signer.facts) == {
        "name": signer.name,
        "until": issuer.certificate.not_after,
    }


def test_the_name_that_the_token_gives_is_the_signer_s() -> None:
    assert found(PKI.issuer().chain, name=NAME).name == NAME


@pytest.mark.parametrize("fault", Fault)
def test_a_faulty_chain_is_refused_and_its_signature_can_still_be_judged(
    fault: Fault,
) -> None:
    pki = TestPki(seed=fault.encode())
    twin, forged = pki.issuer(), pki.issuer(fault=fault)
    assert found(twin.chain, name=NAME, store=pki.store())
    answer = refused(forged.chain, name=NAME, store=pki.store())
    assert answer.key == forged.signer.public_key


def test_neither_certificate_nor_name_is_no_key_material() -> None:
    answer = refused()
    assert answer.reason is Reason.NO_KEY_MATERIAL
    assert answer.key is None


def test_a_key_identifier_beside_a_chain_changes_nothing() -> None:
    issuer = PKI.issuer()
    assert found(issuer.chain, kid="1").key == issuer.signer.public_key


# --- names (docs/adr/0002) --------------------------------------------------------


def test_without_registered_names_the_leaf_must_carry_the_name() -> None:
    issuer = PKI.issuer(NAME)
    assert found(issuer.chain, name=NAME)
    answer = refused(issuer.chain, name=OTHER)
    assert answer.reason is Reason.NAME_NOT_REGISTERED
    assert answer.facts["found"] == OTHER
    assert answer.key == issuer.signer.public_key


def test_a_single_registered_name_holds_for_every_leaf_below_the_anchor() -> None:
    issuer = PKI.issuer(OTHER)
    assert found(issuer.chain, name=NAME, store=PKI.store(issuer_names=[NAME]))


def test_a_name_that_is_not_registered_is_refused_though_the_leaf_carries_it() -> None:
    store = PKI.store(issuer_names=[NAME])
    assert found(PKI.issuer(NAME).chain, name=NAME, store=store)
    answer = refused(PKI.issuer(OTHER).chain, name=OTHER, store=store)
    assert answer.reason is Reason.NAME_NOT_REGISTERED


def test_an_issuer_cannot_sign_as_another_issuer_of_the_same_anchor() -> None:
    store = PKI.store(issuer_names=[NAME, OTHER])
    one, other = PKI.issuer(NAME), PKI.issuer(OTHER)
    assert found(one.chain, name=NAME, store=store)
    assert found(other.chain, name=OTHER, store=store)
    answer = refused(other.chain, name=NAME, store=store)
    assert answer.reason is Reason.NAME_NOT_REGISTERED


def carrying(*names: x509.GeneralName) -> TestIdentity:
    return PKI.issuer(change=lambda plan: replace(plan, alternative_names=names))


DNS, URI = x509.DNSName, x509.UniformResourceIdentifier


@pytest.mark.parametrize(
    ("carried", "name", "holds"),
    [
        (DNS("issuer.example"), "https://issuer.example/tenant", True),
        (DNS("Issuer.Example"), "https://ISSUER.example", True),
        (DNS("issuer.example"), "https://issuer.example:8443", True),
        (DNS("issuer.example"), "http://issuer.example", False),
        (DNS("issuer.example"), "issuer.example", False),
        (DNS("issuer.example"), "https://sub.issuer.example", False),
        (DNS("issuer.example"), "https://issuer.example.evil.test", False),
        (DNS("issuer.example"), "https://issuer.example@evil.test", False),
        (DNS("issuer.example"), "https://evil.test@issuer.example", False),
        (DNS("issuer.example"), "https://evil.test\\@issuer.example", False),
        (DNS("issuer.example"), "https://issuer.example\\.evil.test", False),
        (DNS("issuer.example"), " https://issuer.example", False),
        (DNS("issuer.example"), "https://issuer.example\n", False),
        (DNS("issuer.example"), "https://iss\tuer.example", False),
        (DNS("issuer.example"), "https://issuer.example?a", False),
        (DNS("issuer.example"), "https://issuer.example#a", False),
        (DNS("issuer.example"), "https://issuer.example:port", False),
        (DNS("issuer.example"), "https://i\u0455suer.example", False),
        (DNS("issuer.example"), "https://", False),
        (DNS("issuer.example"), "https://[issuer.example", False),
        (DNS("*.example"), "https://issuer.example", False),
        (URI(NAME), NAME, True),
        (URI(NAME), NAME + "/", False),
        (URI("http://issuer.example"), "http://issuer.example", False),
        (URI("urn:issuer"), "urn:issuer", False),
    ],
)
def test_a_leaf_carries_an_https_url_itself_or_its_host(
    carried: x509.GeneralName, name: str, holds: bool
) -> None:
    answer = resolve(carrying(carried).chain, name=name)
    assert isinstance(answer, SignerFound) is holds


def test_a_reader_s_wrong_name_is_a_wrong_client_identifier() -> None:
    reader = PKI.reader("reader.example")
    assert found(reader.chain, name="https://reader.example", purpose=READ)
    answer = refused(reader.chain, name=NAME, purpose=READ)
    assert answer.reason is Reason.CLIENT_ID_MISMATCH


def test_a_name_is_made_safe_before_it_is_shown() -> None:
    answer = refused(PKI.issuer().chain, name="https://x\u202e\x1b[31m")
    assert "\u202e" not in str(answer.facts["found"])
    assert "\x1b" not in str(answer.facts["found"])


# --- broken chains ----------------------------------------------------------------


def test_a_certificate_that_cannot_be_read_says_which_and_how() -> None:
    issuer = PKI.issuer()
    answer = refused((issuer.chain[0], b"\x30\x00"))
    assert answer.reason is Reason.CERTIFICATE_PROFILE
    assert dict(answer.facts) == {"name": "x5c[1]", "what": "not a DER certificate"}
    assert answer.key == issuer.signer.public_key
    assert refused((b"\x30\x00",)).key is None


def test_a_certificate_larger_than_its_bound_exceeds_the_budget() -> None:
    answer = refused((b"0" * (limits.CERTIFICATE_BYTES + 1),))
    assert answer.reason is Reason.BUDGET_EXCEEDED


def test_a_chain_longer_than_its_bound_exceeds_the_budget_unread() -> None:
    answer = refused((b"",) * (limits.CHAIN_CERTIFICATES + 1))
    assert answer.reason is Reason.BUDGET_EXCEEDED


# --- pinned keys ------------------------------------------------------------------

KEYS = {kid: SoftwareSigner.generate(Algorithm.ES256).public_key for kid in ("1", "2")}


def pinned(*kids: str, name: str = NAME) -> TrustAnchor:
    return TrustAnchor.from_jwks(
        {"keys": [{**KEYS[kid].to_jwk(), "kid": kid} for kid in kids]},
        name="pinned",
        purposes=[ISSUE],
        issuer_names=[name],
    )


def test_a_pinned_key_is_chosen_by_name_and_key_identifier() -> None:
    store = TrustStore([pinned("1", "2")])
    signer = found(kid="2", name=NAME, store=store)
    assert signer.key == KEYS["2"]
    assert signer.name == NAME
    assert signer.path is None
    assert signer.anchor is store.anchors[0]
    assert signer.reason is Reason.KEY_PINNED
    assert dict(signer.facts) == {"name": NAME}


@pytest.mark.parametrize(
    ("kid", "name"),
    [("3", NAME), ("1", OTHER), (None, NAME), (None, OTHER)],
)
def test_another_name_or_key_identifier_finds_no_pinned_key(
    kid: str | None, name: str
) -> None:
    answer = refused(kid=kid, name=name, store=TrustStore([pinned("1", "2")]))
    assert answer.reason is Reason.KEY_NOT_PINNED
    assert answer.key is None


def test_without_key_identifier_a_single_pinned_key_is_meant() -> None:
    assert found(name=NAME, store=TrustStore([pinned("1")])).key == KEYS["1"]


def test_a_pinned_key_without_a_name_is_not_chosen() -> None:
    answer = refused(kid="1", store=TrustStore([pinned("1")]))
    assert answer.reason is Reason.NO_KEY_MATERIAL


def test_a_pinned_key_counts_for_its_purpose_only() -> None:
    answer = refused(kid="1", name=NAME, store=TrustStore([pinned("1")]), purpose=READ)
    assert answer.reason is Reason.KEY_NOT_PINNED


@pytest.mark.parametrize(
    ("at", "holds"), [(MOMENT, True), (MOMENT - TICK, False), (MOMENT + TICK, False)]
)
def test_a_pinned_key_counts_only_within_the_validity_of_its_anchor(
    at: datetime, holds: bool
) -> None:
    anchor = pinned("1").with_validity(since=MOMENT, until=MOMENT)
    answer = resolve(kid="1", name=NAME, store=TrustStore([anchor]), at=at)
    assert isinstance(answer, SignerFound) is holds


def test_a_chain_is_never_replaced_by_a_pinned_key() -> None:
    """What a header says by `x5c` must hold: `kid` is no way around it."""
    store = TrustStore([pinned("1"), PKI.anchor()])
    forged = PKI.issuer(fault=Fault.LEAF_EXPIRED)
    answer = refused(forged.chain, kid="1", name=NAME, store=store)
    assert answer.reason is Reason.CERTIFICATE_EXPIRED


# --- memory -----------------------------------------------------------------------


def test_a_signer_is_remembered_for_the_same_chain_and_name() -> None:
    issuer, store = PKI.issuer(), PKI.store()
    signer = found(issuer.chain, name=NAME, store=store)
    assert found(issuer.chain, name=NAME, store=store) is signer
    assert found(issuer.chain, store=store) is not signer
    assert refused(issuer.chain, name=OTHER, store=store)
    assert len(store.signers) == 2


def test_a_remembered_signer_does_not_outlive_its_path() -> None:
    issuer, store = PKI.issuer(), PKI.store()
    signer = found(issuer.chain, store=store)
    assert signer.path is not None
    assert found(issuer.chain, store=store, at=signer.path.until) is signer
    late = refused(issuer.chain, store=store, at=signer.path.until + TICK)
    assert late.reason is Reason.CERTIFICATE_EXPIRED
    early = refused(issuer.chain, store=store, at=signer.path.since - TICK)
    assert early.reason is Reason.CERTIFICATE_NOT_YET_VALID


def test_a_store_is_shared_between_threads() -> None:
    store = PKI.store()
    chains = [PKI.issuer(fault=each).chain for each in (None, Fault.LEAF_EXPIRED)] * 64
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda chain: resolve(chain, store=store), chains))
    assert [isinstance(each, SignerFound) for each in answers] == [True, False] * 64


def test_an_embedded_key_is_not_even_a_parameter() -> None:
    """The attack of RFC 8725 2.1: a header that brings the key it wants."""
    stranger = SoftwareSigner.generate(Algorithm.ES256)
    assert PublicKey.from_jwk(stranger.public_key.to_jwk(), at="jwk")
    assert refused(name=NAME, kid=stranger.public_key.thumbprint).key is None
