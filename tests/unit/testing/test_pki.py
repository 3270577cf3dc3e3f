from datetime import UTC, datetime, timedelta

import pytest

from idwallet.codec.pem import read_pem
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import signature_matches
from idwallet.errors import UsageError
from idwallet.testing.certificates import ORGANISATION, key_from_seed
from idwallet.testing.pki import MOMENT, Fault, TestPki
from idwallet.trust.anchors import Purpose
from idwallet.trust.certificate import Certificate

CA_FAULTS = {
    Fault.CA_EXPIRED,
    Fault.CA_NOT_YET_VALID,
    Fault.CA_IS_NO_CA,
    Fault.CA_MUST_NOT_SIGN,
    Fault.CA_FOR_WEB_SERVERS,
    Fault.PATH_TOO_LONG,
    Fault.NAME_EXCLUDED,
    Fault.NAME_NOT_PERMITTED,
    Fault.POLICY_CONSTRAINED,
    Fault.ALGORITHM_NOT_NAMED,
}


def test_the_same_seed_gives_the_same_certificates_and_another_does_not() -> None:
    one, same, other = (TestPki(seed=seed) for seed in (b"1", b"1", b"2"))
    assert one.root == same.root
    assert one.issuer().chain == same.issuer().chain
    assert one.root != other.root


def test_without_a_seed_every_infrastructure_is_another() -> None:
    assert TestPki().root != TestPki().root


def test_two_issuers_of_one_name_have_two_keys() -> None:
    pki = TestPki()
    assert pki.issuer().signer.public_key != pki.issuer().signer.public_key


def test_an_issuer_signs_with_the_key_of_its_certificate() -> None:
    issuer = TestPki().issuer()
    key = issuer.certificate.public_key
    signature = issuer.signer.sign(b"message")
    assert signature_matches(
        key, issuer.signer.algorithm, signature=signature, message=b"message"
    )


def test_every_certificate_says_that_it_is_a_test_s() -> None:
    pki = TestPki()
    ders = (pki.root.der, *pki.issuer().chain, *pki.reader().chain)
    for der in ders:
        subject = Certificate.from_der(der, at="x5c").subject
        assert ORGANISATION in subject
        assert "CN=TEST " in subject


def test_an_issuer_carries_its_url_and_host_and_a_reader_its_host() -> None:
    pki = TestPki()
    issuer = pki.issuer("https://a.example/tenant").certificate
    assert issuer.san_uri == ("https://a.example/tenant",)
    assert issuer.san_dns == ("a.example",)
    assert pki.reader("b.example").certificate.san_dns == ("b.example",)


def test_an_issuer_may_have_a_name_without_a_host_or_a_very_long_one() -> None:
    pki = TestPki()
    assert pki.issuer("urn:issuer").certificate.san_dns == ()
    long = "https://issuer.example/" + "x" * 200
    assert pki.issuer(long).certificate.san_uri == (long,)


def test_the_chain_leaves_the_root_out_and_reads_back_from_pem() -> None:
    pki = TestPki()
    issuer = pki.issuer(intermediates=2)
    assert len(issuer.chain) == 3
    assert pki.root.der not in issuer.chain
    blocks = read_pem(issuer.chain_pem, at="chain")
    assert tuple(block.der for block in blocks) == issuer.chain
    (root,) = read_pem(pki.root_pem, at="root")
    assert root.der == pki.root.der


def test_certificates_are_valid_around_the_moment_given() -> None:
    at = datetime(2030, 1, 1, tzinfo=UTC)
    pki = TestPki(at=at)
    assert pki.at == at
    leaf = pki.issuer().certificate
    assert leaf.not_before == at - timedelta(days=1)
    assert leaf.not_after == at + timedelta(days=365)
    assert TestPki().at == MOMENT


def test_a_single_identity_may_have_another_algorithm() -> None:
    pki = TestPki()
    assert pki.issuer(algorithm=Algorithm.EDDSA).signer.algorithm is Algorithm.EDDSA
    assert pki.reader(algorithm=Algorithm.ES384).signer.algorithm is Algorithm.ES384


def test_the_anchor_has_the_purposes_and_names_given() -> None:
    pki = TestPki()
    (anchor,) = pki.store(
        purposes=[Purpose.READ_CREDENTIALS], issuer_names=["x"]
    ).anchors
    assert anchor.purposes == {Purpose.READ_CREDENTIALS}
    assert anchor.issuer_names == {"x"}
    assert pki.anchor().purposes == set(Purpose)


@pytest.mark.parametrize("fault", CA_FAULTS)
def test_a_fault_of_a_ca_needs_a_ca(fault: Fault) -> None:
    pki = TestPki()
    assert pki.issuer(fault=fault)
    with pytest.raises(UsageError):
        pki.issuer(fault=fault, intermediates=0)


@pytest.mark.parametrize("algorithm", [Algorithm.RS256, Algorithm.PS256])
def test_rsa_keys_cannot_be_derived(algorithm: Algorithm) -> None:
    with pytest.raises(UsageError):
        key_from_seed(algorithm, seed=b"", label="")


@pytest.mark.parametrize(
    "algorithm",
    [Algorithm.ES512, Algorithm.ML_DSA_44, Algorithm.ML_DSA_65, Algorithm.ML_DSA_87],
)
def test_keys_of_every_other_algorithm_can(algorithm: Algorithm) -> None:
    one, same = (TestPki(seed=b"1", algorithm=algorithm) for _ in range(2))
    assert one.root.public_key == same.root.public_key
